// The spawner's helper: receives plans, makes each a child of its parent, and tells how each start went.
//
// It runs in a process of its own with one thread, all signals blocked and no descriptor but its socket, so nothing
// that it shares with its children can hurt: they share its memory until they execute, and when memory runs out they
// and it are killed together, not the manager.
//
// A flight is a plan from its arrival to the end of its report pipe. The child holds the pipe's only writing end, which
// is close-on-exec: bytes mean a failed step, the end means that the child has executed its program or is gone. By then
// it no longer uses our memory (the kernel changes or drops a process's memory before it closes its descriptors, both
// in execve and in exit), and its stack and its copy of the plan can be used again.
//
// A child with an OOM score step gets its memory copied, as after fork: the kernel applies a score to all processes
// that share memory (but not to a vfork parent), so it would reach the helper and everybody in flight.
#include "process/detail/spawner_helper.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

#include "base/sys.hpp"
#include "process/detail/block.hpp"
#include "process/detail/clone.hpp"
#include "process/detail/private_copy.hpp"
#include "process/detail/raw.hpp"
#include "process/detail/spawner_protocol.hpp"
#include "process/detail/subject.hpp"
#include "process/stage.hpp"

namespace mitori::process::detail {

namespace {

using Clock = std::chrono::steady_clock;

/// So many starts go on at once while they are quick. One that has taken longer than `patience` (it hangs on a file
/// server, say) is not counted any more, so that it delays nothing.
std::size_t window() { return std::max(4U, 2 * std::thread::hardware_concurrency()); }
constexpr auto patience = std::chrono::milliseconds(20);
constexpr std::size_t most_spare_stacks = 16;

struct Flight {
    std::uint64_t id = 0;
    Clock::time_point since;
    base::Fd pipe; ///< the reading end
    Stack stack;
    PrivateCopy copy;
    Report report; ///< written by the child where it shares our memory
    ChildArgs args;
    pid_t pid = 0;

    Flight(std::uint64_t id_, Stack stack_, std::span<std::byte const> block, std::span<int const> sources)
        : id(id_),
          since(Clock::now()),
          stack(std::move(stack_)),
          copy(block, sources),
          size_(block.size()) {}
    [[nodiscard]] std::span<std::byte const> block() { return {copy.block(), size_}; }

private:
    std::size_t size_;
};

class Helper {
public:
    Helper(int socket, pid_t manager) : socket_(socket), manager_(manager) {}

    void say_hello();
    [[noreturn]] void serve();

private:
    [[nodiscard]] std::size_t young(Clock::time_point now) const;
    [[nodiscard]] int timeout(Clock::time_point now) const;
    void receive();
    void take(Request const& request, std::span<std::byte const> inline_block, Received& received);
    void start(std::uint64_t id, std::span<std::byte const> block, std::vector<base::Fd> sources);
    void read_report(Flight& flight);
    void finish(Flight& flight);
    void say(Message kind, std::uint64_t id, pid_t pid = 0, Report report = {}, std::string const& subject = {});
    void say_failed(std::uint64_t id, Stage stage, int number, std::string const& subject = {});
    Stack take_stack();

    int socket_;
    pid_t manager_;
    std::vector<std::unique_ptr<Flight>> flights_;
    std::vector<Stack> spare_;
    std::vector<base::Fd> gathered_; ///< descriptors that came ahead of their plan
    bool lost_descriptors_ = false;
    alignas(8) std::array<std::byte, sizeof(Request) + inline_limit> buffer_;
};

void Helper::say(Message kind, std::uint64_t id, pid_t pid, Report report, std::string const& subject) {
    Announcement const said{static_cast<std::uint32_t>(kind), pid, id, report};
    auto const text = std::as_bytes(std::span(subject).first(std::min(subject.size(), most_subject)));
    // Waits while the manager does not read. When it is gone, so are we.
    if (send_message(socket_, bytes_of(said), text, {}, 0) != 0) ::_exit(0);
}

void Helper::say_failed(std::uint64_t id, Stage stage, int number, std::string const& subject) {
    say(Message::failed, id, 0, {static_cast<std::uint16_t>(stage), before_steps, number}, subject);
}

Stack Helper::take_stack() {
    if (spare_.empty()) return Stack::make();
    Stack stack = std::move(spare_.back());
    spare_.pop_back();
    return stack;
}

/// A child of a plan without a step ends at once (it has nothing to execute): enough to see whether there can be one.
void Helper::say_hello() {
    Header const empty{.size = sizeof(Header)};
    Flight flight(0, Stack::make(), bytes_of(empty), {});
    flight.args = {.block = flight.copy.block(), .slots = flight.copy.slots(), .report = &flight.report};
    Cloned cloned{.pid = -1, .number = EINVAL};
    if (features().clone_parent && flight.stack)
        cloned = clone_child({.kinship = Kinship::sibling_of_own_memory,
                              .args = &flight.args,
                              .stack = &flight.stack,
                              .no_handlers = true});
    say(Message::hello, 0, std::max(cloned.pid, 0), {0, 0, cloned.number});
}

std::size_t Helper::young(Clock::time_point now) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(flights_, [now](auto const& flight) { return now - flight->since < patience; }));
}

/// Until the oldest of those that are in the way has become old.
int Helper::timeout(Clock::time_point now) const {
    auto left = patience;
    for (auto const& flight : flights_)
        if (now - flight->since < patience)
            left = std::min(left, std::chrono::ceil<std::chrono::milliseconds>(flight->since + patience - now));
    return static_cast<int>(left.count());
}

[[noreturn]] void Helper::serve() {
    std::size_t const most = window();
    std::vector<pollfd> watched;
    for (;;) {
        auto const now = Clock::now();
        bool const full = young(now) >= most;
        watched.assign(1, {socket_, static_cast<short>(full ? 0 : POLLIN), 0});
        for (auto const& flight : flights_)
            watched.push_back({flight->pipe.get(), POLLIN, 0});
        if (::poll(watched.data(), watched.size(), full ? timeout(now) : -1) < 0 && errno != EINTR) ::_exit(1);

        for (std::size_t n = 1; n < watched.size(); ++n)
            if (watched[n].revents != 0) read_report(*flights_[n - 1]);
        std::erase_if(flights_, [](auto const& flight) { return !flight->pipe; });
        if ((watched[0].revents & POLLIN) != 0)
            receive();
        else if ((watched[0].revents & (POLLHUP | POLLERR)) != 0)
            ::_exit(0);
    }
}

void Helper::read_report(Flight& flight) {
    for (;;) {
        ssize_t const size = ::read(flight.pipe.get(), &flight.report, sizeof flight.report);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno == EAGAIN) return; // the report was there, the end is still to come
        if (size <= 0) return finish(flight);
    }
}

void Helper::finish(Flight& flight) {
    if (flight.report.stage == 0)
        say(Message::executed, flight.id, flight.pid);
    else
        say(Message::failed, flight.id, flight.pid, flight.report, subject_of(flight.block(), flight.report));
    flight.pipe.reset();
    if (spare_.size() < most_spare_stacks) spare_.push_back(std::move(flight.stack));
}

void Helper::receive() {
    Received received = receive_message(socket_, buffer_, MSG_DONTWAIT);
    if (received.number == EAGAIN) return;
    if (received.number == ECONNRESET) return; // the end follows
    if (received.number != 0 || received.bytes < sizeof(Request)) ::_exit(received.number == 0 ? 0 : 1);
    Request request;
    std::memcpy(&request, buffer_.data(), sizeof request);
    take(request, std::span(buffer_).subspan(sizeof request, received.bytes - sizeof request), received);
}

/// The block out of a memfd; EBADMSG when it is not as long as was said.
base::Result<std::vector<std::uint64_t>> read_block(int memfd, std::size_t bytes) {
    if (bytes > most_block_bytes) return base::make_error(EBADMSG, "read plan", "too large");
    std::vector<std::uint64_t> words((bytes + 7) / 8);
    auto* const into = reinterpret_cast<std::byte*>(words.data());
    for (std::size_t at = 0; at < bytes;) {
        ssize_t const size = ::pread(memfd, into + at, bytes - at, static_cast<off_t>(at));
        if (size < 0) return base::errno_error("read plan");
        if (size == 0) return base::make_error(EBADMSG, "read plan", "cut off");
        at += static_cast<std::size_t>(size);
    }
    return words;
}

void Helper::take(Request const& request, std::span<std::byte const> inline_block, Received& received) {
    lost_descriptors_ = lost_descriptors_ || received.lost_descriptors;
    base::Fd memfd;
    if (request.in_memfd != 0 && !received.descriptors.empty()) {
        memfd = std::move(received.descriptors.back());
        received.descriptors.pop_back();
    }
    std::ranges::move(received.descriptors, std::back_inserter(gathered_));
    if (request.kind != Message::plan) return;

    auto sources = std::exchange(gathered_, {});
    if (std::exchange(lost_descriptors_, false)) return say_failed(request.id, Stage::spawn, EMFILE);
    if (sources.size() != request.sources) return say_failed(request.id, Stage::spawn, EBADMSG);
    if (request.in_memfd == 0) {
        if (inline_block.size() != request.block_bytes) return say_failed(request.id, Stage::spawn, EBADMSG);
        return start(request.id, inline_block, std::move(sources));
    }
    auto const words = read_block(memfd.get(), request.block_bytes);
    if (!words) return say_failed(request.id, Stage::spawn, words.error().number);
    start(request.id, std::as_bytes(std::span(*words)).first(request.block_bytes), std::move(sources));
}

void Helper::start(std::uint64_t id, std::span<std::byte const> block, std::vector<base::Fd> sources) {
    if (auto checked = check_block(block, sources.size()); !checked)
        return say_failed(id, Stage::spawn, checked.error().number, checked.error().subject);
    auto pipe = base::sys::pipe(O_NONBLOCK);
    if (!pipe) return say_failed(id, Stage::spawn, pipe.error().number, "pipe");
    Stack stack = take_stack();
    if (!stack) return say_failed(id, Stage::spawn, ENOMEM, "stack");

    std::vector<int> numbers(sources.size());
    std::ranges::transform(sources, numbers.begin(), &base::Fd::get);
    auto flight = std::make_unique<Flight>(id, std::move(stack), block, numbers);
    flight->pipe = std::move(pipe->first);
    flight->args = {.block = flight->copy.block(),
                    .slots = flight->copy.slots(),
                    .report = &flight->report,
                    .report_fd = pipe->second.get(),
                    .announce_fd = socket_,
                    .announcement = {.kind = static_cast<std::uint32_t>(Message::started), .pid = 0, .id = id},
                    .parent = manager_};
    auto const* header = reinterpret_cast<Header const*>(flight->copy.block());
    bool const own_memory = needs_of(block).own_memory;
    auto const cloned = clone_child({.kinship = own_memory ? Kinship::sibling_of_own_memory : Kinship::sibling,
                                     .args = &flight->args,
                                     .stack = &flight->stack,
                                     .cgroup = header->cgroup == no_slot ? -1 : numbers[header->cgroup],
                                     .no_handlers = true});
    if (cloned.pid < 0) return say_failed(id, cloned.cgroup_refused ? Stage::cgroup : Stage::spawn, cloned.number);
    flight->pid = cloned.pid;
    flights_.push_back(std::move(flight));
}

/// A forked copy of the manager becomes a process that has nothing of it. 0, 1 and 2 stay taken, by what can neither be
/// read nor written, so that no child's file lands there while it is being arranged.
void leave_everything(int socket, pid_t manager) {
    // By raw calls: glibc keeps two signals for itself and would leave them out.
    constexpr std::uint64_t all = ~std::uint64_t{0};
    raw::call(SYS_rt_sigprocmask, SIG_SETMASK, raw::word(&all), 0, raw::mask_bytes);
    raw::SignalAction const by_default;
    for (int signal = 1; signal <= raw::most_signals; ++signal)
        raw::call(SYS_rt_sigaction, signal, raw::word(&by_default), 0, raw::mask_bytes);
    ::prctl(PR_SET_NAME, "(spawner)", 0, 0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != manager) ::_exit(0); // it died before we asked to be told
    constexpr int kept = 3;
    if (socket != kept) ::dup3(socket, kept, O_CLOEXEC);
    ::closefrom(kept + 1);
    int const nothing = ::open("/", O_PATH | O_CLOEXEC);
    for (int number = 0; number < kept; ++number)
        if (nothing >= 0) ::dup3(nothing, number, O_CLOEXEC);
    if (nothing > kept) ::close(nothing);
}

} // namespace

[[noreturn]] void run_spawner_helper(int socket, pid_t manager, Probe probe) noexcept {
    leave_everything(socket, manager);
    Helper helper(3, manager);
    if (probe == Probe::yes) helper.say_hello();
    helper.serve();
}

} // namespace mitori::process::detail
