// The kernel's side as bytes of the program: MITORI_BPF_OBJECT is what clang made of bpf/witness.bpf.c.
#include <string_view>

namespace mitori::witness::detail {

[[nodiscard]] std::string_view bpf_object_bytes();

asm(".pushsection .rodata\n"
    ".balign 16\n"
    "mitori_bpf_object:\n"
    ".incbin \"" MITORI_BPF_OBJECT "\"\n"
    "mitori_bpf_object_end:\n"
    ".popsection\n"
    ".globl mitori_bpf_object, mitori_bpf_object_end\n");
extern "C" char const mitori_bpf_object[];     // NOLINT: the assembler's names
extern "C" char const mitori_bpf_object_end[]; // NOLINT

std::string_view bpf_object_bytes() {
    return {mitori_bpf_object, static_cast<std::size_t>(mitori_bpf_object_end - mitori_bpf_object)};
}

} // namespace mitori::witness::detail
