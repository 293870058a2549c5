#include "witness/detail/pidfd_source.hpp"

#include <cerrno>
#include <map>
#include <vector>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "procfs/snapshot.hpp"
#include "witness/detail/ending.hpp"
#include "witness/detail/look.hpp"

namespace mitori::witness::detail {
namespace {

// Between an end and the wait that takes it the kernel does not tell the code: we ask again, soon.
constexpr base::Usec ask_again{std::chrono::milliseconds(20)};

/// One that lives, or that nobody has waited for yet.
struct Followed {
    base::Fd pidfd;
    status::Death death; ///< what was known when it was found
    loop::WatchPtr watch;
    bool has_ended = false;
};

class PidfdWitness final : public Witness {
public:
    PidfdWitness(loop::Loop& loop, Handlers handlers, procfs::Procfs procfs, base::Usec every)
        : loop_(loop),
          handlers_(std::move(handlers)),
          procfs_(std::move(procfs)),
          every_(every),
          boot_(read_boot()) {}

    base::Result<void> look_around();
    [[nodiscard]] status::Source source() const override { return status::Source::pidfd_info; }
    void drain() override {
        find_new();
        ask_all();
    }

private:
    void find_new();
    void follow(pid_t pid);
    void on_end(pid_t pid);
    void ask_all();
    void ask_later();
    /// Whether its code is known, or will never be.
    bool ask(Followed& followed);

    loop::Loop& loop_;
    Handlers handlers_;
    procfs::Procfs procfs_;
    base::Usec every_;
    std::string boot_;
    std::map<pid_t, Followed> followed_;
    std::vector<status::Death> deaths_;
    loop::WatchPtr next_look_;
    loop::WatchPtr next_question_;
    bool is_full_ = false;
};

base::Result<void> PidfdWitness::look_around() {
    find_new();
    next_look_ = TRY(loop_.at(base::plus(loop_.now().monotonic, every_), every_ / 10, [this] {
        if (auto const looked = look_around(); !looked)
            base::log(base::Priority::err, "no new processes are seen: {}", looked.error().message());
    }));
    return {};
}

void PidfdWitness::find_new() {
    for (pid_t const pid : procfs_.pids()) {
        auto const known = followed_.find(pid);
        if (known == followed_.end()) follow(pid);
    }
}

void PidfdWitness::follow(pid_t pid) {
    auto pidfd = base::sys::pidfd_open(pid);
    if (!pidfd) {
        bool const is_full = pidfd.error().number == EMFILE || pidfd.error().number == ENFILE;
        if (is_full && !is_full_)
            base::log(base::Priority::warning, "{} processes are followed; no descriptor is left for more",
                      followed_.size());
        is_full_ = is_full_ || is_full;
        return;
    }
    Followed followed{.pidfd = *std::move(pidfd),
                      .death = {.boot = boot_, .sources = status::Sources{} | status::Source::pidfd_info}};
    auto const state = tell_who(procfs_, pid, followed.death);
    if (!state || *state == 'X') return;
    tell_program(procfs_, pid, followed.death);
    if (followed.death.executable.empty() && followed.death.command_line.starts_with('[') &&
        followed.death.parent.pid == 2)
        return; // the kernel's own
    if (followed.death.executable.empty()) add_unknown(followed.death, "its program: only its own user may look at it");
    auto watch = loop_.on_ready(followed.pidfd.get(), loop::Interest::read, loop::Urgency::normal,
                                [this, pid](loop::Ready) { on_end(pid); });
    if (!watch) return;
    followed.watch = *std::move(watch);
    followed_.emplace(pid, std::move(followed));
}

void PidfdWitness::on_end(pid_t pid) {
    auto& followed = followed_.at(pid);
    auto const now = base::sys::now();
    followed.watch.reset(); // it stays ready from now on
    followed.has_ended = true;
    followed.death.ended = now;
    // Until it is waited for it is still there, with its last name.
    if (auto const row = procfs_.process(pid); row && row->start_ticks == followed.death.who.start_ticks)
        followed.death.comm = row->comm;
    ask_all();
}

bool PidfdWitness::ask(Followed& followed) {
    auto const status = base::sys::pidfd_wait_status(followed.pidfd.get());
    if (!status && status.error().number == EAGAIN) return false;
    auto& death = followed.death;
    if (status) tell_ending(*status, death);
    apply_judgement(
        judge({.kind = death.kind,
               .status = death.status,
               .unseen = status ? "who sent the signal: a pidfd does not tell; BPF would"
                                : "how it ended: before Linux 6.15 only the parent is told; BPF would tell"}),
        death);
    return true;
}

void PidfdWitness::ask_all() {
    bool somebody_waits = false;
    for (auto at = followed_.begin(); at != followed_.end();) {
        if (at->second.has_ended && ask(at->second)) {
            deaths_.push_back(std::move(at->second.death));
            at = followed_.erase(at);
        } else {
            somebody_waits = somebody_waits || at->second.has_ended;
            ++at;
        }
    }
    if (!deaths_.empty()) handlers_.died(deaths_);
    deaths_.clear();
    next_question_.reset();
    if (somebody_waits) ask_later();
}

void PidfdWitness::ask_later() {
    auto timer = loop_.at(base::plus(loop_.now().monotonic, ask_again), ask_again, [this] { ask_all(); });
    if (timer) next_question_ = *std::move(timer);
}

} // namespace

base::Result<std::unique_ptr<Witness>> open_pidfds(loop::Loop& loop, Handlers handlers, Options const& options) {
    auto procfs = TRY(procfs::Procfs::open());
    auto witness = std::make_unique<PidfdWitness>(loop, std::move(handlers), std::move(procfs), options.look_every);
    TRY(witness->look_around());
    return witness;
}

} // namespace mitori::witness::detail
