#include "run/arguments.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "base/options.hpp"
#include "base/sys.hpp"
#include "base/text.hpp"
#include "run/attributes.hpp"
#include "run/env_file.hpp"
#include "unit/dotenv.hpp"
#include "unit/variables.hpp"

namespace mitori::run {
namespace {

using std::string_view;

constexpr int own_failure = 125;

// Long names only where no tool has a short one. Attributes (attributes.hpp) have 'A' and are told apart by their name.
enum : int { attribute = 'A' };
constexpr auto options = std::to_array<option>({
    {"timeout", required_argument, nullptr, 't'},
    {"kill-after", required_argument, nullptr, 'k'},
    {"signal", required_argument, nullptr, 's'},
    {"preserve-status", no_argument, nullptr, 'p'},
    {"nice", required_argument, nullptr, attribute},
    {"ionice", required_argument, nullptr, attribute},
    {"sched", required_argument, nullptr, attribute},
    {"cpu-list", required_argument, nullptr, attribute},
    {"limit", required_argument, nullptr, attribute},
    {"oom-score-adj", required_argument, nullptr, attribute},
    {"umask", required_argument, nullptr, attribute},
    {"user", required_argument, nullptr, attribute},
    {"group", required_argument, nullptr, attribute},
    {"groups", required_argument, nullptr, attribute},
    {"memory", required_argument, nullptr, 'm'},
    {"cpus", required_argument, nullptr, 'c'},
    {"pids", required_argument, nullptr, 'l'},
    {"env", required_argument, nullptr, 'e'},
    {"env-file", required_argument, nullptr, 'f'},
    {"unset-env", required_argument, nullptr, 'u'},
    {"clear-env", no_argument, nullptr, 'i'},
    {"cwd", required_argument, nullptr, 'd'},
    {"chdir", required_argument, nullptr, 'd'},
    {"root", required_argument, nullptr, 'r'},
    {"stdin", required_argument, nullptr, '0'},
    {"stdout", required_argument, nullptr, '1'},
    {"stderr", required_argument, nullptr, '2'},
    {"pty", no_argument, nullptr, 'y'},
    {"new-session", no_argument, nullptr, 'S'},
    {"no-new-privs", no_argument, nullptr, 'P'},
    {"net", required_argument, nullptr, 'N'},
    {"tree", no_argument, nullptr, 'T'},
    {"keep", no_argument, nullptr, 'K'},
    {"report", required_argument, nullptr, 'R'},
    {"pid-file", required_argument, nullptr, 'F'},
    {"ready", required_argument, nullptr, 'W'},
    {"help", no_argument, nullptr, 'h'},
    {},
});

/// Options by their letters that only one of the two programs has.
constexpr string_view only_run = "kspmclySTKR";
constexpr string_view only_daemonize = "FW";

/// Options in the order in which they were given; those whose order means something (the environment) are put together
/// afterwards.
class Reader {
public:
    Reader(Program program, unit::EnvironmentSetting const& own, std::vector<std::string>& remarks)
        : program_(program),
          own_(own),
          remarks_(remarks) {}

    std::expected<Settings, Leave> read(std::span<char const* const> words) {
        std::optional<Leave> leave;
        auto const rest = base::read_options(program_ == Program::run ? "mitori run" : "mitori daemonize", words,
                                             "+k:s:e:h", options, [&](base::GivenOption const& given) {
                                                 leave = take(given);
                                                 return !leave && wrong_.empty();
                                             });
        if (leave) return std::unexpected(*std::move(leave));
        settings_.command.assign(rest.begin(), rest.end());
        return finish();
    }

private:
    /// With what to leave at once.
    std::optional<Leave> take(base::GivenOption const& given) {
        if (given.letter == '?') return Leave{own_failure, ""}; // getopt has said why
        if (given.letter == 'h') return Leave{0, std::string(usage(program_))};
        auto const& others = program_ == Program::run ? only_daemonize : only_run;
        if (others.contains(static_cast<char>(given.letter)))
            return Leave{own_failure,
                         fmt::format("--{} is an option of mitori {} only", long_name(given.letter), other_program())};
        take(given.letter, given.name, given.value);
        return std::nullopt;
    }

    void take(int found, string_view name, string_view text) {
        switch (found) {
        case attribute:
            for (auto& one : attributes_of(name, text))
                attributes_.push_back(std::move(one));
            return;
        case 't': settings_.timeout = span("timeout", text); return;
        case 'k': settings_.kill_after = span("kill-after", text); return;
        case 's': return take_signal(text);
        case 'p': settings_.timeout_status = TimeoutStatus::of_command; return;
        case 'm': settings_.limits.memory = size("memory", text); return;
        case 'c': return take_cpus(text);
        case 'l': return take_pids(text);
        case 'e': return take_variable(text);
        case 'f': return take_env_file(text);
        case 'u': settings_.unset.emplace_back(text); return;
        case 'i': clear_ = true; return;
        default: take_place(found, text);
        }
    }

    void take_place(int found, string_view text) {
        switch (found) {
        case 'd': settings_.cwd = text; return;
        case 'r': settings_.root = text; return;
        case '0': settings_.in = StreamFile{std::string(text == "null" ? "/dev/null" : text)}; return;
        case '1': settings_.out = output_file(text); return;
        case '2': settings_.err = output_file(text); return;
        case 'y': settings_.terminal = Terminal::new_pair; return;
        case 'S': settings_.session = Session::new_one; return;
        case 'P': settings_.privileges = Privileges::no_new; return;
        case 'N': return take_network(text);
        case 'T': settings_.descendants = Descendants::end; return;
        case 'K': settings_.descendants = Descendants::keep; return;
        case 'R': settings_.report = text; return;
        case 'F': settings_.daemon.pid_file = text; return;
        case 'W': return take_readiness(text);
        default: break;
        }
    }

    [[nodiscard]] string_view other_program() const { return program_ == Program::run ? "daemonize" : "run"; }
    static string_view long_name(int letter) {
        auto const found = std::ranges::find(options, letter, &option::val);
        return found->name;
    }

    /// "exec", "notify", "fd" or "fd:N".
    void take_readiness(string_view text) {
        auto& daemon = settings_.daemon;
        constexpr string_view numbered = "fd:";
        auto const number = text.starts_with(numbered) ? base::parse_integer<int>(text.substr(numbered.size()))
                                                       : std::optional<int>(daemon.ready_number);
        if (text == "exec")
            daemon.ready = process::Ready::when_executed;
        else if (text == "notify")
            daemon.ready = process::Ready::when_notified;
        else if ((text == "fd" || text.starts_with(numbered)) && number && *number > 2)
            daemon.ready = process::Ready::when_written, daemon.ready_number = *number;
        else
            complain(fmt::format("--ready {}: exec, notify, fd or fd:N (from 3) is known", base::printable(text)));
    }

    void complain(std::string text) { wrong_ = std::move(text); }

    std::optional<base::Usec> span(string_view option, string_view text) {
        auto const value = base::parse_span(text);
        if (value && *value >= base::Usec(0) && !text.empty()) {
            // As timeout(1) has it, 0 means none.
            return *value == base::Usec(0) || *value == base::infinity ? std::nullopt : std::optional(*value);
        }
        complain(fmt::format("--{} {}: not a time span: write 5s, 1min 30s, 250ms", option, base::printable(text)));
        return std::nullopt;
    }

    std::optional<std::uint64_t> size(string_view option, string_view text) {
        auto const value = base::parse_size(text);
        if (value && *value > 0) return *value;
        complain(fmt::format("--{} {}: not a size: write 64M, 1.5G", option, base::printable(text)));
        return std::nullopt;
    }

    void take_signal(string_view text) {
        if (auto const signal = base::parse_signal(text))
            settings_.signal = *signal;
        else
            complain(fmt::format("--signal {}: not a signal: write TERM, SIGINT, 9", base::printable(text)));
    }

    void take_cpus(string_view text) {
        std::string const copy(text);
        char* end = nullptr;
        double const cpus = std::strtod(copy.c_str(), &end);
        constexpr double most = 1e6;
        if (end == copy.c_str() || *end != '\0' || !(cpus >= 0.01) || !(cpus <= most))
            complain(fmt::format("--cpus {}: not a number of CPUs: write 2, 0.5", base::printable(text)));
        else
            settings_.limits.millicpus = static_cast<std::uint64_t>(std::lround(cpus * 1000));
    }

    void take_pids(string_view text) {
        settings_.limits.tasks = base::parse_integer<std::uint64_t>(text);
        if (settings_.limits.tasks.value_or(0) == 0)
            complain(fmt::format("--pids {}: not a number of processes", base::printable(text)));
    }

    void take_variable(string_view text) {
        auto const entry = unit::split_variable(text);
        if (entry)
            variables_.push_back(*entry);
        else if (auto const* const value = unit::find_value(own_, text)) // as docker's -e NAME
            variables_.push_back({std::string(text), *value});
        else if (!unit::is_variable_name(text))
            complain(fmt::format("--env {}: not a variable: write NAME=value", base::printable(text)));
    }

    void take_env_file(string_view text) {
        auto dialect = Dialect::docker;
        auto path = text;
        if (auto const colon = text.find(':'); colon != text.npos)
            if (auto const named = base::value_of<Dialect>(text.substr(0, colon))) {
                dialect = *named;
                path = text.substr(colon + 1);
            }
        auto const content = base::sys::read_file(std::string(path));
        if (!content) return complain(fmt::format("--env-file: {}", content.error().message()));
        auto file = parse_env_file(dialect, *content, std::string(path), own_);
        if (!file) return complain(file.error());
        unit::merge_environment(of_files_, file->entries);
        remarks_.insert(remarks_.end(), file->remarks.begin(), file->remarks.end());
    }

    static StreamFile output_file(string_view text) {
        constexpr string_view append = "append:";
        constexpr string_view truncate = "truncate:";
        if (text == "null") return {"/dev/null", StreamFile::How::append};
        if (text.starts_with(append)) return {std::string(text.substr(append.size())), StreamFile::How::append};
        if (text.starts_with(truncate)) text.remove_prefix(truncate.size());
        return {std::string(text), StreamFile::How::truncate};
    }

    void take_network(string_view text) {
        if (text != "none" && text != "host")
            complain(fmt::format("--net {}: none or host is known", base::printable(text)));
        settings_.network = text == "none" ? Network::none : Network::as_is;
    }

    std::expected<Settings, Leave> finish() {
        auto const leave = [](std::string text) { return std::unexpected(Leave{own_failure, std::move(text)}); };
        if (!wrong_.empty()) return leave(wrong_);
        if (settings_.command.empty() || settings_.command.front().empty())
            return leave(fmt::format("no command: write mitori {} [OPTION...] -- COMMAND [ARGUMENT...]",
                                     program_ == Program::run ? "run" : "daemonize"));
        bool const files = settings_.in || settings_.out || settings_.err;
        if (settings_.terminal == Terminal::new_pair && files)
            return leave("--pty gives the command a terminal for all three streams: no --stdin, --stdout, --stderr "
                         "beside it");
        auto read = read_attributes(attributes_);
        if (!read) return leave(read.error());
        settings_.attributes = *std::move(read);
        if (std::ranges::find(attributes_, "UMask", &Attribute::directive) != attributes_.end())
            settings_.umask = settings_.attributes.umask.value;
        if (!clear_) settings_.inherited = own_;
        settings_.variables = of_files_;
        unit::merge_environment(settings_.variables, variables_);
        return std::move(settings_);
    }

    Program program_;
    unit::EnvironmentSetting const& own_;
    std::vector<std::string>& remarks_;
    Settings settings_;
    std::vector<Attribute> attributes_;
    unit::EnvironmentSetting of_files_;
    unit::EnvironmentSetting variables_;
    bool clear_ = false;
    std::string wrong_;
};

} // namespace

std::expected<Settings, Leave> parse_arguments(Program program, std::span<char const* const> words,
                                               unit::EnvironmentSetting const& own, std::vector<std::string>& remarks) {
    return Reader(program, own, remarks).read(words);
}

} // namespace mitori::run
