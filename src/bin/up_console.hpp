// What `mitori up` shows of what its services say, one line after the other.
//
//     prefix   "12:34:56 web.1  | text", foreman's look, each process in its own colour
//     raw      the bytes as they were written; what up itself has to say goes to stderr
//     json     one object a line, with the names of `journalctl -o json`
//     live     as prefix, below the table that cli::LiveView draws
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.hpp"
#include "base/names.hpp"
#include "bin/up_writer.hpp"
#include "journal/console.hpp"

namespace mitori::bin {

enum class Look : std::uint8_t { prefix, raw, json, live };
enum class Colours : std::uint8_t { no, yes };
enum class Clock : std::uint8_t { no, yes };

/// Whose words a line is.
struct Speaker {
    std::string tag;  ///< "web.1"
    std::string unit; ///< "web.1.service"
    std::string invocation;
    pid_t pid = 0;
};

class UpConsole {
public:
    struct Options {
        Look look = Look::prefix;
        Colours colours = Colours::no;
        Clock clock = Clock::yes;
        std::size_t tag_width = 6; ///< of "system"; a wider tag makes it wider
    };
    UpConsole(UpWriter& writer, Options options) : writer_(writer), options_(options) {}

    /// Lines go there instead of to the writer, without their ends: for Look::live.
    void divert(std::function<void(std::string_view)> say) { say_ = std::move(say); }

    [[nodiscard]] bool is_raw() const { return options_.look == Look::raw; }
    /// Bytes of a service, for Look::raw.
    void bytes(std::string_view bytes) { writer_.write(bytes); }
    /// One line of a service, without its end; `level` as in syslog(3).
    void line(Speaker const& speaker, std::uint8_t level, std::string_view text);
    /// What there is to tell of a process: "exited with code 1".
    void event(Speaker const& speaker, std::string_view text);
    /// What up itself or its manager has to say.
    void say(base::Priority priority, std::string_view text);

private:
    void show(Speaker const& speaker, journal::TagColour colour, std::string_view text);
    void show_json(Speaker const& speaker, std::uint8_t level, std::string_view text);
    [[nodiscard]] journal::TagColour colour_of(std::string const& tag);
    [[nodiscard]] std::string_view time();

    UpWriter& writer_;
    Options options_;
    std::function<void(std::string_view)> say_;
    std::map<std::string, journal::TagColour, std::less<>> colours_;
    std::string text_; ///< one line in the making; kept for its room
    std::int64_t shown_second_ = -1;
    std::string time_;
};

} // namespace mitori::bin

template <>
struct mitori::base::Names<mitori::bin::Look> {
    using Look = mitori::bin::Look;
    static constexpr auto table = std::to_array<Name<Look>>(
        {{Look::prefix, "prefix"}, {Look::raw, "raw"}, {Look::json, "json"}, {Look::live, "live"}});
};
