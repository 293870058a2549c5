#include "process/command.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::process {

namespace {

constexpr std::string_view default_path = "/usr/local/bin:/usr/bin:/bin";

using Changes = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// The changes laid over the environment of this process; a later change of a name wins.
std::vector<std::string> environment_of(ClearEnvironment clear, Changes const& changes) {
    std::vector<std::string> entries;
    auto const changed = [&](std::string_view entry) {
        return std::ranges::any_of(
            changes, [name = entry.substr(0, entry.find('='))](auto const& change) { return change.first == name; });
    };
    if (clear == ClearEnvironment::no)
        for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry)
            if (!changed(*entry)) entries.emplace_back(*entry);
    for (auto change = changes.begin(); change != changes.end(); ++change) {
        bool const last =
            std::none_of(change + 1, changes.end(), [&](auto const& later) { return later.first == change->first; });
        if (last && change->second) entries.push_back(change->first + "=" + *change->second);
    }
    return entries;
}

std::string_view search_path(std::vector<std::string> const& environment) {
    for (std::string_view const entry : environment)
        if (entry.starts_with("PATH=")) return entry.substr(5);
    return default_path;
}

/// An empty piece of $PATH is the working directory, execvp(3).
std::vector<std::string> candidates_of(std::string const& program, std::vector<std::string> const& environment) {
    if (program.find('/') != std::string::npos) return {program};
    std::vector<std::string> candidates;
    std::string_view path = search_path(environment);
    for (;;) {
        auto const piece = path.substr(0, path.find(':'));
        candidates.push_back(fmt::format("{}/{}", piece.empty() ? "." : piece, program));
        if (piece.size() == path.size()) return candidates;
        path.remove_prefix(piece.size() + 1);
    }
}

constexpr Stage stages[] = {Stage::standard_input, Stage::standard_output, Stage::standard_error};

/// Of a stream that needs nothing on our side.
Slot slot_of(PlanBuilder& plan, Stdio const& stdio, int number) {
    Stage const stage = stages[number];
    switch (stdio.kind) {
    case Stdio::Kind::null: return plan.open_file("/dev/null", number == 0 ? O_RDONLY : O_WRONLY, 0, stage);
    case Stdio::Kind::read_file: return plan.open_file(stdio.path, O_RDONLY, 0, stage);
    case Stdio::Kind::truncate_file: return plan.open_file(stdio.path, O_WRONLY | O_CREAT | O_TRUNC, 0666, stage);
    case Stdio::Kind::append_file: return plan.open_file(stdio.path, O_WRONLY | O_CREAT | O_APPEND, 0666, stage);
    case Stdio::Kind::descriptor: return plan.lend(stdio.fd);
    case Stdio::Kind::inherit:
    case Stdio::Kind::pipe:
    case Stdio::Kind::terminal:
    case Stdio::Kind::as_output: break;
    }
    // 0, 1 and 2 exist in every child: a file that it opens must not become its standard error by chance.
    bool const open = ::fcntl(number, F_GETFD) >= 0;
    return open ? plan.lend(number) : plan.open_file("/dev/null", number == 0 ? O_RDONLY : O_WRONLY, 0, stage);
}

/// The child's end goes into the plan.
base::Result<Slot> add_pipe(PlanBuilder& plan, base::Fd& ours, int number) {
    auto pipe = TRY(base::sys::pipe());
    ours = std::move(number == 0 ? pipe.second : pipe.first);
    return plan.give(std::move(number == 0 ? pipe.first : pipe.second));
}

} // namespace

struct Command::Ends {
    base::Fd pipes[3];
    base::Fd terminal;
};

Command::Command(std::string program) : argv_{program}, program_(std::move(program)) {}

Command& Command::arg(std::string argument) { return argv_.push_back(std::move(argument)), *this; }
Command& Command::args(std::vector<std::string> arguments) {
    std::ranges::move(arguments, std::back_inserter(argv_));
    return *this;
}
Command& Command::argv0(std::string name) { return argv_.front() = std::move(name), *this; }
Command& Command::env(std::string name, std::string value) {
    environment_.emplace_back(std::move(name), std::move(value));
    return *this;
}
Command& Command::unset_env(std::string name) {
    environment_.emplace_back(std::move(name), std::nullopt);
    return *this;
}
Command& Command::clear_env() { return clear_environment_ = true, environment_.clear(), *this; }
Command& Command::cwd(std::string path) { return cwd_ = std::move(path), *this; }
Command& Command::root(std::string path) { return root_ = std::move(path), *this; }
Command& Command::umask(mode_t mask) { return attributes_.umask = mask, *this; }
Command& Command::user(uid_t uid) { return identity_.user = uid, *this; }
Command& Command::group(gid_t gid) { return identity_.group = gid, *this; }
Command& Command::groups(std::vector<gid_t> groups) { return identity_.groups = std::move(groups), *this; }
Command& Command::new_session() { return attributes_.session = true, *this; }
Command& Command::new_group() { return attributes_.group = true, *this; }
Command& Command::join_group(pid_t group) { return attributes_.joined_group = group, *this; }
Command& Command::foreground(int terminal) { return attributes_.foreground = terminal, *this; }
Command& Command::controlling_terminal(int terminal) { return attributes_.controlling_terminal = terminal, *this; }
Command& Command::terminal_size(base::sys::WindowSize size) { return attributes_.terminal_size = size, *this; }
Command& Command::as_sibling() { return attributes_.sibling = true, *this; }
Command& Command::limit(Limit limit) { return attributes_.limits.push_back(limit), *this; }
Command& Command::nice(int value) { return attributes_.nice = value, *this; }
Command& Command::scheduler(Scheduling value) { return attributes_.scheduling = value, *this; }
Command& Command::io_priority(int value) { return attributes_.io_priority = value, *this; }
Command& Command::cpu_affinity(CpuMask mask) { return attributes_.affinity = mask, *this; }
Command& Command::oom_score_adjust(int value) { return attributes_.oom_score_adjust = value, *this; }
Command& Command::new_network() { return attributes_.new_network = true, *this; }
Command& Command::no_new_privileges() { return attributes_.no_new_privileges = true, *this; }
Command& Command::parent_death_signal(base::Signal signal) { return attributes_.parent_death = signal, *this; }
Command& Command::ignore(base::Signal signal) { return attributes_.ignored.add(signal), *this; }
Command& Command::block(base::Signal signal) { return attributes_.blocked.add(signal), *this; }
Command& Command::cgroup(int directory) { return attributes_.cgroup = directory, *this; }
Command& Command::join_cgroup(int directory) { return attributes_.joined_cgroups.push_back(directory), *this; }
Command& Command::stdin_from(Stdio stdio) { return stdio_[0] = std::move(stdio), *this; }
Command& Command::stdout_to(Stdio stdio) { return stdio_[1] = std::move(stdio), *this; }
Command& Command::stderr_to(Stdio stdio) { return stdio_[2] = std::move(stdio), *this; }
Command& Command::default_input(Stdio stdio) { return set_default(0, std::move(stdio)); }
Command& Command::default_output(Stdio stdio) { return set_default(1, std::move(stdio)); }
Command& Command::default_error(Stdio stdio) { return set_default(2, std::move(stdio)); }
Command& Command::default_daemon() {
    if (cwd_.empty()) cwd_.assign(1, '/'); // assigned as "/" gcc 12 sees an overlapping copy (-Wrestrict)
    if (!attributes_.umask) attributes_.umask = 0;
    return default_input(Stdio::null()).default_output(Stdio::null()).default_error(Stdio::null());
}
int Command::free_number() const {
    int number = 3;
    while (std::ranges::find(passed_, number, &std::pair<int, int>::second) != passed_.end())
        ++number;
    return number;
}
Command& Command::set_default(std::size_t number, Stdio stdio) {
    if (stdio_[number].kind == Stdio::Kind::inherit) stdio_[number] = std::move(stdio);
    return *this;
}
Command& Command::pass(int fd, int number) { return passed_.emplace_back(fd, number), *this; }
Command& Command::program_descriptor(int fd) { return program_fd_ = fd, *this; }

bool Command::wants_terminal() const {
    return std::ranges::any_of(stdio_, [](Stdio const& stdio) { return stdio.kind == Stdio::Kind::terminal; });
}

void Command::add_attributes(PlanBuilder& plan, Parentage parentage) const {
    Attributes const& wish = attributes_;
    if (wish.cgroup >= 0) plan.born_in_cgroup(plan.lend(wish.cgroup));
    for (int const directory : wish.joined_cgroups)
        plan.join_cgroup(plan.lend(directory));
    if (wish.new_network) plan.new_network();
    bool const session =
        wish.session || wish.controlling_terminal >= 0 || wants_terminal() || parentage == Parentage::is_left;
    if (session) plan.new_session();
    if (parentage == Parentage::is_left) plan.become_orphan();
    if (wish.group && !session) plan.new_group(); // a session's leader leads its group already
    if (wish.joined_group && !session) plan.join_group(*wish.joined_group);
    for (auto const& limit : wish.limits)
        plan.limit(limit);
    if (wish.oom_score_adjust) plan.oom_score_adjust(*wish.oom_score_adjust);
    if (wish.nice) plan.nice(*wish.nice);
    if (wish.scheduling) plan.scheduler(*wish.scheduling);
    if (wish.affinity) plan.cpu_affinity(*wish.affinity);
    if (wish.io_priority) plan.io_priority(*wish.io_priority);
    if (wish.umask) plan.umask(*wish.umask);
}

/// Files are opened as the caller sees them: before the root, the directory and the user change.
base::Result<std::vector<Slot>> Command::add_streams(PlanBuilder& plan, Ends* ends) const {
    std::optional<Slot> terminal;
    std::vector<Slot> slots;
    if (wants_terminal() && ends != nullptr) {
        auto pair = TRY(base::sys::open_terminal_pair());
        if (attributes_.terminal_size)
            TRY(base::sys::set_window_size(pair.controller.get(), *attributes_.terminal_size));
        ends->terminal = std::move(pair.controller);
        terminal = plan.give(std::move(pair.terminal));
    }
    for (int number = 0; number < 3; ++number) {
        auto const& stdio = stdio_[static_cast<std::size_t>(number)];
        bool const ours = stdio.kind == Stdio::Kind::pipe || stdio.kind == Stdio::Kind::terminal;
        if (ours && ends == nullptr)
            return base::make_error(EINVAL, "make plan", "pipes and terminals are for start()");
        if (stdio.kind == Stdio::Kind::as_output && number != 2)
            return base::make_error(EINVAL, "make plan", "only standard error can go with standard output");
        if (stdio.kind == Stdio::Kind::pipe)
            slots.push_back(TRY(add_pipe(plan, ends->pipes[number], number)));
        else if (stdio.kind == Stdio::Kind::terminal)
            slots.push_back(*terminal);
        else
            slots.push_back(stdio.kind == Stdio::Kind::as_output ? slots[1] : slot_of(plan, stdio, number));
    }
    add_terminal(plan, terminal);
    return slots;
}

/// Before the descriptors are placed, and before the user changes.
void Command::add_terminal(PlanBuilder& plan, std::optional<Slot> made) const {
    if (attributes_.controlling_terminal >= 0) made = plan.lend(attributes_.controlling_terminal);
    if (made) plan.controlling_terminal(*made, Stage::standard_input, PlanBuilder::Steal::no);
    if (attributes_.foreground >= 0) plan.take_foreground(plan.lend(attributes_.foreground), Stage::standard_input);
}

base::Result<std::optional<Slot>> Command::add_descriptors(PlanBuilder& plan, Ends* ends) const {
    auto const streams = TRY(add_streams(plan, ends));
    std::vector<PlanBuilder::Placement> placements;
    for (int number = 0; number < 3; ++number)
        placements.push_back({streams[static_cast<std::size_t>(number)], number});
    for (auto const& [fd, number] : passed_) {
        // A passed 0, 1 or 2 takes the place of that standard stream.
        std::erase_if(placements, [number](auto const& placement) { return placement.number == number; });
        placements.push_back({plan.lend(fd), number});
    }
    std::optional<Slot> program;
    if (program_fd_ >= 0) program = plan.lend(program_fd_);
    plan.place(std::move(placements));
    return program;
}

void Command::add_identity(PlanBuilder& plan) const {
    if (!root_.empty()) plan.root_directory(root_);
    if (identity_.groups) plan.supplementary_groups(*identity_.groups);
    if (identity_.group) plan.group(*identity_.group);
    if (identity_.user) plan.user(*identity_.user);
    if (!cwd_.empty()) plan.working_directory(cwd_, PlanBuilder::Missing::is_error);
    if (attributes_.no_new_privileges) plan.no_new_privileges();
    if (attributes_.parent_death) plan.parent_death_signal(*attributes_.parent_death);
}

base::Result<Plan> Command::make_plan(Ends* ends, Parentage parentage) const {
    PlanBuilder plan;
    add_attributes(plan, parentage);
    auto const program = TRY(add_descriptors(plan, ends));
    add_identity(plan);
    plan.signal_dispositions(attributes_.ignored);
    plan.signal_mask(attributes_.blocked);
    auto environment = environment_of(clear_environment_ ? ClearEnvironment::yes : ClearEnvironment::no, environment_);
    auto candidates = candidates_of(program_, environment);
    plan.environment(std::move(environment));
    if (program)
        plan.execute_descriptor(*program, argv_);
    else
        plan.execute(std::move(candidates), argv_);
    return std::move(plan).finish();
}

base::Result<Plan> Command::plan() const { return make_plan(nullptr, Parentage::stays); }

namespace {

std::unexpected<SpawnError> no_plan(base::Error error) {
    return std::unexpected(SpawnError{Stage::spawn, std::move(error)});
}

} // namespace

std::expected<Child, SpawnError> Command::spawn() const {
    auto made = plan();
    if (!made) return no_plan(std::move(made).error());
    return attributes_.sibling ? spawn_sibling(*made) : process::spawn(*made);
}

std::expected<Process, SpawnError> Command::start() const {
    Ends ends;
    auto made = make_plan(&ends, Parentage::stays);
    if (!made) return no_plan(std::move(made).error());
    auto child = attributes_.sibling ? spawn_sibling(*made) : process::spawn(*made);
    if (!child) return std::unexpected(std::move(child).error());
    return Process{.child = *std::move(child),
                   .in = std::move(ends.pipes[0]),
                   .out = std::move(ends.pipes[1]),
                   .err = std::move(ends.pipes[2]),
                   .terminal = std::move(ends.terminal)};
}

std::expected<Detached, SpawnError> Command::detach() const {
    auto made = make_plan(nullptr, Parentage::is_left);
    if (!made) return no_plan(std::move(made).error());
    return spawn_detached(*made);
}

std::expected<Output, SpawnError> Command::output(CommunicateOptions const& options) const {
    Command command = *this;
    command.default_input(options.input.empty() ? Stdio::null() : Stdio::pipe());
    auto process = command.default_output(Stdio::pipe()).default_error(Stdio::pipe()).start();
    if (!process) return std::unexpected(std::move(process).error());
    auto output = communicate(*std::move(process), options);
    if (!output) return std::unexpected(SpawnError{Stage::none, std::move(output).error()});
    return *std::move(output);
}

} // namespace mitori::process
