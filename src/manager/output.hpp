// Where the output of services goes. The manager makes no log and knows none: it asks this face for a stream for each
// process that it starts, and says of each what became of it. bin connects it to the recorder; a test gives a table.
//
// Life of a stream:
//
//     open(order) ─► the write end is lent to the plan ─► started(stream, pid) ─► the process ends
//                                  │                                                   │
//                                  └─ no child came to be: close(stream)               └─► drain(stream, done)
//                                                                                            done ─► close(stream)
//
// Last words: an end is told to the unit only after `done`, that is after everything which the dead process wrote has
// been taken. It may take a while (a slow disk), and never more than the limit that the implementation keeps. close()
// says only that the manager is not interested any more: descendants that hold the write end are listened to until the
// last of them has closed it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "manager/message.hpp"

namespace mitori::manager {

enum class StreamId : std::uint64_t {};

/// Whose words these are and how they are to be taken: one stream for the stdout and stderr of one process, as far as
/// they go to the log.
struct StreamOrder {
    std::string unit;
    std::string invocation; ///< 32 hex digits
    std::string identifier; ///< SyslogIdentifier=, or the name of the program
    std::string group;      ///< its control group below the manager's, empty without
    std::uint8_t facility = 3;
    std::uint8_t level = 6;                ///< of lines without a "<N>" prefix
    std::optional<std::uint8_t> level_max; ///< LogLevelMax=: what is less important is dropped
    bool level_prefix = true;              ///< SyslogLevelPrefix=
    std::vector<std::string> extra_fields; ///< LogExtraFields=, "NAME=value"
    std::optional<base::Usec> rate_interval;
    std::optional<std::uint32_t> rate_burst;
    bool console = false; ///< journal+console
    uid_t owner = 0;      ///< who may open /dev/stdout again
    gid_t group_owner = 0;
};

struct OpenStream {
    StreamId id{};
    base::Fd write;
    std::string name; ///< "DEVICE:INODE", for $JOURNAL_STREAM
};

class Output {
public:
    virtual ~Output() = default;
    /// An error (no descriptors left …) is the start's error: a service does not run unheard.
    [[nodiscard]] virtual base::Result<OpenStream> open(StreamOrder const& order) = 0;
    virtual void started(StreamId stream, pid_t pid, uid_t uid) = 0;
    /// Calls `done` once, perhaps from inside, when all that had been written before the call has been taken.
    virtual void drain(StreamId stream, std::function<void()> done) = 0;
    virtual void close(StreamId stream) = 0;
    /// What the manager itself has to say of a unit, a whole sentence ("Started a.service.", "a.service: Main process
    /// exited …"), into the same record and, as base::log does it, to its own stderr: who calls this does not log it as
    /// well, or the record would have it twice.
    virtual void say(std::string const& unit, std::string const& invocation, Message const& message) = 0;
};

} // namespace mitori::manager
