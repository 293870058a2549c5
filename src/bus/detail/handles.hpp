// Owners of sd-bus's reference-counted things, and its negative errno as our Result.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <systemd/sd-bus.h>

#include "base/result.hpp"

namespace mitori::bus::detail {

struct CloseBus {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
};
struct UnrefMessage {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
struct UnrefSlot {
    void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
struct FreeText {
    void operator()(char* text) const { std::free(text); } // NOLINT(cppcoreguidelines-no-malloc): sd-bus made it
};
using BusPtr = std::unique_ptr<sd_bus, CloseBus>;
using MessagePtr = std::unique_ptr<sd_bus_message, UnrefMessage>;
using SlotPtr = std::unique_ptr<sd_bus_slot, UnrefSlot>;
using TextPtr = std::unique_ptr<char, FreeText>;

/// An sd_bus_error that frees what was put into it.
class BusError {
public:
    BusError() = default;
    BusError(BusError const&) = delete;
    BusError& operator=(BusError const&) = delete;
    ~BusError() { sd_bus_error_free(&error_); }
    [[nodiscard]] sd_bus_error* get() { return &error_; }

private:
    sd_bus_error error_ = SD_BUS_ERROR_NULL;
};

/// What an sd-bus function returned: negative is an errno.
[[nodiscard]] inline base::Result<int> checked(int answer, char const* operation, std::string const& subject = {}) {
    if (answer < 0) return base::make_error(-answer, operation, subject);
    return answer;
}

} // namespace mitori::bus::detail
