// Entries of the log as text, in each of journalctl's output formats and byte for byte as it prints them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "status/log_entry.hpp"

namespace mitori::cli::detail {

enum class LogFormat {
    brief,
    full,
    iso,
    iso_precise,
    precise,
    monotonic,
    delta,
    unix_time,
    verbose,
    export_,
    json,
    json_pretty,
    json_sse,
    json_seq,
    cat,
    with_unit,
};

struct LogLook {
    LogFormat format = LogFormat::brief;
    bool all = false; ///< -a: long and unprintable fields, too
    bool full = true; ///< not cut to the width
    bool utc = false;
    bool hostname = true;
    bool colour = false;
    bool explain = false;
    std::size_t width = 80;
    std::vector<std::string> fields; ///< --output-fields; empty: all
};

class LogPrinter {
public:
    explicit LogPrinter(LogLook look) : look_(std::move(look)) {}
    /// The entry as text, with its last newline; empty where there is nothing to show.
    [[nodiscard]] std::string show(status::LogEntry const& entry);
    /// Whether a line has been cut so far.
    [[nodiscard]] bool has_cut() const { return cut_; }

private:
    struct Colours {
        std::string_view on;
        std::string_view off;
        std::string_view found;
    };
    [[nodiscard]] Colours colours_of(status::LogEntry const& entry) const;
    [[nodiscard]] std::string show_text(status::LogEntry const& entry);
    [[nodiscard]] std::string show_short(status::LogEntry const& entry);
    [[nodiscard]] std::string stamp(status::LogEntry const& entry);
    [[nodiscard]] std::string exact_stamp(status::LogEntry const& entry) const;
    [[nodiscard]] std::string delta_stamp(status::LogEntry const& entry) const;
    [[nodiscard]] std::string who(status::LogEntry const& entry) const;
    [[nodiscard]] bool shall_show(std::string_view value) const;
    [[nodiscard]] std::string explanation(status::LogEntry const& entry) const;
    [[nodiscard]] std::string show_cat(status::LogEntry const& entry) const;
    [[nodiscard]] std::string show_verbose(status::LogEntry const& entry) const;
    [[nodiscard]] std::string show_export(status::LogEntry const& entry) const;
    [[nodiscard]] std::string show_json(status::LogEntry const& entry) const;
    [[nodiscard]] bool is_asked(std::string_view name) const;
    [[nodiscard]] std::string message_lines(std::string_view text, std::size_t prefix, Colours const& colours,
                                            status::LogEntry::Span found);

    LogLook look_;
    bool cut_ = false;
    /// For the time since the entry before.
    struct Before {
        std::string boot;
        base::Usec monotonic;
        base::Usec realtime;
    };
    std::optional<Before> before_;
};

} // namespace mitori::cli::detail

template <>
struct mitori::base::Names<mitori::cli::detail::LogFormat> {
    using Format = mitori::cli::detail::LogFormat;
    static constexpr auto table = std::to_array<Name<Format>>({
        {Format::brief, "short"},
        {Format::full, "short-full"},
        {Format::iso, "short-iso"},
        {Format::iso_precise, "short-iso-precise"},
        {Format::precise, "short-precise"},
        {Format::monotonic, "short-monotonic"},
        {Format::delta, "short-delta"},
        {Format::unix_time, "short-unix"},
        {Format::verbose, "verbose"},
        {Format::export_, "export"},
        {Format::json, "json"},
        {Format::json_pretty, "json-pretty"},
        {Format::json_sse, "json-sse"},
        {Format::json_seq, "json-seq"},
        {Format::cat, "cat"},
        {Format::with_unit, "with-unit"},
    });
};
