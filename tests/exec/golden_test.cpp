// Whole plans of services as packages have them: apache2 (forking, a control script), nginx (forking, a PID file) and
// redis (notify, a user of its own, directories, limits). The units are shortened to what a plan depends on; the texts
// they must give are in golden/. Set MITORI_WRITE_GOLDEN=1 to write these anew, then read the difference.
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "sample.hpp"
#include "unit/load.hpp"

namespace mitori::exec {
namespace {

using test::plan_lines;
using test::sample_invocation;
using test::system_place;
using test::user_place;

constexpr std::string_view apache = R"([Unit]
Description=Web server that a script controls
[Service]
Type=forking
Environment=APACHE_STARTED_BY_SYSTEMD=true
ExecStart=/usr/sbin/apachectl start
ExecStop=/usr/sbin/apachectl graceful-stop
ExecReload=/usr/sbin/apachectl graceful
KillMode=mixed
PrivateTmp=true
Restart=on-abort
)";

constexpr std::string_view nginx = R"([Unit]
Description=Web server with a PID file
[Service]
Type=forking
PIDFile=/run/nginx.pid
ExecStartPre=/usr/sbin/nginx -t -q -g 'daemon on; master_process on;'
ExecStart=/usr/sbin/nginx -g 'daemon on; master_process on;'
ExecReload=/usr/sbin/nginx -g 'daemon on; master_process on;' -s reload
ExecStop=-/sbin/start-stop-daemon --quiet --stop --retry QUIT/5 --pidfile /run/nginx.pid
KillMode=mixed
)";

constexpr std::string_view redis = R"([Unit]
Description=Key-value store with a user of its own
[Service]
Type=notify
ExecStart=/usr/bin/redis-server /etc/redis/redis.conf --supervised systemd --daemonize no
PIDFile=/run/redis/redis-server.pid
Restart=always
User=redis
Group=redis
RuntimeDirectory=redis
RuntimeDirectoryMode=2755
UMask=007
LimitNOFILE=65535
NoNewPrivileges=true
)";

constexpr std::string_view worker = R"([Unit]
Description=A user's worker with files for its output
[Service]
ExecStart=worker --jobs=${JOBS} $MORE
Environment=JOBS=4 "MORE=--name 'one two'"
WorkingDirectory=%h/work
StandardInput=file:%h/queue
StandardOutput=append:%h/worker.log
StateDirectory=worker:worker-data
Nice=10
CPUAffinity=0-1
OOMScoreAdjust=500
IOSchedulingClass=idle
IgnoreSIGPIPE=no
WatchdogSec=5
UnsetEnvironment=XDG_RUNTIME_DIR
)";

unit::UnitPtr load(std::string_view name, std::string_view text, Place const& place) {
    unit::Loader loader({}, place.host);
    auto unit = loader.load_text(name, text);
    EXPECT_EQ(unit->load_state, unit::LoadState::loaded) << unit->load_error;
    for (auto const& diagnostic : unit->diagnostics)
        ADD_FAILURE() << diagnostic.message();
    return unit;
}

Facts facts_of_the_hour() {
    Facts facts;
    facts.invocation_id = sample_invocation;
    facts.cgroup = 9;
    return facts;
}

std::string read_text(std::string const& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

void expect_golden(std::string const& name, std::vector<std::string> const& lines) {
    auto const path = std::string(MITORI_TEST_DATA "/golden/") + name + ".txt";
    auto const text = base::join(lines, "\n") + "\n";
    if (std::getenv("MITORI_WRITE_GOLDEN") != nullptr) std::ofstream(path) << text;
    EXPECT_EQ(text, read_text(path)) << path;
}

TEST(Golden, apache_starts_by_its_control_script) {
    auto const place = system_place();
    auto const unit = load("apache2.service", apache, place);
    expect_golden("apache2-start",
                  plan_lines(*unit, unit->service.exec_start.at(0), Purpose::start, facts_of_the_hour(), place));
}

TEST(Golden, apache_stops_by_its_control_script) {
    auto const place = system_place();
    auto const unit = load("apache2.service", apache, place);
    auto facts = facts_of_the_hour();
    facts.main_pid = 4242;
    facts.result_environment = {{"SERVICE_RESULT", "success"}};
    expect_golden("apache2-stop", plan_lines(*unit, unit->service.exec_stop.at(0), Purpose::stop, facts, place));
}

TEST(Golden, nginx_tests_its_configuration_first) {
    auto const place = system_place();
    auto const unit = load("nginx.service", nginx, place);
    expect_golden("nginx-start-pre", plan_lines(*unit, unit->service.exec_start_pre.at(0), Purpose::start_pre,
                                                facts_of_the_hour(), place));
}

TEST(Golden, nginx_starts_with_a_pid_file) {
    auto const place = system_place();
    auto const unit = load("nginx.service", nginx, place);
    expect_golden("nginx-start",
                  plan_lines(*unit, unit->service.exec_start.at(0), Purpose::start, facts_of_the_hour(), place));
}

TEST(Golden, redis_starts_as_its_own_user) {
    auto const place = system_place();
    auto const unit = load("redis-server.service", redis, place);
    auto facts = facts_of_the_hour();
    facts.identity = test::redis_identity();
    facts.notify = true;
    expect_golden("redis-server-start",
                  plan_lines(*unit, unit->service.exec_start.at(0), Purpose::start, facts, place));
}

TEST(Golden, a_user_s_worker_starts_with_files_and_manners) {
    auto const place = user_place();
    auto const unit = load("worker.service", worker, place);
    auto facts = facts_of_the_hour();
    facts.cgroup = -1;
    facts.watchdog = unit->service.watchdog;
    expect_golden("worker-start", plan_lines(*unit, unit->service.exec_start.at(0), Purpose::start, facts, place));
}

} // namespace
} // namespace mitori::exec
