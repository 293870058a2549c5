// The recorder: a process of its own that turns what services say into journal entries, so that the manager neither
// writes logs nor waits for a disk. docs/adr/0012.
//
// It may be killed at any moment: the manager holds every descriptor that it reads, starts it again, and the new one
// goes on in the middle of the batch (inbox.hpp). It outlives its manager for as long as a stream is open, and gives
// the next one what it holds.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "journal/book.hpp"
#include "journal/inbox.hpp"
#include "journal/link.hpp"
#include "journal/sockets.hpp"
#include "journal/store.hpp"
#include "journal/streams.hpp"
#include "loop/loop.hpp"

namespace mitori::journal {

struct RecorderOptions {
    std::string runtime_directory;
    BookOptions book;
    /// How many descriptors it opens at most, if the process's limit is not lower: streams are refused before the last
    /// few are gone.
    std::uint64_t descriptors = std::numeric_limits<std::uint64_t>::max();
    std::function<void()> step; ///< for tests of kills: Inbox::open
    /// Where deaths go that the manager tells of, as texts of status::show_death, a batch at a time; `missed` more
    /// could not be told. Once it has returned they are acknowledged. Empty: nowhere.
    using KeepDeaths = std::function<void(std::vector<std::vector<std::string>> deaths, std::uint64_t missed)>;
    KeepDeaths keep_deaths = {};
};

class Recorder {
public:
    /// `listener` is the socket of link.hpp. The store must outlive it. `ended` is called when nothing is left to do:
    /// no manager, and no stream.
    [[nodiscard]] static base::Result<std::unique_ptr<Recorder>> make(loop::Loop& loop, Store& store,
                                                                      RecorderOptions options, base::Fd listener,
                                                                      std::unique_ptr<ConsoleOutlet> console,
                                                                      std::function<void()> ended);
    ~Recorder();

    /// SIGTERM: takes what there is and writes it through.
    void finish();
    [[nodiscard]] Book& book() { return book_; }

private:
    Recorder(loop::Loop& loop, Store& store, RecorderOptions options, base::Fd listener,
             std::unique_ptr<ConsoleOutlet> console, std::function<void()> ended);
    base::Result<void> begin();
    void accept();
    void on_manager_gone();
    void on_message(Message message);
    void check_version(Message const& message);
    void take_socket(Message message);
    void take_stream(Message message);
    void take_held_all();
    [[nodiscard]] bool has_room() const;
    void refuse(std::uint64_t id);
    void tell_gone(std::uint64_t id);
    void tell_held();
    void end_if_idle();
    void say(Message const& message);
    void resume_say();
    void acknowledge();
    void keep_deaths();
    Label const& manager_label();
    void reply(Message message);

    loop::Loop& loop_;
    RecorderOptions options_;
    base::Fd listener_;
    std::function<void()> ended_;
    std::unique_ptr<Inbox> inbox_;
    Book book_;
    std::optional<Streams> streams_;
    std::optional<Sockets> sockets_;
    std::unique_ptr<Link> link_;
    loop::WatchPtr accept_watch_;
    loop::WatchPtr idle_check_;
    loop::WatchPtr leaving_;
    Label manager_label_;
    std::vector<Message> deaths_; ///< told, and not yet kept
    bool begun_ = false;
    bool said_ = false;     ///< something to acknowledge
    bool refusing_ = false; ///< said once, until a stream has gone
};

} // namespace mitori::journal
