// The children of an Office, as a table: they begin when the loop comes to it, and end when the test says so.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "manager/children.hpp"

namespace mitori::test {

struct FakeProcess {
    manager::UnitRef unit{};
    std::optional<manager::Role> role;
    std::string program;
    std::string plan;
};

class Office;

class FakeChildren final : public manager::Children {
public:
    FakeChildren(Office& office, Owner owner) : office_(office), owner_(std::move(owner)) {}
    process::SpawnId submit(manager::UnitRef unit, process::Plan plan, std::vector<base::Fd>) override;
    bool congested() const override;
    bool expecting() const override { return !held_.empty(); }
    manager::Held hold(manager::UnitRef unit, manager::Role role, process::Child child) override;
    void forget(pid_t pid) override;
    bool signal(process::Child const& child, base::Signal signal) override;
    std::optional<manager::UnitRef> unit_of(pid_t pid) const override;
    void end(pid_t pid, process::Exit exit);
    void drain() { owner_.drained(); }
    /// The starts that Office::holds_starts has held back are told of.
    void release();

private:
    void begin(manager::UnitRef unit, process::SpawnId id, std::string program, std::string plan);
    Office& office_;
    Owner owner_;
    std::uint64_t spawns_ = 0;
    std::vector<std::function<void()>> held_;
};

} // namespace mitori::test
