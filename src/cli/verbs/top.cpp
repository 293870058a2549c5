// `mitori top`: hands the room `top` what it shows beside /proc, and what it can do. It needs no manager; one is asked
// for its units where it answers.
#include <fmt/ostream.h>
#include <ostream>

#include "cli/detail/ps_desk.hpp"
#include "cli/detail/top_deeds.hpp"
#include "cli/process_programs.hpp"
#include "top/program.hpp"

namespace mitori::cli {

int run_top(ProcessCall const& call) {
    constexpr int failure = 1;
    auto options = top::parse_options(call.words);
    if (!options) {
        fmt::print(call.err, "mitori top: {}\nTry 'mitori top --help'.\n", options.error());
        return failure;
    }
    if (options->help) {
        call.out << top::help_text();
        return 0;
    }
    if (options->version) {
        fmt::print(call.out, "mitori {}\n", MITORI_VERSION);
        return 0;
    }
    auto scanner = procfs::Scanner::open();
    if (!scanner) {
        fmt::print(call.err, "mitori top: {}\n", scanner.error().message());
        return failure;
    }
    detail::Names names;
    detail::ManagerOfCall place(call);
    detail::TopDeeds deeds(call, *scanner);
    bool const colour = call.screen.colour && !options->no_colour;
    return top::run({.options = std::move(*options),
                     .colour = colour,
                     .width = call.screen.width,
                     .user_name = [&names](std::uint32_t id) { return names.user(id); },
                     .place = &place,
                     .deeds = deeds,
                     .out = call.out,
                     .err = call.err});
}

} // namespace mitori::cli
