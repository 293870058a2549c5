#include "manager/client_environment.hpp"

#include <algorithm>
#include <cerrno>
#include <map>

#include "base/utf8.hpp"
#include "unit/variables.hpp"

namespace mitori::manager {
namespace {

std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find('=')); }

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n') || c == 0x7f; }

/// What may stand in an environment that is shown to people and handed to every service.
bool is_assignment(std::string_view text) {
    return unit::split_variable(text) && base::is_utf8(text) && std::ranges::none_of(text, is_control);
}

void drop(std::vector<std::string>& entries, std::string_view pattern) {
    bool const exact = pattern.contains('=');
    std::erase_if(entries, [&](std::string_view entry) { return (exact ? entry : name_of(entry)) == pattern; });
}

} // namespace

base::Result<void> ClientEnvironment::change(std::vector<std::string> const& unset,
                                             std::vector<std::string> const& set) {
    for (auto const& word : unset)
        if (!unit::is_variable_name(word) && !is_assignment(word))
            return base::make_error(EINVAL, "Invalid environment variable name or assignment", word);
    for (auto const& word : set)
        if (!is_assignment(word)) return base::make_error(EINVAL, "Invalid environment assignment", word);
    for (auto const& word : unset)
        drop(set_, word);
    for (auto const& word : set) {
        drop(set_, name_of(word));
        set_.push_back(word);
    }
    return {};
}

std::vector<std::string> ClientEnvironment::entries() const {
    std::map<std::string_view, std::string_view> merged;
    for (auto const* entries : {&own_, &set_})
        for (std::string_view const entry : *entries)
            merged.insert_or_assign(name_of(entry), entry);
    std::vector<std::string> all;
    for (auto const& [name, entry] : merged)
        all.emplace_back(entry);
    return all;
}

} // namespace mitori::manager
