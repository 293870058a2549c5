// What the distributor wants enabled after installation: systemd.preset(5). Only shown; `preset` is no verb of ours
// yet.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "unit/load.hpp"
#include "unit/source.hpp"

namespace mitori::unit {

enum class Preset : std::uint8_t { enable, disable, ignore };

/// The standard folders of the host's scope, most important first.
[[nodiscard]] std::vector<std::string> preset_folders(Host const& host);

class Presets {
public:
    /// Every *.preset file of the folders, in order of their names; of two with one name the one from the more
    /// important folder. Folders and files that cannot be read say nothing.
    [[nodiscard]] static Presets read(std::vector<std::string> const& folders);

    /// One more file's lines, after those that were read before.
    void add(Source const& source);
    /// By the first line that speaks of the unit; enable where none does.
    [[nodiscard]] Preset decide(std::string_view unit) const;
    /// Lines that make no sense.
    [[nodiscard]] std::vector<Diagnostic> const& diagnostics() const { return diagnostics_; }

private:
    struct Rule {
        Preset preset;
        std::string pattern;
        std::vector<std::string> instances; ///< of a template; empty: the pattern speaks of the whole name
    };
    std::vector<Rule> rules_;
    std::vector<Diagnostic> diagnostics_;
};

} // namespace mitori::unit

/// As UnitFilePreset and list-unit-files show it.
template <>
struct mitori::base::Names<mitori::unit::Preset> {
    using E = mitori::unit::Preset;
    static constexpr auto table =
        std::to_array<Name<E>>({{E::enable, "enabled"}, {E::disable, "disabled"}, {E::ignore, "ignored"}});
};
