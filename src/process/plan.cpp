#include "process/plan.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <iterator>

#include "process/detail/block.hpp"

namespace mitori::process {

using namespace detail;

namespace {

/// While a plan grows, slots that steps fill are numbered from here; finish() moves them behind the sources.
constexpr std::uint16_t opened_base = 0x8000;

/// Appends what the payload of one step points to.
class Tail {
public:
    explicit Tail(std::vector<std::byte>& block) : block_(block) {}

    char const* wrong = nullptr;

    Text text(std::string_view text) {
        if (text.find('\0') != std::string_view::npos) wrong = "NUL in a string";
        auto const at = size();
        auto const* bytes = reinterpret_cast<std::byte const*>(text.data());
        block_.insert(block_.end(), bytes, bytes + text.size());
        block_.push_back(std::byte{0});
        return {at};
    }

    /// The strings from `roomy` on are followed by room for a pid's digits.
    List list(std::vector<std::string> const& strings, std::size_t roomy = SIZE_MAX) {
        align(8);
        List const list{size(), static_cast<std::uint32_t>(strings.size())};
        block_.resize(block_.size() + (strings.size() + 1) * 8);
        for (std::size_t n = 0; n < strings.size(); ++n) {
            std::uint64_t const word = text(strings[n]).at;
            std::memcpy(&block_[list.at + n * 8], &word, sizeof word);
            if (n >= roomy) block_.resize(block_.size() + pid_room - 1);
        }
        return list;
    }

    template <class Range>
    Numbers numbers(Range const& values) {
        align(4);
        Numbers const numbers{size(), static_cast<std::uint32_t>(std::size(values))};
        for (auto const value : values) {
            auto const number = static_cast<std::uint32_t>(value);
            auto const* bytes = reinterpret_cast<std::byte const*>(&number);
            block_.insert(block_.end(), bytes, bytes + sizeof number);
        }
        return numbers;
    }

    void align(std::size_t width) { block_.resize((block_.size() + width - 1) / width * width); }

    [[nodiscard]] std::uint32_t word(std::uint32_t at) const {
        std::uint64_t word = 0;
        std::memcpy(&word, &block_[at], sizeof word);
        return static_cast<std::uint32_t>(word);
    }

private:
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(block_.size()); }
    std::vector<std::byte>& block_;
};

/// Moves the slots that steps fill behind the sources, now that their number is known.
struct Renumber {
    std::byte* block;
    std::uint16_t sources;

    template <class Number>
    void settle(Number& slot) const {
        if (slot >= opened_base && slot != no_slot) slot = static_cast<Number>(slot - opened_base + sources);
    }
    void uses(std::uint16_t& slot) const { settle(slot); }
    void fills(std::uint16_t& slot) const { settle(slot); }
    void placements(Place const& place) const {
        auto* slots = reinterpret_cast<std::uint32_t*>(block + place.slots.at);
        std::for_each_n(slots, place.slots.count, [this](std::uint32_t& slot) { settle(slot); });
    }
    void text(Text) const {}
    void list(List) const {}
    void numbers(Numbers) const {}
    void pids(Numbers) const {}
    void address(std::uint16_t) const {}
};

std::uint16_t number_of(Slot slot) { return static_cast<std::uint16_t>(slot); }

} // namespace

std::string_view Plan::program() const {
    if (block_.size() < sizeof(Header)) return {};
    Header header;
    std::memcpy(&header, block_.data(), sizeof header);
    return reinterpret_cast<char const*>(&block_[header.program]);
}

void PlanBuilder::break_with(std::string reason) {
    if (!broken_) broken_ = base::Error{EINVAL, "make plan", std::move(reason)};
}

template <class Payload, class Fill>
void PlanBuilder::add(Stage stage, Payload payload, Fill fill) {
    auto& block = plan_.block_;
    if (block.empty()) block.resize(sizeof(Header));
    if (block.size() > most_block_bytes || steps_ == UINT16_MAX) {
        if (!broken_) broken_ = base::Error{E2BIG, "make plan", "too many steps"};
        return;
    }
    std::size_t const at = block.size();
    block.resize(at + sizeof(StepHeader) + sizeof payload);
    Tail tail(block);
    fill(tail, payload);
    if (tail.wrong != nullptr) break_with(tail.wrong);
    tail.align(8);
    StepHeader const header{op_of<Payload>(), static_cast<std::uint16_t>(stage),
                            static_cast<std::uint32_t>(block.size() - at)};
    std::memcpy(&block[at], &header, sizeof header);
    std::memcpy(&block[at + sizeof header], &payload, sizeof payload);
    ++steps_;
}

template <class Payload>
void PlanBuilder::add(Stage stage, Payload payload) {
    add(stage, payload, [](Tail&, Payload&) {});
}

void PlanBuilder::new_session() { add(Stage::setsid, NewSession{}); }
void PlanBuilder::new_group() { add(Stage::setsid, JoinGroup{0}); }
void PlanBuilder::join_group(pid_t group) { add(Stage::setsid, JoinGroup{group}); }

void PlanBuilder::become_orphan() {
    if (pdeathsig_ || orphan_) break_with(orphan_ ? "orphan twice" : "parent death signal of an orphan");
    orphan_ = true;
    add(Stage::spawn, BecomeOrphan{});
}

void PlanBuilder::limit(Limit const& limit, Denied denied) {
    add(Stage::limits, SetLimit{limit.resource, limit.soft, limit.hard, denied});
}

void PlanBuilder::nice(int value, Denied denied) { add(Stage::nice, SetNice{value, denied}); }

void PlanBuilder::scheduler(Scheduling const& value) {
    add(Stage::setscheduler, SetScheduler{value.policy, value.priority, value.reset_on_fork ? 1U : 0U});
}

void PlanBuilder::io_priority(int value) { add(Stage::ioprio, SetIoPriority{value}); }
void PlanBuilder::cpu_affinity(CpuMask const& mask) { add(Stage::cpuaffinity, SetAffinity{mask}); }

void PlanBuilder::oom_score_adjust(int value, Denied denied) {
    if (denied == Denied::takes_nearest) break_with("no nearest OOM score");
    add(Stage::oom_adjust, SetOomScore{.value = {}, .denied = denied},
        [&](Tail& tail, SetOomScore& step) { step.value = tail.text(fmt::format("{}", value)); });
}

void PlanBuilder::umask(mode_t mask) { add(Stage::exec, SetUmask{mask}); }
void PlanBuilder::timer_slack(std::uint64_t nanoseconds) { add(Stage::timerslack, SetTimerSlack{nanoseconds}); }
void PlanBuilder::new_network() { add(Stage::network, NewNetwork{}); }
void PlanBuilder::no_new_privileges() { add(Stage::no_new_privileges, NoNewPrivileges{}); }

void PlanBuilder::parent_death_signal(base::Signal signal) {
    if (orphan_) break_with("parent death signal of an orphan");
    pdeathsig_ = true;
    add(Stage::exec, ParentDeathSignal{signal.number});
}

void PlanBuilder::born_in_cgroup(Slot directory) {
    if (cgroup_) break_with("born in two cgroups");
    if (number_of(directory) >= opened_base) break_with("born in a cgroup that a step opens");
    cgroup_ = directory;
}

void PlanBuilder::join_cgroup(Slot directory) { add(Stage::cgroup, JoinCgroup{number_of(directory)}); }

void PlanBuilder::root_directory(std::string_view path) {
    add(Stage::chroot, ChangeRoot{}, [&](Tail& tail, ChangeRoot& step) { step.path = tail.text(path); });
}

void PlanBuilder::working_directory(std::string_view path, Missing missing) {
    add(Stage::chdir, ChangeDirectory{.path = {}, .ignore_missing = missing == Missing::is_ignored ? 1U : 0U},
        [&](Tail& tail, ChangeDirectory& step) { step.path = tail.text(path); });
}

void PlanBuilder::managed_directory(ManagedDirectory const& directory, Stage stage) {
    if (!directory.path.starts_with('/')) break_with("a managed directory needs an absolute path");
    // A slash at the end would have the kernel follow a symbolic link there.
    std::string_view path = directory.path;
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    add(stage,
        MakeDirectory{.path = {},
                      .mode = directory.mode,
                      .uid = directory.uid,
                      .gid = directory.gid,
                      .existing = directory.existing},
        [&](Tail& tail, MakeDirectory& step) { step.path = tail.text(path); });
}

void PlanBuilder::symbolic_link(std::string_view target, std::string_view path, Stage stage) {
    if (!path.starts_with('/')) break_with("a link needs an absolute path");
    add(stage, MakeLink{}, [&](Tail& tail, MakeLink& step) {
        step.path = tail.text(path);
        step.target = tail.text(target);
    });
}

Slot PlanBuilder::lend(int fd) {
    if (plan_.sources_.size() >= most_slots) {
        if (!broken_) broken_ = base::Error{E2BIG, "make plan", "too many descriptors"};
        return Slot{0};
    }
    plan_.sources_.push_back(fd);
    return static_cast<Slot>(plan_.sources_.size() - 1);
}

Slot PlanBuilder::give(base::Fd fd) {
    Slot const slot = lend(fd.get());
    plan_.owned_.push_back(std::move(fd));
    return slot;
}

Slot PlanBuilder::next_opened() {
    if (opened_ < most_slots) return static_cast<Slot>(opened_base + opened_++);
    if (!broken_) broken_ = base::Error{E2BIG, "make plan", "too many descriptors"};
    return static_cast<Slot>(opened_base);
}

Slot PlanBuilder::open_file(std::string_view path, int flags, mode_t mode, Stage stage) {
    Slot const slot = next_opened();
    add(stage, OpenFile{.path = {}, .flags = flags, .mode = mode, .slot = number_of(slot)},
        [&](Tail& tail, OpenFile& step) { step.path = tail.text(path); });
    return slot;
}

Slot PlanBuilder::connect_unix(std::string_view path, Stage stage) {
    Slot const slot = next_opened();
    ConnectUnix step{};
    step.slot = number_of(slot);
    step.address.sun_family = AF_UNIX;
    // "@name" stands for the abstract name, as everywhere in unit files.
    bool const abstract = path.starts_with('@');
    if (path.empty() || path.size() + (abstract ? 0 : 1) > sizeof step.address.sun_path) {
        break_with("no path for a socket: " + std::string(path));
        path = "?";
    }
    if (path.find('\0') != std::string_view::npos) break_with("NUL in a string");
    std::ranges::copy(path, step.address.sun_path);
    if (abstract) step.address.sun_path[0] = '\0';
    step.length = static_cast<std::uint16_t>(offsetof(sockaddr_un, sun_path) + path.size() + (abstract ? 0U : 1U));
    add(stage, step);
    return slot;
}

void PlanBuilder::truncate(Slot slot, Stage stage) { add(stage, Truncate{number_of(slot)}); }

void PlanBuilder::controlling_terminal(Slot slot, Stage stage, Steal steal) {
    add(stage, ControllingTerminal{number_of(slot), steal});
}

void PlanBuilder::take_foreground(Slot terminal, Stage stage) { add(stage, TakeForeground{number_of(terminal)}); }

void PlanBuilder::place(std::vector<Placement> placements) {
    std::ranges::sort(placements, {}, &Placement::number);
    std::vector<std::uint32_t> slots;
    std::vector<int> numbers;
    for (auto const& [slot, number] : placements) {
        if (number < 0 || number > highest_number) break_with(fmt::format("no descriptor can be number {}", number));
        if (!numbers.empty() && numbers.back() == number) break_with(fmt::format("two slots for number {}", number));
        slots.push_back(number_of(slot));
        numbers.push_back(number);
    }
    add(Stage::fds, Place{.highest = numbers.empty() ? -1 : numbers.back(), .slots = {}, .numbers = {}},
        [&](Tail& tail, Place& step) {
            step.slots = tail.numbers(slots);
            step.numbers = tail.numbers(numbers);
        });
}

void PlanBuilder::supplementary_groups(std::vector<gid_t> groups) {
    if (pdeathsig_) break_with("parent death signal before the identity");
    add(Stage::group, SetGroups{}, [&](Tail& tail, SetGroups& step) { step.groups = tail.numbers(groups); });
}

void PlanBuilder::group(gid_t gid) {
    if (pdeathsig_) break_with("parent death signal before the identity");
    if (gid == static_cast<gid_t>(-1)) break_with("no group");
    add(Stage::group, SetGid{gid});
}

void PlanBuilder::user(uid_t uid) {
    if (pdeathsig_) break_with("parent death signal before the identity");
    if (uid == static_cast<uid_t>(-1)) break_with("no user");
    add(Stage::user, SetUid{uid});
}

void PlanBuilder::signal_dispositions(base::SignalSet ignored) {
    add(Stage::signal_mask, SetDispositions{ignored.bits});
}

void PlanBuilder::signal_mask(base::SignalSet blocked) { add(Stage::signal_mask, SetMask{blocked.bits}); }

void PlanBuilder::environment(std::vector<std::string> entries) {
    if (!program_.empty()) break_with("environment after exec");
    environment_ = std::move(entries);
}

void PlanBuilder::pid_variable(std::string_view name) {
    if (!program_.empty()) break_with("environment after exec");
    if (name.empty() || name.find('=') != std::string_view::npos) break_with("no name for a variable");
    pid_variables_.emplace_back(name);
}

std::vector<std::string> PlanBuilder::environment_entries() const {
    std::vector<std::string> entries;
    std::ranges::copy_if(environment_, std::back_inserter(entries), [this](std::string const& entry) {
        return std::ranges::find(pid_variables_, entry.substr(0, entry.find('='))) == pid_variables_.end();
    });
    for (auto const& name : pid_variables_)
        entries.push_back(name + "=");
    return entries;
}

void PlanBuilder::execute(std::vector<std::string> candidates, std::vector<std::string> argv) {
    if (candidates.empty()) return break_with("no program");
    add_environment();
    program_ =
        candidates.size() == 1 ? candidates.front() : candidates.front().substr(candidates.front().rfind('/') + 1);
    add(Stage::exec, Execute{}, [&](Tail& tail, Execute& step) {
        step.candidates = tail.list(candidates);
        step.argv = tail.list(argv);
    });
}

void PlanBuilder::execute_descriptor(Slot program, std::vector<std::string> argv) {
    add_environment();
    program_ = argv.empty() ? "?" : argv.front();
    add(Stage::exec, ExecuteDescriptor{.argv = {}, .slot = number_of(program)},
        [&](Tail& tail, ExecuteDescriptor& step) { step.argv = tail.list(argv); });
}

void PlanBuilder::add_environment() {
    add(Stage::exec, SetEnvironment{}, [this](Tail& tail, SetEnvironment& step) {
        auto entries = environment_entries();
        std::size_t const fixed = entries.size() - pid_variables_.size();
        step.entries = tail.list(entries, fixed);
        std::vector<std::uint32_t> digits;
        for (std::size_t n = fixed; n < entries.size(); ++n)
            digits.push_back(tail.word(step.entries.at + static_cast<std::uint32_t>(n * 8)) +
                             static_cast<std::uint32_t>(entries[n].size()));
        step.pids = tail.numbers(digits);
    });
}

base::Result<Plan> PlanBuilder::finish() && {
    if (broken_) return std::unexpected(*std::move(broken_));
    auto& block = plan_.block_;
    if (block.empty()) block.resize(sizeof(Header));
    auto const sources = static_cast<std::uint16_t>(plan_.sources_.size());
    Header header;
    header.sources = sources;
    header.slots = static_cast<std::uint16_t>(sources + opened_);
    header.steps = steps_;
    header.cgroup = cgroup_ ? number_of(*cgroup_) : no_slot;
    header.program = Tail(block).text(program_).at;
    Tail(block).align(8);
    header.size = static_cast<std::uint32_t>(block.size());
    std::memcpy(block.data(), &header, sizeof header);

    Renumber renumber{block.data(), sources};
    for_each_step(block.data(), [&](StepHeader&, auto& payload) { payload.fields(renumber); });
    if (auto checked = check_block(block, sources); !checked)
        return base::make_error(EINVAL, "make plan", std::move(checked).error().subject);
    return std::move(plan_);
}

} // namespace mitori::process
