// The whole program, after the machine's entry and before its exit.
#pragma once

namespace mitori::init {

/// `argv` and `environment` as the kernel gives them, null-terminated; both are written to. Our exit status.
int run(int argc, char** argv, char** environment);

} // namespace mitori::init
