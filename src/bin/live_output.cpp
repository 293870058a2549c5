#include "bin/live_output.hpp"

#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys.hpp"

namespace mitori::bin {
namespace {

// Ages and figures on the screen move once a second; a burst of changes is one redraw.
constexpr base::Usec tick_interval = std::chrono::seconds(1);
constexpr base::Usec burst = std::chrono::milliseconds(40);
constexpr std::size_t longest_line = 4096;

} // namespace

base::Result<OutputPipe> OutputPipe::make() {
    // Only our end must not block: a service that writes faster than we read waits, as with any pipe.
    auto ends = TRY(base::sys::pipe());
    TRY(base::sys::set_nonblocking(ends.first.get()));
    return OutputPipe{std::move(ends.first), std::move(ends.second)};
}

base::Result<std::unique_ptr<LiveOutput>> LiveOutput::make(House& house, OutputPipe& pipe) {
    std::unique_ptr<LiveOutput> output(new LiveOutput(house));
    TRY(output->begin(pipe));
    return output;
}

void LiveOutput::say(std::string_view line) { view_->say(line); }

base::Result<void> LiveOutput::begin(OutputPipe& pipe) {
    view_ = std::make_unique<cli::LiveView>(house_.local().faces(), STDOUT_FILENO, [this] { redraw_soon(); });
    pipe_watch_ = TRY(house_.loop().on_ready(pipe.read.get(), loop::Interest::read, loop::Urgency::normal,
                                             [this, fd = pipe.read.get()](loop::Ready) { read(fd); }));
    tick();
    return {};
}

void LiveOutput::read(int pipe) {
    std::array<std::byte, 16384> bytes;
    auto const got = base::sys::read(pipe, bytes);
    if (!got || *got == 0) return;
    unfinished_.append(reinterpret_cast<char const*>(bytes.data()), *got);
    for (auto end = unfinished_.find('\n'); end != std::string::npos; end = unfinished_.find('\n')) {
        view_->say(std::string_view(unfinished_).substr(0, end));
        unfinished_.erase(0, end + 1);
    }
    if (unfinished_.size() > longest_line) view_->say(std::exchange(unfinished_, {}));
}

void LiveOutput::redraw_soon() {
    if (redraw_) return;
    auto watch = house_.loop().at(house_.loop().now().monotonic + burst, base::Usec(0), [this] {
        redraw_.reset();
        view_->refresh();
    });
    if (watch) redraw_ = std::move(*watch);
}

void LiveOutput::tick() {
    auto watch = house_.loop().at(house_.loop().now().monotonic + tick_interval, tick_interval / 10, [this] {
        view_->refresh();
        tick();
    });
    if (watch) tick_ = std::move(*watch);
}

} // namespace mitori::bin
