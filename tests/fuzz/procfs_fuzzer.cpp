// Any bytes as a file of /proc: whoever may name himself, or write over his arguments, writes them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "procfs/detail/parse.hpp"
#include "procfs/detail/row_parse.hpp"
#include "procfs/group_limits.hpp"
#include "procfs/origin.hpp"

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace mitori::procfs;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    Row row;
    if (detail::parse_stat_row(text, row)) must(row.pid > 0 && row.comm.size() < size);
    detail::parse_status(text, row);
    detail::parse_io(text, row);
    must(detail::joined_arguments(text).find('\0') == std::string::npos);
    detail::parse_cgroup(text, row);
    must(row.cgroup.size() <= size && unit_of_cgroup(row.cgroup).size() <= row.cgroup.size());
    static_cast<void>(find_group(text, "memory"));
    if (auto const container = container_of_cgroup(text)) must(!container->id.empty());
    static_cast<void>(detail::parse_stat(text, {}));
    static_cast<void>(detail::find_variable(text, "A"));
    return 0;
}
