#include "witness/detail/bpf_source.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "loop/aside.hpp"
#include "witness/detail/bpf_death.hpp"
#include "witness/detail/bpf_library.hpp"
#include "witness/detail/bpf_record.h"
#include "witness/detail/ending.hpp"
#include "witness/detail/kernel_log.hpp"

namespace mitori::witness::detail {
namespace {

// While there is much to tell we come by ourselves, so often; then no end costs a wake-up.
constexpr base::Usec round{std::chrono::milliseconds(50)};
constexpr std::size_t most_at_once = 1024;

std::uint64_t now_boottime() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

template <auto BpfLibrary::* Free>
struct Freed {
    BpfLibrary const* library = nullptr;
    template <class T>
    void operator()(T* thing) const {
        (library->*Free)(thing);
    }
};
using Object = std::unique_ptr<bpf_object, Freed<&BpfLibrary::bpf_object__close>>;
using Link = std::unique_ptr<bpf_link, Freed<&BpfLibrary::bpf_link__destroy>>;
using Ring = std::unique_ptr<ring_buffer, Freed<&BpfLibrary::ring_buffer__free>>;

struct Unmapped {
    void operator()(witness_state* state) const { ::munmap(state, sizeof *state); }
};
using State = std::unique_ptr<witness_state, Unmapped>;

base::Error failed(std::string const& what) {
    int const number = errno;
    auto const complaint = BpfLibrary::complaint();
    return {.number = number, .operation = what, .subject = complaint};
}

class BpfWitness final : public Witness {
public:
    BpfWitness(loop::Loop& loop, Handlers handlers) : loop_(loop), handlers_(std::move(handlers)) {
        facts_.boot = read_boot();
        facts_.ticks = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
        facts_.page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
        if (auto log = KernelLog::open()) log_ = std::move(*log);
        if (log_) facts_.oom = [this](pid_t pid) { return log_->victim(pid); };
    }

    /// Loads the kernel's side. Takes long, and has nothing to do with the loop.
    base::Result<void> load(Options const& options);
    /// From here on ends are told.
    base::Result<void> begin();
    [[nodiscard]] status::Source source() const override { return status::Source::bpf; }
    void drain() override { static_cast<void>(consume()); }

private:
    base::Result<void> load_object(std::size_t ring_bytes);
    base::Result<void> look_around();
    base::Result<void> attach(char const* program);
    base::Result<void> wait_for_one();
    void go_round();
    std::size_t consume();
    int take(std::span<std::byte const> record);
    void flush();
    void tell_lost();

    loop::Loop& loop_;
    Handlers handlers_;
    BpfLibrary const* library_ = nullptr;
    BpfFacts facts_;
    std::optional<KernelLog> log_;
    Object object_;
    State state_;
    Ring ring_;
    std::vector<Link> links_;
    std::vector<status::Death> deaths_;
    std::uint64_t lost_ = 0; ///< of those that the kernel's side counts, told already
    loop::WatchPtr watch_;
};

base::Result<void> BpfWitness::load(Options const& options) {
    library_ = TRY(BpfLibrary::open());
    TRY(load_object(options.ring_bytes));
    return look_around();
}

base::Result<void> BpfWitness::begin() {
    for (auto const* program : {"on_signal", "on_exit"})
        TRY(attach(program));
    return wait_for_one();
}

base::Result<void> BpfWitness::load_object(std::size_t ring_bytes) {
    auto const bytes = bpf_object_bytes();
    static_cast<void>(BpfLibrary::complaint());
    object_ = Object(library_->bpf_object__open_mem(bytes.data(), bytes.size(), nullptr), {library_});
    if (!object_) return std::unexpected(failed("the kernel's side cannot be read"));
    auto* const deaths = library_->bpf_object__find_map_by_name(object_.get(), "deaths");
    if (library_->bpf_map__set_max_entries(deaths, static_cast<std::uint32_t>(ring_bytes)) != 0)
        return std::unexpected(failed("the ring's size"));
    if (int const error = library_->bpf_object__load(object_.get()); error != 0) {
        errno = -error;
        if (errno == EPERM)
            return base::make_error(EPERM,
                                    "loading it needs CAP_BPF and CAP_PERFMON in the machine's first user namespace");
        return std::unexpected(failed("the kernel does not load it"));
    }
    auto* const state = ::mmap(nullptr, sizeof(witness_state), PROT_READ | PROT_WRITE, MAP_SHARED,
                               library_->bpf_object__find_map_fd_by_name(object_.get(), "state"), 0);
    if (state == MAP_FAILED) return std::unexpected(failed("mmap")); // NOLINT: the system's own constant
    state_ = State(static_cast<witness_state*>(state));
    auto const sample = [](void* self, void* record, std::size_t size) {
        return static_cast<BpfWitness*>(self)->take({static_cast<std::byte const*>(record), size});
    };
    ring_ = Ring(library_->ring_buffer__new(library_->bpf_object__find_map_fd_by_name(object_.get(), "deaths"), sample,
                                            this, nullptr),
                 {library_});
    if (!ring_) return std::unexpected(failed("the ring"));
    return {};
}

/// In which namespaces we are, as the kernel's side sees it: it runs in us for that.
base::Result<void> BpfWitness::look_around() {
    auto* const program = library_->bpf_object__find_program_by_name(object_.get(), "look_around");
    std::array<std::uint64_t, 1> arguments{};
    bpf_test_run_opts options{};
    options.sz = sizeof options;
    options.ctx_in = arguments.data();
    options.ctx_size_in = sizeof arguments;
    if (int const error = library_->bpf_prog_test_run_opts(library_->bpf_program__fd(program), &options); error != 0) {
        errno = -error;
        return std::unexpected(failed("the kernel does not run it"));
    }
    return {};
}

base::Result<void> BpfWitness::attach(char const* name) {
    auto* const program = library_->bpf_object__find_program_by_name(object_.get(), name);
    Link link(library_->bpf_program__attach(program), {library_});
    if (!link) return std::unexpected(failed("the tracepoint cannot be watched"));
    links_.push_back(std::move(link));
    return {};
}

base::Result<void> BpfWitness::wait_for_one() {
    watch_ = TRY(loop_.on_ready(library_->ring_buffer__epoll_fd(ring_.get()), loop::Interest::read,
                                loop::Urgency::normal, [this](loop::Ready) { go_round(); }));
    return {};
}

// From the first end on we come round by the clock; when there was nothing to do we sleep again. What came between the
// last look and the mark that we sleep is taken at once: the kernel's side did not wake us for it.
void BpfWitness::go_round() {
    auto const count = consume();
    bool const busy = count != 0;
    std::atomic_ref(state_->awake).store(busy ? 1 : 0);
    if (!busy && consume() == 0) {
        if (auto const waiting = wait_for_one(); !waiting)
            base::log(base::Priority::err, "deaths are no longer seen: {}", waiting.error().message());
        return;
    }
    std::atomic_ref(state_->awake).store(1);
    auto timer = loop_.at(base::plus(base::sys::now_monotonic(), round), round, [this] { go_round(); });
    if (timer) watch_ = *std::move(timer);
}

std::size_t BpfWitness::consume() {
    facts_.now = base::sys::now();
    facts_.now_boottime = now_boottime();
    int const count = library_->ring_buffer__consume(ring_.get());
    flush();
    tell_lost();
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

int BpfWitness::take(std::span<std::byte const> record) {
    if (auto death = read_bpf_death(record, facts_)) deaths_.push_back(*std::move(death));
    if (deaths_.size() >= most_at_once) flush();
    return 0;
}

void BpfWitness::flush() {
    if (deaths_.empty()) return;
    handlers_.died(deaths_);
    deaths_.clear();
}

void BpfWitness::tell_lost() {
    auto const lost = std::atomic_ref(state_->lost).load();
    if (lost == lost_) return;
    handlers_.lost(lost - std::exchange(lost_, lost), "the kernel's ring was full");
}

class BpfOpening final : public Opening {
public:
    static base::Result<std::unique_ptr<Opening>> begin(loop::Loop& loop, std::unique_ptr<BpfWitness> witness,
                                                        Options const& options, OpenedLater opened) {
        std::unique_ptr<BpfOpening> opening(new BpfOpening(std::move(witness), std::move(opened)));
        opening->aside_ = TRY(loop::Aside::begin(
            loop, [self = opening.get(), options] { self->loaded_ = self->witness_->load(options); },
            [self = opening.get()] { self->finish(); }));
        return opening;
    }

private:
    BpfOpening(std::unique_ptr<BpfWitness> witness, OpenedLater opened)
        : witness_(std::move(witness)),
          opened_(std::move(opened)) {}

    // May be the end of this object.
    void finish() {
        auto const begun = loaded_ ? witness_->begin() : loaded_;
        auto const opened = std::move(opened_);
        if (begun)
            opened(std::move(witness_));
        else
            opened(std::unexpected(begun.error()));
    }

    std::unique_ptr<BpfWitness> witness_;
    OpenedLater opened_;
    base::Result<void> loaded_;
    std::unique_ptr<loop::Aside> aside_; // last: while its work goes on the rest is needed
};

} // namespace

base::Result<std::unique_ptr<Witness>> open_bpf(loop::Loop& loop, Handlers handlers, Options const& options) {
    auto witness = std::make_unique<BpfWitness>(loop, std::move(handlers));
    TRY(witness->load(options));
    TRY(witness->begin());
    return witness;
}

base::Result<std::unique_ptr<Opening>> open_bpf_aside(loop::Loop& loop, Handlers handlers, Options const& options,
                                                      OpenedLater opened) {
    return BpfOpening::begin(loop, std::make_unique<BpfWitness>(loop, std::move(handlers)), options, std::move(opened));
}

} // namespace mitori::witness::detail
