#include "unit/dotenv.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "unit/detail/text_lines.hpp"

namespace mitori::unit {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view name_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

/// One line, read from left to right; `at_` is where the reader stands, so that a finding knows its column.
class LineReader {
public:
    LineReader(detail::TextLine line, std::string const& path, Dotenv& into)
        : text_(line.text),
          number_(line.number),
          path_(path),
          into_(into) {}

    void read() {
        skip_blanks();
        if (done() || text_[at_] == '#') return;
        if (auto const bad = detail::first_unusable(text_)) {
            at_ = *bad;
            return say(Severity::error, "not UTF-8 text, or a NUL byte");
        }
        skip_export();
        auto const name = read_name();
        if (!name) return;
        skip_blanks();
        auto value = done() ? std::string() : read_value();
        if (value) into_.entries.push_back({std::string(*name), std::move(*value)});
    }

private:
    [[nodiscard]] bool done() const { return at_ >= text_.size(); }
    void skip_blanks() { at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size()); }

    void skip_export() {
        constexpr std::string_view word = "export";
        auto const rest = text_.substr(at_);
        if (!rest.starts_with(word) || rest.size() == word.size() || !blanks.contains(rest[word.size()])) return;
        at_ += word.size();
        skip_blanks();
    }

    std::optional<std::string_view> read_name() {
        auto const begin = at_;
        auto const equals = text_.find('=', at_);
        if (equals == std::string_view::npos) {
            say(Severity::warning, "no assignment (NAME=value), ignored");
            return std::nullopt;
        }
        auto const name = base::trim(text_.substr(begin, equals - begin));
        if (auto const bad = name.find_first_not_of(name_characters); name.empty() || bad != std::string_view::npos) {
            at_ = begin + (name.empty() ? 0 : bad);
            say(Severity::warning, fmt::format("\"{}\" is no name of a variable, ignored", name));
            return std::nullopt;
        }
        at_ = equals + 1;
        return name;
    }

    std::optional<std::string> read_value() {
        switch (text_[at_]) {
        case '\'': return read_single();
        case '"': return read_double();
        default: return read_bare();
        }
    }

    std::string read_bare() {
        auto const begin = at_;
        auto const hash = text_.find('#', begin);
        if (hash != std::string_view::npos && hash > 0 && !blanks.contains(text_[hash - 1])) {
            at_ = hash;
            say(Severity::warning, "\"#\" ends the value here", "put the value in quotes to keep it whole");
        }
        return std::string(base::trim(text_.substr(begin, std::min(hash, text_.size()) - begin)));
    }

    std::optional<std::string> read_single() {
        auto const end = text_.find('\'', at_ + 1);
        if (end == std::string_view::npos) return unclosed();
        auto value = std::string(text_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
        return ends_well() ? std::optional(std::move(value)) : std::nullopt;
    }

    std::optional<std::string> read_double() {
        std::string value;
        for (auto i = at_ + 1; i < text_.size(); ++i) {
            if (text_[i] == '"') {
                at_ = i + 1;
                return ends_well() ? std::optional(std::move(value)) : std::nullopt;
            }
            if (text_[i] != '\\' || i + 1 == text_.size())
                value += text_[i];
            else if (++i; text_[i] == 'n')
                value += '\n';
            else
                value += text_[i];
        }
        return unclosed();
    }

    std::optional<std::string> unclosed() {
        say(Severity::error, "this quote is not closed on its line", "within double quotes \\n stands for a newline");
        return std::nullopt;
    }

    /// After a closing quote only a comment may follow.
    bool ends_well() {
        skip_blanks();
        if (done() || text_[at_] == '#') return true;
        say(Severity::error, "text after the closing quote");
        return false;
    }

    void say(Severity severity, std::string text, std::string hint = {}) {
        into_.diagnostics.push_back({.severity = severity,
                                     .file = path_,
                                     .line = number_,
                                     .column = static_cast<unsigned>(at_ + 1),
                                     .text = std::move(text),
                                     .hint = std::move(hint)});
    }

    std::string_view text_;
    unsigned number_;
    std::string const& path_;
    Dotenv& into_;
    std::size_t at_ = 0;
};

} // namespace

Dotenv parse_dotenv(std::string_view text, std::string const& path) {
    Dotenv read;
    if (base::trim(text).starts_with('{')) { // node's foreman reads that, too
        read.diagnostics.push_back(
            {.severity = Severity::error, .file = path, .text = "JSON is not read here, only lines NAME=value"});
        return read;
    }
    for (auto const& line : detail::text_lines(text))
        LineReader(line, path, read).read();
    return read;
}

void merge_environment(EnvironmentSetting& environment, EnvironmentSetting const& entries) {
    for (auto const& entry : entries) {
        auto const found = std::ranges::find(environment, entry.name, &EnvironmentEntry::name);
        if (found == environment.end())
            environment.push_back(entry);
        else
            found->value = entry.value;
    }
}

std::string const* find_value(EnvironmentSetting const& environment, std::string_view name) {
    auto const found = std::ranges::find(environment, name, &EnvironmentEntry::name);
    return found == environment.end() ? nullptr : &found->value;
}

} // namespace mitori::unit
