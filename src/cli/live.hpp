// What `mitori up` shows while it runs. On a terminal: a table of the units and the tree of their processes, redrawn in
// place. On a pipe: one line for each change of a unit's state.
//
// The view does nothing by itself. It listens, notes what has changed, and calls `stale`; whoever owns the loop calls
// refresh() then, soon (deferred, so that a burst of changes is one redraw), and every second or so, for the ages and
// figures. The faces are asked in refresh() only, never from within an event.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/context.hpp"
#include "control/control.hpp"

namespace mitori::cli {

class LiveView {
public:
    /// Draws to the descriptor, which stays the caller's. `stale` is called within events of the watch; it may be
    /// empty.
    LiveView(control::Faces faces, int fd, std::function<void()> stale);
    LiveView(LiveView const&) = delete;
    LiveView& operator=(LiveView const&) = delete;
    /// Gives the terminal back as it was and, there, leaves one last table behind.
    ~LiveView();

    void refresh();
    /// A line that a service or the manager has said: printed as it is on a pipe; on a terminal the last ones stand
    /// below the tree, and all that were kept stay behind when the view goes.
    void say(std::string_view line);

private:
    void print_changes();
    void redraw();
    [[nodiscard]] std::vector<std::string> last_words(std::size_t most, std::size_t width) const;
    void write(std::string const& text) const;

    control::Faces faces_;
    int fd_;
    bool on_terminal_;
    std::function<void()> stale_;
    std::map<std::string, std::string> shown_states_; ///< by unit, as last printed on a pipe
    std::set<std::string> seen_;                      ///< units that the table has held: the last one ends with these
    std::vector<std::string> notes_;                  ///< ends of jobs that went wrong, to be printed
    std::deque<std::string> said_;                    ///< the last lines, newest at the back
    std::unique_ptr<control::Subscription> subscription_;
};

/// The lines of one redraw: at most `height` of them (0: all), none wider than the screen. For the view and its tests.
[[nodiscard]] std::vector<std::string> live_frame(control::Query& query, Screen const& screen, std::size_t height);

} // namespace mitori::cli
