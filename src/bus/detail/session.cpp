#include "bus/detail/session.hpp"

#include <cerrno>
#include <exception>
#include <fmt/format.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "bus/detail/fault.hpp"
#include "bus/detail/signals.hpp"
#include "bus/detail/wire.hpp"

namespace mitori::bus::detail {
using base::Result;
using base::Usec;
using control::Answer;
using control::Refusal;

namespace {

std::uint64_t bus_time(Usec span) {
    return span == base::infinity ? UINT64_MAX : static_cast<std::uint64_t>(span.count());
}

class ListenerKeeper final : public control::Subscription {
public:
    ListenerKeeper(std::shared_ptr<Session::Listeners> all, Session::Listeners::iterator mine)
        : all_(std::move(all)),
          mine_(mine) {}
    ListenerKeeper(ListenerKeeper const&) = delete;
    ListenerKeeper& operator=(ListenerKeeper const&) = delete;
    ~ListenerKeeper() override { all_->erase(mine_); }

private:
    std::shared_ptr<Session::Listeners> all_;
    Session::Listeners::iterator mine_;
};

} // namespace

Answer<std::unique_ptr<Session>> Session::open(std::string const& socket, Usec patience) {
    auto session = std::unique_ptr<Session>(new Session(patience));
    if (auto const started = session->start(socket); !started) return std::unexpected(to_refusal(started.error()));
    return session;
}

Result<void> Session::start(std::string const& socket) {
    auto fd = TRY(base::sys::connect_unix(socket));
    sd_bus* bus = nullptr;
    TRY(checked(sd_bus_new(&bus), "sd_bus_new"));
    bus_.reset(bus);
    TRY(checked(sd_bus_set_fd(bus, fd.get(), fd.get()), "sd_bus_set_fd"));
    (void)fd.release(); // sd-bus owns it now
    TRY(checked(sd_bus_negotiate_fds(bus, 0), "sd_bus_negotiate_fds"));
    TRY(checked(sd_bus_set_method_call_timeout(bus, bus_time(patience_)), "sd_bus_set_method_call_timeout"));
    sd_bus_slot* slot = nullptr;
    TRY(checked(sd_bus_add_filter(bus, &slot, &Session::on_message, this), "sd_bus_add_filter"));
    filter_.reset(slot);
    TRY(checked(sd_bus_start(bus), "connect", socket));
    return {};
}

Answer<Values> Session::call(Target const& target, std::string const& method, std::string_view types,
                             Values const& arguments) {
    auto const refused = [](int number, std::string const& what) {
        return std::unexpected(to_refusal(base::Error{-number, what, {}}));
    };
    sd_bus_message* message = nullptr;
    if (int const r = sd_bus_message_new_method_call(bus_.get(), &message, service_name, target.path.c_str(),
                                                     target.interface.c_str(), method.c_str());
        r < 0)
        return refused(r, method);
    MessagePtr const owner(message);
    Writer writer(message);
    auto const wanted = types_of(types);
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (auto const done = writer.append(wanted[i], arguments.at(i)); !done)
            return std::unexpected(Refusal{control::Reason::invalid_args, done.error().message()});

    BusError error;
    sd_bus_message* reply = nullptr;
    int const r = sd_bus_call(bus_.get(), message, 0, error.get(), &reply);
    if (r < 0 && sd_bus_error_is_set(error.get())) return std::unexpected(to_refusal(*error.get()));
    if (r < 0) return refused(r, method);
    MessagePtr const reply_owner(reply);
    auto values = read_values(reply);
    if (!values) return std::unexpected(Refusal{control::Reason::failed, method + ": " + values.error().message()});
    return std::move(*values);
}

Answer<Values> Session::manager(std::string const& method, std::string_view types, Values const& arguments) {
    return call({std::string(manager_path), manager_interface}, method, types, arguments);
}

int Session::on_message(sd_bus_message* message, void* self, sd_bus_error*) {
    try {
        static_cast<Session*>(self)->take_signal(message);
    } catch (std::exception const& failure) { // no exception may run through sd-bus, which is C
        base::log(base::Priority::err, "bus: {}", failure.what());
    }
    return 0;
}

void Session::take_signal(sd_bus_message* message) {
    if (sd_bus_message_is_signal(message, nullptr, nullptr) <= 0) return;
    auto const text = [](char const* maybe) { return std::string(maybe != nullptr ? maybe : ""); };
    auto values = read_values(message);
    if (!values) return; // a signal that cannot be read says nothing
    Signal const signal{text(sd_bus_message_get_path(message)),
                        text(sd_bus_message_get_interface(message)),
                        text(sd_bus_message_get_member(message)),
                        {},
                        std::move(*values)};
    (void)sd_bus_message_rewind(message, 1);
    // A listener may end its own subscription, or another's: walk over copies.
    auto const listeners = *listeners_;
    for (auto const& listener : listeners)
        deliver(signal, listener);
}

/// Whether something was done.
Answer<bool> Session::step() {
    int const r = sd_bus_process(bus_.get(), nullptr);
    if (r < 0 || sd_bus_is_open(bus_.get()) <= 0)
        return std::unexpected(Refusal{control::Reason::disconnected, "The manager has closed the connection."});
    return r > 0;
}

Answer<void> Session::process() {
    while (TRY(step())) {}
    return {};
}

Answer<void> Session::wait_until(std::function<bool()> const& done, Usec limit) {
    auto const end = base::plus(base::sys::now_monotonic(), limit);
    while (!done()) {
        if (TRY(step())) continue;
        auto const now = base::sys::now_monotonic();
        if (now >= end) return std::unexpected(Refusal{control::Reason::timeout, "Waited too long for the manager."});
        auto const left = end == base::infinity ? base::infinity : end - now;
        if (int const r = sd_bus_wait(bus_.get(), bus_time(left)); r < 0 && r != -EINTR)
            return std::unexpected(to_refusal(base::Error{-r, "wait for the manager", {}}));
    }
    return {};
}

std::unique_ptr<control::Subscription> Session::subscribe(control::Listener listener) {
    listeners_->push_back(std::move(listener));
    return std::make_unique<ListenerKeeper>(listeners_, std::prev(listeners_->end()));
}

} // namespace mitori::bus::detail
