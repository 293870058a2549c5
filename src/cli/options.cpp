#include "cli/options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/names.hpp"
#include "base/text.hpp"
#include "cli/detail/log_printer.hpp"
#include "control/names.hpp"

namespace mitori::cli {

namespace {

/// What CLI11 fills before it is turned into values.
struct Raw {
    std::string format = "short";
    std::string job_mode = "replace";
    std::string kill_whom = "all";
    std::string signal = "TERM";
    std::string legend = "yes";
    std::string single_property;
    bool user = false;
    bool system = false;
    bool failed = false;
    bool ignored_flag = false;
};

void add_what_to_show(CLI::App& app, Options& options, Raw& raw) {
    app.add_option("-p,--property", options.properties, "Show only properties by these names")->delimiter(',');
    app.add_option("-P", raw.single_property, "As --value --property=NAME")->type_name("NAME");
    app.add_option("--state", options.states, "List units with these load, active or sub states")->delimiter(',');
    app.add_option("-t,--type", options.types, "List units of these types")->delimiter(',');
    app.add_flag("--failed", raw.failed, "As --state=failed");
    app.add_flag("-a,--all", options.all, "Show also inactive units and empty properties");
    app.add_flag("--value", options.value, "Show only the values of properties");
    app.add_flag("-l,--full", options.full, "Do not shorten what does not fit");
    app.add_flag("--plain", options.plain, "List without dots");
    app.add_option("--legend", raw.legend, "Whether to print headers and hints")->type_name("BOOL");
    app.add_flag("--no-legend", [&raw](auto) { raw.legend = "no"; }, "Print no headers and hints");
    app.add_option("-o,--output", raw.format, "json, or a format of log lines")->type_name("FORMAT");
    app.add_option("-n,--lines", options.log_lines, "How many lines of the log status shows")->type_name("COUNT");
    app.add_flag("--no-pager", [&options](auto) { options.pager = false; }, "Do not show through a pager");
    app.add_flag("-q,--quiet", options.quiet, "Print no result");
}

void add_what_to_do(CLI::App& app, Options& options, Raw& raw) {
    app.add_option("--job-mode", raw.job_mode, "How the job treats those already queued")->type_name("MODE");
    app.add_flag("--no-block", [&options](auto) { options.block = false; }, "Do not wait for the end of the job");
    app.add_flag("--wait", options.wait, "Wait until units that were started have ended again");
    app.add_flag("-f,--force", options.force, "With poweroff and reboot: ask the manager, not its targets");
    app.add_option("-s,--signal", raw.signal, "The signal to send")->type_name("SIGNAL");
    app.add_option("--kill-whom,--kill-who", raw.kill_whom, "main, control or all processes")->type_name("WHOM");
    app.add_option("--runtime-dir", options.runtime_dir, "The folder of the manager's socket")->type_name("DIR");
    app.add_flag("--system", raw.system, "Talk to the system's manager");
    app.add_flag("--user", raw.user, "Talk to this user's manager");
    app.add_flag("-h,--help", options.help, "Show this help");
    app.add_flag("--version", options.version, "Show the version");
}

/// Words of systemctl that make no difference here, so that scripts that say them go on working. They have no summary
/// and are in no help.
void add_ignored(CLI::App& app, Raw& raw) {
    for (auto const* name : {"--no-ask-password", "--no-wall", "--no-warn"})
        app.add_flag(name, raw.ignored_flag);
}

void declare(CLI::App& app, Options& options, Raw& raw) {
    app.set_help_flag();
    add_what_to_show(app, options, raw);
    add_what_to_do(app, options, raw);
    add_ignored(app, raw);
    app.add_option("words", options.words);
    for (auto* option : app.get_options()) {
        option->multi_option_policy(option->get_items_expected_max() > 1 || option->get_name() == "words"
                                        ? CLI::MultiOptionPolicy::TakeAll
                                        : CLI::MultiOptionPolicy::TakeLast);
        // An option with a list takes one word of its own, not the arguments that follow it.
        if (option->get_items_expected_max() > 1 && option->get_name() != "words") option->allow_extra_args(false);
    }
}

std::optional<std::string> take_words(Options& options, Raw const& raw) {
    auto const bad = [](char const* what, std::string const& word) {
        return fmt::format("Unknown {} '{}'.", what, word);
    };
    auto const mode = base::value_of<control::JobMode>(raw.job_mode);
    if (!mode) return bad("job mode", raw.job_mode);
    auto const whom = base::value_of<control::KillWhom>(raw.kill_whom);
    if (!whom) return bad("--kill-whom= word", raw.kill_whom);
    auto const signal = base::parse_signal(raw.signal);
    if (!signal || signal->number == 0) return bad("signal", raw.signal);
    auto const legend = base::parse_boolean(raw.legend);
    if (!legend) return bad("--legend= word", raw.legend);
    if (!base::value_of<detail::LogFormat>(raw.format)) return bad("output format", raw.format);

    options.job_mode = *mode;
    options.kill_whom = *whom;
    options.signal = *signal;
    options.legend = *legend;
    options.format = raw.format == "json" ? Format::json : Format::text;
    options.log_format = raw.format;
    if (raw.user) options.scope = Scope::user;
    if (raw.system) options.scope = Scope::system;
    if (raw.failed) options.states.emplace_back("failed");
    if (!raw.single_property.empty()) {
        options.properties.push_back(raw.single_property);
        options.value = true;
    }
    return std::nullopt;
}

} // namespace

std::expected<Options, std::string> parse_options(int argc, char const* const* argv) {
    Options options;
    Raw raw;
    CLI::App app;
    declare(app, options, raw);
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return std::unexpected(error.what());
    }
    if (auto wrong = take_words(options, raw)) return std::unexpected(std::move(*wrong));
    return options;
}

std::vector<OptionHelp> option_help() {
    Options options;
    Raw raw;
    CLI::App app;
    declare(app, options, raw);
    std::vector<OptionHelp> help;
    for (auto const* option : app.get_options()) {
        if (option->get_description().empty()) continue;
        std::vector<std::string> names;
        for (auto const& name : option->get_snames())
            names.push_back("-" + name);
        for (auto const& name : option->get_lnames())
            names.push_back("--" + name);
        std::string const word = option->get_items_expected_max() > 0 ? "=" + option->get_type_name() : "";
        help.push_back({base::join(names, ", ") + word, option->get_description()});
    }
    return help;
}

} // namespace mitori::cli
