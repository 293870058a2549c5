#include "base/result.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>

namespace mitori::base {

std::string Error::message() const {
    std::string text = operation;
    if (!subject.empty()) text += (text.empty() ? "" : " ") + subject;
    if (number == 0) return text;
    // glibc's strerrordesc_np is thread-safe and untranslated, unlike strerror.
    char const* reason = ::strerrordesc_np(number);
    return fmt::format("{}{}{}", text, text.empty() ? "" : ": ",
                       reason != nullptr ? reason : errno_name(number).c_str());
}

std::unexpected<Error> errno_error(std::string operation, std::string subject) {
    return std::unexpected(Error{errno, std::move(operation), std::move(subject)});
}

std::unexpected<Error> make_error(int number, std::string operation, std::string subject) {
    return std::unexpected(Error{number, std::move(operation), std::move(subject)});
}

std::string errno_name(int number) {
    char const* name = ::strerrorname_np(number);
    return name != nullptr ? name : fmt::format("{}", number);
}

} // namespace mitori::base
