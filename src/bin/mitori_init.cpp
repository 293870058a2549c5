// mitori-init: the smallest program that may be process 1 (src/init). It has no C library: this file is what is left to
// do of one: the entry, the relocation, the exit, and the five functions that compilers take for granted (ADR 0014).
#include <cstddef>
#include <cstdint>
#include <elf.h>

#include "base/raw.hpp"
#include "init/run.hpp"

// What the kernel jumps to, with the arguments' count at the stack's end: x86-64 psABI, AAPCS64.
#if defined(__x86_64__)
__asm__(".text\n.globl _start\n.type _start, @function\n"
        "_start:\n"
        "xor %ebp, %ebp\n"
        "mov %rsp, %rdi\n"
        "and $-16, %rsp\n"
        "call mitori_init_begin\n"
        "hlt\n"
        ".size _start, . - _start\n");
#else
__asm__(".text\n.globl _start\n.type _start, %function\n"
        "_start:\n"
        "mov x29, xzr\n"
        "mov x30, xzr\n"
        "mov x0, sp\n"
        "bl mitori_init_begin\n"
        "brk #1\n"
        ".size _start, . - _start\n");
#endif

extern "C" {

// The linker's: the program's dynamic section, and where it begins in memory.
extern Elf64_Dyn const _DYNAMIC[] __attribute__((visibility("hidden")));
extern Elf64_Ehdr const __ehdr_start __attribute__((visibility("hidden")));

void* memcpy(void* to, void const* from, std::size_t size) {
    auto* into = static_cast<char*>(to);
    auto const* bytes = static_cast<char const*>(from);
    while (size-- > 0)
        *into++ = *bytes++;
    return to;
}

void* memset(void* to, int value, std::size_t size) {
    auto* into = static_cast<char*>(to);
    while (size-- > 0)
        *into++ = static_cast<char>(value);
    return to;
}

int memcmp(void const* left, void const* right, std::size_t size) {
    auto const* a = static_cast<unsigned char const*>(left);
    auto const* b = static_cast<unsigned char const*>(right);
    for (; size > 0; --size, ++a, ++b)
        if (*a != *b) return *a - *b;
    return 0;
}

void* memchr(void const* in, int value, std::size_t size) {
    auto const* bytes = static_cast<unsigned char const*>(in);
    for (; size > 0; --size, ++bytes)
        if (*bytes == static_cast<unsigned char>(value)) return const_cast<unsigned char*>(bytes);
    return nullptr;
}

std::size_t strlen(char const* text) {
    std::size_t size = 0;
    while (text[size] != '\0')
        ++size;
    return size;
}

/// The kernel has chosen where we are: what holds an address must hear of it. All of it is of one kind, since there is
/// nobody else whose addresses we could want.
static void relocate() {
    auto const base = reinterpret_cast<std::uintptr_t>(&__ehdr_start);
    std::uintptr_t table = 0;
    std::size_t bytes = 0;
    for (Elf64_Dyn const* entry = _DYNAMIC; entry->d_tag != DT_NULL; ++entry) {
        if (entry->d_tag == DT_RELA) table = entry->d_un.d_ptr;
        if (entry->d_tag == DT_RELASZ) bytes = entry->d_un.d_val;
    }
    auto const* const all = reinterpret_cast<Elf64_Rela const*>(base + table);
    for (std::size_t n = 0; n < bytes / sizeof(Elf64_Rela); ++n)
        *reinterpret_cast<std::uintptr_t*>(base + all[n].r_offset) =
            base + static_cast<std::uintptr_t>(all[n].r_addend);
}

[[noreturn]] void mitori_init_begin(long* stack) {
    relocate();
    auto const argc = static_cast<int>(*stack);
    auto** const argv = reinterpret_cast<char**>(stack + 1);
    int const status = mitori::init::run(argc, argv, argv + argc + 1);
    for (;;)
        mitori::base::raw::call(SYS_exit_group, status);
}
}
