#include "process/communicate.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <new>
#include <optional>
#include <sys/mman.h>
#include <vector>

#include "base/sys.hpp"
#include "base/sys_streams.hpp"
#include "process/detail/converse.hpp"
#include "process/detail/poll.hpp"

namespace mitori::process {

namespace {

namespace sys = base::sys;

/// What one read may bring; a pipe holds no more than this, as long as nobody has made it larger than is usual.
constexpr std::size_t piece = 1U << 20;
/// When this much has gone through a pipe it is made as large as a user may make one: fewer turns for more bytes. Few
/// programs say so much, so that most take nothing from what all pipes of a user may hold together (pipe(7)).
constexpr std::size_t much = 256U << 10;

/// Writing to a pipe that nobody reads must not end the host program, nor leave a signal for it to wonder about.
class NoSigpipe {
public:
    NoSigpipe() {
        sigset_t pending;
        ::sigpending(&pending);
        was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
        ::sigemptyset(&pipe_);
        ::sigaddset(&pipe_, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~NoSigpipe() {
        timespec const now{};
        // A write's SIGPIPE goes to the thread that wrote, and waits there as one at most.
        if (!was_pending_)
            while (::sigtimedwait(&pipe_, nullptr, &now) < 0 && errno == EINTR) {}
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    NoSigpipe(NoSigpipe const&) = delete;
    NoSigpipe& operator=(NoSigpipe const&) = delete;

private:
    bool was_pending_ = false;
    sigset_t pipe_{};
    sigset_t before_{};
};

/// A pipe that becomes large when much goes through it.
class Pipe {
public:
    explicit Pipe(base::Fd fd) : fd_(std::move(fd)) {}
    [[nodiscard]] bool open() const { return static_cast<bool>(fd_); }
    [[nodiscard]] int get() const { return fd_.get(); }
    void close() { fd_.reset(); }
    void moved(std::size_t bytes) {
        moved_ += bytes;
        if (moved_ < much || large_) return;
        large_ = true;
        static_cast<void>(sys::set_pipe_size(fd_.get(), piece)); // as it was will do, too
    }

private:
    base::Fd fd_;
    std::size_t moved_ = 0;
    bool large_ = false;
};

/// One of the child's outputs on its way into a string, or to who takes the pieces.
class Listener {
public:
    Listener(base::Fd fd, std::string& text, std::function<void(std::span<char const>)> const& sink, std::size_t most)
        : pipe_(std::move(fd)),
          text_(text),
          sink_(sink),
          room_(most) {}

    [[nodiscard]] bool open() const { return pipe_.open(); }
    [[nodiscard]] int get() const { return pipe_.get(); }
    [[nodiscard]] bool cut() const { return cut_; }
    void close() { pipe_.close(); }

    /// How many bytes came; 0 when there is nothing now, or the end has come.
    [[nodiscard]] base::Result<std::size_t> listen(std::size_t most = piece) {
        if (!open()) return 0;
        auto const got = sink_ || room_ == 0 ? read_scratch(most) : read_text(std::min(most, room_));
        if (!got && got.error().number == EAGAIN) return 0;
        if (!got) return std::unexpected(got.error());
        if (*got == 0)
            close();
        else
            pipe_.moved(*got);
        return *got;
    }

    /// What has been written until now, and no more: a writer that goes on is not listened to for ever.
    [[nodiscard]] base::Result<void> drain() {
        if (!open()) return {};
        for (std::size_t left = TRY(sys::bytes_waiting(get())); left > 0 && open();) {
            auto const got = TRY(listen(std::min(left, piece)));
            if (got == 0) break;
            left -= std::min(left, got);
        }
        return {};
    }

private:
    base::Result<std::size_t> read_text(std::size_t most) {
        std::size_t const size = text_.size();
        if (text_.capacity() - size < least) grow();
        prepare();
        std::size_t const room =
            std::min(std::max(ready_, least + size) - size, std::min(most, text_.capacity() - size));
        base::Result<std::size_t> got{0};
        text_.resize_and_overwrite(size + room, [&](char* bytes, std::size_t) {
            got = sys::read(get(), std::as_writable_bytes(std::span(bytes + size, room)));
            return size + got.value_or(0);
        });
        room_ -= got.value_or(0);
        return got;
    }

    /// Room for much more than there is: what counts are the pages that are touched, and each growth touches what there
    /// is anew. A system that wants to have memory for all of it at once refuses; then less will do.
    void grow() {
        std::size_t const size = text_.size();
        std::string larger;
        for (std::size_t factor = 8; larger.capacity() < size + least; factor /= 2) {
            try {
                larger.reserve(std::max(factor * size, size + least));
            } catch (std::bad_alloc const&) {
                if (factor == 1) throw;
            }
        }
        constexpr std::size_t huge = 2U << 20;
        if (larger.capacity() >= 4 * huge) advise(larger, 0, larger.capacity(), huge, MADV_HUGEPAGE);
        larger.swap(text_);
        ready_ = 0;
        prepare(size);
        text_.append(larger);
    }

    /// Asks for the pages that come next all at once. A fault for each of them takes longer than the bytes do: in a
    /// virtual machine, twenty times. Before Linux 5.14 nothing is done.
    void prepare(std::size_t filled = 0) {
        filled = std::max(filled, text_.size());
        if (filled < least || filled + least <= ready_) return;
        std::size_t const ahead = std::clamp(filled / 4, 4 * least, 16 * piece);
        std::size_t const to = std::min(text_.capacity(), filled + ahead);
        advise(text_, ready_, to, 4096, MADV_POPULATE_WRITE);
        ready_ = to;
    }

    /// For the pages that lie wholly within these bytes of the capacity. Where it is refused it stays as it was.
    static void advise(std::string& text, std::size_t from, std::size_t to, std::uintptr_t page, int advice) {
        auto const at = reinterpret_cast<std::uintptr_t>(text.data());
        auto const begin = (at + from + page - 1) / page * page;
        auto const end = (at + to) / page * page;
        if (begin < end) static_cast<void>(::madvise(reinterpret_cast<void*>(begin), end - begin, advice));
    }

    base::Result<std::size_t> read_scratch(std::size_t most) {
        if (scratch_.empty()) scratch_.resize(most < piece ? 64U << 10 : piece / 4);
        auto const into = std::span(scratch_).first(std::min(most, scratch_.size()));
        auto const got = sys::read(get(), std::as_writable_bytes(into));
        if (!got) return got;
        std::size_t const kept = std::min(*got, room_);
        if (sink_ && kept > 0) sink_(std::span<char const>(into).first(kept));
        cut_ = cut_ || kept < *got;
        room_ -= kept;
        return got;
    }

    /// What a pipe holds, as long as nobody has made it larger: less room than that is none.
    static constexpr std::size_t least = 64U << 10;

    Pipe pipe_;
    std::string& text_;
    std::size_t ready_ = 0; ///< so many bytes of its capacity have their pages
    std::function<void(std::span<char const>)> const& sink_;
    std::size_t room_;
    bool cut_ = false;
    std::vector<char> scratch_;
};

class Conversation {
public:
    Conversation(Process process, CommunicateOptions const& options, detail::Feeding feeding)
        : options_(options),
          child_(std::move(process.child)),
          in_(std::move(process.in)),
          rest_(options.input),
          out_(std::move(process.out), output_.out, options.on_out, options.most),
          err_(std::move(process.err), output_.err, options.on_err, options.most),
          deadline_(options.timeout),
          until_(options.until),
          feeding_(feeding) {}
    Conversation(Conversation const&) = delete;
    Conversation& operator=(Conversation const&) = delete;
    /// After an error, or an exception of a sink: nothing of ours is left behind.
    ~Conversation() {
        if (exit_ || !child_) return;
        static_cast<void>(child_.signal({SIGKILL}));
        static_cast<void>(child_.wait());
    }

    base::Result<Output> run() {
        for (int const fd : {in_.get(), out_.get(), err_.get()})
            if (fd >= 0) TRY(sys::set_nonblocking(fd));
        while (!over()) {
            auto const moved = TRY(feed()) + TRY(out_.listen()) + TRY(err_.listen());
            if (output_.outcome == Outcome::complete && is_too_much()) end(Outcome::too_much);
            if (deadline_.passed()) on_deadline();
            if (moved == 0 && !over()) TRY(wait());
        }
        output_.cut = out_.cut() || err_.cut();
        output_.exit = *exit_;
        return std::move(output_);
    }

private:
    [[nodiscard]] bool over() const {
        bool const fed = !in_.open() || feeding_ == detail::Feeding::ends_with_child;
        return exit_ && !out_.open() && !err_.open() && fed;
    }

    [[nodiscard]] bool is_too_much() const {
        return options_.excess == Excess::ends_the_child && (out_.cut() || err_.cut());
    }

    base::Result<std::size_t> feed() {
        if (!in_.open()) return 0;
        if (rest_.empty()) return in_.close(), 0;
        auto const put = sys::write(in_.get(), std::as_bytes(std::span(rest_)));
        if (!put && put.error().number == EAGAIN) return 0;
        if (!put && put.error().number == EPIPE) return in_.close(), 0;
        if (!put) return std::unexpected(put.error());
        rest_.remove_prefix(*put);
        in_.moved(*put);
        if (rest_.empty()) in_.close();
        return *put;
    }

    base::Result<void> wait() {
        std::array<pollfd, 4> watched{{{.fd = in_.get(), .events = POLLOUT, .revents = 0},
                                       {.fd = out_.get(), .events = POLLIN, .revents = 0},
                                       {.fd = err_.get(), .events = POLLIN, .revents = 0},
                                       {.fd = exit_ ? -1 : child_.pidfd(), .events = POLLIN, .revents = 0}}};
        // Without a pidfd the child's end has to be looked for.
        bool const blind = !exit_ && child_.pidfd() < 0;
        auto const longest = blind ? base::Usec(5000) : base::infinity;
        TRY(detail::poll(watched, std::min(deadline_.left(), longest)));
        if (exit_ || (!blind && watched[3].revents == 0)) return {};
        auto exit = child_.take_exit();
        if (!exit && exit.error().number == EAGAIN) return {};
        exit_ = TRY(std::move(exit));
        return on_child_ended();
    }

    base::Result<void> on_child_ended() {
        if (until_ != Until::child_ends) return {};
        for (auto* const stream : {&out_, &err_}) {
            TRY(stream->drain());
            stream->close();
        }
        in_.close();
        return {};
    }

    void on_deadline() {
        if (output_.outcome == Outcome::complete) return end(Outcome::timed_out);
        if (!exit_) static_cast<void>(child_.signal({SIGKILL}));
        deadline_ = detail::Deadline(base::infinity);
    }

    /// From here on only the child itself is waited for; what it still says is listened to.
    void end(Outcome why) {
        output_.outcome = why;
        until_ = Until::child_ends;
        if (exit_) return static_cast<void>(on_child_ended());
        static_cast<void>(child_.signal(options_.at_timeout));
        deadline_ = detail::Deadline(options_.at_timeout.number == SIGKILL ? base::infinity : options_.patience);
    }

    CommunicateOptions const& options_;
    Child child_;
    Output output_;
    Pipe in_;
    std::string_view rest_;
    Listener out_;
    Listener err_;
    detail::Deadline deadline_;
    Until until_;
    detail::Feeding feeding_;
    std::optional<Exit> exit_;
};

} // namespace

base::Result<Output> detail::converse(Process process, CommunicateOptions const& options, Feeding feeding) {
    NoSigpipe const quiet;
    Conversation conversation(std::move(process), options, feeding);
    return conversation.run();
}

base::Result<Output> communicate(Process process, CommunicateOptions const& options) {
    return detail::converse(std::move(process), options, detail::Feeding::ends_with_child);
}

} // namespace mitori::process
