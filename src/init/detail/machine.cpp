#include "init/detail/machine.hpp"

#include "base/raw.hpp"

namespace mitori::init::detail {

namespace raw = base::raw;

#if defined(__x86_64__)
// The kernel lets a handler return to code that the program brings along: rt_sigreturn(2).
extern "C" void mitori_init_return_from_signal();
__asm__(".text\n"
        ".globl mitori_init_return_from_signal\n"
        ".type mitori_init_return_from_signal, @function\n"
        "mitori_init_return_from_signal:\n"
        "mov $15, %eax\n" // SYS_rt_sigreturn
        "syscall\n"
        ".size mitori_init_return_from_signal, . - mitori_init_return_from_signal\n");
constexpr unsigned long restorer_flag = 0x0400'0000; // SA_RESTORER
static std::uintptr_t restorer() { return reinterpret_cast<std::uintptr_t>(&mitori_init_return_from_signal); }
#else
// The kernel brings it: the vdso.
constexpr unsigned long restorer_flag = 0;
static std::uintptr_t restorer() { return 0; }
#endif

long set_handler(int signal, void (*handler)(int, siginfo_t*, void*)) {
    raw::SignalAction action;
    action.handler = reinterpret_cast<std::uintptr_t>(handler);
    action.flags = SA_SIGINFO | SA_RESTART | restorer_flag;
    action.restorer = restorer();
    action.mask = ~std::uint64_t{0};
    return raw::call(SYS_rt_sigaction, signal, raw::word(&action), 0, raw::mask_bytes);
}

long set_disposition(int signal, Disposition disposition) {
    raw::SignalAction action;
    action.handler = static_cast<std::uintptr_t>(disposition);
    return raw::call(SYS_rt_sigaction, signal, raw::word(&action), 0, raw::mask_bytes);
}

bool is_ignored(int signal) {
    raw::SignalAction action;
    raw::call(SYS_rt_sigaction, signal, 0, raw::word(&action), raw::mask_bytes);
    return action.handler == static_cast<std::uintptr_t>(Disposition::ignored);
}

} // namespace mitori::init::detail
