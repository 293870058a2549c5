// Learns of the ends of processes that nobody here waits for. Three sources stand behind one face, best first:
//
//     bpf         tracepoints: every end on the machine, with who sent the deadly signal, and what the process used
//     connector   the kernel's process connector, in the machine's first namespaces only: every end, with its code
//     pidfds      no privilege: looks at /proc again and again and holds a pidfd of each process that it may. A process
//                 that lives from one look to the next is known; one that lives in between is never seen.
//
// A source never loses an end silently: what it could not tell it counts. What a source cannot know stays empty in the
// Death, with the reason in `unknown`. Not thread-safe; everything happens in the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "loop/loop.hpp"
#include "status/death.hpp"

namespace mitori::witness {

struct Handlers {
    /// Ends in the order in which the kernel told them; the values may be moved from.
    std::function<void(std::span<status::Death>)> died;
    /// `count` ends are missing, or of some sources "at most": `why` says it, as a sentence's part.
    std::function<void(std::uint64_t count, std::string const& why)> lost;
};

struct Options {
    /// Only this one: bpf, connector or pidfd_info. Without: the best that is to be had.
    std::optional<status::Source> only;
    std::size_t ring_bytes = std::size_t{16} << 20;  ///< of BPF; a power of two of at least one page
    base::Usec look_every = std::chrono::seconds(1); ///< at /proc, without privilege
};

class Witness {
public:
    virtual ~Witness() = default;
    [[nodiscard]] virtual status::Source source() const = 0;
    /// Tells now what has happened until now, instead of when the loop comes to it: before the end.
    virtual void drain() = 0;
};

struct Opened {
    std::unique_ptr<Witness> witness;
    std::string why_not_better; ///< a sentence for each better source that is not to be had; empty: it is the best
};

/// From here on every end is told. The loop must outlive the witness. Fails only where /proc cannot be read, or `only`
/// is not to be had.
[[nodiscard]] base::Result<Opened> open_witness(loop::Loop& loop, Handlers handlers, Options const& options = {});

/// BPF that is being opened. Dropping it waits for what is under way; `opened` is then not called any more.
class Opening {
public:
    virtual ~Opening() = default;
};
using OpenedLater = std::function<void(base::Result<std::unique_ptr<Witness>>)>;

/// As open_witness, BPF only, but the loop goes on meanwhile: libbpf reads the types of the whole kernel for it, which
/// takes a quarter of a second, and minutes in an emulated machine. `opened` is called in the loop.
[[nodiscard]] base::Result<std::unique_ptr<Opening>> open_bpf_aside(loop::Loop& loop, Handlers handlers,
                                                                    Options const& options, OpenedLater opened);

/// What a source sees, in a few words: "every process's end, with who sent the deadly signal".
[[nodiscard]] std::string describe_source(status::Source source);

/// The innermost unit of a control group's path ("nginx.service" of /system.slice/nginx.service), or a container's
/// group by the engine's name and the first twelve digits ("docker-0123456789ab"); "" where there is neither.
[[nodiscard]] std::string unit_of(std::string_view cgroup);

} // namespace mitori::witness
