#include "cli/detail/process_tree.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "base/text.hpp"
#include "cli/detail/style.hpp"
#include "cli/detail/table.hpp"

namespace mitori::cli::detail {

namespace {

struct Group {
    std::vector<status::ProcessRow> processes;
    std::map<std::string, Group> groups;
};

Group group_up(std::vector<status::ProcessRow> const& rows) {
    Group root;
    for (auto const& row : rows) {
        auto* group = &root;
        for (auto const name : base::split(row.group, "/"))
            group = &group->groups[std::string(name)];
        group->processes.push_back(row);
    }
    return root;
}

class Drawing {
public:
    explicit Drawing(Screen const& screen) : screen_(screen) {}

    void draw(Group const& group, std::string const& margin) {
        auto processes = group.processes;
        std::ranges::sort(processes, {}, &status::ProcessRow::pid);
        auto const digits = processes.empty() ? 0 : std::to_string(processes.back().pid).size();
        std::size_t left = processes.size() + group.groups.size();
        for (auto const& row : processes)
            add(margin + (--left == 0 ? "└─" : "├─"),
                fmt::format("{:>{}} {}", row.pid, digits, base::printable(row.command_line)));
        for (auto const& [name, inner] : group.groups) {
            bool const last = --left == 0;
            add(margin + (last ? "└─" : "├─"), base::printable(name));
            draw(inner, margin + (last ? "  " : "│ "));
        }
    }
    [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }

private:
    void add(std::string const& margin, std::string const& text) {
        auto const used = base::columns(margin);
        auto const room = screen_.width == 0 ? 0 : std::max<std::size_t>(screen_.width, used + 20) - used;
        lines_.push_back(margin + styled(screen_, Style::faint, shortened(text, room)));
    }

    Screen const& screen_;
    std::vector<std::string> lines_;
};

} // namespace

std::vector<std::string> process_tree(std::vector<status::ProcessRow> const& rows, std::string const& margin,
                                      Screen const& screen) {
    Drawing drawing(screen);
    drawing.draw(group_up(rows), margin);
    return drawing.take();
}

} // namespace mitori::cli::detail
