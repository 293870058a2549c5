#include "bin/run_program.hpp"

#include <functional>
#include <iostream>
#include <unistd.h>

#include "bin/death_book.hpp"
#include "ledger/ledger.hpp"
#include "run/arguments.hpp"
#include "run/daemonize.hpp"
#include "run/run.hpp"

namespace mitori::bin {
namespace {

/// All of it: who runs `mitori run` means the command.
unit::EnvironmentSetting own_environment() {
    unit::EnvironmentSetting all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        std::string_view const text = *entry;
        if (auto const equals = text.find('='); equals != text.npos)
            all.push_back({std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))});
    }
    return all;
}

/// Where there is a ledger to write to, of this machine or this user, the ends of a run go there. None is made: who
/// wants one runs a manager or a recorder.
run::Keeper find_keeper() {
    auto const scope = ::geteuid() == 0 ? journal::Scope::system : journal::Scope::user;
    auto const files = read_ledger_files(scope, JournalWish::Beside::no, "");
    if (files.empty() || ::access(files.front().c_str(), W_OK) != 0) return {};
    return [file = files.front()](std::vector<status::Death> const& deaths) {
        auto const ledger = ledger::Ledger::open(file);
        auto const kept = ledger ? (*ledger)->add(deaths) : std::unexpected(ledger.error());
        if (!kept) std::cerr << "mitori run: not recorded: " << kept.error().message() << "\n";
    };
}

using Runner = std::function<int(run::Settings const&, run::InheritedSignals const&)>;

int run_as(run::Program program, std::string_view name, Runner const& runner, std::span<char const* const> words) {
    auto const say = [name](std::string_view text) { std::cerr << name << ": " << text << "\n"; };
    auto const inherited = run::inherited_signals();
    std::vector<std::string> remarks;
    auto const settings = run::parse_arguments(program, words, own_environment(), remarks);
    for (auto const& remark : remarks)
        say(remark);
    if (settings) return runner(*settings, inherited);
    auto const& leave = settings.error();
    if (leave.status == 0)
        std::cout << leave.text;
    else if (!leave.text.empty())
        say(leave.text);
    return leave.status;
}

} // namespace

int run_command(std::span<char const* const> words) {
    auto const runner = [](run::Settings const& settings, run::InheritedSignals const& inherited) {
        return run::run(settings, inherited, find_keeper());
    };
    return run_as(run::Program::run, "mitori run", runner, words);
}

int run_daemonize(std::span<char const* const> words) {
    return run_as(run::Program::daemonize, "mitori daemonize", run::daemonize, words);
}

} // namespace mitori::bin
