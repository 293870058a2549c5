#include "loop/aside.hpp"

#include <cerrno>
#include <csignal>
#include <sys/eventfd.h>
#include <system_error>

namespace mitori::loop {
namespace {

/// A thread begins with the mask of the one that makes it.
class NoSignals {
public:
    NoSignals() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~NoSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    NoSignals(NoSignals const&) = delete;
    NoSignals& operator=(NoSignals const&) = delete;

private:
    sigset_t before_{};
};

} // namespace

base::Result<std::unique_ptr<Aside>> Aside::begin(Loop& loop, std::function<void()> work, std::function<void()> done) {
    std::unique_ptr<Aside> aside(new Aside);
    aside->over_ = base::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!aside->over_) return base::errno_error("eventfd");
    auto finish = [self = aside.get(), done = std::move(done)] {
        self->watch_.reset();
        self->thread_.join(); // it has nothing more to do; what it wrote is ours from here on
        done();
    };
    aside->watch_ = TRY(loop.on_ready(aside->over_.get(), Interest::read, Urgency::normal,
                                      [finish = std::move(finish)](Ready) { finish(); }));
    NoSignals const masked;
    try {
        aside->thread_ = std::thread([over = aside->over_.get(), work = std::move(work)] {
            work();
            ::eventfd_write(over, 1);
        });
    } catch (std::system_error const& error) {
        return base::make_error(error.code().value(), "begin a thread");
    }
    return aside;
}

Aside::~Aside() {
    if (thread_.joinable()) thread_.join();
}

} // namespace mitori::loop
