// A datagram of /dev/log: RFC 3164 as clients of syslog(3) send it ("<13>Nov 22 17:45:05 cron[12]: text", with or
// without time, identifier and pid; no host), or RFC 5424 ("<13>1 2026-11-22T17:45:05Z host cron 12 ID [sd] text").
// The fields are named as journald names them. journald does not read RFC 5424, we do; its three further parts become
// SYSLOG_HOSTNAME, SYSLOG_MSGID and SYSLOG_STRUCTURED_DATA, which are our own names.
//
// Nothing is lost: what is no part of a known shape stays in the message, and where the message is not the datagram's
// text as it came, byte by byte (whitespace was cut off, a NUL is in it, the time could not be read), the whole
// datagram stands in SYSLOG_RAW as well.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mitori::journal {

/// Views into the datagram. An empty `identifier` may have been there (": text"), so what is optional says so.
struct SyslogMessage {
    std::uint8_t level = 6;     ///< PRIORITY: 0 emerg … 7 debug
    std::uint8_t facility = 1;  ///< SYSLOG_FACILITY: 1, user, where nothing else is said
    std::string_view timestamp; ///< as it came, with the space behind it as journald keeps it; empty: none
    std::optional<std::string_view> identifier;
    std::optional<std::string_view> pid; ///< as it came: perhaps not a number
    std::string_view text;               ///< MESSAGE
    std::string_view raw;                ///< SYSLOG_RAW: the whole datagram, or empty where nothing would be lost
    std::string_view hostname;           ///< RFC 5424 alone, as are the next two; empty: none
    std::string_view message_id;
    std::string_view structured_data;
};

/// Never fails: any bytes are a message.
[[nodiscard]] SyslogMessage parse_syslog(std::string_view datagram);

/// Adds "NAME=value" of all that is there, without _TRANSPORT and the other trusted ones.
void append_fields(SyslogMessage const& message, std::vector<std::string>& fields);

/// "<13>Nov 22 17:45:05 cron[12]: text": what ForwardToSyslog= sends of messages that did not come from /dev/log.
/// `local_time` is "Nov 22 17:45:05"; pid 0 is left out.
struct SyslogForward {
    std::uint8_t level = 6;
    std::uint8_t facility = 3;
    std::string_view local_time;
    std::string_view identifier;
    std::int64_t pid = 0;
    std::string_view text;
};
[[nodiscard]] std::string show_syslog(SyslogForward const& message);

} // namespace mitori::journal
