// The program: `mitori VERB …`, and what answers to other names by links to it.
#include <filesystem>

#include "bin/generators.hpp"
#include "bin/manager_program.hpp"
#include "bin/record_program.hpp"
#include "bin/run_program.hpp"
#include "bin/up_program.hpp"
#include "cli/main.hpp"
#include "local/deaths.hpp"
#include "local/logs.hpp"

int main(int argc, char** argv) {
    if (argc > 0 && std::filesystem::path(argv[0]).filename() == mitori::bin::generators_name)
        return mitori::bin::run_generators({argv, static_cast<std::size_t>(argc)});
    auto const logs = [](std::string const& runtime_directory) {
        return mitori::local::make_logs(mitori::local::standard_places(runtime_directory));
    };
    auto const deaths = [](std::string const& runtime_directory, std::optional<std::string> const& file) {
        return mitori::local::open_deaths(file ? std::vector{*file}
                                               : mitori::local::standard_ledgers(runtime_directory));
    };
    return mitori::cli::main(argc, argv,
                             {.manager = mitori::bin::run_manager,
                              .up = mitori::bin::run_up,
                              .run = mitori::bin::run_command,
                              .daemonize = mitori::bin::run_daemonize,
                              .record = mitori::bin::run_record,
                              .logs = logs,
                              .deaths = deaths});
}
