// Compiled where clang or libbpf's headers were missing, instead of the BPF source (cmake/Bpf.cmake).
#include "witness/detail/bpf_source.hpp"

namespace mitori::witness::detail {
namespace {

auto refuse() {
    return base::make_error(0, "mitori was built without it, because clang or libbpf's headers were missing");
}

} // namespace

base::Result<std::unique_ptr<Witness>> open_bpf(loop::Loop&, Handlers, Options const&) { return refuse(); }

base::Result<std::unique_ptr<Opening>> open_bpf_aside(loop::Loop&, Handlers, Options const&, OpenedLater) {
    return refuse();
}

} // namespace mitori::witness::detail
