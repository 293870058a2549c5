// A verb run in this process, as main() would run it, with its output caught.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "cli/options.hpp"
#include "cli/verbs.hpp"

namespace mitori::test {

struct Said {
    int status = -1;
    std::string out;
    std::string err;
};

/// `line` is split at spaces. `wait` is what Context::wait_until is.
inline Said run_verb(control::Faces faces, std::string const& line,
                     std::function<control::Answer<void>(std::function<bool()> const&)> wait, cli::Screen screen = {}) {
    std::vector<std::string> words{"mitori"};
    for (auto const word : base::split(line, " "))
        words.emplace_back(word);
    std::vector<char const*> arguments;
    for (auto const& word : words)
        arguments.push_back(word.c_str());
    auto const options = cli::parse_options(static_cast<int>(arguments.size()), arguments.data());
    if (!options) return {.status = 1, .err = options.error()};
    std::ostringstream out;
    std::ostringstream err;
    cli::Context context{.options = *options,
                         .program = "systemctl",
                         .faces = faces,
                         .wait_until = std::move(wait),
                         .out = out,
                         .err = err,
                         .screen = screen};
    auto const* verb = cli::find_verb(options->words.at(0));
    if (verb == nullptr || verb->run == nullptr) return {.err = "no such verb"};
    int const status = verb->run(context, {options->words.begin() + 1, options->words.end()});
    return {status, out.str(), err.str()};
}

} // namespace mitori::test
