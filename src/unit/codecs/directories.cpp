// Codec of RuntimeDirectory= and its kin: "name" or "name:link[:link…]" words.
#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "unit/codecs/structures.hpp"
#include "unit/detail/paths.hpp"
#include "unit/words.hpp"

namespace mitori::unit {
namespace {

using base::quote;
using base::Result;

Result<std::string> directory_name(std::string_view text, Specifiers const& specifiers) {
    std::string const written = TRY(expanded(text, specifiers));
    std::string name = TRY(relative_path(written));
    // DynamicUser= keeps its directories there, out of everyone's reach.
    if (name == "private" || name.starts_with("private/"))
        return lost(fmt::format("{} is kept for services with DynamicUser=: choose another name", quote(name)));
    return name;
}

DirectoryEntry& entry_of(DirectoriesSetting& setting, std::string const& name) {
    auto const found = std::ranges::find(setting.entries, name, &DirectoryEntry::name);
    return found != setting.entries.end() ? *found : setting.entries.emplace_back(DirectoryEntry{name, {}});
}

Result<void> add_word(DirectoriesSetting& setting, std::string_view word, Specifiers const& specifiers) {
    auto const parts = split_words(word, {.escapes = Escapes::c, .separators = ":"});
    if (!parts) return lost(parts.error());
    if (parts->empty()) return lost(fmt::format("{} is neither a name nor name:link", quote(word)));
    if (parts->size() > 2)
        specifiers.remark(fmt::format("{} has more than one link, only the first is made", quote(word)));
    std::string const name = TRY(directory_name(parts->front(), specifiers));
    if (parts->size() == 1) {
        entry_of(setting, name);
        return {};
    }
    std::string link = TRY(directory_name((*parts)[1], specifiers));
    auto& links = entry_of(setting, name).links;
    if (std::ranges::find(links, link) == links.end()) links.push_back(std::move(link));
    return {};
}

} // namespace

Result<void> Codec<DirectoriesSetting>::assign(DirectoriesSetting& value, std::string_view text,
                                               Specifiers const& specifiers) {
    auto const words = split_words(text);
    if (!words) return lost(words.error());
    for (auto const& word : *words)
        if (auto const added = add_word(value, word, specifiers); !added) specifiers.remark(added.error().operation);
    return {};
}

status::Value Codec<DirectoriesSetting>::show(DirectoriesSetting const& value) {
    status::List list{.element = "s", .items = {}};
    for (auto const& entry : value.entries)
        list.items.emplace_back(entry.name);
    return list;
}

status::Value Codec<DirectoriesSetting>::show_links(DirectoriesSetting const& value) {
    status::List list{.element = "(sst)", .items = {}};
    for (auto const& entry : value.entries)
        for (auto const& link : entry.links)
            list.items.emplace_back(status::Struct{.fields = {entry.name, link, std::uint64_t{0}}});
    return list;
}

Result<void> DirectoriesWithoutLinks::assign(DirectoriesSetting& value, std::string_view text,
                                             Specifiers const& specifiers) {
    TRY(Codec<DirectoriesSetting>::assign(value, text, specifiers));
    std::erase_if(value.entries, [&](DirectoryEntry const& entry) {
        if (entry.links.empty()) return false;
        specifiers.remark(fmt::format("{} is left out: this kind of directory has no links", quote(entry.name)));
        return true;
    });
    return {};
}

} // namespace mitori::unit
