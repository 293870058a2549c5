// Codecs of what a service's lines are called in the log, and of what it reads: see codec.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "unit/codec.hpp"

namespace mitori::unit {

/// syslog(3)'s levels, by word or number; shown as i.
struct LevelNumber {
    static base::Result<void> assign(int& value, std::string_view text, Specifiers const&);
    static status::Value show(int value) { return std::int32_t{value}; }
};
/// syslog(3)'s facilities, by word or number (0 to 127).
struct FacilityNumber {
    static base::Result<void> assign(int& value, std::string_view text, Specifiers const&);
    static status::Value show(int value) { return std::int32_t{value}; }
};

/// LogExtraFields=: NAME=value words, appended; aay. A bad one is remarked on and left out.
struct LogFields {
    static base::Result<void> assign(std::vector<std::string>& value, std::string_view text,
                                     Specifiers const& specifiers);
    static status::Value show(std::vector<std::string> const& value);
};

/// StandardInputText=: C escapes and specifiers are expanded, a line end is added. Each assignment appends.
struct InputText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};
/// StandardInputData=: Base64 of any bytes, white space between them. Each assignment appends; ay.
struct InputBytes {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const&);
    static status::Value show(std::string const& value);
};

} // namespace mitori::unit
