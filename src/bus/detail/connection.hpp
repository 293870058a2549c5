// One client, seen from the server.
#pragma once

#include <deque>
#include <functional>

#include "base/fd.hpp"
#include "bus/detail/handles.hpp"
#include "bus/detail/methods.hpp"
#include "bus/detail/signals.hpp"
#include "loop/loop.hpp"

namespace mitori::bus::detail {

/// Whether the client may command, or is only told that it may not.
enum class Standing { trusted, refused };

class Connection {
public:
    struct Settings {
        control::Faces faces;
        Standing standing = Standing::refused;
        pid_t pid = 0; ///< of who connected
        uid_t user = 0;
        std::size_t most_queued_bytes = 0;
        /// Called once, when nothing more will come of this connection; it may not be destroyed within.
        std::function<void()> over;
    };

    /// Takes the socket and answers on it from the next turn of the loop on.
    [[nodiscard]] static base::Result<std::unique_ptr<Connection>> make(loop::Loop& loop, base::Fd socket,
                                                                        Settings settings);
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    ~Connection();

    void emit(Signal const& signal);
    /// Unit files have been read again: whoever asked for it is answered now.
    void end_reload();
    [[nodiscard]] Standing standing() const { return settings_.standing; }

private:
    explicit Connection(Settings settings) : settings_(std::move(settings)) {}
    [[nodiscard]] base::Result<void> open(loop::Loop& loop, base::Fd socket);
    static int on_message(sd_bus_message* message, void* self, sd_bus_error* error);
    [[nodiscard]] int take(sd_bus_message* message);
    [[nodiscard]] Reply answer(sd_bus_message* message, Method const*& method);
    [[nodiscard]] base::Result<void> reply(sd_bus_message* call, Values const& values, std::string_view types);
    void reply_fault(sd_bus_message* call, Fault const& fault);
    void sent(std::size_t bytes);
    void finish();

    Settings settings_;
    BusPtr bus_;
    SlotPtr filter_;
    std::vector<MessagePtr> waiting_; ///< calls that are answered by end_reload()
    std::deque<std::size_t> sizes_;   ///< of the messages that may still wait to be written, oldest first
    std::size_t queued_bytes_ = 0;    ///< their sum
    bool finished_ = false;
};

} // namespace mitori::bus::detail
