#include <algorithm>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/table.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/verbs.hpp"
#include "status/json.hpp"

namespace mitori::cli {

int list_jobs(Context& context, Arguments const& patterns) {
    auto jobs = context.faces.query.list_jobs();
    if (!jobs) return detail::complain(context, "list jobs", jobs.error());
    auto const other = [&](status::JobRow const& job) {
        auto const fits = [&](auto const& pattern) { return base::glob_match(detail::unit_name(pattern), job.unit); };
        return !patterns.empty() && std::ranges::none_of(patterns, fits);
    };
    std::erase_if(*jobs, other);
    std::ranges::sort(*jobs, {}, &status::JobRow::id);
    if (context.options.format == Format::json) {
        fmt::print(context.out, "{}\n", nlohmann::json(*jobs).dump(2));
        return 0;
    }
    if (jobs->empty()) {
        if (context.options.legend) fmt::print(context.out, "No jobs {}.\n", patterns.empty() ? "running" : "listed");
        return 0;
    }
    detail::Table table({"JOB", "UNIT", "TYPE", "STATE"});
    for (auto const& job : *jobs) {
        auto const style = job.state == "running" ? detail::Style::strong : detail::Style::plain;
        table.add({{std::to_string(job.id)},
                   {base::printable(job.unit), style},
                   {base::printable(job.type)},
                   {base::printable(job.state), style}});
    }
    bool const legend = context.options.legend;
    table.print(context.out, context.screen, legend ? detail::Table::Header::yes : detail::Table::Header::no,
                detail::Cut::no);
    if (legend) fmt::print(context.out, "\n{} jobs listed.\n", jobs->size());
    return 0;
}

} // namespace mitori::cli
