#include "top/machine_facts.hpp"

#include <algorithm>
#include <charconv>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "procfs/machine.hpp"

namespace mitori::top {
namespace sys = base::sys;
namespace {

/// The number behind "key" at the beginning of a line.
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        if (line.starts_with(key)) {
            auto const words = base::split(line.substr(key.size()));
            return words.empty() ? std::nullopt : base::parse_integer<std::uint64_t>(words.front());
        }
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return std::nullopt;
}

std::optional<double> parse_double(std::string_view text) {
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end != text.data() ? std::optional(value) : std::nullopt;
}

template <class Take>
void with_file(std::string const& path, Take take) {
    if (auto const text = sys::read_file(path)) take(*text);
}

} // namespace

std::optional<double> parse_pressure(std::string_view text) {
    constexpr std::string_view key = "some avg10=";
    auto const at = text.find(key);
    return at == text.npos ? std::nullopt : parse_double(text.substr(at + key.size()));
}

void parse_stat(std::string_view text, Counters& into) {
    enum : std::size_t { user, nice, system, idle, io_wait, irq, soft_irq, steal, counted };
    std::uint32_t processors = 0;
    for (auto const line : base::split(text, "\n")) {
        if (!line.starts_with("cpu")) break;
        auto const words = base::split(line);
        if (words.front() != "cpu") {
            ++processors;
            continue;
        }
        for (std::size_t i = 0; i < counted && i + 1 < words.size(); ++i) {
            auto const ticks = base::parse_integer<std::uint64_t>(words[i + 1]).value_or(0);
            into.all_ticks += ticks;
            if (i != idle && i != io_wait) into.busy_ticks += ticks;
        }
    }
    into.machine.processors = std::max(processors, 1U);
}

void parse_memory(std::string_view text, Machine& into) {
    constexpr std::uint64_t kib = 1024;
    auto const total = number_after(text, "MemTotal:").value_or(0);
    auto const left = number_after(text, "MemAvailable:").value_or(number_after(text, "MemFree:").value_or(0));
    into.memory = total * kib;
    into.memory_used = (total - std::min(total, left)) * kib;
    auto const swap = number_after(text, "SwapTotal:").value_or(0);
    into.swap = swap * kib;
    into.swap_used = (swap - std::min(swap, number_after(text, "SwapFree:").value_or(0))) * kib;
}

void parse_vmstat(std::string_view text, Counters& into) {
    into.read_kib = number_after(text, "pgpgin ");
    into.written_kib = number_after(text, "pgpgout ");
}

void parse_load(std::string_view text, Machine& into) {
    auto const words = base::split(text);
    for (std::size_t i = 0; i < into.load.size() && i < words.size(); ++i)
        into.load[i] = parse_double(words[i]).value_or(0);
}

std::optional<std::uint64_t> parse_io(std::string_view text) {
    auto const read = number_after(text, "read_bytes:");
    auto const written = number_after(text, "write_bytes:");
    return read && written ? std::optional(*read + *written) : std::nullopt;
}

Counters read_counters() {
    Counters found;
    auto& machine = found.machine;
    auto const facts = procfs::read_machine();
    machine.ticks_per_second = facts.ticks_per_second;
    machine.uptime = facts.uptime;
    with_file("/proc/stat", [&](auto const& text) { parse_stat(text, found); });
    with_file("/proc/meminfo", [&](auto const& text) { parse_memory(text, machine); });
    with_file("/proc/vmstat", [&](auto const& text) { parse_vmstat(text, found); });
    with_file("/proc/loadavg", [&](auto const& text) { parse_load(text, machine); });
    machine.pressure = read_pressure("/proc/pressure", "");
    return found;
}

Pressure read_pressure(std::string const& folder, std::string_view ending) {
    auto const one = [&](std::string_view what) {
        auto const text = sys::read_file(std::string(folder).append("/").append(what).append(ending));
        return text ? parse_pressure(*text) : std::nullopt;
    };
    return {.cpu = one("cpu"), .memory = one("memory"), .io = one("io")};
}

Machine between(std::optional<Counters> const& before, Counters const& now, double seconds) {
    auto machine = now.machine;
    Counters const nothing;
    auto const& since = before ? *before : nothing;
    // Idle ticks may run backwards: proc(5).
    auto const all = now.all_ticks > since.all_ticks ? now.all_ticks - since.all_ticks : 0;
    auto const busy = now.busy_ticks > since.busy_ticks ? now.busy_ticks - since.busy_ticks : 0;
    if (all != 0) machine.busy = std::min(static_cast<double>(busy) / static_cast<double>(all), 1.0);
    auto const rate = [seconds](auto const& was, auto const& is) -> std::optional<double> {
        if (!was || !is || *is < *was || !(seconds > 0)) return std::nullopt;
        constexpr double kib = 1024;
        return static_cast<double>(*is - *was) * kib / seconds;
    };
    machine.read_bytes = rate(since.read_kib, now.read_kib);
    machine.written_bytes = rate(since.written_kib, now.written_kib);
    return machine;
}

} // namespace mitori::top
