// journald.conf(5): what the administrator of this machine has said about logs. Read from /etc/systemd/journald.conf
// and the drop-ins in {/etc,/run,/usr/lib}/systemd/journald.conf.d, as systemd reads them. Nothing is dropped without a
// word: an unknown key, a value that cannot be read and a setting that is not honoured here each get a note with file
// and line. Reading never fails: what is not said has its default.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "base/time.hpp"
#include "journal/lines.hpp"
#include "journal/rate_limit.hpp"
#include "journal/store.hpp"

namespace mitori::journal {

/// Storage=. `automatic` is the word "auto".
enum class Storage : std::uint8_t { automatic, persistent, runtime, none };

/// ForwardTo…= and MaxLevel…=: what goes to one place besides the journal.
struct Forward {
    bool on = false;
    std::uint8_t max_level = 7; ///< what is less important does not go there
};

struct JournaldConf {
    Storage storage = Storage::automatic;
    std::uint64_t compress_above = 512; ///< Compress=: 0 is no, yes is 512; StoreOptions::compress_above
    Limits system;                      ///< System…=, with MaxRetentionSec= and MaxFileSec=
    Limits runtime;                     ///< Runtime…=, likewise
    RateRules rate;                     ///< RateLimitIntervalSec=, RateLimitBurst=
    base::Usec sync_interval = std::chrono::minutes(5);
    std::size_t line_max = default_line_max;
    std::uint8_t max_level_store = 7;           ///< MaxLevelStore=
    Forward syslog{.on = true, .max_level = 7}; ///< on as Debian has it
    Forward kernel{.on = false, .max_level = 5};
    Forward console{.on = false, .max_level = 6};
    Forward wall{.on = true, .max_level = 0};
    std::string console_path = "/dev/console"; ///< TTYPath=
    bool read_kernel = true;                   ///< ReadKMsg=
    std::optional<bool> audit = true;          ///< Audit=; nothing: leave it as it is
};

/// "/etc/systemd/journald.conf:12: Unknown key 'Storag', did you mean 'Storage'?"
struct ConfNote {
    std::string file;
    std::size_t line = 0; ///< 0: of the file as a whole
    std::string text;
    [[nodiscard]] std::string message() const;
};

struct ConfText {
    std::string path; ///< for notes
    std::string text;
};

/// Pure: the texts in their order, later ones over earlier ones.
struct ConfResult {
    JournaldConf conf;
    std::vector<ConfNote> notes;
};
[[nodiscard]] ConfResult parse_journald_conf(std::span<ConfText const> texts);

/// Reads the files below `root` ("" on the real machine) and parses them. A drop-in in /etc hides one of the same name
/// in /run and /usr/lib, an empty one or a link to /dev/null switches it off.
[[nodiscard]] ConfResult read_journald_conf(std::string const& root = "");

} // namespace mitori::journal

namespace mitori::base {

template <>
struct Names<journal::Storage> {
    static constexpr auto table = std::to_array<Name<journal::Storage>>({
        {journal::Storage::automatic, "auto"},
        {journal::Storage::persistent, "persistent"},
        {journal::Storage::runtime, "volatile"},
        {journal::Storage::none, "none"},
    });
};

} // namespace mitori::base
