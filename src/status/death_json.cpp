#include "status/death_json.hpp"

#include <nlohmann/json.hpp>

#include "base/signal.hpp"
#include "status/death_fields.hpp"

namespace mitori::status {
namespace {

using Json = nlohmann::json;

struct Put {
    Json& json;

    void operator()(char const* name, std::string const& text) const {
        if (!text.empty()) json[name] = text;
    }
    void operator()(char const* name, base::Usec span) const {
        if (span.count() != 0) json[name] = span.count();
    }
    void operator()(char const* name, DeathKind kind) const { json[name] = base::word(kind); }
    void operator()(char const* name, Cause cause) const { json[name] = base::word(cause); }
    // An exit code may be 0; no other number that is there is.
    void operator()(char const* name, std::integral auto number) const {
        if (number != 0 || std::string_view(name) == "status") json[name] = number;
    }
    template <class T>
    void operator()(char const* name, std::optional<T> const& value) const {
        if (!value) return;
        if constexpr (std::integral<T>)
            json[name] = *value;
        else
            json[name] = value->count();
    }
};

} // namespace

void to_json(Json& json, Death const& death) {
    json = Json::object();
    for_each_field(death, Put{json});
    auto sources = Json::array();
    for (auto const& source : base::Names<Source>::table)
        if (has(death.sources, source.value)) sources.push_back(source.word);
    json["sources"] = std::move(sources);
    if (by_signal(death)) json["signal"] = "SIG" + base::signal_name(base::Signal{death.status});
}

void to_json(Json& json, DeathTotals const& totals) {
    json = {{"deaths", totals.deaths},
            {"failed", totals.failed},
            {"by_signal", totals.by_signal},
            {"oom", totals.oom},
            {"restarts", totals.restarts},
            {"cpu", totals.cpu.count()},
            {"first", totals.first.count()},
            {"last", totals.last.count()},
            {"cpu_failed", totals.cpu_failed.count()}};
    json["name"] = totals.name;
    if (totals.shortest) json["shortest"] = totals.shortest->count();
    if (totals.mean_life) json["mean_life"] = totals.mean_life->count();
}

void to_json(Json& json, LostDeaths const& lost) {
    json = {{"at", lost.at.count()}, {"count", lost.count}, {"why", lost.why}};
}

} // namespace mitori::status
