#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "bin/up_console.hpp"

namespace mitori::bin {

enum class KeepGoing : std::uint8_t { no, yes };

/// What `mitori up` was asked for, as it was said.
struct UpArguments {
    std::string runtime_directory;
    std::vector<std::string> words; ///< Procfiles, folders, unit files, and how many of which process
    std::optional<std::string> procfile;
    std::optional<std::string> root;
    std::vector<std::string> env_files; ///< none: .env in the root, if there is one
    std::vector<std::string> formation;
    std::optional<std::uint32_t> port;
    base::Usec timeout = std::chrono::seconds(5);
    std::optional<Look> look;
    std::optional<Colours> colours;
    Clock clock = Clock::yes;
    KeepGoing keep_going = KeepGoing::no;
    std::optional<int> leave; ///< the exit status, where there is nothing to run
};

/// Prints the help, or what is wrong, where there is nothing to run.
[[nodiscard]] UpArguments parse_up_arguments(std::span<char const* const> words);

/// Says it on stderr; the exit status for wrong use.
int complain_of_up(std::string_view text);

} // namespace mitori::bin
