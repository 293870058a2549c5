#include "journal/undo.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>

#include "base/sys.hpp"
#include "base/sys_disk.hpp"

namespace mitori::journal {

namespace {

constexpr std::uint64_t magic = 0x316f'646e'7569'746d; // "mtiundo1", nearly

} // namespace

base::Result<Undo> Undo::open(std::string const& path) {
    auto const file = path.empty() ? TRY(base::sys::memfd("undo")) : TRY(base::sys::open(path, O_RDWR | O_CREAT, 0600));
    // Room first: a store into a mapped page for which there is none is SIGBUS.
    TRY(base::sys::allocate(file.get(), 0, size));
    Undo undo(TRY(base::sys::Mapping::of(file.get(), size)));
    Head& head = undo.head();
    if (head.magic != magic || head.count > capacity) {
        head.magic = magic;
        head.file = {};
        head.boot = {};
        head.count = 0;
    }
    return undo;
}

bool Undo::belongs_to(detail::Id const& file, detail::Id const& boot) const {
    return head().file == file && head().boot == boot;
}

void Undo::begin(detail::Id const& file, detail::Id const& boot) {
    clear();
    head().file = file;
    head().boot = boot;
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

void Undo::clear() {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (before_) before_();
    head().count = 0;
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

base::Result<void> Undo::roll_back(std::span<std::byte> file) {
    for (auto const& note : std::span(notes(), head().count))
        if (note.offset % 8 != 0 || note.offset > file.size() - 8)
            return base::make_error(EBADMSG, "roll back", "undo record");
    // Last first: where a word was changed twice its oldest value stays. The count is left until all is done, so that a
    // kill in here does no harm.
    for (std::size_t n = head().count; n-- > 0;)
        std::memcpy(file.data() + notes()[n].offset, &notes()[n].old, sizeof notes()[n].old);
    clear();
    return {};
}

} // namespace mitori::journal
