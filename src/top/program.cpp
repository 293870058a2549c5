#include "top/program.hpp"

#include <array>
#include <fmt/ostream.h>
#include <ostream>
#include <poll.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/sys_terminal.hpp"
#include "loop/loop.hpp"
#include "top/batch.hpp"
#include "top/desk.hpp"
#include "top/looker.hpp"
#include "top/terminal.hpp"

namespace mitori::top {
namespace sys = base::sys;
namespace {

constexpr int failure = 1;
constexpr int of_signal = 128;
/// What is read between two pictures, or two keys: nobody notices that long a wait.
constexpr base::Usec slice = std::chrono::milliseconds(30);
/// From the first picture to the second, which has rates of what runs now, and units by their manager.
constexpr base::Usec soon = std::chrono::milliseconds(400);
constexpr base::Usec slack = std::chrono::milliseconds(20);

class Interactive {
public:
    Interactive(Call const& call, loop::Loop& loop, Looker& looker) : call_(call), loop_(loop), looker_(looker) {}

    base::Result<int> run() {
        TRY(watch_signals());
        terminal_ = TRY(Terminal::open(call_.colour ? Terminal::Colour::yes : Terminal::Colour::no));
        DeskOptions const options{
            .glyphs = terminal_->glyphs(), .interval = call_.options.interval, .is_secure = call_.options.is_secure};
        desk_.emplace(Board(call_.user_name), call_.options.choice, options, call_.deeds);
        desk_->resize(terminal_->size());
        keys_ = TRY(loop_.on_ready(STDIN_FILENO, loop::Interest::read, loop::Urgency::normal,
                                   [this](loop::Ready) { on_keys(); }));
        look(Looker::Manager::leave);
        if (!is_enough()) arm(std::min(soon, desk_->interval()));
        auto const code = loop_.run();
        terminal_.reset();
        return code;
    }

private:
    base::Result<void> watch_signals() {
        for (int const number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
            signals_.push_back(TRY(
                loop_.on_signal({number}, [this, number] { loop_.stop(number == SIGINT ? 0 : of_signal + number); })));
        signals_.push_back(TRY(loop_.on_signal({SIGWINCH}, [this] { on_resize(); })));
        signals_.push_back(TRY(loop_.on_signal({SIGCONT}, [this] { on_resume(); })));
        signals_.push_back(TRY(loop_.on_signal({SIGTSTP}, [this] { on_stop(); })));
        return {};
    }

    void show() { terminal_->show(desk_->picture()); }

    void on_keys() {
        bool any = false;
        while (auto const key = terminal_->read()) {
            any = true;
            auto const before = desk_->interval();
            bool const was_paused = desk_->is_paused();
            auto const wish = desk_->on_key(*key);
            if (wish == Wish::quit) return loop_.stop(0);
            if (wish == Wish::repaint) terminal_->repaint();
            if (before != desk_->interval() || (was_paused && !desk_->is_paused())) arm(desk_->interval());
        }
        // Ready, and nothing to read: half a key, or nobody at the other end any more.
        if (!any && !sys::window_size(STDIN_FILENO)) return loop_.stop(of_signal + SIGHUP);
        show();
    }
    void on_resize() {
        terminal_->resize();
        desk_->resize(terminal_->size());
        show();
    }
    void on_stop() {
        terminal_->suspend();
        static_cast<void>(sys::stop_self()); // where nobody could continue us it returns at once
        on_resume();
    }
    void on_resume() {
        terminal_->resume();
        desk_->resize(terminal_->size());
        terminal_->repaint();
        show();
    }

    void arm(base::Usec span) {
        auto timer = loop_.at(loop_.now().monotonic + span, slack, [this] { on_time(); });
        if (timer) timer_ = std::move(*timer);
    }
    void on_time() {
        if (desk_->is_paused()) return;
        look(Looker::Manager::ask);
        if (is_enough()) return loop_.stop(0);
        arm(desk_->interval());
    }
    [[nodiscard]] bool is_enough() const { return call_.options.looks && looks_ >= *call_.options.looks; }

    void look(Looker::Manager manager) {
        looker_.look(manager);
        ++looks_;
        fill();
    }
    /// A slice of what is missing, its picture, and the next slice when nothing else is to be done.
    void fill() {
        bool const more = looker_.fill(slice);
        desk_->take(looker_.last());
        show();
        rest_.reset();
        if (!more) return;
        if (auto rest = loop_.defer([this] { fill(); })) rest_ = std::move(*rest);
    }

    Call const& call_;
    loop::Loop& loop_;
    Looker& looker_;
    std::vector<loop::WatchPtr> signals_;
    std::unique_ptr<Terminal> terminal_;
    std::optional<Desk> desk_;
    loop::WatchPtr keys_;
    loop::WatchPtr timer_;
    loop::WatchPtr rest_;
    std::uint64_t looks_ = 0;
};

int complain(Call const& call, std::string_view what) {
    fmt::print(call.err, "mitori top: {}\n", what);
    return failure;
}

int run_interactive(Call const& call, Looker& looker) {
    if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0)
        return complain(call, "this is no terminal; -b prints looks as text.");
    auto loop = loop::open_loop();
    if (!loop) return complain(call, loop.error().message());
    auto const code = Interactive(call, **loop, looker).run();
    return code ? *code : complain(call, code.error().message());
}

int run_batch(Call const& call, Looker& looker) {
    auto const& options = call.options;
    Board board(call.user_name);
    auto const glyphs = glyphs_of_locale();
    auto const width = options.width != 0 ? options.width : call.width;
    for (std::uint64_t count = 0; !options.looks || count < *options.looks; ++count) {
        if (count != 0) {
            ::poll(nullptr, 0,
                   static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(options.interval).count()));
            if (!options.json) call.out << '\n';
        }
        looker.look(Looker::Manager::ask);
        while (looker.fill(std::chrono::seconds(1))) {}
        board.take(looker.last());
        call.out << (options.json ? batch_json(board, options.choice)
                                  : batch_text(board, options.choice, width, glyphs));
        call.out.flush();
        if (!call.out.good()) return failure;
    }
    return 0;
}

} // namespace

int run(Call const& call) {
    auto looker = Looker::open(call.place);
    if (!looker) return complain(call, looker.error().message());
    return call.options.batch ? run_batch(call, *looker) : run_interactive(call, *looker);
}

} // namespace mitori::top
