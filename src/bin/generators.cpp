#include "bin/generators.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/text.hpp"
#include "manager/conditions.hpp"
#include "process/command.hpp"

namespace mitori::bin {
namespace {

constexpr std::string_view limit = "90"; // seconds; systemd's own for them

base::Result<void> make_empty(std::string const& folder) {
    if (auto removed = base::sys::remove_tree(folder); !removed && removed.error().number != ENOENT) return removed;
    return base::sys::make_directories(folder);
}

bool is_first_boot() {
    std::vector<unit::Condition> const first_boot{{.kind = unit::ConditionKind::first_boot, .parameter = "yes"}};
    return manager::conditions_met(manager::test_conditions(first_boot, {}));
}

/// systemd.generator(7), "ENVIRONMENT".
void add_circumstances(std::vector<std::string>& environment, unit::Host const& host) {
    environment.emplace_back("SYSTEMD_SCOPE=system");
    environment.emplace_back("SYSTEMD_IN_INITRD=0");
    environment.push_back(fmt::format("SYSTEMD_FIRST_BOOT={}", is_first_boot() ? 1 : 0));
    environment.push_back("SYSTEMD_ARCHITECTURE=" + host.architecture);
    if (auto const kind = manager::virtualization({}); !kind.empty())
        environment.push_back("SYSTEMD_VIRTUALIZATION=" + kind);
}

void set_environment(process::Command& command, std::vector<std::string> const& environment) {
    command.clear_env();
    for (auto const& entry : environment)
        if (auto const sign = entry.find('='); sign != entry.npos)
            command.env(entry.substr(0, sign), entry.substr(sign + 1));
}

} // namespace

GeneratorRuns::GeneratorRuns(unit::GeneratorFolders folders, unit::Host const& host,
                             std::vector<std::string> environment)
    : folders_(std::move(folders)),
      environment_(std::move(environment)) {
    add_circumstances(environment_, host);
}

/// No child where there is nothing to run.
base::Result<process::Child> GeneratorRuns::begin() {
    for (auto const* folder : {&folders_.normal, &folders_.early, &folders_.late})
        TRY(make_empty(*folder));
    auto const found = unit::find_generators(unit::generator_path());
    if (!found.left_out.empty())
        base::log(base::Priority::debug, "generators of a machine's boot are left out: {}",
                  base::join(found.left_out, " "));
    if (found.run.empty()) return process::Child();
    process::Command command("/proc/self/exe");
    command.argv0(std::string(generators_name))
        .args({std::string(limit), folders_.normal, folders_.early, folders_.late})
        .args(found.run);
    set_environment(command, environment_);
    command.stdin_from(process::Stdio::null()).parent_death_signal({SIGKILL});
    auto child = command.spawn();
    if (!child) return std::unexpected(child.error().error);
    return std::move(*child);
}

void GeneratorRuns::run_and_wait() {
    auto child = begin();
    if (!child) return base::log(base::Priority::err, "generators cannot be run: {}", child.error().message());
    if (*child) static_cast<void>(child->wait());
}

void GeneratorRuns::run(loop::Loop& loop, std::function<void()> done) {
    auto child = begin();
    if (!child) base::log(base::Priority::err, "generators cannot be run: {}", child.error().message());
    if (!child || !*child) return done();
    child_ = std::move(*child);
    // Whoever reaps it, its pidfd tells of its end; what there was to say it has said.
    auto watch = loop.on_ready(child_.pidfd(), loop::Interest::read, loop::Urgency::exit,
                               [this, done](loop::Ready) { end(done); });
    if (watch) {
        watch_ = std::move(*watch);
        return;
    }
    base::log(base::Priority::err, "generators cannot be watched: {}", watch.error().message());
    static_cast<void>(child_.wait());
    done();
}

void GeneratorRuns::end(std::function<void()> const& done) {
    auto const watch = std::move(watch_); // this very call's; ends with it
    auto const child = std::exchange(child_, {});
    static_cast<void>(process::take_exit(child.pidfd()));
    done();
}

} // namespace mitori::bin
