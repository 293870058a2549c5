#include "bus/detail/connection.hpp"

#include <exception>
#include <fmt/format.h>
#include <utility>

#include "base/log.hpp"
#include "bus/detail/wire.hpp"

namespace mitori::bus::detail {
using base::Result;

Result<std::unique_ptr<Connection>> Connection::make(loop::Loop& loop, base::Fd socket, Settings settings) {
    auto connection = std::unique_ptr<Connection>(new Connection(std::move(settings)));
    TRY(connection->open(loop, std::move(socket)));
    return connection;
}

Connection::~Connection() = default;

Result<void> Connection::open(loop::Loop& loop, base::Fd socket) {
    sd_bus* bus = nullptr;
    TRY(checked(sd_bus_new(&bus), "sd_bus_new"));
    bus_.reset(bus);
    sd_id128_t server_id{};
    TRY(checked(sd_id128_randomize(&server_id), "sd_id128_randomize"));
    TRY(checked(sd_bus_set_description(bus, "client"), "sd_bus_set_description"));
    TRY(checked(sd_bus_set_server(bus, 1, server_id), "sd_bus_set_server"));
    // Who the client is was asked of the kernel when it was accepted; what it claims now counts for nothing.
    TRY(checked(sd_bus_set_anonymous(bus, 1), "sd_bus_set_anonymous"));
    TRY(checked(sd_bus_negotiate_fds(bus, 0), "sd_bus_negotiate_fds"));
    TRY(checked(sd_bus_set_sender(bus, service_name), "sd_bus_set_sender"));
    TRY(checked(sd_bus_set_fd(bus, socket.get(), socket.get()), "sd_bus_set_fd"));
    (void)socket.release(); // sd-bus owns it now

    sd_bus_slot* slot = nullptr;
    TRY(checked(sd_bus_add_filter(bus, &slot, &Connection::on_message, this), "sd_bus_add_filter"));
    filter_.reset(slot);
    TRY(checked(sd_bus_attach_event(bus, loop.native(), SD_EVENT_PRIORITY_NORMAL), "sd_bus_attach_event"));
    TRY(checked(sd_bus_start(bus), "sd_bus_start"));
    return {};
}

int Connection::on_message(sd_bus_message* message, void* self, sd_bus_error* error) {
    // No exception may run through sd-bus, which is C.
    try {
        return static_cast<Connection*>(self)->take(message);
    } catch (std::exception const& failure) {
        base::log(base::Priority::err, "bus: {}", failure.what());
        return sd_bus_error_set_const(error, SD_BUS_ERROR_FAILED, "The manager could not answer; its log says why.");
    }
}

int Connection::take(sd_bus_message* message) {
    if (sd_bus_message_is_signal(message, "org.freedesktop.DBus.Local", "Disconnected") > 0) {
        finish();
        return 1;
    }
    if (sd_bus_message_is_method_call(message, nullptr, nullptr) <= 0) return 1; // answers and signals of clients
    if (settings_.standing == Standing::trusted &&
        sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Peer", nullptr) > 0)
        return 0; // sd-bus answers this itself

    Method const* method = nullptr;
    auto const answered = answer(message, method);
    if (sd_bus_message_get_expect_reply(message) <= 0) return 1;
    if (answered && method->answered == Answered::when_reloaded && settings_.faces.command.reloading()) {
        waiting_.emplace_back(sd_bus_message_ref(message));
        return 1;
    }
    if (!answered) {
        reply_fault(message, answered.error());
    } else if (auto const done = reply(message, *answered, method->out); !done) {
        base::log(base::Priority::err, "bus: answer to {}: {}", sd_bus_message_get_member(message),
                  done.error().message());
        reply_fault(message, {SD_BUS_ERROR_FAILED, "The answer cannot be sent: " + done.error().message()});
    }
    return 1;
}

Reply Connection::answer(sd_bus_message* message, Method const*& method) {
    if (settings_.standing == Standing::refused)
        return fault(SD_BUS_ERROR_ACCESS_DENIED, "Only root and the user who runs this manager may command it.");
    auto const text = [](char const* maybe) { return std::string(maybe != nullptr ? maybe : ""); };
    auto const object = object_at(text(sd_bus_message_get_path(message)));
    method = TRY(find_method(object, text(sd_bus_message_get_interface(message)), //
                             text(sd_bus_message_get_member(message))));
    if (text(sd_bus_message_get_signature(message, 1)) != method->in)
        return fault(SD_BUS_ERROR_INVALID_ARGS, fmt::format("{} takes '{}', not '{}'.", method->name, method->in,
                                                            text(sd_bus_message_get_signature(message, 1))));
    auto arguments = read_values(message);
    if (!arguments) return fault(SD_BUS_ERROR_INVALID_ARGS, arguments.error().message());
    auto& command = settings_.faces.command;
    command.on_behalf_of(settings_.pid, settings_.user);
    auto reply = method->run(Call{settings_.faces, object, std::move(*arguments)});
    command.on_behalf_of(0, 0);
    return reply;
}

Result<void> Connection::reply(sd_bus_message* call, Values const& values, std::string_view types) {
    sd_bus_message* message = nullptr;
    TRY(checked(sd_bus_message_new_method_return(call, &message), "new reply"));
    MessagePtr const owner(message);
    Writer writer(message);
    auto const wanted = types_of(types);
    for (std::size_t i = 0; i < wanted.size(); ++i)
        TRY(writer.append(wanted[i], values.at(i)));
    if (sd_bus_send(nullptr, message, nullptr) >= 0) sent(writer.bytes());
    return {};
}

void Connection::reply_fault(sd_bus_message* call, Fault const& fault) {
    BusError error;
    sd_bus_error_set(error.get(), fault.name.c_str(), valid_utf8(fault.text).c_str());
    if (sd_bus_reply_method_error(call, error.get()) >= 0) sent(fault.text.size());
}

void Connection::emit(Signal const& signal) {
    if (finished_ || settings_.standing == Standing::refused) return;
    sd_bus_message* message = nullptr;
    if (sd_bus_message_new_signal(bus_.get(), &message, signal.path.c_str(), signal.interface.c_str(),
                                  signal.name.c_str()) < 0)
        return; // not connected yet, or no longer
    MessagePtr const owner(message);
    Writer writer(message);
    auto const types = types_of(signal.types);
    for (std::size_t i = 0; i < types.size(); ++i)
        if (auto const done = writer.append(types[i], signal.values.at(i)); !done) {
            base::log(base::Priority::err, "bus: signal {}: {}", signal.name, done.error().message());
            return;
        }
    if (sd_bus_send(bus_.get(), message, nullptr) >= 0) sent(writer.bytes());
}

void Connection::end_reload() {
    for (auto const& call : std::exchange(waiting_, {}))
        if (auto const done = reply(call.get(), {}, ""); !done)
            base::log(base::Priority::err, "bus: answer to Reload: {}", done.error().message());
}

void Connection::sent(std::size_t bytes) {
    constexpr std::size_t head = 128; // of a message, with what sd-bus keeps of it
    sizes_.push_back(bytes + head);
    queued_bytes_ += bytes + head;
    std::uint64_t queued = 0;
    if (sd_bus_get_n_queued_write(bus_.get(), &queued) < 0) queued = 0;
    for (; sizes_.size() > queued; sizes_.pop_front())
        queued_bytes_ -= sizes_.front();
    if (queued_bytes_ <= settings_.most_queued_bytes) return;
    base::log(base::Priority::warning, "bus: dropping a client that leaves {} messages unread", queued);
    finish();
}

void Connection::finish() {
    if (finished_) return;
    finished_ = true;
    settings_.over();
}

} // namespace mitori::bus::detail
