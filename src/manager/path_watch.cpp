#include "manager/path_watch.hpp"

#include <array>
#include <sys/inotify.h>

#include "base/sys.hpp"

namespace mitori::manager {
namespace {

std::string parent(std::string const& path) {
    auto const slash = path.find_last_of('/');
    return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

class PathWatch final : public loop::Watch {
public:
    PathWatch(std::string path, std::function<void()> handler) : path_(std::move(path)), handler_(std::move(handler)) {}

    base::Result<void> begin(loop::Loop& loop) {
        inotify_ = TRY(base::sys::inotify_open());
        TRY(watch_deepest());
        watch_ = TRY(loop.on_ready(inotify_.get(), loop::Interest::read, loop::Urgency::group,
                                   [this](loop::Ready) { changed(); }));
        return {};
    }

private:
    base::Result<void> watch_deepest() {
        constexpr std::uint32_t mask = IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR;
        for (auto folder = parent(path_);; folder = parent(folder)) {
            auto const added = base::sys::inotify_add(inotify_.get(), folder, mask);
            if (added) return {};
            if (folder == "/") return std::unexpected(added.error());
        }
    }
    void changed() {
        std::array<std::byte, 4096> events;
        while (base::sys::read(inotify_.get(), events)) {}
        // A folder on the way may have come to exist: look deeper. Watching one twice is the same watch.
        static_cast<void>(watch_deepest());
        // The handler may drop this watch: nothing of ours is touched after it.
        auto const handler = handler_;
        handler();
    }

    std::string path_;
    std::function<void()> handler_;
    base::Fd inotify_;
    loop::WatchPtr watch_;
};

} // namespace

base::Result<loop::WatchPtr> watch_path(loop::Loop& loop, std::string const& path, std::function<void()> handler) {
    auto watch = std::make_unique<PathWatch>(path, std::move(handler));
    TRY(watch->begin(loop));
    return watch;
}

} // namespace mitori::manager
