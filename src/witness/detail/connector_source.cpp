#include "witness/detail/connector_source.hpp"

#include <array>
#include <cerrno>
#include <vector>

#include "base/sys.hpp"
#include "base/sys_process_events.hpp"
#include "procfs/snapshot.hpp"
#include "witness/detail/connector_events.hpp"
#include "witness/detail/ending.hpp"
#include "witness/detail/look.hpp"

namespace mitori::witness::detail {
namespace {

constexpr int most_at_once = 4096; // then others of the loop have their turn

class ConnectorWitness final : public Witness {
public:
    ConnectorWitness(Handlers handlers, procfs::Procfs procfs, base::Fd socket)
        : handlers_(std::move(handlers)),
          procfs_(std::move(procfs)),
          socket_(std::move(socket)),
          boot_(read_boot()) {
        for (auto const& process : procfs_.processes())
            events_.know_threads(process.pid, process.threads);
    }

    base::Result<void> start(loop::Loop& loop) {
        watch_ = TRY(loop.on_ready(socket_.get(), loop::Interest::read, loop::Urgency::normal,
                                   [this](loop::Ready) { read_some(); }));
        return {};
    }

    [[nodiscard]] status::Source source() const override { return status::Source::connector; }
    void drain() override {
        while (read_some() == most_at_once) {}
    }

private:
    int read_some();
    void take(ConnectorEnd const& end);

    Handlers handlers_;
    procfs::Procfs procfs_;
    base::Fd socket_;
    std::string boot_;
    ConnectorEvents events_;
    std::vector<status::Death> deaths_;
    loop::WatchPtr watch_;
};

int ConnectorWitness::read_some() {
    std::array<std::byte, 4096> message; // NOLINT(cppcoreguidelines-pro-type-member-init)
    int count = 0;
    for (; count < most_at_once; ++count) {
        auto const got = base::sys::read(socket_.get(), message);
        if (!got && got.error().number == ENOBUFS) continue; // the counts tell how many
        if (!got || *got == 0) break;
        if (auto const end = events_.take(std::span(message).first(*got))) take(*end);
    }
    if (!deaths_.empty()) handlers_.died(deaths_);
    deaths_.clear();
    if (auto const missing = events_.missing(); missing != 0)
        handlers_.lost(
            missing,
            "the process connector's socket was full: at most so many, for forks and executions are counted, too");
    return count;
}

// Whoever waited for it may have been quicker than we: then its number is all that is known.
void ConnectorWitness::take(ConnectorEnd const& end) {
    status::Death death{.boot = boot_, .sources = status::Sources{} | status::Source::connector};
    auto const now = base::sys::now();
    death.ended = {.realtime = now.realtime - (now.monotonic - end.monotonic), .monotonic = end.monotonic};
    auto const state = tell_who(procfs_, end.pid, death);
    if (state != 'Z' && state != 'X') { // nobody, or already another one of that number
        death = {.who = {.pid = end.pid}, .boot = boot_, .ended = death.ended, .sources = death.sources};
        add_unknown(death,
                    "its name, start and user: it had been waited for before they could be read; BPF would tell");
    }
    death.parent.pid = end.parent != 0 ? end.parent : death.parent.pid;
    tell_ending(end.wait_status, death);
    apply_judgement(judge({.kind = death.kind,
                           .status = death.status,
                           .unseen = "who sent the signal: the process connector does not tell; BPF would"}),
                    death);
    deaths_.push_back(std::move(death));
}

} // namespace

base::Result<std::unique_ptr<Witness>> open_connector(loop::Loop& loop, Handlers handlers, Options const&) {
    auto socket = TRY(base::sys::open_process_events());
    auto procfs = TRY(procfs::Procfs::open());
    auto witness = std::make_unique<ConnectorWitness>(std::move(handlers), std::move(procfs), std::move(socket));
    TRY(witness->start(loop));
    return witness;
}

} // namespace mitori::witness::detail
