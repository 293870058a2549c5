#include "witness/detail/bpf_library.hpp"

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <dlfcn.h>

#include "base/text.hpp"

namespace mitori::witness::detail {
namespace {

std::string last_complaint; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): libbpf's printer has no
                            // argument of ours

[[gnu::format(printf, 2, 0)]] int keep_complaint(enum libbpf_print_level level, char const* format,
                                                 std::va_list words) {
    if (level != LIBBPF_WARN) return 0;
    std::array<char, 512> line{};
    int const length = std::vsnprintf(line.data(), line.size(), format, words);
    // The first is the cause; the verifier's log and the failures that follow from it are not.
    if (last_complaint.empty())
        last_complaint = base::trim(std::string_view(line.data()).substr(0, std::string_view(line.data()).find('\n')));
    return length;
}

template <class Function>
void find(void* library, char const* name, Function& function, char const*& missing) {
    function = reinterpret_cast<Function>(::dlsym(library, name)); // NOLINT: dlsym's own type
    if (function == nullptr) missing = name;
}

base::Result<BpfLibrary> load() {
    void* const library = ::dlopen("libbpf.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return base::make_error(ENOENT, "dlopen", "libbpf.so.1");
    BpfLibrary loaded{};
    char const* missing = nullptr;
#define FIND(name) find(library, #name, loaded.name, missing)
    FIND(libbpf_set_print);
    FIND(bpf_object__open_mem);
    FIND(bpf_object__load);
    FIND(bpf_object__close);
    FIND(bpf_object__find_map_by_name);
    FIND(bpf_object__find_map_fd_by_name);
    FIND(bpf_object__find_program_by_name);
    FIND(bpf_map__set_max_entries);
    FIND(bpf_program__fd);
    FIND(bpf_program__attach);
    FIND(bpf_link__destroy);
    FIND(bpf_prog_test_run_opts);
    FIND(ring_buffer__new);
    FIND(ring_buffer__free);
    FIND(ring_buffer__consume);
    FIND(ring_buffer__epoll_fd);
#undef FIND
    if (missing != nullptr) return base::make_error(ENOSYS, "libbpf.so.1 lacks", missing);
    loaded.libbpf_set_print(keep_complaint);
    return loaded;
}

} // namespace

base::Result<BpfLibrary const*> BpfLibrary::open() {
    static auto const library = load();
    if (!library) return std::unexpected(library.error());
    return &*library;
}

std::string BpfLibrary::complaint() { return std::exchange(last_complaint, {}); }

} // namespace mitori::witness::detail
