// $VAR and ${VAR} in command lines: systemd.service(5), "COMMAND LINES". Cases that the page leaves open are decided as
// systemd 252 does.
#include "base/text.hpp"
#include "exec/detail/variables.hpp"
#include "exec/plan.hpp"

namespace mitori::exec {
namespace {

/// The words of a value that replaces a $VAR: quotes are respected and removed; one that is not closed lasts to the
/// end, and a backslash stands for the character after it.
class ValueSplitter {
public:
    explicit ValueSplitter(std::vector<std::string>& words) : words_(words) {}

    void split(std::string_view value) {
        for (char const c : value)
            take(c);
        finish();
    }

private:
    void take(char c) {
        if (escaped_) {
            escaped_ = false;
            append(c);
        } else if (c == '\\') {
            escaped_ = true;
        } else if (quote_ != '\0') {
            if (c == quote_)
                quote_ = '\0';
            else
                append(c);
        } else if (c == '"' || c == '\'') {
            quote_ = c;
            begun_ = true; // "" is a word
        } else if (base::whitespace.find(c) != std::string_view::npos) {
            finish();
        } else {
            append(c);
        }
    }
    void append(char c) {
        word_ += c;
        begun_ = true;
    }
    void finish() {
        if (begun_) words_.push_back(std::move(word_));
        word_.clear();
        begun_ = false;
    }

    std::vector<std::string>& words_;
    std::string word_;
    bool begun_ = false;
    bool escaped_ = false;
    char quote_ = '\0';
};

class Substitution {
public:
    Substitution(std::vector<std::string> const& environment, std::vector<std::string>& missing)
        : environment_(environment),
          missing_(missing) {}

    void replace(std::string_view word, std::vector<std::string>& into) {
        bool const whole = word.starts_with('$') && !word.starts_with("${") && !word.starts_with("$$");
        if (whole)
            ValueSplitter(into).split(value_of(word.substr(1)));
        else
            into.push_back(replace_within(word));
    }

private:
    std::string_view value_of(std::string_view name) {
        auto const value = find_variable(environment_, name);
        if (!value) missing_.emplace_back(name);
        return value.value_or("");
    }

    /// ${NAME} becomes the value and $$ one $; a $ before anything else, and ${ without its }, stand for themselves.
    std::string replace_within(std::string_view word) {
        std::string result;
        while (!word.empty()) {
            auto const dollar = word.find('$');
            result += word.substr(0, dollar);
            if (dollar == word.npos) break;
            word.remove_prefix(dollar);
            auto const close = word.starts_with("${") ? word.find('}') : word.npos;
            if (close != word.npos) {
                result += value_of(word.substr(2, close - 2));
                word.remove_prefix(close + 1);
            } else {
                result += '$';
                word.remove_prefix(word.starts_with("$$") ? 2 : 1);
            }
        }
        return result;
    }

    std::vector<std::string> const& environment_;
    std::vector<std::string>& missing_;
};

} // namespace

std::vector<std::string> substitute(std::vector<std::string> const& argv, std::vector<std::string> const& environment,
                                    std::vector<std::string>& missing) {
    Substitution substitution(environment, missing);
    std::vector<std::string> replaced;
    replaced.reserve(argv.size());
    for (auto const& word : argv)
        substitution.replace(word, replaced);
    return replaced;
}

} // namespace mitori::exec
