#include "unit/parse.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

#include "base/text.hpp"
#include "unit/directive.hpp"
#include "unit/unit_names.hpp"

namespace mitori::unit {
namespace {

/// The sections that some unit type has, beside [Unit] and [Install] which all have. systemd.unit(5).
struct TypeSection {
    std::string_view name;
    Type type;
    Section rows;
};
constexpr std::array type_sections{
    TypeSection{"Service", Type::service, Section::service}, TypeSection{"Target", Type::target, Section::target},
    TypeSection{"Slice", Type::slice, Section::slice},       TypeSection{"Socket", Type::socket, Section::other},
    TypeSection{"Mount", Type::mount, Section::other},       TypeSection{"Automount", Type::automount, Section::other},
    TypeSection{"Swap", Type::swap, Section::other},         TypeSection{"Timer", Type::timer, Section::other},
    TypeSection{"Path", Type::path, Section::other},         TypeSection{"Scope", Type::scope, Section::other},
    TypeSection{"Device", Type::device, Section::other},
};

std::string_view own_section(Type type) { return std::ranges::find(type_sections, type, &TypeSection::type)->name; }

/// Like trim, but an empty result still points into the line, for its column.
std::string_view trim_in_place(std::string_view text) {
    auto const trimmed = base::trim(text);
    return trimmed.empty() ? text.substr(text.size()) : trimmed;
}

bool is_extension(std::string_view name) { return name.starts_with("X-"); }

/// systemd's string_is_safe: no control characters, no quotes, no backslash.
bool is_safe(std::string_view name) {
    return std::ranges::none_of(name, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '"' || c == '\'' || c == '\\';
    });
}

class Parser {
public:
    Parser(Source const& source, Unit& unit, Specifiers specifiers)
        : source_(source),
          unit_(unit),
          specifiers_(specifiers) {
        specifiers_.remarks = &remarks_;
    }

    Reading run() {
        auto& said = unit_.diagnostics;
        said.insert(said.end(), source_.diagnostics.begin(), source_.diagnostics.end());
        for (auto const& line : source_.lines) {
            line_ = &line;
            read_line();
            if (outcome_ == Reading::broken) return outcome_;
        }
        if (foreign_settings_ != 0) tell_of_foreign_settings();
        bool const cut =
            std::ranges::any_of(source_.diagnostics, [](auto const& d) { return d.severity == Severity::error; });
        return cut ? Reading::broken : outcome_;
    }

private:
    enum class Reads : std::uint8_t { nothing_yet, rows, ignored, foreign };

    void read_line() {
        auto const text = base::trim(line_->text);
        if (text[0] == '[')
            read_header(text);
        else
            read_assignment(text);
    }

    void read_header(std::string_view text) {
        auto const name = text.substr(1, text.size() - 2);
        if (text.size() < 2 || text.back() != ']') return refuse(fmt::format("invalid section header '{}'", text));
        if (!is_safe(name)) return refuse(fmt::format("bad characters in section header '{}'", text));
        section_name_ = name;
        if (name == "Unit" || name == "Install") {
            reads_ = Reads::rows;
            section_ = name == "Unit" ? Section::unit : Section::install;
            return;
        }
        auto const row = std::ranges::find(type_sections, name, &TypeSection::name);
        if (row != type_sections.end() && row->type == unit_.type) {
            section_ = row->rows;
            bool const has_rows = !directive_names(section_).empty();
            reads_ = has_rows || section_ == Section::target ? Reads::rows : Reads::foreign;
            return;
        }
        reads_ = Reads::ignored;
        if (!is_extension(name)) tell_of_unknown_section(name, row != type_sections.end());
    }

    void tell_of_unknown_section(std::string_view name, bool of_other_type) {
        if (of_other_type)
            return say(
                Severity::warning, name,
                fmt::format("section [{}] has no meaning in a {} unit, it is ignored", name, base::word(unit_.type)),
                fmt::format("its own section is [{}]", own_section(unit_.type)));
        auto const like = base::nearest(name, {"Unit", own_section(unit_.type), "Install"});
        say(Severity::warning, name, fmt::format("unknown section [{}], it is ignored", name),
            like ? fmt::format("did you mean [{}]?", *like) : "");
    }

    void read_assignment(std::string_view text) {
        if (reads_ == Reads::ignored) return;
        if (reads_ == Reads::nothing_yet)
            return say(Severity::warning, text, "assignment outside of a section, it is ignored");
        auto const equals = text.find('=');
        if (equals == std::string_view::npos) return say(Severity::warning, text, "missing '=', the line is ignored");
        auto const key = base::trim(text.substr(0, equals));
        auto const value = trim_in_place(text.substr(equals + 1));
        if (key.empty()) return say(Severity::warning, text, "missing name before '=', the line is ignored");
        if (reads_ == Reads::foreign) {
            foreign_section_ = section_name_;
            ++foreign_settings_;
        } else if (auto const* row = find_directive(section_, key)) {
            assign(*row, value);
        } else if (!is_extension(key)) {
            tell_of_unknown_key(key);
        }
    }

    void assign(Directive const& row, std::string_view value) {
        if (row.assign == nullptr) {
            auto const index = static_cast<std::uint16_t>(&row - directives().data());
            unit_.kept.push_back({index, std::string(value)});
            return;
        }
        remarks_.clear();
        auto const assigned = row.assign(unit_, value, specifiers_);
        for (auto& remark : remarks_)
            say(Severity::warning, value, fmt::format("{}=: {}", row.name, remark));
        if (assigned) return;
        auto error = assigned.error();
        bool const fatal = std::exchange(error.number, 0) == refuses_unit;
        say(fatal ? Severity::error : Severity::warning, value,
            fmt::format("{}=: {}{}", row.name, error.message(), fatal ? "" : ", the setting is ignored"));
        if (fatal) outcome_ = Reading::bad_setting;
    }

    void tell_of_unknown_key(std::string_view key) {
        std::string hint;
        if (auto const like = base::nearest(key, directive_names(section_)))
            hint = fmt::format("did you mean {}=?", *like);
        else
            hint = hint_of_other_section(key);
        say(Severity::warning, key,
            fmt::format("unknown setting {}= in section [{}], it is ignored", key, section_name_), std::move(hint));
    }

    /// A setting that is right, but elsewhere: StartLimitBurst= in [Install], Type= in [Unit].
    std::string hint_of_other_section(std::string_view key) const {
        if (find_directive(Section::unit, key) != nullptr) return "it belongs in [Unit]";
        if (find_directive(Section::install, key) != nullptr) return "it belongs in [Install]";
        if (find_directive(Section::service, key) != nullptr) return "it belongs in [Service]";
        return {};
    }

    void tell_of_foreign_settings() {
        unit_.diagnostics.push_back({.severity = Severity::notice,
                                     .file = source_.path,
                                     .text = fmt::format("not honoured yet: unit type {} ({} settings of [{}])",
                                                         base::word(unit_.type), foreign_settings_, foreign_section_)});
    }

    void refuse(std::string text) {
        say(Severity::error, base::trim(line_->text), std::move(text));
        outcome_ = Reading::broken;
    }

    /// `at` is a part of the current line's text: the column is counted from it.
    void say(Severity severity, std::string_view at, std::string text, std::string hint = {}) {
        unit_.diagnostics.push_back({.severity = severity,
                                     .file = source_.path,
                                     .line = line_->number,
                                     .column = static_cast<unsigned>(at.data() - line_->text.data()) + 1,
                                     .text = std::move(text),
                                     .hint = std::move(hint)});
    }

    Source const& source_;
    Unit& unit_;
    Specifiers specifiers_;
    std::vector<std::string> remarks_;
    SourceLine const* line_ = nullptr;
    std::string_view section_name_;
    Section section_ = Section::other;
    Reads reads_ = Reads::nothing_yet;
    std::size_t foreign_settings_ = 0;
    std::string_view foreign_section_;
    Reading outcome_ = Reading::fine;
};

} // namespace

Reading parse(Source const& source, Unit& unit, Specifiers const& specifiers) {
    return Parser(source, unit, specifiers).run();
}

} // namespace mitori::unit
