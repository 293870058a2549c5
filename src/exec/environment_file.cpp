// EnvironmentFile=: the files of shell-like assignments that /etc/default is full of. systemd.exec(5).
#include <cctype>
#include <fmt/format.h>
#include <glob.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "exec/facts.hpp"

namespace mitori::exec {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_newline(char c) { return c == '\n' || c == '\r'; }

/// Reads a text, character by character. What a character means depends on where we are:
///
///   before_key    blank, the start of a line; "#" and ";" begin a comment
///   key           up to "="; a line that ends here is none
///   before_value  after "=" or after a closed quote: what is blank goes
///   value         without quotes: a backslash takes the next character as it is, blanks at the end go
///   single        within '…': everything is itself
///   twofold       within "…": a backslash counts only before " \ ` $ and the end of a line
class AssignmentReader {
public:
    AssignmentReader(std::string const& path, std::vector<std::string>& notes) : path_(path), notes_(notes) {}

    std::vector<unit::EnvironmentEntry> read(std::string_view text) {
        for (char const c : text) {
            take(c);
            if (c == '\n') ++line_;
        }
        finish();
        return std::move(entries_);
    }

private:
    enum class At : std::uint8_t { before_key, key, comment, before_value, value, single, twofold };

    void take(char c) {
        if (std::exchange(escaped_, false)) return take_escaped(c);
        switch (at_) {
        case At::before_key: return begin(c);
        case At::key: return take_key(c);
        case At::comment: return take_comment(c);
        case At::before_value: return begin_value(c);
        case At::value: return take_value(c);
        case At::single:
            if (c != '\'') return append(c);
            at_ = At::before_value;
            return;
        case At::twofold:
            if (c == '\\')
                escaped_ = true;
            else if (c == '"')
                at_ = At::before_value;
            else
                append(c);
            return;
        }
    }

    void take_escaped(char c) {
        if (at_ == At::comment) return; // a comment goes on after an escaped end of line
        if (c == '\n') return;
        if (at_ == At::twofold && std::string_view("\"\\`$").find(c) == std::string_view::npos) append('\\');
        append(c);
    }

    void begin(char c) {
        if (is_space(c) || is_newline(c)) return;
        started_ = line_;
        if (c == '#' || c == ';') {
            at_ = At::comment;
        } else {
            at_ = At::key;
            key_ += c; // also a "=": what begins with it has no name, and no value that could go on in the next line
        }
    }

    void take_key(char c) {
        if (c == '=') {
            at_ = At::before_value;
        } else if (is_newline(c)) {
            note("is no assignment, ignored");
            reset();
        } else {
            key_ += c;
        }
    }

    void take_comment(char c) {
        if (c == '\\') escaped_ = true;
        if (is_newline(c)) at_ = At::before_key;
    }

    void begin_value(char c) {
        if (is_space(c)) return;
        if (is_newline(c)) return finish();
        if (c == '\'') {
            at_ = At::single;
        } else if (c == '"') {
            at_ = At::twofold;
        } else {
            at_ = At::value;
            take_value(c);
        }
    }

    void take_value(char c) {
        if (is_newline(c)) return finish();
        if (c == '\\') {
            escaped_ = true;
        } else if (is_space(c)) {
            value_ += c; // kept_ stays behind: goes if nothing follows
        } else {
            append(c);
        }
    }

    void append(char c) {
        value_ += c;
        kept_ = value_.size();
    }

    void finish() {
        if (at_ == At::key) note("is no assignment, ignored");
        if (at_ != At::before_key && at_ != At::key && at_ != At::comment) keep();
        reset();
    }

    void keep() {
        value_.resize(kept_);
        auto const name = std::string(base::trim(key_));
        if (!is_name(name)) return note(fmt::format("\"{}\" is no name of a variable, ignored", base::printable(name)));
        if (!base::is_utf8(value_) || value_.find('\0') != std::string::npos)
            return note(fmt::format("the value of {} is not UTF-8 text, ignored", name));
        entries_.push_back({name, std::move(value_)});
    }

    static bool is_name(std::string_view name) {
        if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
        return name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
    }

    void note(std::string_view text) { notes_.push_back(fmt::format("{}:{}: {}", path_, started_, text)); }

    void reset() {
        at_ = At::before_key;
        key_.clear();
        value_.clear();
        kept_ = 0;
    }

    std::string const& path_;
    std::vector<std::string>& notes_;
    std::vector<unit::EnvironmentEntry> entries_;
    At at_ = At::before_key;
    bool escaped_ = false;
    std::string key_;
    std::string value_;
    std::size_t kept_ = 0; ///< of the value: what is not blank at its end
    unsigned line_ = 1;
    unsigned started_ = 1;
};

/// The files that a pattern stands for, sorted; ENOENT for none.
base::Result<std::vector<std::string>> expand_pattern(std::string const& pattern) {
    glob_t found{};
    int const status = ::glob(pattern.c_str(), 0, nullptr, &found);
    std::vector<std::string> const paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    ::globfree(&found);
    if (status == GLOB_NOSPACE) return base::make_error(ENOMEM, "EnvironmentFile=", pattern);
    if (status == GLOB_ABORTED) return base::make_error(EIO, "EnvironmentFile=", pattern);
    if (paths.empty()) return base::make_error(ENOENT, "EnvironmentFile=", pattern);
    return paths;
}

/// A pipe or a socket in the file's place would let the manager wait for whoever is to write: refused.
base::Result<std::string> read_text(std::string const& path) {
    auto const type = TRY(base::sys::stat(path)).st_mode & S_IFMT;
    if (type == S_IFIFO || type == S_IFSOCK) return base::make_error(EINVAL, "read", path);
    return base::sys::read_file(path);
}

base::Result<void> read_setting(std::string const& pattern, std::vector<unit::EnvironmentEntry>& entries) {
    for (auto const& path : TRY(expand_pattern(pattern))) {
        auto const text = read_text(path);
        if (!text) return base::make_error(text.error().number, "EnvironmentFile=", path);
        std::vector<std::string> notes;
        std::ranges::move(parse_environment_file(*text, path, notes), std::back_inserter(entries));
        for (auto const& note : notes)
            base::log(base::Priority::warning, "{}", note);
    }
    return {};
}

} // namespace

std::vector<unit::EnvironmentEntry> parse_environment_file(std::string_view text, std::string const& path,
                                                           std::vector<std::string>& notes) {
    return AssignmentReader(path, notes).read(text);
}

base::Result<std::vector<unit::EnvironmentEntry>> read_environment_files(unit::Exec const& exec) {
    std::vector<unit::EnvironmentEntry> entries;
    for (auto const& file : exec.environment_files) {
        auto const read = read_setting(file.path, entries);
        if (!read && !file.optional) return std::unexpected(read.error());
    }
    return entries;
}

} // namespace mitori::exec
