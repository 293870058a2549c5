// Starts programs, talks with them and leaves nothing behind: libmitori as a stranger uses it.
//
//     c++ collect.cpp $(pkg-config --cflags --libs mitori)
#include <chrono>
#include <csignal>
#include <iostream>
#include <mitori/mitori.hpp>
#include <unistd.h>

using namespace std::chrono_literals;
using mitori::process::Command;
using mitori::process::Scope;
using mitori::process::Stdio;

int main() {
    // Input and output at once, any sizes, with a limit of time.
    auto const sorted = Command("sort").arg("-r").output({.input = "a\nc\nb\n", .timeout = 10s});
    if (!sorted) return std::cerr << sorted.error().message() << '\n', 1;
    std::cout << "sorted: " << sorted->out;

    // A pipeline; `yes` ends when `head` has enough.
    auto const lines = (Command("yes") | Command("head").arg("-2")).output();
    if (!lines) return std::cerr << lines.error().message() << '\n', 1;
    std::cout << "lines: " << lines->out << "yes: " << lines->exits[0].message() << '\n';

    // What cannot be started is told with the step that failed.
    auto const missing = Command("no-such-program").spawn();
    if (!missing) std::cout << "missing: " << missing.error().message() << '\n';

    // A shell leaves something behind in a session of its own; the scope finds and ends it.
    auto scope = Scope::open();
    if (!scope) return std::cerr << scope.error().message() << '\n', 1;
    auto shell =
        scope->start(Command("sh").arg("-c").arg("setsid sleep 1000 & echo started; wait").stdout_to(Stdio::pipe()));
    if (!shell) return std::cerr << shell.error().message() << '\n', 1;
    char word[16];
    if (::read(shell->out.get(), word, sizeof word) <= 0) return 1;
    auto const killed = scope->kill();
    if (!killed) return std::cerr << killed.error().message() << '\n', 1;
    auto const exit = shell->child.wait_for(10s);
    std::cout << "shell: " << (exit ? exit->message() : exit.error().message()) << "\nleft: " << scope->members().size()
              << '\n';
}
