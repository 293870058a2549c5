#pragma once

#include <memory>
#include <string>

#include "base/fd.hpp"
#include "bin/house.hpp"
#include "cli/live.hpp"

namespace mitori::bin {

/// The pipe that services of `up` write into whose output goes to no log (StandardOutput=inherit), so that what they
/// say and the table that is redrawn do not overwrite each other.
struct OutputPipe {
    base::Fd read;
    base::Fd write;
    [[nodiscard]] static base::Result<OutputPipe> make();
};

/// What `up` shows while it runs: cli::LiveView, driven by the loop.
class LiveOutput {
public:
    /// The house and the pipe must outlive it.
    [[nodiscard]] static base::Result<std::unique_ptr<LiveOutput>> make(House& house, OutputPipe& pipe);
    /// A line that a service or the manager has said.
    void say(std::string_view line);

private:
    explicit LiveOutput(House& house) : house_(house) {}
    base::Result<void> begin(OutputPipe& pipe);
    void read(int pipe);
    void redraw_soon();
    void tick();

    House& house_;
    std::unique_ptr<cli::LiveView> view_;
    std::string unfinished_; ///< a line whose end has not come yet
    loop::WatchPtr pipe_watch_;
    loop::WatchPtr redraw_;
    loop::WatchPtr tick_;
};

} // namespace mitori::bin
