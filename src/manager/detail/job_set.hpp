// The jobs of a transaction while it is built, and who asked for whom.
//
// A unit may have several jobs until they are merged. Nothing is erased: a job that is dropped is marked so, and a link
// counts as long as both its ends live. Everything is an index, lists are chains through the entries: a thousand jobs
// need four allocations.
#pragma once

#include <cstdint>
#include <vector>

#include "manager/detail/job_types.hpp"
#include "manager/transaction.hpp"

namespace mitori::manager {

/// Index of a job in the set.
enum class At : std::uint32_t {};
inline constexpr At nowhere{0xffff'ffff};
[[nodiscard]] constexpr std::size_t index(At at) { return static_cast<std::size_t>(at); }

/// Whether the asking job fails without the one it asks for.
enum class Need : std::uint8_t { must, may };
/// Whether the job was asked for because the asking unit and its unit exclude each other.
enum class Cause : std::uint8_t { pull, conflict };

struct SetJob {
    UnitRef unit{};
    JobType type{};
    JobType merged{}; ///< with the queued job
    bool matters = false;
    bool dropped = false;
    At next_of_unit = nowhere;
    std::uint32_t asks = no_link;  ///< first link of the jobs this one asks for
    std::uint32_t asked = no_link; ///< first link of the jobs that ask for this one
    static constexpr std::uint32_t no_link = 0xffff'ffff;
};

class JobSet {
public:
    explicit JobSet(std::size_t units) : first_(units, nowhere) {}

    struct Added {
        At job;
        bool is_new;
    };
    Added add(UnitRef unit, JobType type);
    void link(At asker, At asked, Need need, Cause cause);

    [[nodiscard]] std::size_t size() const { return jobs_.size(); }
    [[nodiscard]] SetJob& operator[](At at) { return jobs_[index(at)]; }
    [[nodiscard]] SetJob const& operator[](At at) const { return jobs_[index(at)]; }
    /// The first living job of the unit, and the one after another.
    [[nodiscard]] At first_of(UnitRef unit) const { return living(first_[index(unit)]); }
    [[nodiscard]] At next_of_unit(At at) const { return living(jobs_[index(at)].next_of_unit); }
    /// Whether some job has it as a conflict of a living asker.
    [[nodiscard]] bool asked_as_conflict(At at) const;

    /// Marks what the anchor (the first job) needs, directly or not.
    void find_what_matters();
    /// Drops one job and nothing else: what it asked for may be asked for by others.
    void drop_alone(At at) { jobs_[index(at)].dropped = true; }
    /// Drops a job and all that must have it.
    void drop_with_dependents(At at);
    /// Drops what nobody asks for any more.
    void drop_unasked();
    /// Puts `other` into `at`, both of one unit.
    void absorb(At at, At other, JobType type);

    /// Calls what(At) for each living job, in the order of adding.
    template <class What>
    void for_each(What what) const {
        for (std::size_t i = 0; i < jobs_.size(); ++i)
            if (!jobs_[i].dropped) what(static_cast<At>(i));
    }

private:
    struct Link {
        At asker;
        At asked;
        Need need;
        Cause cause;
        std::uint32_t next_of_asker;
        std::uint32_t next_of_asked;
    };
    [[nodiscard]] At living(At at) const {
        while (at != nowhere && jobs_[index(at)].dropped)
            at = jobs_[index(at)].next_of_unit;
        return at;
    }

    std::vector<SetJob> jobs_;
    std::vector<Link> links_;
    std::vector<At> first_; ///< by unit
};

} // namespace mitori::manager
