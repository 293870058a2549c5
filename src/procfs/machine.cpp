#include "procfs/machine.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "procfs/detail/parse.hpp"

namespace mitori::procfs {
namespace sys = base::sys;
namespace {

/// "btime 1795000000" in /proc/stat.
std::uint64_t boot_time_of(std::string_view text) {
    auto const at = text.find("\nbtime ");
    std::uint64_t seconds = 0;
    if (at != text.npos) std::from_chars(text.data() + at + 7, text.data() + text.size(), seconds);
    return seconds;
}

double uptime_now() {
    auto const text = sys::read_file("/proc/uptime");
    double seconds = 0;
    if (text) std::from_chars(text->data(), text->data() + text->size(), seconds);
    return seconds;
}

} // namespace

Machine read_machine() {
    Machine machine{.ticks_per_second = static_cast<std::uint64_t>(std::max(::sysconf(_SC_CLK_TCK), 1L)),
                    .page_size = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PAGESIZE), 1L)),
                    .uptime = uptime_now(),
                    .now = sys::now_realtime()};
    if (auto const text = sys::read_file("/proc/meminfo"))
        machine.memory_kib = detail::find_field(*text, "MemTotal").value_or(0);
    if (auto const text = sys::read_file("/proc/stat")) machine.boot_time = boot_time_of(*text);
    return machine;
}

std::int64_t Machine::started(std::uint64_t start_ticks) const {
    return static_cast<std::int64_t>(boot_time + start_ticks / ticks_per_second);
}

std::uint64_t Machine::age(std::uint64_t start_ticks) const {
    auto const up = static_cast<std::uint64_t>(uptime);
    return up - std::min(up, start_ticks / ticks_per_second);
}

std::optional<std::string> terminal_by_number(std::uint32_t device) {
    constexpr unsigned tty = 4;
    constexpr unsigned tty_aux = 5;
    constexpr unsigned first_pts = 136;
    constexpr unsigned last_pts = 143;
    constexpr unsigned per_major = 1U << 20U;
    constexpr unsigned first_serial = 64;
    auto const major = gnu_dev_major(device);
    auto const minor = gnu_dev_minor(device);
    if (major >= first_pts && major <= last_pts) return fmt::format("pts/{}", (major - first_pts) * per_major + minor);
    if (major == tty)
        return minor < first_serial ? fmt::format("tty{}", minor) : fmt::format("ttyS{}", minor - first_serial);
    if (major == tty_aux && minor == 0) return "tty";
    if (major == tty_aux && minor == 1) return "console";
    return std::nullopt;
}

std::string const& Terminals::name(std::uint32_t device) {
    auto const [place, is_new] = names_.try_emplace(device);
    if (!is_new) return place->second;
    if (device == 0) return place->second = "?";
    if (auto known = terminal_by_number(device)) return place->second = std::move(*known);
    auto const link = fmt::format("/sys/dev/char/{}:{}", gnu_dev_major(device), gnu_dev_minor(device));
    auto const target = sys::read_link(link);
    return place->second = target ? target->substr(target->rfind('/') + 1)
                                  : fmt::format("{}:{}", gnu_dev_major(device), gnu_dev_minor(device));
}

std::optional<std::uint32_t> terminal_number(std::string const& name) {
    for (auto const* const folder : {"", "/dev/", "/dev/pts/", "/dev/tty"}) {
        auto const path = folder + name;
        if (!path.starts_with('/')) continue;
        auto const found = sys::stat(path);
        if (found && S_ISCHR(found->st_mode)) return static_cast<std::uint32_t>(found->st_rdev);
    }
    return std::nullopt;
}

} // namespace mitori::procfs
