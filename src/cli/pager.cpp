#include "cli/pager.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>
#include <streambuf>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "process/command.hpp"

namespace mitori::cli {
namespace {

/// Writes to a descriptor; fails for good when nobody reads any more.
class DescriptorBuffer final : public std::streambuf {
public:
    explicit DescriptorBuffer(base::Fd fd) : fd_(std::move(fd)) { setp(room_.data(), room_.data() + room_.size()); }
    ~DescriptorBuffer() override { static_cast<void>(empty()); }

protected:
    int_type overflow(int_type c) override {
        if (!empty()) return traits_type::eof();
        if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
        return traits_type::not_eof(c);
    }
    int sync() override { return empty() ? 0 : -1; }

private:
    bool empty() {
        std::string_view const text(pbase(), static_cast<std::size_t>(pptr() - pbase()));
        bool const written = base::sys::write_all(fd_.get(), text).has_value();
        setp(room_.data(), room_.data() + room_.size());
        return written;
    }
    base::Fd fd_;
    std::array<char, 32768> room_{};
};

class Child final : public Pager {
public:
    Child(process::Child child, base::Fd fd)
        : child_(std::move(child)),
          buffer_(std::make_unique<DescriptorBuffer>(std::move(fd))),
          out_(buffer_.get()) {}
    ~Child() override {
        out_.flush();
        buffer_.reset(); // the end of what there is to read
        static_cast<void>(child_.wait());
    }
    std::ostream& out() override { return out_; }

private:
    process::Child child_;
    std::unique_ptr<DescriptorBuffer> buffer_;
    std::ostream out_;
};

std::optional<std::string> variable(char const* name) {
    char const* const value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// Whose orders we run under may not be who sits at the terminal: then the pager starts no programs and opens no files.
bool must_be_secure() {
    if (auto const said = variable("SYSTEMD_PAGERSECURE")) return base::parse_boolean(*said).value_or(true);
    return variable("SUDO_UID").has_value() || ::geteuid() != ::getuid();
}

/// What to try, best first; none where no pager is wanted.
std::vector<std::string> candidates() {
    for (auto const* name : {"MITORI_PAGER", "SYSTEMD_PAGER", "PAGER"})
        if (auto const said = variable(name)) {
            if (said->empty() || *said == "cat") return {};
            return must_be_secure() ? std::vector<std::string>{"less"} : std::vector{*said, std::string("less")};
        }
    if (must_be_secure()) return {"less"};
    return {"pager", "less", "more"};
}

process::Command command_of(std::string const& words, Pager::Begin begin, int from) {
    std::vector<std::string> parts;
    for (auto const word : base::split(words))
        parts.emplace_back(word);
    process::Command command(parts.front());
    command.args({parts.begin() + 1, parts.end()});
    auto const options = variable("SYSTEMD_LESS").value_or("FRSXMK");
    command.env("LESS", options + (begin == Pager::Begin::end ? " +G" : ""));
    command.env("LESSCHARSET", variable("SYSTEMD_LESSCHARSET").value_or("utf-8"));
    if (must_be_secure()) command.env("LESSSECURE", "1");
    command.stdin_from(process::Stdio::descriptor(from));
    return command;
}

} // namespace

std::unique_ptr<Pager> Pager::open(Begin begin) {
    if (::isatty(STDOUT_FILENO) == 0) return nullptr;
    auto const tried = candidates();
    auto pipe =
        tried.empty() ? base::Result<base::sys::Pair>(base::make_error(ENOENT, "open pager")) : base::sys::pipe();
    if (!pipe) return nullptr;
    for (auto const& words : tried) {
        if (base::split(words).empty()) continue;
        auto child = command_of(words, begin, pipe->first.get()).spawn();
        if (!child) continue;
        // Ctrl-C is the pager's; and when it is left early, that is no fault of ours.
        static_cast<void>(base::sys::ignore_signal(base::Signal{SIGINT}));
        static_cast<void>(base::sys::ignore_signal(base::Signal{SIGPIPE}));
        return std::make_unique<Child>(std::move(*child), std::move(pipe->second));
    }
    return nullptr;
}

} // namespace mitori::cli
