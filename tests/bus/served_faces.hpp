// FakeFaces behind a real server on a real socket, with the loop in a thread of its own.
#pragma once

#include <functional>
#include <future>
#include <mutex>
#include <sys/stat.h>
#include <thread>
#include <vector>

#include "base/sys.hpp"
#include "bus/fake_faces.hpp"
#include "bus/server.hpp"
#include "loop/loop.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::test {

class ServedFaces {
public:
    explicit ServedFaces(bus::ServerOptions const& options = {.owner = ::geteuid()}) {
        ::chmod(folder_.path().c_str(), 0755); // other users connect too, to be refused
        wake_ = std::move(base::sys::pipe().value());
        thread_ = std::thread([this, options] { serve(options); });
        on_server([] {}); // it listens
    }
    ServedFaces(ServedFaces const&) = delete;
    ServedFaces& operator=(ServedFaces const&) = delete;
    ~ServedFaces() {
        on_server([this] { loop_->stop(0); });
        thread_.join();
    }

    [[nodiscard]] std::string socket() const { return folder_ / "private"; }
    [[nodiscard]] std::string folder() const { return folder_.path(); }

    /// Runs in the server's thread, where the faces live, and waits for it.
    template <class F>
    std::invoke_result_t<F> on_server(F function) {
        std::packaged_task<std::invoke_result_t<F>()> task(std::move(function));
        auto answer = task.get_future();
        {
            std::lock_guard const lock(mutex_);
            tasks_.emplace_back([&task] { task(); });
        }
        (void)base::sys::write_all(wake_.second.get(), "x");
        return answer.get();
    }
    /// Only within on_server().
    [[nodiscard]] FakeFaces& faces() { return *faces_; }
    [[nodiscard]] std::size_t connections() {
        return on_server([this] { return server_->connections(); });
    }

private:
    void serve(bus::ServerOptions const& options) {
        loop_ = std::move(loop::open_loop().value());
        FakeFaces faces;
        faces_ = &faces;
        std::vector<loop::WatchPtr> ends;
        faces.later = [&](std::function<void()> end) { ends.push_back(loop_->defer(std::move(end)).value()); };
        auto server = bus::Server::make(*loop_, faces.faces(), options).value();
        server_ = server.get();
        server->listen(socket()).value();
        auto const watch = loop_->on_ready(wake_.first.get(), loop::Interest::read, loop::Urgency::normal,
                                           [this](loop::Ready) { run_tasks(); });
        (void)loop_->run();
    }
    void run_tasks() {
        std::byte buffer[64];
        (void)base::sys::read(wake_.first.get(), buffer);
        std::vector<std::function<void()>> tasks;
        {
            std::lock_guard const lock(mutex_);
            tasks.swap(tasks_);
        }
        for (auto const& task : tasks)
            task();
    }

    TemporaryDirectory folder_;
    base::sys::Pair wake_;
    std::unique_ptr<loop::Loop> loop_;
    FakeFaces* faces_ = nullptr;
    bus::Server* server_ = nullptr;
    std::mutex mutex_;
    std::vector<std::function<void()>> tasks_;
    std::thread thread_;
};

} // namespace mitori::test
