#include "process_peers.hpp"

#ifdef MITORI_BENCH_GLIB
#include <cstdlib>
#include <glib.h>
#include <sys/wait.h>

namespace mitori::bench {

Peer glib() {
    return {"GLib g_spawn_async", [](char const* program, int starts) {
                char* argv[] = {const_cast<char*>(program), nullptr};
                char* environment[] = {nullptr};
                for (int n = 0; n < starts; ++n) {
                    GPid pid = 0;
                    if (!g_spawn_async(nullptr, argv, environment, G_SPAWN_DO_NOT_REAP_CHILD, nullptr, nullptr, &pid,
                                       nullptr))
                        std::abort();
                    ::waitpid(pid, nullptr, 0);
                }
            }};
}

} // namespace mitori::bench
#else
mitori::bench::Peer mitori::bench::glib() { return {"GLib g_spawn_async"}; }
#endif
