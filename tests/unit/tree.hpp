// A search path of a test's own: a temporary folder that goes with it.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "unit/load.hpp"

namespace mitori::unit {

class Tree {
public:
    Tree() {
        auto pattern = (std::filesystem::temp_directory_path() / "mitori-unit-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) std::abort();
        root_ = pattern;
        for (auto const* folder : {"etc", "run", "lib"})
            std::filesystem::create_directory(root_ / folder);
    }
    Tree(Tree const&) = delete;
    Tree& operator=(Tree const&) = delete;
    ~Tree() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }

    [[nodiscard]] std::string path(std::string const& below) const { return (root_ / below).string(); }
    void write(std::string const& below, std::string const& text) const {
        std::filesystem::create_directories((root_ / below).parent_path());
        std::ofstream(root_ / below) << text;
    }
    /// A symbolic link; a target that begins with "/tree/" lies in this tree.
    void link(std::string const& below, std::string target) const {
        std::filesystem::create_directories((root_ / below).parent_path());
        if (target.starts_with("/tree/")) target = path(target.substr(6));
        std::filesystem::create_symlink(target, root_ / below);
    }
    /// Make the file look as if it had been written this much later than it was.
    void age(std::string const& below, std::chrono::seconds later) const {
        std::filesystem::last_write_time(root_ / below, std::filesystem::last_write_time(root_ / below) + later);
    }

    /// etc before run before lib; lib is the vendor's.
    [[nodiscard]] SearchPath search_path() const { return {{path("etc"), path("run"), path("lib")}, {path("lib")}}; }
    [[nodiscard]] Host host(Scope scope = Scope::system) const {
        Host made{.scope = scope};
        made.runtime_directory = path("run");
        made.state_directory = "/var/lib";
        made.host_name = "machine.example";
        made.machine_id = "0123456789abcdef0123456789abcdef";
        made.boot_id = "fedcba9876543210fedcba9876543210";
        made.os_release = {{"ID", "debian"}, {"VERSION_ID", "12"}};
        made.user_name = "root";
        made.user_home = "/root";
        return made;
    }
    [[nodiscard]] Loader loader(Scope scope = Scope::system) const { return {search_path(), host(scope)}; }

private:
    std::filesystem::path root_;
};

/// The texts of the diagnostics, as people see them but for the folder.
inline std::vector<std::string> messages(Unit const& unit, std::string const& folder = {}) {
    std::vector<std::string> all;
    for (auto diagnostic : unit.diagnostics) {
        if (!folder.empty() && diagnostic.file.starts_with(folder)) diagnostic.file.erase(0, folder.size() + 1);
        all.push_back(diagnostic.message());
    }
    return all;
}

/// The units that stand in this relation, in order.
inline std::vector<std::string> related(Unit const& unit, Relation relation) {
    std::vector<std::string> names;
    for (auto const& dependency : *unit.info.dependencies)
        if (dependency.relation == relation) names.push_back(dependency.unit);
    return names;
}

/// The least that makes a service good.
inline std::string const service_text = "[Service]\nExecStart=/bin/true\n";

} // namespace mitori::unit
