#include "manager/detail/cpuid.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

namespace mitori::manager {

namespace {

struct Registers {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
};

enum class Register : std::uint8_t { b, c, d };

/// One bit of one leaf of CPUID: Intel's and AMD's manuals, under the names of systemd.unit(5).
struct Feature {
    std::string_view name;
    unsigned leaf;
    Register in;
    unsigned bit;
};
constexpr unsigned extended = 0x8000'0001;
constexpr auto features = std::to_array<Feature>({
    {"fpu", 1, Register::d, 0},
    {"vme", 1, Register::d, 1},
    {"de", 1, Register::d, 2},
    {"pse", 1, Register::d, 3},
    {"tsc", 1, Register::d, 4},
    {"msr", 1, Register::d, 5},
    {"pae", 1, Register::d, 6},
    {"mce", 1, Register::d, 7},
    {"cx8", 1, Register::d, 8},
    {"apic", 1, Register::d, 9},
    {"sep", 1, Register::d, 11},
    {"mtrr", 1, Register::d, 12},
    {"pge", 1, Register::d, 13},
    {"mca", 1, Register::d, 14},
    {"cmov", 1, Register::d, 15},
    {"pat", 1, Register::d, 16},
    {"pse36", 1, Register::d, 17},
    {"clflush", 1, Register::d, 19},
    {"mmx", 1, Register::d, 23},
    {"fxsr", 1, Register::d, 24},
    {"sse", 1, Register::d, 25},
    {"sse2", 1, Register::d, 26},
    {"ht", 1, Register::d, 28},
    {"pni", 1, Register::c, 0},
    {"pclmul", 1, Register::c, 1},
    {"monitor", 1, Register::c, 3},
    {"ssse3", 1, Register::c, 9},
    {"fma3", 1, Register::c, 12},
    {"cx16", 1, Register::c, 13},
    {"sse4_1", 1, Register::c, 19},
    {"sse4_2", 1, Register::c, 20},
    {"movbe", 1, Register::c, 22},
    {"popcnt", 1, Register::c, 23},
    {"aes", 1, Register::c, 25},
    {"xsave", 1, Register::c, 26},
    {"osxsave", 1, Register::c, 27},
    {"avx", 1, Register::c, 28},
    {"f16c", 1, Register::c, 29},
    {"rdrand", 1, Register::c, 30},
    {"bmi1", 7, Register::b, 3},
    {"avx2", 7, Register::b, 5},
    {"bmi2", 7, Register::b, 8},
    {"rdseed", 7, Register::b, 18},
    {"adx", 7, Register::b, 19},
    {"sha_ni", 7, Register::b, 29},
    {"syscall", extended, Register::d, 11},
    {"rdtscp", extended, Register::d, 27},
    {"lm", extended, Register::d, 29},
    {"lahf_lm", extended, Register::c, 0},
    {"abm", extended, Register::c, 5},
    {"constant_tsc", 0x8000'0007, Register::d, 8},
});

std::optional<Registers> read_leaf(unsigned leaf) {
    Registers found;
    if (__get_cpuid_count(leaf, 0, &found.a, &found.b, &found.c, &found.d) == 0) return std::nullopt;
    return found;
}

} // namespace

std::string read_hypervisor() {
    auto const first = read_leaf(1);
    if (!first || ((first->c >> 31U) & 1U) == 0) return {};
    Registers found;
    __cpuid(0x4000'0000, found.a, found.b, found.c, found.d);
    std::array<char, 13> signature{};
    std::memcpy(signature.data(), &found.b, 4);
    std::memcpy(signature.data() + 4, &found.c, 4);
    std::memcpy(signature.data() + 8, &found.d, 4);
    return signature[0] == '\0' ? "unknown" : signature.data();
}

bool cpu_has(std::string_view name) {
    for (auto const& feature : features) {
        if (feature.name != name) continue;
        auto const leaf = read_leaf(feature.leaf);
        if (!leaf) return false;
        unsigned const bits = feature.in == Register::b ? leaf->b : feature.in == Register::c ? leaf->c : leaf->d;
        return ((bits >> feature.bit) & 1U) != 0;
    }
    return false;
}

} // namespace mitori::manager

#else

namespace mitori::manager {

std::string read_hypervisor() { return {}; }
bool cpu_has(std::string_view) { return false; }

} // namespace mitori::manager

#endif
