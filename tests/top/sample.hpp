// A machine that never was, for the tests of the board and its pictures: two units, a container, a shell, a kernel
// thread, and a unit that failed.
#pragma once

#include <string>
#include <utility>

#include "top/board.hpp"

namespace mitori::top::test {

inline Process process(pid_t pid, pid_t parent, std::string name, std::string unit = "") {
    Process made{.pid = pid, .parent = parent, .start_ticks = static_cast<std::uint64_t>(pid) * 10};
    made.name = name;
    made.command = std::move(name);
    made.unit = std::move(unit);
    made.state = 'S';
    made.threads = 1;
    made.user = 0;
    made.real_user = 0;
    made.io = 0;
    return made;
}

inline Look sample() {
    Look look;
    look.number = 1;
    look.realtime = std::chrono::seconds(1'795'000'000);
    look.has_manager = true;
    look.machine = {.processors = 4,
                    .busy = 0.5,
                    .memory = 4ULL << 30U,
                    .memory_used = 1ULL << 30U,
                    .load = {0.5, 0.25, 0.125},
                    .uptime = 93784,
                    .read_bytes = 2048,
                    .written_bytes = 0};
    look.machine.pressure = {.cpu = 12.5, .memory = 0, .io = {}};

    auto init = process(1, 0, "mitori manager");
    auto thread = process(2, 0, "kthreadd");
    thread.is_kernel = true;
    thread.command.clear();
    auto master = process(100, 1, "nginx: master process", "nginx.service");
    auto worker = process(101, 100, "nginx: worker process", "nginx.service");
    worker.cpu = 0.75;
    worker.user = 33;
    worker.state = 'R';
    worker.resident = 10U << 20U;
    worker.cpu_ticks = 12345;
    worker.io = 4096;
    auto second = process(102, 100, "nginx: worker process", "nginx.service");
    second.cpu = 0.25;
    second.user = 33;
    second.resident = 20U << 20U;
    auto redis = process(200, 1, "redis-server *:6379", "redis.service");
    redis.resident = 100U << 20U;
    redis.io.reset();
    auto shell = process(300, 1, "bash");
    auto grep = process(301, 300, "grep 日本語 /etc/motd");
    auto zombie = process(302, 300, "defunct");
    zombie.state = 'Z';
    zombie.command.clear();
    auto inside = process(400, 1, "sleep 1000", "docker.service");
    inside.container = "docker:0123456789ab";
    look.processes = {init, thread, master, worker, second, redis, shell, grep, zombie, inside};

    Group broken{.name = "broken.service", .active_state = "failed", .sub_state = "failed", .restarts = 5};
    Group nginx{.name = "nginx.service", .active_state = "active", .sub_state = "running", .restarts = 3};
    nginx.pressure = {.cpu = 1.5, .memory = 0, .io = 0.25};
    Group cache{.name = "redis.service", .active_state = "active", .sub_state = "running", .restarts = 0};
    look.groups = {broken, nginx, cache};
    return look;
}

inline Board board_of(Look look) {
    Board board([](std::uint32_t id) { return id == 33 ? std::string("www-data") : std::to_string(id); });
    board.take(std::move(look));
    return board;
}

} // namespace mitori::top::test
