#include "status/json.hpp"

#include <nlohmann/json.hpp>

namespace mitori::status {
namespace {

nlohmann::json array_of(std::vector<Value> const& values) {
    auto array = nlohmann::json::array();
    for (auto const& value : values) {
        nlohmann::json item;
        to_json(item, value);
        array.push_back(std::move(item));
    }
    return array;
}

/// "" is the absence of a word, which JSON can say.
nlohmann::json word_or_null(std::string const& word) { return word.empty() ? nlohmann::json() : nlohmann::json(word); }

std::string last_component(std::string const& path) { return path.substr(path.rfind('/') + 1); }

} // namespace

void to_json(nlohmann::json& json, Value const& value) {
    std::visit(
        [&json]<class T>(T const& held) {
            if constexpr (std::is_same_v<T, ObjectPath>) {
                json = held.path;
            } else if constexpr (std::is_same_v<T, List>) {
                json = array_of(held.items);
            } else if constexpr (std::is_same_v<T, Struct>) {
                json = array_of(held.fields);
            } else {
                json = held;
            }
        },
        value.held());
}

void to_json(nlohmann::json& json, Properties const& properties) {
    json = nlohmann::json::object();
    for (auto const& property : properties.all())
        to_json(json[property.name], property.value);
}

// The keys of the lists are those of systemctl -o json; what it leaves out stands beside them.

void to_json(nlohmann::json& json, UnitRow const& row) {
    json = {
        {"unit", row.name},
        {"load", row.load_state},
        {"active", row.active_state},
        {"sub", row.sub_state},
        {"description", row.description},
        {"following", word_or_null(row.following)},
        {"path", row.path},
        {"job", row.job_id == 0 ? nlohmann::json() : nlohmann::json({{"job", row.job_id}, {"type", row.job_type}})},
    };
}

void to_json(nlohmann::json& json, UnitFileRow const& row) {
    json = {
        {"unit_file", last_component(row.path)},
        {"path", row.path},
        {"state", row.state},
        {"preset", word_or_null(row.preset)},
    };
}

void to_json(nlohmann::json& json, JobRow const& row) {
    json = {{"job", row.id}, {"unit", row.unit}, {"type", row.type}, {"state", row.state}};
}

void to_json(nlohmann::json& json, ProcessRow const& row) {
    json = {{"group", row.group}, {"pid", row.pid}, {"parent", row.parent}, {"command", row.command_line}};
}

std::string show(nlohmann::json const& json, Layout layout) {
    constexpr int steps = 2;
    return json.dump(layout == Layout::indented ? steps : -1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace mitori::status
