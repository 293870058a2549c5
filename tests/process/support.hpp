// What the tests of process share: running a command to its end and reading what its child saw.
#pragma once

#include <gtest/gtest.h>
#include <map>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "process/command.hpp"

namespace mitori::process::testing {

inline bool is_root() { return ::geteuid() == 0; }

inline std::string read_to_end(int fd) {
    std::string text;
    char buffer[4096];
    for (ssize_t size; (size = ::read(fd, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(size));
    return text;
}

/// Lines "KEY VALUE..." of the probe.
inline std::map<std::string, std::string> parse_answers(std::string const& text) {
    std::map<std::string, std::string> answers;
    for (std::size_t at = 0; at < text.size();) {
        auto const end = text.find('\n', at);
        auto const line = text.substr(at, end - at);
        auto const space = line.find(' ');
        answers[line.substr(0, space)] = line.substr(space + 1);
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return answers;
}

struct Ran {
    std::map<std::string, std::string> answers;
    std::string text;
    pid_t pid = 0;
    Exit exit;
    std::string operator[](std::string const& key) const {
        auto const found = answers.find(key);
        return found != answers.end() ? found->second : "(no answer: " + text + ")";
    }
};

/// Runs it to its end with its standard output read by us.
inline Ran run(Command command) {
    Ran ran;
    auto pipe = base::sys::pipe();
    command.stdout_to(Stdio::descriptor(pipe->second.get()));
    auto child = command.spawn();
    pipe->second.reset();
    if (!child) {
        ADD_FAILURE() << child.error().message();
        return ran;
    }
    ran.pid = child->pid();
    ran.text = read_to_end(pipe->first.get());
    ran.answers = parse_answers(ran.text);
    auto exit = child->wait();
    if (exit)
        ran.exit = *exit;
    else
        ADD_FAILURE() << exit.error().message();
    return ran;
}

inline Command probe(std::vector<std::string> questions) {
    Command command(MITORI_PROBE);
    command.args(std::move(questions));
    return command;
}

/// True when this process has no child left, ended or not.
inline bool no_child_left() { return ::waitpid(-1, nullptr, WNOHANG | __WALL) < 0 && errno == ECHILD; }

} // namespace mitori::process::testing
