// One reader of options for each style; read_arguments chooses.
#pragma once

#include <optional>
#include <span>

#include "init/arguments.hpp"
#include "init/detail/scanner.hpp"

namespace mitori::init::detail {

/// The defaults of each, and then what the arguments say.
std::optional<Ending> read_mitori(Arguments const& arguments, Settings& settings, Text& said);
std::optional<Ending> read_tini(Arguments const& arguments, Settings& settings, Text& said);
std::optional<Ending> read_dumb_init(Arguments const& arguments, Settings& settings, Text& said);
std::optional<Ending> read_catatonit(Arguments const& arguments, Settings& settings, Text& said);

/// "mitori-init 0.1.0"
inline constexpr std::string_view own_version = "mitori-init " MITORI_VERSION;
/// What -l and -L show.
extern std::string_view const licence;

/// mixed, as glibc has it, where the environment does not say POSIXLY_CORRECT.
[[nodiscard]] Order mixed_order(char** environment);
/// The signals that glibc's sigfillset(3) leaves out, so that no peer ever sees them: 32 and 33.
void leave_to_library(base::SignalSet& set);
/// The last part of a path.
[[nodiscard]] std::string_view base_name(std::string_view path);

} // namespace mitori::init::detail
