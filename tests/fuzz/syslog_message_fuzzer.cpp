// Any bytes as a datagram of /dev/log: every one is a message, and what the fields do not say is in SYSLOG_RAW.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "journal/syslog_message.hpp"

namespace {

using namespace mitori::journal;

void must(bool holds) {
    if (!holds) std::abort();
}

bool within(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const datagram(reinterpret_cast<char const*>(data), size);
    auto const message = parse_syslog(datagram);
    must(message.level < 8 && message.facility < 128);
    for (auto const part : {message.text, message.timestamp, message.hostname, message.message_id,
                            message.structured_data, message.identifier.value_or(""), message.pid.value_or("")})
        must(within(part, datagram));
    must(message.raw.empty() || message.raw.data() == datagram.data());
    // Without the datagram itself, its last byte is the message's last byte (or there is no message behind the header).
    if (message.raw.empty() && !message.text.empty())
        must(message.text.data() + message.text.size() == datagram.data() + datagram.size());
    std::vector<std::string> fields;
    append_fields(message, fields);
    for (auto const& field : fields)
        must(field.find('=') != field.npos);
    return 0;
}
