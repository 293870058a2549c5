// One function a kind of condition, and what they share. An answer is whether the condition holds, negation aside;
// nothing where that cannot be told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "manager/conditions.hpp"

namespace mitori::manager {

/// The world of one round of tests: what it is asked for is read once.
class Scene {
public:
    explicit Scene(World const& world) : world_(world), self_(world.self ? *world.self : read_self()) {}

    [[nodiscard]] Self const& self() const { return self_; }
    [[nodiscard]] bool user_manager() const { return world_.user_manager; }
    /// Where a path of the scene is for us.
    [[nodiscard]] std::string at(std::string_view path) const { return world_.root + std::string(path); }
    [[nodiscard]] bool exists(std::string_view path) const;
    /// Empty for what cannot be read.
    [[nodiscard]] std::string text(std::string_view path) const;
    [[nodiscard]] std::string line(std::string_view path) const;
    /// The file's text, split and owned.
    [[nodiscard]] std::vector<std::string> pieces(std::string_view path, std::string_view separators = "\n") const;
    [[nodiscard]] std::optional<std::string> variable(std::string const& name) const;
    /// The word of systemd-detect-virt(1) for the innermost container or machine; "none".
    [[nodiscard]] std::string const& container();
    [[nodiscard]] std::string const& machine();
    [[nodiscard]] std::vector<std::string> command_line();

private:
    World const& world_;
    Self self_;
    std::optional<std::string> container_;
    std::optional<std::string> machine_;
};

using Held = std::optional<bool>;
using ConditionTest = Held (*)(std::string const& parameter, Scene& scene);

// -- detail/virtualization.cpp
[[nodiscard]] std::string detect_container(Scene const& scene);
[[nodiscard]] std::string detect_machine(Scene const& scene);
[[nodiscard]] Held is_virtualization(std::string const& parameter, Scene& scene);

// -- detail/condition_paths.cpp
[[nodiscard]] Held path_exists(std::string const& path, Scene& scene);
[[nodiscard]] Held path_exists_glob(std::string const& pattern, Scene& scene);
[[nodiscard]] Held path_is_directory(std::string const& path, Scene& scene);
[[nodiscard]] Held path_is_symbolic_link(std::string const& path, Scene& scene);
[[nodiscard]] Held path_is_mount_point(std::string const& path, Scene& scene);
[[nodiscard]] Held path_is_read_write(std::string const& path, Scene& scene);
[[nodiscard]] Held path_is_encrypted(std::string const& path, Scene& scene);
[[nodiscard]] Held directory_not_empty(std::string const& path, Scene& scene);
[[nodiscard]] Held file_not_empty(std::string const& path, Scene& scene);
[[nodiscard]] Held file_is_executable(std::string const& path, Scene& scene);
[[nodiscard]] Held needs_update(std::string const& path, Scene& scene);

// -- detail/condition_machine.cpp: the machine and its kernel
[[nodiscard]] Held is_architecture(std::string const& parameter, Scene& scene);
[[nodiscard]] Held has_firmware(std::string const& parameter, Scene& scene);
[[nodiscard]] Held kernel_has_option(std::string const& parameter, Scene& scene);
[[nodiscard]] Held is_kernel_version(std::string const& parameter, Scene& scene);
[[nodiscard]] Held has_security(std::string const& parameter, Scene& scene);
[[nodiscard]] Held has_capability(std::string const& parameter, Scene& scene);
[[nodiscard]] Held on_ac_power(std::string const& parameter, Scene& scene);
[[nodiscard]] Held has_memory(std::string const& parameter, Scene& scene);
[[nodiscard]] Held has_cpus(std::string const& parameter, Scene& scene);
[[nodiscard]] Held has_cpu_feature(std::string const& parameter, Scene& scene);
[[nodiscard]] Held has_controllers(std::string const& parameter, Scene& scene);
[[nodiscard]] Held memory_pressure_below(std::string const& parameter, Scene& scene);
[[nodiscard]] Held cpu_pressure_below(std::string const& parameter, Scene& scene);
[[nodiscard]] Held io_pressure_below(std::string const& parameter, Scene& scene);

// -- detail/condition_system.cpp: the installed system and who we are in it
[[nodiscard]] Held is_host(std::string const& parameter, Scene& scene);
[[nodiscard]] Held has_credential(std::string const& parameter, Scene& scene);
[[nodiscard]] Held has_variable(std::string const& parameter, Scene& scene);
[[nodiscard]] Held is_os_release(std::string const& parameter, Scene& scene);
[[nodiscard]] Held is_user(std::string const& parameter, Scene& scene);
[[nodiscard]] Held is_group(std::string const& parameter, Scene& scene);
[[nodiscard]] Held is_first_boot(std::string const& parameter, Scene& scene);

} // namespace mitori::manager
