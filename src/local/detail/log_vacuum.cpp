#include "local/detail/log_vacuum.hpp"

#include <algorithm>

#include "base/sys.hpp"
#include "journal/files.hpp"

namespace mitori::local::detail {

/// Archived files carry their sequence after an "@" in their name, set-aside ones end in "~".
static bool is_archived(journal::FileHead const& file) {
    auto const name = file.path.substr(file.path.rfind('/') + 1);
    return name.find('@') != std::string::npos || name.ends_with('~');
}

base::Result<control::LogVacuumed> vacuum_folder(std::string const& folder, control::LogLimits const& keep) {
    control::LogVacuumed done{.removed = {}, .bytes = 0, .folder = folder};
    auto heads = journal::read_heads(TRY(journal::list_files(folder))).heads;
    std::uint64_t bytes = 0;
    for (auto const& head : heads)
        bytes += head.bytes;
    auto files = static_cast<std::uint64_t>(heads.size());
    auto const oldest_kept = base::sys::now_realtime() - keep.age;
    std::ranges::sort(heads, {}, &journal::FileHead::first);
    for (auto const& head : heads) {
        bool const too_much = keep.bytes != 0 && bytes > keep.bytes;
        bool const too_many = keep.files != 0 && files > keep.files;
        bool const too_old = keep.age.count() != 0 && head.last < oldest_kept;
        if (!is_archived(head) || (!too_much && !too_many && !too_old)) continue;
        TRY(base::sys::unlink(head.path));
        done.removed.push_back(head.path);
        done.bytes += head.bytes;
        bytes -= head.bytes;
        --files;
    }
    return done;
}

} // namespace mitori::local::detail
