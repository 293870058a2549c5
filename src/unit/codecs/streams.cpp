// Codecs of StandardInput=, StandardOutput=, StandardError= and WorkingDirectory=.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "unit/codecs/structures.hpp"
#include "unit/detail/paths.hpp"
#include "unit/unit.hpp"

namespace mitori::unit {
namespace {

using base::quote;
using base::Result;

/// What stands before ":" with an argument behind it: a path, or the name of a descriptor.
template <class Kind>
struct Prefix {
    std::string_view word;
    Kind kind;
};
constexpr auto input_prefixes = std::to_array<Prefix<Input>>({{"file:", Input::file}, {"fd:", Input::fd}});
constexpr auto output_prefixes = std::to_array<Prefix<Output>>({
    {"file:", Output::file},
    {"append:", Output::append},
    {"truncate:", Output::truncate},
    {"fd:", Output::fd},
});

/// sd_listen_fds_with_names(3)
bool is_descriptor_name(std::string_view name) {
    return !name.empty() && name.size() <= 255 && std::ranges::none_of(name, [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte >= 0x7F || c == ':';
    });
}

/// The argument after "fd:", or the absolute path after the other prefixes.
Result<std::string> read_argument(std::string_view word, std::string_view text, std::string_view descriptor,
                                  Specifiers const& specifiers) {
    std::string argument = TRY(expanded(text, specifiers));
    if (word != "fd:") return absolute_path(argument);
    if (argument.empty()) return std::string(descriptor);
    if (!is_descriptor_name(argument)) return lost(fmt::format("{} is no name of a file descriptor", quote(argument)));
    return argument;
}

/// "file:/path" by the prefixes, or a bare word by its name.
template <class Setting, class Kind, std::size_t N>
Result<Setting> read_stream(std::string_view text, std::array<Prefix<Kind>, N> const& prefixes,
                            std::string_view descriptor, Specifiers const& specifiers) {
    for (auto const& [word, kind] : prefixes) {
        if (!text.starts_with(word)) continue;
        return Setting{kind, TRY(read_argument(word, text.substr(word.size()), descriptor, specifiers))};
    }
    auto const kind = base::value_of<Kind>(text);
    if (!kind) return no_such_word(text, words_of<Kind>);
    if (*kind == Kind::fd) return Setting{*kind, std::string(descriptor)};
    bool const wants_path = std::ranges::find(prefixes, *kind, &Prefix<Kind>::kind) != prefixes.end();
    if (wants_path) return lost(fmt::format("{} needs a path: write {}:/path", quote(text), text));
    return Setting{*kind, {}};
}

} // namespace

Result<void> Codec<InputSetting>::assign(InputSetting& value, std::string_view text, Specifiers const& specifiers) {
    value = TRY((read_stream<InputSetting>(text, input_prefixes, "stdin", specifiers)));
    return {};
}

// The path is no part of the property, as with systemd.
status::Value Codec<InputSetting>::show(InputSetting const& value) { return std::string(base::word(value.kind)); }

status::Value InputOrData::show(Unit const& unit, InputSetting const&) {
    return std::string(base::word(input_kind(*unit.exec)));
}

Result<OutputSetting> read_output(std::string_view text, Specifiers const& specifiers) {
    auto output = TRY((read_stream<OutputSetting>(text, output_prefixes, "", specifiers)));
    if (text.starts_with("syslog"))
        specifiers.remark(fmt::format("{} is an old name of {}", text, base::word(output.kind)));
    return output;
}

status::Value show_output(OutputSetting const& value) { return std::string(base::word(value.kind)); }

Result<void> Codec<WorkingDirectory>::assign(WorkingDirectory& value, std::string_view text,
                                             Specifiers const& specifiers) {
    WorkingDirectory directory{.optional = text.starts_with('-')};
    if (directory.optional) text.remove_prefix(1);
    if (text == "~") {
        directory.home = true;
    } else {
        auto path = expanded(text, specifiers);
        if (path) path = absolute_path(*path);
        if (!path) return directory.optional ? lost(path.error()) : refused(path.error().operation);
        directory.path = *std::move(path);
    }
    value = std::move(directory);
    return {};
}

status::Value Codec<WorkingDirectory>::show(WorkingDirectory const& value) {
    return (value.optional ? "!" : "") + (value.home ? "~" : value.path);
}

} // namespace mitori::unit
