// Result<T>: a value or an Error. Errors are values; exceptions that the standard library throws (bad_alloc) are
// caught at one place, the loop's dispatch (docs/adr/0001).
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace mitori::base {

/// What went wrong: the errno value, the operation that failed and what it was done to.
/// `number` is 0 where no system call was involved (a syntax error, a refused request).
struct Error {
    int number = 0;
    std::string operation;
    std::string subject;

    /// "open /etc/foo: Permission denied": one line without a final stop.
    [[nodiscard]] std::string message() const;
    friend bool operator==(Error const&, Error const&) = default;
};

template <class T>
using Result = std::expected<T, Error>;

/// The error of the system call that just failed, taken from errno.
[[nodiscard]] std::unexpected<Error> errno_error(std::string operation, std::string subject = {});
[[nodiscard]] std::unexpected<Error> make_error(int number, std::string operation, std::string subject = {});

/// The symbolic name of an errno value ("ENOENT"), or its number where glibc knows none.
[[nodiscard]] std::string errno_name(int number);

} // namespace mitori::base

/// The value of an expected, or an early return of its error from the calling function.
#define TRY(expression)                                                                                                \
    ({                                                                                                                 \
        auto&& try_result = (expression);                                                                              \
        if (!try_result) return std::unexpected(std::move(try_result).error());                                        \
        *std::move(try_result);                                                                                        \
    })
