// Where the person sits: keys go in, pictures come out. It keeps what is chosen, selected, folded, typed and read,
// through every refresh of the board. Knows no terminal and no clock.
//
// A key means what it means in the mode that the desk is in: in the list, while something is typed (a filter, what is
// searched for, a signal, an interval), before a signal goes out (its targets are listed, and y sends it), or in a pane
// of text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "top/board.hpp"
#include "top/deeds.hpp"
#include "top/keys.hpp"
#include "top/picture.hpp"

namespace mitori::top {

/// What the program has to do after a key, beside showing the picture.
enum class Wish : std::uint8_t { none, quit, repaint };

struct DeskOptions {
    Glyphs glyphs = Glyphs::utf8;
    base::Usec interval = std::chrono::seconds(2);
    bool is_secure = false; ///< no signals
};

class Desk {
public:
    Desk(Board board, Choice choice, DeskOptions options, Deeds& deeds);

    void take(Look look);
    void resize(Size size);
    Wish on_key(Key const& key);
    [[nodiscard]] Picture picture() const;

    [[nodiscard]] base::Usec interval() const { return options_.interval; }
    [[nodiscard]] bool is_paused() const { return is_paused_; }
    /// Nothing where there are no rows.
    [[nodiscard]] std::optional<Row> selected() const;

private:
    enum class Mode : std::uint8_t { list, filter, search, signal, interval, confirm, pane };

    // desk.cpp: the list
    void lay_out();
    void show_selection();
    void select(std::size_t index);
    [[nodiscard]] Wish on_list_key(Key const& key);
    [[nodiscard]] bool on_movement(Key const& key);
    void on_click(Key const& key);
    [[nodiscard]] Wish on_letter(char32_t letter);
    [[nodiscard]] bool on_choice_letter(char32_t letter);
    [[nodiscard]] Wish on_function(int number);
    void sort_by(Sort sort);
    enum class Fold : std::uint8_t { toggle, fold, unfold };
    void fold(Fold how);
    void find(std::size_t from);

    // desk_modes.cpp: what is typed, and signals
    void begin(Mode mode, std::string prompt, std::string typed);
    void on_typed_key(Key const& key);
    void on_typed();
    void finish_typing();
    void take_interval();
    void ask_for_signal();
    void take_signal();
    void list_targets();
    void on_confirm_key(Key const& key);
    void send();

    // desk_panes.cpp: text
    void show_pane(std::string title, std::string_view text);
    void on_pane_key(Key const& key);
    void show_help();
    void inspect();
    void why();
    void logs();
    void unit();

    Board board_;
    Choice choice_;
    DeskOptions options_;
    Deeds& deeds_;
    Size size_;
    std::vector<Row> rows_;
    std::size_t index_ = 0;          ///< of the selected row
    std::size_t first_ = 0;          ///< of the row at the top of the list
    std::optional<Identity> pinned_; ///< the selected row, wherever it goes; nothing: the first one, whoever that is
    Mode mode_ = Mode::list;
    std::string prompt_;
    std::string typed_;
    std::string searched_;
    std::string message_;
    std::optional<Pane> pane_;
    std::optional<Whom> whom_;
    base::Signal signal_{SIGTERM};
    bool is_paused_ = false;
};

} // namespace mitori::top
