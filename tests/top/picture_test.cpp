// What stands on screens of three sizes: golden pictures in tests/top/pictures, without their colours.
#include <cstdlib>
#include <ctime>
#include <gtest/gtest.h>

#include "base/sys.hpp"
#include "top/batch.hpp"
#include "top/cells.hpp"
#include "top/picture.hpp"
#include "top/sample.hpp"

namespace mitori::top {
namespace {
using test::board_of;
using test::sample;

class Pictures : public testing::Test {
protected:
    Pictures() : board(board_of(sample())) {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
        auto look = sample();
        for (int i = 0; i < 3; ++i) {
            ++look.number;
            look.processes[3].cpu = 0.25 * i;
            look.processes[5].resident += 50U << 20U;
            look.machine.busy = 0.25 * i;
            look.groups[0].restarts = 5U + static_cast<unsigned>(i);
            board.take(look);
        }
        rows = board.rows(choice);
    }
    Scene scene(Glyphs glyphs = Glyphs::utf8) {
        return {.board = board,
                .choice = choice,
                .rows = rows,
                .selected = 1,
                .footer = "? help  q quit",
                .interval = "every 2 s",
                .glyphs = glyphs};
    }
    static std::string text(std::vector<Line> const& lines) {
        std::string text;
        for (auto const& line : lines) {
            auto words = text_of(line);
            words.erase(words.find_last_not_of(' ') + 1);
            text += words + "\n";
        }
        return text;
    }
    static std::string golden(std::string const& name) {
        auto const kept = base::sys::read_file(std::string(MITORI_TEST_DATA) + "/pictures/" + name);
        EXPECT_TRUE(kept) << kept.error().message();
        return kept.value_or("");
    }
    void expect_fits(Picture const& picture, Size size) {
        EXPECT_EQ(picture.lines.size(), size.rows);
        for (auto const& line : picture.lines)
            EXPECT_LE(cells(text_of(line)), size.columns) << text_of(line);
    }

    Board board;
    Choice choice;
    std::vector<Row> rows;
};

TEST_F(Pictures, are_golden_at_80x24) {
    auto const picture = draw(scene(), {.rows = 24, .columns = 80});
    expect_fits(picture, {.rows = 24, .columns = 80});
    EXPECT_EQ(text(picture.lines), golden("80x24.txt"));
}

TEST_F(Pictures, are_golden_at_132x43) {
    auto const picture = draw(scene(), {.rows = 43, .columns = 132});
    expect_fits(picture, {.rows = 43, .columns = 132});
    EXPECT_EQ(text(picture.lines), golden("132x43.txt"));
}

TEST_F(Pictures, are_golden_at_40x10) {
    auto const picture = draw(scene(), {.rows = 10, .columns = 40});
    expect_fits(picture, {.rows = 10, .columns = 40});
    EXPECT_EQ(text(picture.lines), golden("40x10.txt"));
}

TEST_F(Pictures, are_golden_in_ascii) {
    auto const picture = draw(scene(Glyphs::ascii), {.rows = 24, .columns = 80});
    auto const shown = text(picture.lines);
    EXPECT_EQ(shown, golden("ascii.txt"));
    for (char const c : shown)
        EXPECT_LT(static_cast<unsigned char>(c), 0x80U);
}

TEST_F(Pictures, fit_every_size) {
    for (std::size_t rows_here = 1; rows_here < 30; ++rows_here)
        for (std::size_t columns = 1; columns < 160; columns += 7)
            expect_fits(draw(scene(), {.rows = rows_here, .columns = columns}),
                        {.rows = rows_here, .columns = columns});
    EXPECT_TRUE(draw(scene(), {.rows = 0, .columns = 80}).lines.empty());
}

TEST_F(Pictures, show_a_pane_in_place_of_the_list) {
    Pane pane{.title = "inspect 1", .lines = {}, .first = 2, .left = 3, .hint = "q back"};
    for (int i = 0; i < 9; ++i)
        pane.lines.push_back("line " + std::to_string(i));
    auto shown = scene();
    shown.pane = &pane;
    auto const picture = draw(shown, {.rows = 6, .columns = 30});
    expect_fits(picture, {.rows = 6, .columns = 30});
    EXPECT_EQ(text(picture.lines), " inspect 1\ne 2\ne 3\ne 4\ne 5\n3-6 of 9  q back\n");
}

TEST_F(Pictures, put_the_cursor_behind_what_is_typed) {
    auto shown = scene();
    shown.prompt = "Filter: ";
    shown.typed = "日本";
    auto const picture = draw(shown, {.rows = 24, .columns = 80});
    ASSERT_TRUE(picture.cursor);
    EXPECT_EQ(picture.cursor->row, 23U);
    EXPECT_EQ(picture.cursor->column, 12U);
}

TEST_F(Pictures, in_batch_are_plain_lines_with_everything) {
    choice.shape = Shape::flat;
    auto const shown = batch_text(board, choice, 0, Glyphs::utf8);
    EXPECT_EQ(shown, golden("batch.txt"));
    EXPECT_EQ(shown.find(" \n"), std::string::npos);
}

TEST_F(Pictures, in_json_say_null_for_what_is_not_told) {
    auto const json = batch_json(board, choice);
    EXPECT_EQ(json.find('\n'), json.size() - 1) << "one line";
    EXPECT_NE(json.find(R"("io":null)"), std::string::npos);
    EXPECT_NE(json.find(R"("name":"broken.service")"), std::string::npos);
    EXPECT_NE(json.find(R"("container":"docker:0123456789ab")"), std::string::npos);
    EXPECT_EQ(json.find("kthreadd"), std::string::npos);
}

} // namespace
} // namespace mitori::top
