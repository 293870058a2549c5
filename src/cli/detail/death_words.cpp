#include "cli/detail/death_words.hpp"

#include <csignal>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/signal.hpp"
#include "base/text.hpp"
#include "status/death_fields.hpp"

namespace mitori::cli::detail {
namespace {

using status::Cause;
using status::Death;
using status::DeathKind;

std::string signal_of(Death const& death) { return "SIG" + base::signal_name(base::Signal{death.status}); }

/// What a signal of the kernel's own means, of those that a process earns.
std::string_view meaning_of(int signal) {
    switch (signal) {
    case SIGSEGV: return "it used memory that is not its own";
    case SIGBUS: return "it used memory behind which there is nothing";
    case SIGILL: return "it executed what is no instruction";
    case SIGFPE: return "it divided by zero, or the like";
    case SIGTRAP: return "it ran into a trap";
    default: return "for what it did";
    }
}

std::string program(Death const& death) {
    auto const slash = death.executable.rfind('/');
    auto const name =
        death.comm.empty() && slash != std::string::npos ? death.executable.substr(slash + 1) : death.comm;
    return name.empty() ? "A process" : base::printable(name);
}

/// "redis-server (pid 812, unit cache.service)"
std::string who(Death const& death) {
    std::string inside = fmt::format("pid {}", death.who.pid);
    if (!death.unit.empty()) inside += ", unit " + base::printable(death.unit);
    if (!death.role.empty() && death.role != "main") inside += ", " + base::printable(death.role);
    return fmt::format("{} ({})", program(death), inside);
}

std::string reason_after(Death const& death, std::string_view otherwise) {
    return death.reason.empty() ? std::string(otherwise) : base::printable(death.reason);
}

/// "MemoryMax=536870912" as "MemoryMax=512.0M".
std::string limit_of(Death const& death) {
    auto const equals = death.limit.find('=');
    if (equals == std::string::npos || !death.limit.starts_with("Memory")) return base::printable(death.limit);
    auto const bytes = base::parse_integer<std::uint64_t>(std::string_view(death.limit).substr(equals + 1));
    return bytes ? death.limit.substr(0, equals + 1) + base::show_size(*bytes) : base::printable(death.limit);
}

std::string for_want_of_memory(Death const& death) {
    std::string words = death.limit.empty() ? "memory ran out" : "the unit reached " + limit_of(death);
    if (death.unit.empty() && !death.limit.empty()) words = "its group reached " + limit_of(death);
    if (!death.limit_group.empty() && death.limit_group != death.cgroup)
        words += " of " + base::printable(death.limit_group);
    if (death.peak_memory && *death.peak_memory > 0)
        words += fmt::format(" (peak {})", base::show_size(*death.peak_memory));
    return words;
}

/// The kernel's reason; empty where it was not the kernel.
std::string kernels_reason(Death const& death) {
    switch (death.cause) {
    case Cause::oom: return for_want_of_memory(death);
    case Cause::limit: return "it reached " + (death.limit.empty() ? "a resource limit" : base::printable(death.limit));
    case Cause::fault: return reason_after(death, meaning_of(death.status));
    case Cause::seccomp: return reason_after(death, "its filter forbids a system call that it made");
    case Cause::pipe: return reason_after(death, "it wrote to a pipe that nobody reads any more");
    case Cause::terminal: return reason_after(death, "a key was pressed at its terminal, or that has gone");
    case Cause::kernel: return reason_after(death, "for a reason of its own");
    case Cause::unknown:
    case Cause::itself:
    case Cause::process:
    case Cause::manager: break;
    }
    return {};
}

class Story {
public:
    Story(DeathStory const& story, Teller const& teller) : death_(story.death), story_(story), teller_(teller) {}

    [[nodiscard]] std::string text() {
        text_ = fmt::format("{} {}", who(death_), how());
        if (death_.ended.realtime.count() != 0) text_ += " at " + words_for_moment(death_.ended.realtime, teller_.now);
        text_ += by_whom();
        end_sentence();
        say_request();
        say_life();
        say_sequel();
        say_lines();
        return text_ + "\n";
    }

private:
    [[nodiscard]] std::string how() const {
        return by_signal(death_) ? "was " + how_it_ended(death_) : how_it_ended(death_);
    }

    /// " (deploy.sh, user ci), parent …" as far as it is known.
    [[nodiscard]] std::string sender() const {
        std::string inside = base::printable(death_.sender_command);
        if (death_.sender_user) inside += (inside.empty() ? "user " : ", user ") + user(*death_.sender_user);
        std::string words = fmt::format("pid {}", death_.sender.pid);
        if (!inside.empty()) words += fmt::format(" ({})", inside);
        if (!death_.sender_parent.empty()) words += ", parent " + base::printable(death_.sender_parent);
        return words;
    }

    /// What was asked for, with what more is known of who asked: the request itself names pid and command.
    [[nodiscard]] std::string request() const {
        auto words = base::printable(death_.request);
        if (death_.sender_user && death_.sender.pid != 0) words += ", user " + user(*death_.sender_user);
        if (!death_.sender_parent.empty()) words += ", parent " + base::printable(death_.sender_parent);
        return words;
    }

    [[nodiscard]] std::string by_whom() const {
        if (death_.kind == DeathKind::exited) return {};
        if (auto const reason = kernels_reason(death_); !reason.empty()) return " by the kernel: " + reason;
        bool const signalled = by_signal(death_);
        if (death_.cause == Cause::itself) return signalled ? " by itself" : "";
        if (death_.cause == Cause::process) return " by " + sender();
        if (death_.cause == Cause::manager)
            return death_.request.empty() ? " by the manager" : " by the manager: " + request();
        auto const because = death_.unknown.empty() ? "nobody told" : base::printable(death_.unknown);
        return fmt::format("; {} is unknown, because {}", signalled ? "by whom" : "how", because);
    }

    void end_sentence() {
        if (!text_.ends_with('.')) text_ += '.';
    }
    void add(std::string const& sentence) {
        text_ += " " + sentence;
        end_sentence();
    }

    void say_request() {
        if (death_.request.empty() || (by_signal(death_) && death_.cause == Cause::manager)) return;
        add(fmt::format("The manager had told it to end: {}", request()));
    }

    void say_life() {
        std::vector<std::string> used;
        auto const cpu = death_.cpu_user.value_or(base::Usec(0)) + death_.cpu_system.value_or(base::Usec(0));
        if (cpu >= std::chrono::milliseconds(1)) used.push_back(words_for_span(cpu) + " of CPU time");
        // Where memory ran out it has been said.
        if (death_.peak_memory.value_or(0) > 0 && death_.cause != Cause::oom)
            used.push_back(base::show_size(*death_.peak_memory) + " of memory at most");
        std::string words;
        if (auto const life = status::lived(death_)) words = "It had run for " + words_for_span(*life);
        if (!used.empty()) words += (words.empty() ? "It had used " : " and used ") + base::join(used, ", ");
        if (!words.empty()) add(words);
    }

    void say_sequel() {
        auto words = sequel();
        if (story_.recent > 1) {
            auto const count = fmt::format("his was its unit's {} death in 10 minutes", ordinal(story_.recent));
            words += words.empty() ? "T" + count : "; t" + count;
        }
        if (!words.empty()) add(words);
    }

    [[nodiscard]] std::string sequel() const {
        auto const& followed = death_.followed;
        if (followed == "restarted")
            return fmt::format("It was restarted after {} as pid {}", words_for_span(death_.restarted_after),
                               death_.restarted_as);
        if (followed == "stopped") return "It was not restarted, for it was to stop";
        if (followed == "failed") return "It was not restarted: its unit has failed";
        if (followed == "ended") return "Its unit has ended with it";
        if (followed == "went on") return "Its unit went on with the next command";
        if (followed.starts_with("gave up")) return "It was not restarted: the manager " + base::printable(followed);
        return base::printable(followed);
    }

    void say_lines() {
        if (story_.last_lines.empty()) return;
        text_ += " Its last lines:";
        for (auto const& line : story_.last_lines)
            text_ += "\n    " + base::printable(line);
    }

    [[nodiscard]] std::string user(uid_t uid) const {
        return teller_.user_name ? teller_.user_name(uid) : std::to_string(uid);
    }

    Death const& death_;
    DeathStory const& story_;
    Teller const& teller_;
    std::string text_;
};

} // namespace

std::string tell(DeathStory const& story, Teller const& teller) { return Story(story, teller).text(); }

std::string how_it_ended(Death const& death) {
    switch (death.kind) {
    case DeathKind::exited: return fmt::format("exited with code {}", death.status);
    case DeathKind::killed: return "killed by " + signal_of(death);
    case DeathKind::dumped: return fmt::format("killed by {}, and dumped core,", signal_of(death));
    case DeathKind::unknown: break;
    }
    return "ended";
}

std::string whose_doing(Death const& death) {
    if (auto const reason = kernels_reason(death); !reason.empty()) return "the kernel: " + reason;
    switch (death.cause) {
    case Cause::itself: return death.request.empty() ? "itself" : "itself, as asked: " + base::printable(death.request);
    case Cause::process:
        return fmt::format("pid {}{}", death.sender.pid,
                           death.sender_command.empty() ? ""
                                                        : fmt::format(" ({})", base::printable(death.sender_command)));
    case Cause::manager: return "the manager: " + base::printable(death.request);
    default: return "unknown";
    }
}

std::string words_for_span(base::Usec span) {
    using namespace std::chrono;
    auto const two = [&](auto great, char const* one, auto small, char const* other) {
        auto const whole = floor<decltype(great)>(span);
        auto const rest = floor<decltype(small)>(span - whole);
        return rest.count() == 0 ? fmt::format("{} {}", whole.count(), one)
                                 : fmt::format("{} {} {} {}", whole.count(), one, rest.count(), other);
    };
    if (span >= days(1)) return two(days(1), "d", hours(1), "h");
    if (span >= hours(1)) return two(hours(1), "h", minutes(1), "min");
    if (span >= minutes(1)) return two(minutes(1), "min", seconds(1), "s");
    if (span >= seconds(10)) return fmt::format("{} s", floor<seconds>(span).count());
    if (span >= seconds(1)) return fmt::format("{:.1f} s", static_cast<double>(span.count()) / 1e6);
    if (span >= milliseconds(1)) return fmt::format("{} ms", floor<milliseconds>(span).count());
    return fmt::format("{} µs", span.count());
}

std::string words_for_moment(base::Usec realtime, base::Usec now) {
    auto const broken = [](base::Usec moment) {
        std::time_t const seconds = moment.count() / 1'000'000;
        std::tm local{};
        ::localtime_r(&seconds, &local);
        return local;
    };
    auto const then = broken(realtime);
    auto const today = broken(now);
    auto const clock = fmt::format("{:%H:%M:%S}.{:03}", then, realtime.count() / 1000 % 1000);
    if (then.tm_year == today.tm_year && then.tm_yday == today.tm_yday) return clock;
    return fmt::format("{:%a %Y-%m-%d} {}", then, clock);
}

std::string ordinal(std::uint64_t number) {
    auto const tens = number / 10 % 10;
    auto const ones = number % 10;
    auto const* const end = tens == 1 ? "th" : ones == 1 ? "st" : ones == 2 ? "nd" : ones == 3 ? "rd" : "th";
    return fmt::format("{}{}", number, end);
}

} // namespace mitori::cli::detail
