#include "journal/native_message.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

#include "base/text.hpp"

namespace mitori::journal {
namespace {

// Notes become entries of the log: a bad message must not be a way to flood it.
constexpr std::size_t most_notes = 10;
constexpr std::size_t name_max = 64;
constexpr std::size_t length_bytes = 8;

std::uint64_t read_le64(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t at = length_bytes; at-- > 0;)
        value = value << 8U | static_cast<unsigned char>(bytes[at]);
    return value;
}

/// A name as a note can show it: it may be anything, of any length.
std::string shown(std::string_view name) { return base::printable(name.substr(0, name_max)); }

class Reader {
public:
    Reader(std::string_view bytes, NativeLimits const& limits) : rest_(bytes), limits_(limits) {}

    NativeMessage read() {
        while (!rest_.empty() && read_line()) {}
        end_entry();
        if (unsaid_ > 0) message_.notes.push_back(fmt::format("and {} more of that kind", unsaid_));
        return std::move(message_);
    }

private:
    /// One line, and the bytes that it announces. No: nothing behind it can be read.
    bool read_line() {
        auto const end = rest_.find('\n');
        if (end == rest_.npos) return stop(fmt::format("{} bytes behind the last newline", rest_.size()));
        auto const line = rest_.substr(0, end);
        if (line.empty()) {
            rest_.remove_prefix(1);
            end_entry();
            return true;
        }
        bool const command = line.front() == '.' || line.front() == '#';
        auto const equals = line.find('=');
        if (!command && equals == line.npos) return read_binary(line);
        rest_.remove_prefix(end + 1);
        if (!command && fits(line.substr(0, equals), line.size())) take(line, equals);
        return true;
    }

    bool read_binary(std::string_view name) {
        auto const from = name.size() + 1;
        if (rest_.size() - from < length_bytes) return stop(fmt::format("no length of {}", shown(name)));
        auto const length = read_le64(rest_.substr(from));
        auto const behind = rest_.size() - from - length_bytes;
        if (length >= behind) return stop(fmt::format("{} is said to have {} bytes", shown(name), length));
        auto const value = rest_.substr(from + length_bytes, length);
        if (rest_[from + length_bytes + length] != '\n')
            return stop(fmt::format("no newline after the {} bytes of {}", length, shown(name)));
        rest_.remove_prefix(from + length_bytes + length + 1);
        if (!fits(name, name.size() + 1 + value.size())) return true;
        auto& joined = entry_.joined.emplace_back();
        joined.reserve(name.size() + 1 + value.size());
        joined.append(name).append(1, '=').append(value);
        take(joined, name.size());
        return true;
    }

    /// Whether the entry may have this field, of `size` bytes with its name; if not, it is noted.
    bool fits(std::string_view name, std::size_t size) {
        if (!is_client_field(name)) return note(fmt::format("no field name: \"{}\"", shown(name)));
        if (size > limits_.field_bytes) return note(fmt::format("{} is too long: {} bytes", name, size));
        if (entry_.fields.size() >= limits_.fields)
            return note(fmt::format("{} is one field too many, {} are allowed", name, limits_.fields));
        if (size > limits_.entry_bytes - entry_bytes_)
            return note(fmt::format("{} is too long for its entry: {} bytes", name, size));
        return true;
    }

    void take(std::string_view field, std::size_t equals) {
        entry_.fields.push_back(field);
        entry_bytes_ += field.size();
        auto const name = field.substr(0, equals);
        auto const value = field.substr(equals + 1);
        if (name == "MESSAGE") entry_.text = value;
        if (name == "SYSLOG_IDENTIFIER") entry_.identifier = value;
        if (name == "PRIORITY" && value.size() == 1 && value[0] >= '0' && value[0] <= '7')
            entry_.level = static_cast<std::uint8_t>(value[0] - '0');
        if (auto const facility = base::parse_integer<std::uint8_t>(value);
            name == "SYSLOG_FACILITY" && facility && *facility <= 127)
            entry_.facility = *facility;
        if (auto const pid = base::parse_integer<std::int32_t>(value); name == "OBJECT_PID" && pid && *pid > 0)
            entry_.object_pid = *pid;
    }

    void end_entry() {
        if (!entry_.fields.empty()) message_.entries.push_back(std::move(entry_));
        entry_ = {};
        entry_bytes_ = 0;
    }

    bool note(std::string text) {
        if (message_.notes.size() < most_notes)
            message_.notes.push_back(std::move(text));
        else
            ++unsaid_;
        return false;
    }

    bool stop(std::string text) {
        note(fmt::format("{}; what follows cannot be read", text));
        return false;
    }

    std::string_view rest_;
    NativeLimits const& limits_;
    NativeMessage message_;
    NativeEntry entry_;
    std::size_t entry_bytes_ = 0;
    std::size_t unsaid_ = 0; ///< notes beyond most_notes
};

} // namespace

NativeMessage parse_native(std::string_view bytes, NativeLimits const& limits) { return Reader(bytes, limits).read(); }

bool is_client_field(std::string_view name) {
    if (name.empty() || name.size() > name_max || name.front() == '_') return false;
    if (name.front() >= '0' && name.front() <= '9') return false;
    return std::ranges::all_of(name,
                               [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

} // namespace mitori::journal
