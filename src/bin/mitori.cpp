// The program: `mitori VERB …`, and what answers to other names by links to it.
#include "bin/manager_program.hpp"
#include "bin/up_program.hpp"
#include "cli/main.hpp"

int main(int argc, char** argv) {
    return mitori::cli::main(argc, argv, {.manager = mitori::bin::run_manager, .up = mitori::bin::run_up});
}
