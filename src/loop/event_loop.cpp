#include "loop/detail/event_loop.hpp"

#include <csignal>
#include <sys/epoll.h>

#include "base/sys.hpp"
#include "loop/guard.hpp"

namespace mitori::loop::detail {

base::Result<void> check(int answer, char const* operation) {
    if (answer < 0) return base::make_error(-answer, operation);
    return {};
}

namespace {

std::uint32_t events_of(Interest interest) {
    switch (interest) {
    case Interest::read: return EPOLLIN;
    case Interest::write: return EPOLLOUT;
    case Interest::read_and_write: return EPOLLIN | EPOLLOUT;
    }
    return 0;
}

/// A watch with an sd-event source of its own. The handler is shared with the dispatch that may be running it.
template <class Handler>
class SourceWatch final : public Watch {
public:
    explicit SourceWatch(Handler handler) : handler_(std::make_shared<Handler>(std::move(handler))) {}
    [[nodiscard]] std::shared_ptr<Handler> handler() const { return handler_; }
    void own(sd_event_source* source) { source_.reset(source); }

private:
    std::shared_ptr<Handler> handler_;
    SourcePtr source_; // after the handler, so that it goes first and nobody calls us any more
};

using ReadyWatch = SourceWatch<std::function<void(Ready)>>;
using SignalWatch = SourceWatch<std::function<void()>>;

int dispatch_ready(sd_event_source*, int, std::uint32_t events, void* data) {
    constexpr std::uint32_t both = EPOLLHUP | EPOLLERR;
    Ready const ready{.read = (events & (EPOLLIN | EPOLLRDHUP | both)) != 0,
                      .write = (events & (EPOLLOUT | both)) != 0};
    auto const handler = static_cast<ReadyWatch*>(data)->handler();
    run_guarded(*handler, ready);
    return 0;
}

int dispatch_signal(sd_event_source*, signalfd_siginfo const*, void* data) {
    auto const handler = static_cast<SignalWatch*>(data)->handler();
    run_guarded(*handler);
    return 0;
}

class DeferredWatch final : public Watch {
public:
    DeferredWatch(Deferred& queue, std::uint64_t number) : queue_(queue), number_(number) {}
    DeferredWatch(DeferredWatch const&) = delete;
    DeferredWatch& operator=(DeferredWatch const&) = delete;
    ~DeferredWatch() override { queue_.remove(number_); }

private:
    Deferred& queue_;
    std::uint64_t number_;
};

class TimerWatch final : public Watch {
public:
    TimerWatch(Timers& timers, Timers::Key key) : timers_(timers), key_(key) {}
    TimerWatch(TimerWatch const&) = delete;
    TimerWatch& operator=(TimerWatch const&) = delete;
    ~TimerWatch() override { timers_.remove(key_); }

private:
    Timers& timers_;
    Timers::Key key_;
};

Task make_task(std::function<void()> handler) { return std::make_shared<std::function<void()>>(std::move(handler)); }

} // namespace

base::Result<void> EventLoop::attach() {
    TRY(deferred_.attach(event_.get()));
    return timers_.attach(event_.get());
}

base::Stamp EventLoop::now() const { return base::sys::now(); }

base::Result<WatchPtr> EventLoop::on_ready(int fd, Interest interest, Urgency urgency,
                                           std::function<void(Ready)> handler) {
    auto watch = std::make_unique<ReadyWatch>(std::move(handler));
    sd_event_source* source = nullptr;
    TRY(check(::sd_event_add_io(event_.get(), &source, fd, events_of(interest), dispatch_ready, watch.get()),
              "watch descriptor"));
    watch->own(source);
    TRY(check(::sd_event_source_set_priority(source, static_cast<std::int64_t>(urgency)), "set urgency"));
    return watch;
}

base::Result<WatchPtr> EventLoop::on_signal(base::Signal signal, std::function<void()> handler) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal.number);
    TRY(check(-::pthread_sigmask(SIG_BLOCK, &set, nullptr), "block signal"));
    auto watch = std::make_unique<SignalWatch>(std::move(handler));
    sd_event_source* source = nullptr;
    TRY(check(::sd_event_add_signal(event_.get(), &source, signal.number, dispatch_signal, watch.get()),
              "watch signal"));
    watch->own(source);
    return watch;
}

base::Result<WatchPtr> EventLoop::at(base::Usec monotonic, base::Usec slack, std::function<void()> handler) {
    auto const key = TRY(timers_.add(monotonic, slack, make_task(std::move(handler))));
    return std::make_unique<TimerWatch>(timers_, key);
}

base::Result<WatchPtr> EventLoop::defer(std::function<void()> handler) {
    auto const number = TRY(deferred_.add(make_task(std::move(handler))));
    return std::make_unique<DeferredWatch>(deferred_, number);
}

base::Result<int> EventLoop::run() {
    int const code = ::sd_event_loop(event_.get());
    // sd-event's own failures and a negative code of stop() cannot be told apart: codes are exit statuses, 0..255.
    if (code < 0) return base::make_error(-code, "run event loop");
    return code;
}

void EventLoop::stop(int code) { ::sd_event_exit(event_.get(), code); }

} // namespace mitori::loop::detail

namespace mitori::loop {

base::Result<std::unique_ptr<Loop>> open_loop() {
    sd_event* event = nullptr;
    TRY(detail::check(::sd_event_new(&event), "open event loop"));
    auto loop = std::make_unique<detail::EventLoop>(detail::EventPtr(event));
    TRY(loop->attach());
    return loop;
}

} // namespace mitori::loop
