// A journal that has something of everything: units, priorities, odd bytes, several files.
#pragma once

#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "base/sys.hpp"
#include "journal/store.hpp"

namespace mitori::test {

class SampleJournal {
public:
    explicit SampleJournal(std::string folder) : folder_(std::move(folder)) { open(); }

    /// One entry with the sender's fields and these, a minute after the one before.
    void add(std::vector<std::string> const& fields) {
        std::vector<std::string_view> views(fields.begin(), fields.end());
        views.emplace_back(boot_);
        now_.realtime += std::chrono::minutes(1);
        now_.monotonic += std::chrono::milliseconds(1500);
        if (!store_->append({.at = now_, .label = nullptr, .fields = views})) std::abort();
    }
    /// What follows goes to a new file.
    void rotate() {
        if (!store_->rotate()) std::abort();
    }
    /// `count` entries of a small machine, the odd ones among them.
    void fill(int count);
    void close() { store_.reset(); }
    [[nodiscard]] std::string const& folder() const { return folder_; }
    [[nodiscard]] base::Stamp now() const { return now_; }

private:
    void open() {
        auto made = journal::Store::open({.folder = folder_, .undo_path = ""});
        if (!made) std::abort();
        store_ = std::move(*made);
    }
    static std::string boot_field() {
        auto text = base::sys::read_file("/proc/sys/kernel/random/boot_id").value_or("");
        std::erase_if(text, [](char c) { return c == '-' || c == '\n'; });
        return "_BOOT_ID=" + text;
    }
    std::string folder_;
    std::string boot_ = boot_field();
    std::unique_ptr<journal::Store> store_;
    base::Stamp now_{base::Usec(1'763'800'000'123'456), base::Usec(1'234'567)}; // Sat 2025-11-22 08:26:40 UTC
    int number_ = 0;
};

/// Messages that formats treat in their own way.
inline std::vector<std::string> odd_messages() {
    using namespace std::string_literals;
    return {"hello",
            "tab\there",
            "three\nlines\n\nand a gap",
            "ends in a return\r",
            "colour \x1b[31mred\x1b[0m end",
            "bell \x07 rings",
            "lone \x1b escape",
            "\x1b]8;;http://a\x07link",
            "nul \0 byte"s,
            "umlauts äöü €",
            "bad \xff UTF-8",
            std::string(400, 'x'),
            std::string(5000, 'y'),
            "",
            "  blanks around  ",
            "dos\r\nlines\r\n",
            "\x1b[31",
            "quote \" back \\ slash /",
            "del \x7f",
            "c1 \u0085 control",
            "\r\rreturns first"};
}

inline void SampleJournal::fill(int count) {
    static constexpr std::array units{"nginx.service", "redis.service", "worker@1.service", "worker@2.service"};
    static constexpr std::array identifiers{"nginx", "redis-server", "cron", "odd\x01name"};
    auto const odd = odd_messages();
    for (int const end = number_ + count; number_ < end; ++number_) {
        auto const n = static_cast<std::size_t>(number_);
        std::string const unit = units.at(n % units.size());
        std::vector<std::string> fields{n % 3 == 0 ? "MESSAGE=" + odd[n / 3 % odd.size()]
                                                   : fmt::format("MESSAGE=line {} Error of {}", n, unit)};
        auto const add_field = [&](std::string field) { fields.push_back(std::move(field)); };
        if (n % 11 != 0) add_field(fmt::format("PRIORITY={}", n % 8));
        if (n % 7 != 0) add_field(fmt::format("SYSLOG_IDENTIFIER={}", identifiers.at(n / 2 % identifiers.size())));
        if (n % 13 != 0) add_field(fmt::format("_PID={}", n % 10 == 3 ? 1 : 100 + n));
        if (n % 26 == 0) add_field("SYSLOG_PID=77");
        if (n % 17 != 0) add_field("_HOSTNAME=machine");
        add_field(fmt::format("_COMM=comm{}", n % 4));
        add_field("_UID=0");
        add_field(fmt::format("SYSLOG_FACILITY={}", n % 24));
        add_field(n % 5 == 0 ? "_TRANSPORT=kernel" : "_TRANSPORT=stdout");
        if (n % 10 == 3)
            add_field("UNIT=" + unit);
        else if (n % 10 == 4)
            add_field("OBJECT_SYSTEMD_UNIT=" + unit);
        else if (n % 10 == 5)
            add_field("_SYSTEMD_USER_UNIT=" + unit);
        if (n % 10 < 3 || n % 10 > 5) add_field("_SYSTEMD_UNIT=" + unit);
        if (n % 9 == 0) add_field(fmt::format("_SOURCE_REALTIME_TIMESTAMP={}", now_.realtime.count() + 59'000'000));
        if (n % 9 == 0) add_field(fmt::format("_SOURCE_MONOTONIC_TIMESTAMP={}", now_.monotonic.count() + 1000));
        if (n % 23 == 0)
            for (auto const* field : {"DUP=one", "DUP=two", "MULTI=a\nb\nc", "BIN=\x01\x02\xfe"})
                add_field(field);
        if (n % 23 == 0) add_field("LONG=" + std::string(9000, 'z'));
        add(fields);
    }
}

} // namespace mitori::test
