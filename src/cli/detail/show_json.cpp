#include "cli/detail/show_json.hpp"

#include <nlohmann/json.hpp>
#include <ostream>

#include "status/json.hpp"

namespace mitori::cli::detail {

void print_json(Context& context, nlohmann::json const& json) {
    context.out << status::show(json, status::Layout::indented) << '\n';
}

} // namespace mitori::cli::detail
