#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/fd.hpp"
#include "bin/up_console.hpp"
#include "bin/up_writer.hpp"
#include "loop/loop.hpp"
#include "manager/output.hpp"

namespace mitori::bin {

/// manager::Output of `mitori up`: a pipe for each process, read in the manager's own loop and shown at once. Nothing
/// is kept. Lines stay whole whoever else writes; what a process has written without an end of line is shown when it
/// ends, or when a line grows beyond journald's limit for one.
class UpStreams final : public manager::Output {
public:
    struct Options {
        UpConsole::Options console;
        int fd = 1; ///< borrowed
        /// Units whose processes are announced: "started with pid 12".
        std::function<bool(std::string const& unit)> announced;
        base::Priority least = base::Priority::info; ///< of what the manager says of other units
    };
    UpStreams(loop::Loop& loop, Options options);
    ~UpStreams() override;

    [[nodiscard]] base::Result<manager::OpenStream> open(manager::StreamOrder const& order) override;
    void started(manager::StreamId stream, pid_t pid, uid_t uid) override;
    void drain(manager::StreamId stream, std::function<void()> done) override;
    void close(manager::StreamId stream) override;
    void say(std::string const& unit, std::string const& invocation, manager::Message const& message) override;

    [[nodiscard]] UpConsole& console() { return console_; }
    /// Reads what is there and writes what waits, within a bound: for the end.
    void finish();

private:
    struct Stream {
        base::Fd read;
        Speaker speaker;
        std::uint8_t level = 6;
        bool level_prefix = false;
        std::string unfinished; ///< a line whose end has not come yet
        loop::WatchPtr watch;
    };
    void watch(std::uint64_t id, Stream& stream);
    enum class Got : std::uint8_t { bytes, nothing, end };
    Got take(Stream& stream);
    void show_lines(Stream& stream);
    void show_line(Stream const& stream, std::string_view text);
    void show_rest(Stream& stream);
    void read(std::uint64_t id);
    void hold_back();
    void go_on();

    loop::Loop& loop_;
    Options options_;
    UpWriter writer_;
    UpConsole console_;
    std::map<std::uint64_t, Stream> streams_;
    std::uint64_t next_ = 1;
};

/// "web.1" of "web.1.service"; units of another type keep it.
[[nodiscard]] std::string tag_of_unit(std::string const& unit);

} // namespace mitori::bin
