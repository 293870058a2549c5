// The process connector's messages as ends of processes. It tells of threads: a process has ended when the last of its
// threads has. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <sys/types.h>

#include "base/time.hpp"

namespace mitori::witness::detail {

/// The end of a whole process.
struct ConnectorEnd {
    pid_t pid = 0;
    pid_t parent = 0;
    int wait_status = 0;
    base::Usec monotonic{0};
};

class ConnectorEvents {
public:
    /// That a process had so many threads when we began.
    void know_threads(pid_t process, std::uint32_t threads);
    /// One message, as read from the socket.
    [[nodiscard]] std::optional<ConnectorEnd> take(std::span<std::byte const> message);
    /// Events that were left out since the last call, by the gaps in each processor's count. Not all of them were ends.
    [[nodiscard]] std::uint64_t missing();

private:
    struct Threads {
        std::int64_t others = 0; ///< besides the first
        bool first_is_gone = false;
    };
    std::optional<ConnectorEnd> take_exit(pid_t thread, ConnectorEnd end);
    void count(std::uint32_t processor, std::uint32_t number);

    std::map<pid_t, Threads> threads_; ///< of processes that have or had several
    std::map<std::uint32_t, std::uint32_t> next_;
    std::uint64_t missing_ = 0;
};

} // namespace mitori::witness::detail
