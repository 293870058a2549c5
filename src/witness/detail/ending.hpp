// What every source does to make a Death of what it saw.
#pragma once

#include <string>

#include "status/death.hpp"
#include "witness/judge.hpp"

namespace mitori::witness::detail {

/// A wait status as kind and status.
void tell_ending(int wait_status, status::Death& death);
/// Another reason, beside those that are there.
void add_unknown(status::Death& death, std::string_view reason);
/// Cause, limit and reason; the sender is the source's to tell.
void apply_judgement(Judgement judgement, status::Death& death);
/// 32 hex digits; "" where the kernel does not tell.
[[nodiscard]] std::string read_boot();

} // namespace mitori::witness::detail
