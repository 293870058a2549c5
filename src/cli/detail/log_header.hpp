// What a journal file says of itself, as journalctl --header prints it.
#pragma once

#include <string>

#include "status/log_file.hpp"

namespace mitori::cli::detail {

[[nodiscard]] std::string show_log_header(status::LogFile const& file);

} // namespace mitori::cli::detail
