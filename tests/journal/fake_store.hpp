// A store in memory that outlives its recorder, as the files do: what was appended stays, what was only gathered goes.
#pragma once

#include <cerrno>
#include <limits>
#include <string>
#include <vector>

#include "journal/store.hpp"

namespace mitori::test {

/// Thrown where a kill is played. The loop's guard catches it; `Disk::dead` says that it came.
struct Killed {};

struct KeptEntry {
    base::Stamp at;
    std::vector<std::string> fields;
    [[nodiscard]] std::string value(std::string_view name) const {
        for (auto const& field : fields)
            if (field.starts_with(name) && field.size() > name.size() && field[name.size()] == '=')
                return field.substr(name.size() + 1);
        return {};
    }
};

struct Disk {
    std::vector<KeptEntry> entries;
    std::size_t room = std::numeric_limits<std::size_t>::max();
    std::size_t put_in_early = std::numeric_limits<std::size_t>::max(); ///< of what is gathered
    /// The n-th step from now is the last one.
    int steps_left = -1;
    bool dead = false;

    void step() {
        if (dead) throw Killed();
        if (steps_left > 0 && --steps_left == 0) {
            dead = true;
            throw Killed();
        }
    }
    void live_again() {
        dead = false;
        steps_left = -1;
    }
    [[nodiscard]] std::vector<std::string> messages() const {
        std::vector<std::string> all;
        for (auto const& entry : entries)
            all.push_back(entry.value("MESSAGE"));
        return all;
    }
};

class FakeStore final : public journal::Store {
public:
    explicit FakeStore(Disk& disk) : disk_(disk) {}

    base::Result<void> append(journal::Entry const& entry) override {
        disk_.step();
        KeptEntry kept{.at = entry.at, .fields = *entry.label};
        for (auto const field : entry.fields)
            kept.fields.emplace_back(field);
        gathered_.push_back(std::move(kept));
        if (gathering_ && gathered_.size() < disk_.put_in_early) return {};
        return put_in();
    }
    void gather() override { gathering_ = true; }
    base::Result<void> commit() override {
        gathering_ = false;
        return put_in();
    }
    [[nodiscard]] std::uint64_t last_entry() const override { return disk_.entries.size(); }
    base::Result<void> rotate() override { return {}; }
    base::Result<void> sync() override { return {}; }

private:
    base::Result<void> put_in() {
        disk_.step();
        auto const entries = std::exchange(gathered_, {});
        if (disk_.entries.size() + entries.size() > disk_.room) return base::make_error(ENOSPC, "append");
        disk_.entries.insert(disk_.entries.end(), entries.begin(), entries.end());
        disk_.step();
        return {};
    }

    Disk& disk_;
    bool gathering_ = false;
    std::vector<KeptEntry> gathered_;
};

} // namespace mitori::test
