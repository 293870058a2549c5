// Files of environment variables, in the three dialects that people have them in.
//
//     docker    --env-file of docker run: NAME=value as it stands, quotes and blanks and all; a bare NAME is passed on
//               from our own environment; a line that begins with "#" is a comment
//     systemd   EnvironmentFile= of systemd.exec(5): quotes, escapes, continuations
//     dotenv    .env of foreman and its kin: quotes, "export", comments behind values
//
// https://docs.docker.com/reference/cli/docker/container/run/#env
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "unit/settings/exec.hpp"

namespace mitori::run {

enum class Dialect : std::uint8_t { docker, systemd, dotenv };

struct EnvFile {
    unit::EnvironmentSetting entries; ///< in the order of the file; of two of one name the later counts
    std::vector<std::string> remarks; ///< "file:3: …": what is odd and was left out, at most six lines
};

/// The error is one line for each thing that is wrong, with its place; after five the number of the others. `path` is
/// what they call the file, `own` our own environment. Pure.
[[nodiscard]] std::expected<EnvFile, std::string>
parse_env_file(Dialect dialect, std::string_view text, std::string const& path, unit::EnvironmentSetting const& own);

} // namespace mitori::run

template <>
struct mitori::base::Names<mitori::run::Dialect> {
    using Dialect = mitori::run::Dialect;
    static constexpr auto table = std::to_array<Name<Dialect>>({
        {Dialect::docker, "docker"},
        {Dialect::systemd, "systemd"},
        {Dialect::dotenv, "dotenv"},
    });
};
