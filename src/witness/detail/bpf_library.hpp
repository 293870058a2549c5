// libbpf, found when it is needed: nothing else of mitori needs it, and it is 1 ms that a short command would pay for.
#pragma once

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <memory>
#include <string>

#include "base/result.hpp"

namespace mitori::witness::detail {

/// The functions of libbpf.so.1, each under its own name. What libbpf complains of is kept.
struct BpfLibrary {
    decltype(&::libbpf_set_print) libbpf_set_print;
    decltype(&::bpf_object__open_mem) bpf_object__open_mem;
    decltype(&::bpf_object__load) bpf_object__load;
    decltype(&::bpf_object__close) bpf_object__close;
    decltype(&::bpf_object__find_map_by_name) bpf_object__find_map_by_name;
    decltype(&::bpf_object__find_map_fd_by_name) bpf_object__find_map_fd_by_name;
    decltype(&::bpf_object__find_program_by_name) bpf_object__find_program_by_name;
    decltype(&::bpf_map__set_max_entries) bpf_map__set_max_entries;
    decltype(&::bpf_program__fd) bpf_program__fd;
    decltype(&::bpf_program__attach) bpf_program__attach;
    decltype(&::bpf_link__destroy) bpf_link__destroy;
    decltype(&::bpf_prog_test_run_opts) bpf_prog_test_run_opts;
    decltype(&::ring_buffer__new) ring_buffer__new;
    decltype(&::ring_buffer__free) ring_buffer__free;
    decltype(&::ring_buffer__consume) ring_buffer__consume;
    decltype(&::ring_buffer__epoll_fd) ring_buffer__epoll_fd;

    /// Stays loaded until the program ends. ENOENT where libbpf is not installed.
    [[nodiscard]] static base::Result<BpfLibrary const*> open();
    /// The last complaint, and forgets it; "" for none.
    [[nodiscard]] static std::string complaint();
};

/// The compiled kernel's side.
[[nodiscard]] std::string_view bpf_object_bytes();

} // namespace mitori::witness::detail
