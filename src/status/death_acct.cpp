#include "status/death_acct.hpp"

#include <algorithm>
#include <cstring>
#include <sys/acct.h>
#include <unistd.h>

#include "status/death_fields.hpp"

namespace mitori::status {
namespace {

/// acct(5) counts in AHZ, which is 100 on every machine.
constexpr std::int64_t ticks_in_a_second = 100;

std::uint64_t ticks(base::Usec span) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(span.count(), 0) * ticks_in_a_second / 1'000'000);
}

/// As wait(2) gives it.
std::uint32_t wait_status(Death const& death) {
    constexpr std::uint32_t core = 0x80;
    auto const status = static_cast<std::uint32_t>(death.status);
    if (by_signal(death)) return status | (death.kind == DeathKind::dumped ? core : 0U);
    return (status & 0xffU) << 8U;
}

} // namespace

std::uint16_t compressed(std::uint64_t value) {
    constexpr std::uint64_t mantissa = 0x1fff;
    std::uint16_t exponent = 0;
    bool round = false;
    while (value > mantissa && exponent < 8) {
        round = (value & 4U) != 0;
        value >>= 3U;
        ++exponent;
    }
    if (exponent == 8) return 0xffff; // more than it can say
    if (round && ++value > mantissa) {
        value >>= 3U;
        if (++exponent == 8) return 0xffff;
    }
    return static_cast<std::uint16_t>((exponent << 13U) | value);
}

std::string show_acct(Death const& death) {
    acct_v3 record{};
    record.ac_version = 3;
    if (by_signal(death)) record.ac_flag = static_cast<char>(record.ac_flag | AXSIG);
    if (death.kind == DeathKind::dumped) record.ac_flag = static_cast<char>(record.ac_flag | ACORE);
    record.ac_exitcode = wait_status(death);
    record.ac_uid = death.user.value_or(0);
    record.ac_pid = static_cast<std::uint32_t>(death.who.pid);
    record.ac_ppid = static_cast<std::uint32_t>(death.parent.pid);
    auto const life = lived(death).value_or(base::Usec(0));
    record.ac_btime = static_cast<std::uint32_t>((death.ended.realtime - life).count() / 1'000'000);
    record.ac_etime = static_cast<float>(ticks(life));
    record.ac_utime = compressed(ticks(death.cpu_user.value_or(base::Usec(0))));
    record.ac_stime = compressed(ticks(death.cpu_system.value_or(base::Usec(0))));
    record.ac_mem = compressed(death.peak_memory.value_or(0) / 1024);
    record.ac_minflt = compressed(death.minor_faults.value_or(0));
    record.ac_majflt = compressed(death.major_faults.value_or(0));
    death.comm.copy(record.ac_comm, ACCT_COMM - 1);
    std::string bytes(sizeof record, '\0');
    std::memcpy(bytes.data(), &record, sizeof record);
    return bytes;
}

} // namespace mitori::status
