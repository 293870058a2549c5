// The walk of a query over open files: where it begins, in which direction it goes, what it leaves out.
//
// "The last n" are found by going back from the end and counting, then shown forward. For that the newest few of many
// files are mostly enough: the walk can say whether it would have needed more.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "control/logs.hpp"
#include "journal/files.hpp"
#include "journal/grep.hpp"
#include "journal/reader.hpp"

namespace mitori::local::detail {

class LogWalk final : public control::LogCursor {
public:
    [[nodiscard]] static base::Result<std::unique_ptr<LogWalk>> begin(journal::Reader reader,
                                                                      control::LogQuery const& query);

    base::Result<std::optional<status::LogEntry>> next() override;
    base::Result<void> wait(base::Usec most) override { return reader_.wait(most); }

    [[nodiscard]] journal::Reader& reader() { return reader_; }
    /// The oldest of the last n, where all n were found: an older file can add nothing. Nothing where fewer were.
    [[nodiscard]] std::optional<journal::Place> const& oldest() const { return oldest_; }

private:
    LogWalk(journal::Reader reader, control::LogQuery const& query);
    /// Whether the entry that we stand at is shown, and whether any that follows can be.
    enum class Verdict { show, pass, stop };
    base::Result<Verdict> judge(bool back);
    base::Result<Verdict> judge_time(bool back);
    base::Result<bool> matches_grep();

    base::Result<void> seek();
    base::Result<void> seek_given_cursor(std::string const& cursor);
    base::Result<void> seek_last(std::uint64_t count);
    base::Result<void> seek_end();
    base::Result<void> seek_behind_gathered();
    base::Result<bool> step();
    base::Result<journal::Place> here();
    base::Result<std::optional<status::LogEntry>> take();

    journal::Reader reader_;
    control::LogQuery query_;
    std::optional<journal::Grep> grep_;
    std::string boot_; ///< this one, where the query counts from a monotonic time
    status::LogEntry::Span found_;
    std::vector<status::LogEntry> gathered_; ///< read on the way back: the newest first
    std::optional<std::uint64_t> left_;      ///< entries still to be given
    bool standing_ = false;                  ///< at an entry that has not been judged yet
    bool ended_ = false;
    std::optional<journal::Place> oldest_;
};

} // namespace mitori::local::detail
