#include "witness/detail/connector_events.hpp"

#include <cstring>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <utility>

namespace mitori::witness::detail {
namespace {

// Kernels and their headers name these in more than one way: linux/cn_proc.h.
constexpr unsigned forked = 1;
constexpr unsigned executed = 2;
constexpr unsigned ended = 0x80000000;

} // namespace

void ConnectorEvents::know_threads(pid_t process, std::uint32_t threads) {
    if (threads > 1) threads_[process] = {.others = threads - 1};
}

void ConnectorEvents::count(std::uint32_t processor, std::uint32_t number) {
    auto const [next, is_first] = next_.try_emplace(processor, number);
    missing_ += number - next->second; // the count goes over: so does the difference
    next->second = number + 1;
}

std::uint64_t ConnectorEvents::missing() { return std::exchange(missing_, 0); }

std::optional<ConnectorEnd> ConnectorEvents::take_exit(pid_t thread, ConnectorEnd end) {
    auto const found = threads_.find(end.pid);
    if (found == threads_.end()) return thread == end.pid ? std::optional(end) : std::nullopt;
    auto& threads = found->second;
    if (thread == end.pid)
        threads.first_is_gone = true;
    else
        --threads.others;
    if (!threads.first_is_gone || threads.others > 0) return std::nullopt;
    threads_.erase(found);
    return end;
}

std::optional<ConnectorEnd> ConnectorEvents::take(std::span<std::byte const> message) {
    constexpr std::size_t begin = NLMSG_HDRLEN + sizeof(cn_msg);
    cn_msg head{};
    proc_event event{};
    if (message.size() < begin + offsetof(proc_event, event_data)) return std::nullopt;
    std::memcpy(&head, message.data() + NLMSG_HDRLEN, sizeof head);
    std::memcpy(&event, message.data() + begin, std::min(sizeof event, message.size() - begin));
    if (static_cast<unsigned>(event.what) == 0) return std::nullopt; // an answer to somebody's subscription
    count(event.cpu, head.seq);
    switch (static_cast<unsigned>(event.what)) {
    case forked: {
        auto const& fork = event.event_data.fork;
        if (fork.child_pid == fork.child_tgid)
            threads_.erase(fork.child_tgid); // a new process with a number of old
        else
            ++threads_[fork.child_tgid].others;
        return std::nullopt;
    }
    case executed: threads_.erase(event.event_data.exec.process_tgid); return std::nullopt; // one thread is left
    case ended: {
        auto const& exit = event.event_data.exit;
        return take_exit(exit.process_pid, {.pid = exit.process_tgid,
                                            .parent = exit.parent_tgid,
                                            .wait_status = static_cast<int>(exit.exit_code),
                                            .monotonic = base::Usec(event.timestamp_ns / 1000)});
    }
    default: return std::nullopt;
    }
}

} // namespace mitori::witness::detail
