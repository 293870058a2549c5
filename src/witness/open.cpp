#include <array>
#include <fmt/format.h>

#include "base/names.hpp"
#include "witness/detail/bpf_source.hpp"
#include "witness/detail/connector_source.hpp"
#include "witness/detail/pidfd_source.hpp"
#include "witness/witness.hpp"

namespace mitori::witness {
namespace {

using status::Source;

struct Row {
    Source source;
    char const* name;
    char const* sees;
    base::Result<std::unique_ptr<Witness>> (*open)(loop::Loop&, Handlers, Options const&);
};

// Best first.
constexpr std::array rows{
    Row{Source::bpf, "BPF", "every process's end, with who sent the deadly signal and what the process used",
        detail::open_bpf},
    Row{Source::connector, "process connector", "every process's end, but not who sent the signal",
        detail::open_connector},
    Row{Source::pidfd_info, "pidfds",
        "the ends of processes that it finds by looking around, a second apart, but not who sent the signal",
        detail::open_pidfds},
};

} // namespace

std::string describe_source(Source source) {
    for (auto const& row : rows)
        if (row.source == source) return fmt::format("{}: {}", row.name, row.sees);
    return std::string(base::word(source));
}

base::Result<Opened> open_witness(loop::Loop& loop, Handlers handlers, Options const& options) {
    std::string why;
    base::Error last{.operation = "no such source"};
    for (auto const& row : rows) {
        if (options.only && *options.only != row.source) continue;
        auto witness = row.open(loop, handlers, options);
        if (witness) return Opened{*std::move(witness), std::move(why)};
        last = std::move(witness.error());
        why += fmt::format("{}No {}: {}.", why.empty() ? "" : " ", row.name, last.message());
    }
    return std::unexpected(std::move(last));
}

base::Result<std::unique_ptr<Opening>> open_bpf_aside(loop::Loop& loop, Handlers handlers, Options const& options,
                                                      OpenedLater opened) {
    return detail::open_bpf_aside(loop, std::move(handlers), options, std::move(opened));
}

} // namespace mitori::witness
