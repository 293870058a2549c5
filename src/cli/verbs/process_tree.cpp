// `mitori tree` of processes; the tree of units is verbs/tree.cpp.
#include <algorithm>
#include <array>
#include <fmt/ostream.h>
#include <iostream>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/text.hpp"
#include "cli/detail/ps_ours.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/tree_options.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/pager.hpp"
#include "cli/process_programs.hpp"
#include "cli/verbs.hpp"
#include "procfs/scanner.hpp"

namespace mitori::cli {
namespace {
using detail::TreeOptions;
using procfs::Lineage;

constexpr int failure = 1;

/// The rows at which trees begin that are to be shown.
std::vector<std::size_t> tops(TreeOptions const& options, detail::PsDesk& desk) {
    auto const& lineage = desk.lineage();
    if (options.words.empty()) {
        auto found = lineage.roots();
        std::erase_if(found, [&](auto row) { return !options.kernel_threads && desk.rows()[row].is_kernel_thread(); });
        return found;
    }
    std::vector<std::size_t> found;
    for (auto const& word : options.words) {
        if (auto const pid = base::parse_integer<pid_t>(word)) {
            if (auto const row = lineage.find(*pid); row != Lineage::npos) found.push_back(row);
            continue;
        }
        auto const is_of_unit = [&, name = detail::unit_name(word)](std::size_t row) {
            return base::glob_match(name, desk.membership(desk.rows()[row]).unit);
        };
        for (std::size_t row = 0; row < desk.rows().size(); ++row)
            if (is_of_unit(row) && (lineage.parent(row) == Lineage::npos || !is_of_unit(lineage.parent(row))))
                found.push_back(row);
    }
    return found;
}

/// Of which kinds a process's namespaces are others than its parent's. For those that may be asked.
std::string border_of(procfs::Scanner& scanner, procfs::Row const& row) {
    static constexpr auto kinds =
        std::to_array<std::string_view>({"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"});
    std::string found;
    for (auto const kind : kinds) {
        auto const name = fmt::format("ns/{}", kind);
        auto const own = scanner.link(row.pid, name);
        auto const parents = scanner.link(row.parent, name);
        if (own && parents && *own != *parents) found += fmt::format("{}{}", found.empty() ? "" : " ", kind);
    }
    return found;
}

nlohmann::ordered_json json_of(detail::PsDesk& desk, std::size_t index, std::size_t depth = 0) {
    auto const& row = desk.rows()[index];
    detail::PsCell const cell{row, desk};
    constexpr std::size_t deepest = 2000;
    auto below = nlohmann::ordered_json::array();
    if (depth < deepest)
        for (auto const child : desk.lineage().children(index))
            below.push_back(json_of(desk, child, depth + 1));
    return {{"pid", row.pid},
            {"comm", row.comm},
            {"command", detail::command_of(row)},
            {"unit", desk.membership(row).unit},
            {"container", detail::show_container(cell)},
            {"marks", detail::marks_of(cell)},
            {"children", std::move(below)}};
}

int show_processes(ProcessCall const& call, TreeOptions options, std::ostream& out) {
    auto scanner = procfs::Scanner::open();
    if (!scanner) {
        fmt::print(call.err, "mitori tree: {}\n", scanner.error().message());
        return failure;
    }
    auto parts = detail::forest_parts(options.look);
    if (options.json) parts |= {procfs::Part::command_line};
    auto const rows = scanner->all(parts);
    detail::PsDesk desk([&] { return call.manager ? call.manager(options.runtime_dir) : nullptr; });
    desk.lay_out(rows);
    auto const found = tops(options, desk);
    if (found.empty() && !options.words.empty())
        fmt::print(call.err, "mitori tree: there is no process, and no unit with processes, of the name {}\n",
                   base::printable(base::join(options.words, ", ")));
    if (options.json) {
        auto json = nlohmann::ordered_json::array();
        for (auto const top : found)
            json.push_back(json_of(desk, top));
        out << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
        return found.empty() ? failure : 0;
    }
    if (options.highlight_self) options.look.highlighted = ::getpid();
    detail::Forest forest{.desk = desk, .look = options.look, .screen = call.screen};
    if (options.full) forest.screen.width = 0;
    for (auto const& row : rows) {
        if (options.look.threads && row.threads > 1) forest.threads[row.pid] = scanner->threads(row);
        if (!options.look.namespaces) continue;
        if (auto border = border_of(*scanner, row); !border.empty()) forest.borders.emplace(row.pid, std::move(border));
    }
    auto const above = options.parents ? detail::Forest::Above::shown : detail::Forest::Above::hidden;
    for (auto const top : found)
        for (auto const& line : forest.draw(top, above))
            out << line << '\n';
    return found.empty() ? failure : 0;
}

/// The tree of units, from a manager that answers.
int show_units(ProcessCall const& call, TreeOptions const& asked, Connection& manager, std::ostream& out) {
    Options options;
    options.all = asked.all_units;
    options.full = asked.full;
    options.format = asked.json ? Format::json : Format::text;
    Context context{.options = options,
                    .program = "mitori",
                    .faces = manager.faces(),
                    .wait_until = nullptr,
                    .out = out,
                    .err = call.err,
                    .screen = call.screen};
    return tree(context, asked.words);
}

/// Where the manager is that is meant; nothing: wherever one is.
std::optional<std::string> place_of(TreeOptions const& options) {
    if (options.runtime_dir || options.scope == Scope::automatic) return options.runtime_dir;
    if (options.scope == Scope::system) return "/run/mitori";
    char const* const folder = std::getenv("XDG_RUNTIME_DIR");
    return folder == nullptr ? options.runtime_dir : std::string(folder) + "/mitori";
}

} // namespace

int run_tree(ProcessCall const& call) {
    auto options = detail::parse_tree_options(call.words);
    if (!options) {
        fmt::print(call.err, "mitori tree: {}\nTry 'mitori tree --help'.\n", options.error());
        return failure;
    }
    if (options->help) {
        call.out << detail::tree_help();
        return 0;
    }
    bool const named = options->runtime_dir || options->scope != Scope::automatic;
    options->runtime_dir = place_of(*options);
    auto const manager = options->processes || !call.manager ? nullptr : call.manager(options->runtime_dir);
    if (manager == nullptr && named && !options->processes) {
        fmt::print(call.err, "mitori tree: no manager answers at {}\n", options->runtime_dir.value_or("that place"));
        return failure;
    }
    auto const pager = options->pager && &call.out == &std::cout ? Pager::open() : nullptr;
    auto& out = pager ? pager->out() : call.out;
    return manager ? show_units(call, *options, *manager, out) : show_processes(call, *options, out);
}

} // namespace mitori::cli
