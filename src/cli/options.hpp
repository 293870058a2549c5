// What may be said beside a verb. As with systemctl, every option is understood with every verb, before or after it;
// which ones mean something is for the verb to say.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/signal.hpp"
#include "control/control.hpp"

namespace mitori::cli {

enum class Format { text, json };
enum class Scope { automatic, system, user };

struct Options {
    std::vector<std::string> words; ///< the verb and its arguments

    std::optional<std::string> runtime_dir;
    Scope scope = Scope::automatic;
    Format format = Format::text;
    std::string log_format = "short"; ///< of the lines of the log that `status` shows
    std::uint64_t log_lines = 10;     ///< how many; 0: none

    std::vector<std::string> properties;
    std::vector<std::string> states;
    std::vector<std::string> types;
    control::JobMode job_mode = control::JobMode::replace;
    control::KillWhom kill_whom = control::KillWhom::all;
    base::Signal signal{SIGTERM};

    bool all = false;
    bool full = false;
    bool legend = true;
    bool plain = false;
    bool quiet = false;
    bool value = false;
    bool block = true;
    bool wait = false;
    bool force = false;
    bool pager = true;
    bool help = false;
    bool version = false;
};

/// The options, or the sentence that says what is wrong with them.
[[nodiscard]] std::expected<Options, std::string> parse_options(int argc, char const* const* argv);

/// An option as help and completion show it: "-q, --quiet", with "=STATE" where it takes a word.
struct OptionHelp {
    std::string names;
    std::string summary;
};
[[nodiscard]] std::vector<OptionHelp> option_help();

} // namespace mitori::cli
