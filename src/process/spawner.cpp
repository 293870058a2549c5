#include "process/spawner.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <map>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "base/sys.hpp"
#include "process/detail/all_blocked.hpp"
#include "process/detail/clone.hpp"
#include "process/detail/spawner_helper.hpp"
#include "process/detail/spawner_protocol.hpp"
#include "process/spawn.hpp"

namespace mitori::process {

using namespace detail;
using Events = std::vector<SpawnEvent>;

namespace {

/// A plan that the helper has.
struct InFlight {
    bool announced = false;
    base::Fd pidfd; ///< ours beside the owner's, to end the child if the helper dies
};

struct Queued {
    std::uint64_t id = 0;
    Plan plan;
    std::size_t ahead = 0; ///< sources that have gone ahead of the plan
    base::Fd memfd;        ///< of a block that is too large for a message, once written
};

/// fork, whose child goes to the helper's code and nowhere else. With glibc's fork, so that malloc works there.
base::Result<Child> fork_helper(int socket, Probe probe) {
    pid_t const self = ::getpid();
    pid_t pid = -1;
    {
        AllBlocked const blocked; // no handler of ours may run in the copy
        pid = ::fork();
        if (pid == 0) run_spawner_helper(socket, self, probe);
    }
    if (pid < 0) return base::errno_error("fork", "spawner");
    auto pidfd = base::sys::pidfd_open(pid);
    return Child(pid, pidfd ? *std::move(pidfd) : base::Fd());
}

base::Result<base::Fd> memfd_of(std::span<std::byte const> block) {
    auto memfd = TRY(base::sys::memfd("plan"));
    TRY(base::sys::write_all(memfd.get(), {reinterpret_cast<char const*>(block.data()), block.size()}));
    return memfd;
}

/// The pidfd of a child that nobody but us can reap.
base::Result<base::Fd> open_child(pid_t pid, base::Fd& reserve) {
    auto pidfd = base::sys::pidfd_open(pid);
    if (!pidfd && pidfd.error().number == EMFILE) {
        reserve.reset();
        pidfd = base::sys::pidfd_open(pid);
    }
    return pidfd;
}

Failed failed(std::uint64_t id, Stage stage, int number, std::string subject = {}) {
    return Failed{SpawnId{id}, stage, number, std::move(subject)};
}

} // namespace

struct Spawner::State {
    base::Fd socket;
    base::Fd retired; ///< the socket before, until who watches it could let go: see Spawner::socket
    base::Fd wake;    ///< without a helper: the other end, written to when events wait
    Child helper;
    std::uint64_t generation = 0;
    std::uint64_t last_id = 0;
    std::deque<Queued> queue;
    std::map<std::uint64_t, InFlight> in_flight;
    Events ready;     ///< told by the next exchange
    base::Fd reserve; ///< a number kept for a child that comes when all others are taken

    ~State();
    base::Result<void> start_helper(Probe probe);
    base::Result<void> hear_hello();
    base::Result<void> work_alone();
    void submit_alone(std::uint64_t id, Plan const& plan);
    void flush();
    int send(Queued& queued);
    int send_ahead(Queued& queued);
    /// False at the helper's end.
    bool receive();
    void on_message(Announcement const& said, std::string subject, pid_t sender);
    void on_started(std::uint64_t id, pid_t pid);
    void on_failed(Announcement const& said, std::string subject);
    base::Result<void> replace_helper();
    void end_helper();
    void keep_reserve();
};

Spawner::State::~State() {
    socket.reset();
    end_helper();
}

/// A helper that is ours to end: by SIGKILL, which its children in flight do not notice.
void Spawner::State::end_helper() {
    if (!helper) return;
    static_cast<void>(helper.signal({SIGKILL}));
    static_cast<void>(helper.wait());
    helper = Child();
}

void Spawner::State::keep_reserve() {
    if (!reserve) reserve.reset(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
}

base::Result<void> Spawner::State::start_helper(Probe probe) {
    auto pair = TRY(base::sys::socket_pair(SOCK_SEQPACKET));
    int const yes = 1;
    if (::setsockopt(pair.first.get(), SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) != 0)
        return base::errno_error("setsockopt", "SO_PASSCRED");
    helper = TRY(fork_helper(pair.second.get(), probe));
    retired = std::exchange(socket, std::move(pair.first));
    ++generation;
    reserve.reset(); // which was the old socket's
    keep_reserve();
    return {};
}

base::Result<void> Spawner::State::hear_hello() {
    Announcement hello;
    auto const into = std::as_writable_bytes(std::span(&hello, 1));
    auto const received = receive_message(socket.get(), into, 0);
    if (received.bytes != sizeof hello || hello.kind != static_cast<std::uint32_t>(Message::hello))
        return base::make_error(received.number != 0 ? received.number : EPIPE, "start spawner", "no hello");
    if (hello.pid > 0) static_cast<void>(base::sys::wait_pid(hello.pid, WEXITED | __WALL));
    if (hello.report.number != 0) return work_alone();
    return {};
}

/// Without CLONE_PARENT. The socket stays something that a loop can watch.
base::Result<void> Spawner::State::work_alone() {
    end_helper();
    auto pair = TRY(base::sys::socket_pair(SOCK_SEQPACKET));
    socket = std::move(pair.first);
    wake = std::move(pair.second);
    ++generation;
    return {};
}

void Spawner::State::submit_alone(std::uint64_t id, Plan const& plan) {
    auto child = spawn(plan);
    if (child) {
        ready.emplace_back(Started{SpawnId{id}, *std::move(child)});
        ready.emplace_back(Executed{SpawnId{id}});
    } else {
        ready.emplace_back(failed(id, child.error().stage, child.error().error.number, child.error().error.subject));
    }
    // A full socket is readable already.
    std::byte const one[1] = {};
    static_cast<void>(send_message(wake.get(), one, {}, {}, MSG_DONTWAIT));
}

/// What does not fit into the plan's own message goes ahead. 0 or errno; EAGAIN: the rest later.
int Spawner::State::send_ahead(Queued& queued) {
    Request const request{.kind = Message::descriptors, .id = queued.id};
    auto const sources = queued.plan.sources();
    while (sources.size() - queued.ahead > most_descriptors) {
        auto const some = sources.subspan(queued.ahead, most_descriptors);
        if (int const number = send_message(socket.get(), bytes_of(request), {}, some, MSG_DONTWAIT)) return number;
        queued.ahead += most_descriptors;
    }
    return 0;
}

/// 0 or errno; EAGAIN: later, from where it stopped.
int Spawner::State::send(Queued& queued) {
    if (int const number = send_ahead(queued); number != 0) return number;
    auto const block = queued.plan.block();
    auto const sources = queued.plan.sources();
    Request request{.kind = Message::plan,
                    .block_bytes = static_cast<std::uint32_t>(block.size()),
                    .id = queued.id,
                    .sources = static_cast<std::uint32_t>(sources.size())};
    auto const rest = sources.subspan(queued.ahead);
    if (block.size() <= inline_limit) return send_message(socket.get(), bytes_of(request), block, rest, MSG_DONTWAIT);

    if (!queued.memfd) {
        auto memfd = memfd_of(block);
        if (!memfd) return memfd.error().number;
        queued.memfd = *std::move(memfd);
    }
    request.in_memfd = 1;
    std::vector<int> with_memfd(rest.begin(), rest.end());
    with_memfd.push_back(queued.memfd.get());
    return send_message(socket.get(), bytes_of(request), {}, with_memfd, MSG_DONTWAIT);
}

void Spawner::State::flush() {
    while (!queue.empty()) {
        int const number = send(queue.front());
        if (number == EAGAIN || number == EPIPE || number == ECONNRESET) return; // the end is noticed by receive()
        if (number != 0)
            ready.emplace_back(
                failed(queue.front().id, Stage::spawn, number, std::string(queue.front().plan.program())));
        else
            in_flight.emplace(queue.front().id, InFlight{});
        queue.pop_front();
    }
}

bool Spawner::State::receive() {
    alignas(8) std::array<std::byte, sizeof(Announcement) + most_subject> buffer;
    for (;;) {
        auto const received = receive_message(socket.get(), buffer, MSG_DONTWAIT);
        if (received.number == EAGAIN) return true;
        if (received.number == ECONNRESET) continue; // said once; what the helper wrote before its end is still there
        if (received.number != 0 || received.bytes == 0) return false;
        if (received.bytes < sizeof(Announcement)) continue;
        Announcement said;
        std::memcpy(&said, buffer.data(), sizeof said);
        auto const* text = reinterpret_cast<char const*>(buffer.data());
        on_message(said, std::string(text + sizeof said, text + received.bytes), received.sender);
    }
}

void Spawner::State::on_message(Announcement const& said, std::string subject, pid_t sender) {
    if (!in_flight.contains(said.id)) return; // told as failed already
    switch (static_cast<Message>(said.kind)) {
    case Message::started: return on_started(said.id, sender);
    case Message::failed: return on_failed(said, std::move(subject));
    case Message::executed:
        ready.emplace_back(Executed{SpawnId{said.id}});
        in_flight.erase(said.id);
        return;
    default: return;
    }
}

void Spawner::State::on_started(std::uint64_t id, pid_t pid) {
    auto pidfd = open_child(pid, reserve);
    if (!pidfd && pidfd.error().number != ENOSYS) {
        // A child that cannot be watched must not run on.
        ::kill(pid, SIGKILL);
        static_cast<void>(base::sys::wait_pid(pid, WEXITED | __WALL));
        ready.emplace_back(failed(id, Stage::spawn, pidfd.error().number, "pidfd_open"));
        in_flight.erase(id);
        return;
    }
    InFlight& flight = in_flight[id];
    flight.announced = true;
    if (pidfd) flight.pidfd.reset(::fcntl(pidfd->get(), F_DUPFD_CLOEXEC, 0));
    ready.emplace_back(Started{SpawnId{id}, Child(pid, pidfd ? *std::move(pidfd) : base::Fd())});
}

void Spawner::State::on_failed(Announcement const& said, std::string subject) {
    // A child that ended before it could say so is nobody's but ours.
    if (said.pid > 0 && !in_flight[said.id].announced)
        static_cast<void>(base::sys::wait_pid(said.pid, WEXITED | __WALL));
    if (static_cast<Stage>(said.report.stage) == Stage::none) {
        ready.emplace_back(failed(said.id, Stage::spawn, ECANCELED, "killed before its first step"));
        in_flight.erase(said.id);
        return;
    }
    ready.emplace_back(failed(said.id, static_cast<Stage>(said.report.stage), said.report.number, std::move(subject)));
    in_flight.erase(said.id);
}

base::Result<void> Spawner::State::replace_helper() {
    end_helper();
    for (auto& [id, flight] : in_flight) {
        // ESRCH: it ended by itself.
        if (flight.pidfd) static_cast<void>(base::sys::pidfd_send_signal(flight.pidfd.get(), {SIGKILL}));
        ready.emplace_back(failed(id, Stage::spawn, EPIPE, "spawner"));
    }
    in_flight.clear();
    if (!queue.empty()) queue.front().ahead = 0;
    return start_helper(Probe::no);
}

Spawner::Spawner() : state_(std::make_unique<State>()) {}
Spawner::Spawner(Spawner&&) noexcept = default;
Spawner& Spawner::operator=(Spawner&&) noexcept = default;
Spawner::~Spawner() = default;

base::Result<Spawner> Spawner::start() {
    Spawner spawner;
    TRY(spawner.state_->start_helper(Probe::yes));
    TRY(spawner.state_->hear_hello());
    return spawner;
}

SpawnId Spawner::submit(Plan plan) {
    std::uint64_t const id = ++state_->last_id;
    if (!asynchronous()) {
        state_->submit_alone(id, plan);
        return SpawnId{id};
    }
    state_->queue.push_back({.id = id, .plan = std::move(plan), .ahead = 0, .memfd = {}});
    state_->flush();
    return SpawnId{id};
}

int Spawner::socket() const { return state_->socket.get(); }
bool Spawner::pending() const { return !state_->queue.empty(); }
std::uint64_t Spawner::generation() const { return state_->generation; }
Child const& Spawner::helper() const { return state_->helper; }
bool Spawner::asynchronous() const { return !state_->wake; }

bool Spawner::expecting() const {
    if (!state_->queue.empty()) return true;
    for (auto const& [id, flight] : state_->in_flight)
        if (!flight.announced) return true;
    return false;
}

base::Result<Events> Spawner::exchange() {
    State& state = *state_;
    state.retired.reset();
    if (asynchronous()) {
        state.flush();
        if (!state.receive()) TRY(state.replace_helper());
        state.flush();
        state.keep_reserve();
    } else {
        static_cast<void>(state.receive());
    }
    return std::exchange(state.ready, {});
}

} // namespace mitori::process
