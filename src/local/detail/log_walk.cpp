#include "local/detail/log_walk.hpp"

#include <cerrno>

namespace mitori::local::detail {

using base::Result;
using control::LogQuery;
using journal::Reader;
using status::LogEntry;

LogWalk::LogWalk(Reader reader, LogQuery const& query) : reader_(std::move(reader)), query_(query) {
    if (query.lines && (!query.follow || query.reverse)) left_ = query.lines;
}

Result<std::unique_ptr<LogWalk>> LogWalk::begin(Reader reader, LogQuery const& query) {
    std::unique_ptr<LogWalk> walk(new LogWalk(std::move(reader), query));
    if (!query.grep.empty()) {
        auto const how = query.grep_case == LogQuery::Case::smart         ? journal::smart_case(query.grep)
                         : query.grep_case == LogQuery::Case::insensitive ? journal::Case::insensitive
                                                                          : journal::Case::sensitive;
        walk->grep_ = TRY(journal::Grep::compile(query.grep, how));
    }
    if (query.since_monotonic) walk->boot_ = TRY(journal::this_boot());
    TRY(walk->seek());
    return walk;
}

Result<void> LogWalk::seek() {
    if (query_.after_cursor) return seek_given_cursor(*query_.after_cursor);
    if (query_.cursor) return seek_given_cursor(*query_.cursor);
    if (query_.reverse) return seek_end();
    if (query_.lines) return seek_last(*query_.lines);
    if (query_.since) return reader_.seek_realtime(*query_.since);
    return reader_.seek_head();
}

Result<void> LogWalk::seek_given_cursor(std::string const& cursor) {
    TRY(reader_.seek_cursor(cursor));
    standing_ = TRY(step());
    // The entry itself may be gone, or not be matched: then we stand behind it already.
    if (standing_ && query_.after_cursor && TRY(reader_.is_at(cursor))) standing_ = TRY(step());
    return {};
}

Result<void> LogWalk::seek_end() { return query_.until ? reader_.seek_realtime(*query_.until) : reader_.seek_tail(); }

/// Goes back to the first of the last `count` that are shown. Where they are not too many they are read on the way: to
/// go forward again takes as long.
Result<void> LogWalk::seek_last(std::uint64_t count) {
    constexpr std::uint64_t most_kept = 4096;
    TRY(seek_end());
    std::uint64_t found = 0;
    bool more = TRY(reader_.back());
    if (count == 0) { // what comes is behind the last that is there
        if (!more) return reader_.seek_head();
        return {};
    }
    bool const keep = count <= most_kept;
    for (; more && found < count; more = found < count && TRY(reader_.back())) {
        auto const verdict = TRY(judge(true));
        if (verdict == Verdict::stop) break; // the step forward leads to the first that is shown
        if (verdict != Verdict::show) continue;
        ++found;
        if (!keep) continue;
        if (auto entry = TRY(take())) gathered_.push_back(std::move(*entry));
    }
    if (found == count) oldest_ = TRY(here());
    standing_ = found == count && !keep;
    if (keep) return seek_behind_gathered();
    return found == count || more ? Result<void>() : reader_.seek_head();
}

Result<journal::Place> LogWalk::here() {
    auto const cursor = TRY(reader_.cursor());
    return journal::place_of(cursor);
}

/// Who follows goes on behind the newest; nobody else goes on.
Result<void> LogWalk::seek_behind_gathered() {
    ended_ = !query_.follow;
    if (ended_) return {};
    if (!gathered_.empty()) {
        TRY(reader_.seek_cursor(gathered_.front().cursor));
        static_cast<void>(TRY(reader_.forward()));
        return {};
    }
    TRY(seek_end());
    return TRY(reader_.back()) ? Result<void>() : reader_.seek_head();
}

/// The entry that we stand at; nothing where the file is damaged just here: the entries around it can be read, and are
/// wanted all the more.
Result<std::optional<LogEntry>> LogWalk::take() {
    auto entry = reader_.read();
    if (!entry && entry.error().number == EBADMSG) return std::nullopt;
    if (!entry) return std::unexpected(std::move(entry).error());
    if (grep_) entry->found = found_;
    if (query_.explain) entry->explanation = TRY(reader_.explanation()).value_or("");
    return std::optional(std::move(*entry));
}

Result<bool> LogWalk::step() { return query_.reverse ? reader_.back() : reader_.forward(); }

Result<LogWalk::Verdict> LogWalk::judge_time(bool back) {
    if (query_.since || query_.until) {
        auto const when = TRY(reader_.realtime());
        if (query_.since && when < *query_.since) return back ? Verdict::stop : Verdict::pass;
        if (query_.until && when > *query_.until) return back ? Verdict::pass : Verdict::stop;
    }
    if (query_.since_monotonic) {
        auto const when = TRY(reader_.monotonic());
        if (when.boot != boot_) return Verdict::pass;
        if (when.monotonic < *query_.since_monotonic) return back ? Verdict::stop : Verdict::pass;
    }
    return Verdict::show;
}

Result<bool> LogWalk::matches_grep() {
    auto const message = TRY(reader_.field("MESSAGE"));
    if (!message) return false;
    auto const where = grep_->find(*message);
    if (where) found_ = {where->first, where->second};
    return where.has_value();
}

Result<LogWalk::Verdict> LogWalk::judge(bool back) {
    auto const in_time = TRY(judge_time(back));
    if (in_time != Verdict::show || !grep_) return in_time;
    return TRY(matches_grep()) ? Verdict::show : Verdict::pass;
}

Result<std::optional<LogEntry>> LogWalk::next() {
    if (!gathered_.empty()) { // newest first
        auto entry = std::move(gathered_.back());
        gathered_.pop_back();
        return std::optional(std::move(entry));
    }
    while (!ended_ && left_ != std::uint64_t{0}) {
        if (!std::exchange(standing_, false) && !TRY(step())) return std::nullopt;
        auto const verdict = TRY(judge(query_.reverse));
        if (verdict == Verdict::stop) ended_ = true;
        if (verdict != Verdict::show) continue;
        auto entry = TRY(take());
        if (!entry) continue;
        if (left_) --*left_;
        return entry;
    }
    return std::nullopt;
}

} // namespace mitori::local::detail
