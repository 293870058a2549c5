// manager::Output by the recorder: started and kept by journal::Client.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bin/journal_place.hpp"
#include "journal/client.hpp"
#include "journal/console.hpp"
#include "loop/loop.hpp"
#include "manager/output.hpp"
#include "status/death.hpp"

namespace mitori::bin {

struct RecorderWish {
    JournalWish place;
    std::optional<journal::ConsoleFormat> console;
    /// Serve /dev/log and /run/systemd/journal/….
    enum class ServeLog : bool { no, yes } serve_log = ServeLog::no;
};

class RecorderOutput final : public manager::Output {
public:
    /// Finds or starts the recorder. From here on what the manager logs goes into the journal, too.
    [[nodiscard]] static base::Result<std::unique_ptr<RecorderOutput>> make(loop::Loop& loop, RecorderWish wish);
    /// At the end of the manager: waits until everything is written through, within a bound.
    ~RecorderOutput() override;

    [[nodiscard]] base::Result<manager::OpenStream> open(manager::StreamOrder const& order) override;
    void started(manager::StreamId stream, pid_t pid, uid_t uid) override;
    void drain(manager::StreamId stream, std::function<void()> done) override;
    void close(manager::StreamId stream) override;
    void say(std::string const& unit, std::string const& invocation, manager::Message const& message) override;
    /// The recorder writes it into the ledger.
    void died(status::Death const& death);

private:
    RecorderOutput(RecorderWish wish) : wish_(std::move(wish)) {}
    base::Result<void> begin(loop::Loop& loop);
    base::Result<void> serve_log();
    [[nodiscard]] std::vector<std::string> fields(base::Priority priority, std::string_view text) const;

    RecorderWish wish_;
    std::unique_ptr<journal::Client> client_;
    bool saying_ = false;
};

} // namespace mitori::bin
