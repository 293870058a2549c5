#pragma once

#include <cstdint>
#include <sys/syscall.h>

#include "process/detail/raw.hpp"

namespace mitori::process::detail {

/// Blocks every signal of this thread while it lives, also the two that glibc keeps for itself and would not block.
class AllBlocked {
public:
    AllBlocked() { set(~std::uint64_t{0}, &before_); }
    ~AllBlocked() { set(before_, nullptr); }
    AllBlocked(AllBlocked const&) = delete;
    AllBlocked& operator=(AllBlocked const&) = delete;

private:
    static void set(std::uint64_t mask, std::uint64_t* before) {
        constexpr long set_whole = 2; // SIG_SETMASK
        raw::call(SYS_rt_sigprocmask, set_whole, raw::word(&mask), raw::word(before), raw::mask_bytes);
    }
    std::uint64_t before_ = 0;
};

} // namespace mitori::process::detail
