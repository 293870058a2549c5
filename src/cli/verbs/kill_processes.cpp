// `mitori kill` of a tree, a session, a group or a unit's processes; of units by their manager it is verbs/kill.cpp.
#include <algorithm>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.hpp"
#include "cli/detail/kill_targets.hpp"
#include "cli/detail/ps_desk.hpp"
#include "cli/detail/ps_fields.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/process_programs.hpp"

namespace mitori::cli {
namespace {

constexpr int failure = 1;
constexpr std::string_view usage = R"(mitori kill [OPTION…] --tree=PID | --session=SID | --group=PGID | --unit=UNIT

Send a signal to processes, and to nobody else.

  --tree=PID                  The process and everything below it
  --session=SID               Everybody in the session
  --group=PGID                Everybody in the process group
  --unit=UNIT                 Everybody in the unit
  -s, --signal=SIGNAL         Which signal (SIGTERM)
  -n, --dry-run               Send nothing; show who would get it
  -q, --quiet                 Do not show who got it
  -o json, --json             Show it as JSON

See mitori(1).
)";

enum class Whom { nobody, tree, session, group, unit };

struct Asked {
    Whom whom = Whom::nobody;
    pid_t number = 0;
    std::string unit;
    base::Signal signal{SIGTERM};
    bool dry_run = false;
    bool quiet = false;
    bool json = false;
    bool help = false;
};

using Error = std::optional<std::string>;

/// Walks over the words; the first thing that is not understood is said.
class Reader {
public:
    explicit Reader(std::vector<std::string> const& words) : words_(words) {}

    Error read() {
        while (at_ < words_.size())
            if (auto wrong = read_word(words_[at_++])) return wrong;
        if (asked.whom == Whom::nobody && !asked.help) return "Say whom: --tree, --session, --group or --unit.";
        return std::nullopt;
    }
    Asked asked;

private:
    Error read_word(std::string const& word) {
        auto const equals = word.find('=');
        auto const name = word.substr(0, equals);
        if (word == "-n" || word == "--dry-run") return (asked.dry_run = true, std::nullopt);
        if (word == "-q" || word == "--quiet") return (asked.quiet = true, std::nullopt);
        if (word == "--json" || word == "-ojson") return (asked.json = true, std::nullopt);
        if (word == "-h" || word == "--help") return (asked.help = true, std::nullopt);
        bool const known = name == "-s" || name == "--signal" || name == "--tree" || name == "--session" ||
                           name == "--group" || name == "--unit" || name == "-o" || name == "--output";
        if (!known) return fmt::format("Unknown word '{}'.", base::printable(word));
        if (equals == word.npos && at_ == words_.size()) return fmt::format("Option '{}' needs a word.", name);
        return take(name, equals == word.npos ? words_[at_++] : word.substr(equals + 1));
    }
    Error take(std::string const& name, std::string const& value) {
        if (name == "-s" || name == "--signal") {
            auto const signal = base::parse_signal(value);
            if (!signal || signal->number == 0) return fmt::format("Unknown signal '{}'.", base::printable(value));
            asked.signal = *signal;
            return std::nullopt;
        }
        if (name == "-o" || name == "--output") {
            asked.json = value == "json";
            if (asked.json || value == "text" || value == "table") return std::nullopt;
            return fmt::format("'{}' is no format: table or json.", base::printable(value));
        }
        if (asked.whom != Whom::nobody) return "One of --tree, --session, --group and --unit at a time.";
        asked.whom = name == "--tree"      ? Whom::tree
                     : name == "--session" ? Whom::session
                     : name == "--group"   ? Whom::group
                                           : Whom::unit;
        if (asked.whom == Whom::unit) {
            asked.unit = detail::unit_name(value);
            return std::nullopt;
        }
        // 0 and 1 are everybody, or the machine: not what anybody means.
        auto const number = base::parse_integer<pid_t>(value);
        if (!number || *number < 2) return fmt::format("'{}' is no number of one.", base::printable(value));
        asked.number = *number;
        return std::nullopt;
    }

    std::vector<std::string> const& words_;
    std::size_t at_ = 0;
};

detail::Choose choice_of(Asked const& asked, detail::PsDesk& desk) {
    return [&asked, &desk](std::vector<procfs::Row> const& rows) {
        procfs::Lineage const lineage(rows);
        if (asked.whom == Whom::tree) {
            auto const top = lineage.find(asked.number);
            return top == procfs::Lineage::npos ? std::vector<std::size_t>() : lineage.below(top);
        }
        desk.lay_out(rows);
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            bool const is_meant = asked.whom == Whom::session ? rows[i].session == asked.number
                                  : asked.whom == Whom::group ? rows[i].group == asked.number
                                                              : desk.membership(rows[i]).unit == asked.unit;
            if (is_meant) found.push_back(i);
        }
        return found;
    };
}

/// "--tree=42"
std::string words_for(Asked const& asked) {
    switch (asked.whom) {
    case Whom::tree: return fmt::format("--tree={}", asked.number);
    case Whom::session: return fmt::format("--session={}", asked.number);
    case Whom::group: return fmt::format("--group={}", asked.number);
    case Whom::unit:
    case Whom::nobody: break;
    }
    return "--unit=" + base::printable(asked.unit);
}

void list(std::ostream& out, std::string_view what, std::vector<procfs::Row> const& rows) {
    for (auto const& row : rows)
        fmt::print(out, "{} {} {}\n", what, row.pid, detail::command_of(row));
}

nlohmann::ordered_json json_of(std::vector<procfs::Row> const& rows) {
    auto all = nlohmann::ordered_json::array();
    for (auto const& row : rows)
        all.push_back({{"pid", row.pid},
                       {"start_ticks", row.start_ticks},
                       {"comm", row.comm},
                       {"command", detail::command_of(row)}});
    return all;
}

/// Who got the signal, or would get it; and the exit status.
int show(ProcessCall const& call, Asked const& asked, detail::KillOutcome const& outcome) {
    auto const signal = "SIG" + base::signal_name(asked.signal);
    if (asked.json) {
        nlohmann::ordered_json const json{{"signal", signal},
                                          {"dry_run", asked.dry_run},
                                          {"processes", json_of(outcome.hit)},
                                          {"refused", json_of(outcome.refused)}};
        call.out << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    } else if (!asked.quiet || asked.dry_run) {
        list(call.out, asked.dry_run ? "would send " + signal + " to" : signal + " to", outcome.hit);
    }
    list(call.err, "mitori kill: not permitted:", outcome.refused);
    if (outcome.hit.empty() && outcome.refused.empty())
        fmt::print(call.err, "mitori kill: there is nobody: {}\n", words_for(asked));
    return outcome.refused.empty() && !outcome.hit.empty() ? 0 : failure;
}

} // namespace

int run_kill(ProcessCall const& call) {
    Reader reader(call.words);
    if (auto const wrong = reader.read()) {
        fmt::print(call.err, "mitori kill: {}\nTry 'mitori kill --tree --help'.\n", *wrong);
        return failure;
    }
    auto const& asked = reader.asked;
    if (asked.help) {
        call.out << usage;
        return 0;
    }
    auto scanner = procfs::Scanner::open();
    if (!scanner) {
        fmt::print(call.err, "mitori kill: {}\n", scanner.error().message());
        return failure;
    }
    detail::PsDesk desk([&] { return call.manager ? call.manager(std::nullopt) : nullptr; });
    procfs::Parts parts{procfs::Part::command_line};
    if (asked.whom == Whom::unit) parts |= {procfs::Part::cgroup};
    detail::Killer killer(*scanner, parts, choice_of(asked, desk));
    if (asked.dry_run) return show(call, asked, {.hit = killer.targets(), .refused = {}});
    return show(call, asked, killer.send(asked.signal));
}

bool kill_takes(std::vector<std::string> const& words) {
    return std::ranges::any_of(words, [](std::string const& word) {
        auto const name = word.substr(0, word.find('='));
        return name == "--tree" || name == "--session" || name == "--group" || name == "--unit" || name == "--dry-run";
    });
}

} // namespace mitori::cli
