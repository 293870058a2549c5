// System calls without a C library: no errno, no TLS, no lock, no lazy binding. For code that may not touch the
// library's state (the child's side, process/child.cpp), and for code that has no library at all (init). Effects are
// made with these in process and init only; everything else goes through base/sys.hpp.
//
// Every function here has internal linkage, so that a translation unit built without sanitizers keeps its own copies.
// A result from -4095 to -1 is -errno, as the kernel gives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <sys/syscall.h>

// In newer kernels than the headers we build with; the numbers are the same on all architectures.
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

namespace mitori::base::raw {

#if defined(__x86_64__)

[[gnu::always_inline]] static inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0,
                                               long e = 0) {
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    long result = number;
    __asm__ volatile("syscall" : "+a"(result) : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
    return result;
}

/// A call that returns twice (clone, clone3): the child begins on its own stack by entry(argument) and never comes back
/// here. `a` to `e` are the call's arguments.
[[gnu::always_inline]] static inline long call_twice(long number, long a, long b, long c, long d, long e,
                                                     void (*entry)(void*), void* argument) {
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register void (*r12)(void*) __asm__("r12") = entry;
    register void* r13 __asm__("r13") = argument;
    long result = number;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t" // the end of the chain of frames, for those who unwind
                     "mov %%r13, %%rdi\n\t"
                     "call *%%r12\n\t"
                     "hlt\n"
                     "1:"
                     : "+a"(result)
                     : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r12), "r"(r13)
                     : "rcx", "r11", "memory");
    return result;
}

/// clone(2) on the same stack. Whoever is made comes back with 0; the one who called ends with status 0 without looking
/// at the stack again, or comes back with an error.
[[gnu::always_inline]] static inline long clone_and_leave(long flags, int* pid) {
    register long r10 __asm__("r10") = 0;
    register long r8 __asm__("r8") = 0;
    long result = SYS_clone;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jle 1f\n\t"
                     "xor %%edi, %%edi\n\t"
                     "mov %[leave], %%eax\n\t"
                     "syscall\n\t"
                     "hlt\n"
                     "1:"
                     : "+a"(result)
                     : "D"(flags), "S"(0L), "d"(pid), "r"(r10), "r"(r8), [leave] "i"(SYS_exit_group)
                     : "rcx", "r11", "memory");
    return result;
}

#elif defined(__aarch64__)

[[gnu::always_inline]] static inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0,
                                               long e = 0) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory", "cc");
    return x0;
}

/// A call that returns twice (clone, clone3): the child begins on its own stack by entry(argument) and never comes back
/// here. `a` to `e` are the call's arguments.
[[gnu::always_inline]] static inline long call_twice(long number, long a, long b, long c, long d, long e,
                                                     void (*entry)(void*), void* argument) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register void (*x9)(void*) __asm__("x9") = entry;
    register void* x10 __asm__("x10") = argument;
    __asm__ volatile("svc #0\n\t"
                     "cbnz x0, 1f\n\t"
                     "mov x29, xzr\n\t" // the end of the chain of frames, for those who unwind
                     "mov x0, x10\n\t"
                     "blr x9\n\t"
                     "brk #1\n"
                     "1:"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x9), "r"(x10)
                     : "memory", "cc");
    return x0;
}

/// clone(2) on the same stack. Whoever is made comes back with 0; the one who called ends with status 0 without looking
/// at the stack again, or comes back with an error.
[[gnu::always_inline]] static inline long clone_and_leave(long flags, int* pid) {
    register long x8 __asm__("x8") = SYS_clone;
    register long x0 __asm__("x0") = flags;
    register long x1 __asm__("x1") = 0;
    register int* x2 __asm__("x2") = pid;
    register long x3 __asm__("x3") = 0;
    register long x4 __asm__("x4") = 0;
    __asm__ volatile("svc #0\n\t"
                     "cmp x0, #0\n\t"
                     "b.le 1f\n\t"
                     "mov x0, xzr\n\t"
                     "mov x8, %[leave]\n\t"
                     "svc #0\n\t"
                     "brk #1\n"
                     "1:"
                     : "+r"(x0), "+r"(x8)
                     : "r"(x1), "r"(x2), "r"(x3), "r"(x4), [leave] "i"(SYS_exit_group)
                     : "memory", "cc");
    return x0;
}

#else
#error "raw system calls are written for x86_64 and aarch64"
#endif

[[gnu::always_inline]] static inline long word(void const* pointer) {
    return static_cast<long>(reinterpret_cast<std::uintptr_t>(pointer));
}

[[gnu::always_inline]] static inline bool failed(long result) { return result < 0 && result >= -4095; }

/// The kernel's sigaction on both architectures.
struct SignalAction {
    std::uintptr_t handler = 0;
    unsigned long flags = 0;
    std::uintptr_t restorer = 0;
    std::uint64_t mask = 0;
};
inline constexpr std::size_t mask_bytes = 8;
inline constexpr int most_signals = 64;

} // namespace mitori::base::raw
