#include "bin/run_program.hpp"

#include <iostream>
#include <unistd.h>

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

using Runner = int (*)(run::Settings const&, run::InheritedSignals const&);

int run_as(run::Program program, std::string_view name, Runner runner, std::span<char const* const> words) {
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

int run_command(std::span<char const* const> words) { return run_as(run::Program::run, "mitori run", run::run, words); }

int run_daemonize(std::span<char const* const> words) {
    return run_as(run::Program::daemonize, "mitori daemonize", run::daemonize, words);
}

} // namespace mitori::bin
