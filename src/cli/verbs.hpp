// The table of verbs. A verb is one row and one function in a file of src/cli/verbs; help, completion and dispatch come
// from the row.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/context.hpp"

namespace mitori::cli {

/// Whom a verb needs.
enum class Needs { manager, nobody };
/// Whether systemctl has it too: those are all that is there when we are called by that name.
enum class Kin { systemctls, ours };
/// What its arguments are, for completion.
enum class Words { none, units, files, jobs, shells };

using Arguments = std::vector<std::string>;

struct Verb {
    std::string_view name;
    std::string_view usage; ///< of the arguments: "UNIT…", "[PATTERN…]"
    std::size_t least = 0;  ///< arguments
    std::size_t most = 0;
    Words words = Words::none;
    Kin kin = Kin::systemctls;
    Needs needs = Needs::manager;
    int (*run)(Context& context, Arguments const& arguments) = nullptr; ///< the exit status; null for cli::Programs
    std::string_view summary;
};

[[nodiscard]] std::span<Verb const> verbs();
[[nodiscard]] Verb const* find_verb(std::string_view name);

// src/cli/verbs/*.cpp
int start(Context& context, Arguments const& units);
int stop(Context& context, Arguments const& units);
int restart(Context& context, Arguments const& units);
int try_restart(Context& context, Arguments const& units);
int reload(Context& context, Arguments const& units);
int reload_or_restart(Context& context, Arguments const& units);
int try_reload_or_restart(Context& context, Arguments const& units);
int kill(Context& context, Arguments const& units);
int status(Context& context, Arguments const& units);
int show(Context& context, Arguments const& units);
int cat(Context& context, Arguments const& units);
int is_active(Context& context, Arguments const& units);
int is_failed(Context& context, Arguments const& units);
int is_system_running(Context& context, Arguments const& none);
int list_units(Context& context, Arguments const& patterns);
int list_unit_files(Context& context, Arguments const& patterns);
int list_jobs(Context& context, Arguments const& patterns);
int cancel(Context& context, Arguments const& jobs);
int reset_failed(Context& context, Arguments const& units);
int daemon_reload(Context& context, Arguments const& none);
int exit(Context& context, Arguments const& none);
int poweroff(Context& context, Arguments const& none);
int reboot(Context& context, Arguments const& none);
int halt(Context& context, Arguments const& none);
int show_environment(Context& context, Arguments const& none);
int set_environment(Context& context, Arguments const& assignments);
int unset_environment(Context& context, Arguments const& names);
int import_environment(Context& context, Arguments const& names);
int tree(Context& context, Arguments const& patterns);
int plan(Context& context, Arguments const& units);
int verify(Context& context, Arguments const& files);
int completion(Context& context, Arguments const& shell);
int help(Context& context, Arguments const& none);
int version(Context& context, Arguments const& none);

} // namespace mitori::cli
