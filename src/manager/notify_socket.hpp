#pragma once

#include <functional>
#include <string>

#include "base/fd.hpp"
#include "loop/loop.hpp"
#include "manager/notify_message.hpp"

namespace mitori::manager {

/// The socket that $NOTIFY_SOCKET names: reads datagrams and tells who sent them. Descriptors that came along are
/// closed when the handler returns: that is what a sender of BARRIER=1 waits for (sd_notify_barrier(3)).
class NotifySocket {
public:
    using Handler = std::function<void(NotifyMessage, pid_t sender)>;
    [[nodiscard]] static base::Result<std::unique_ptr<NotifySocket>> open(loop::Loop& loop, std::string path,
                                                                          Handler handler);

    [[nodiscard]] std::string const& path() const { return path_; }

private:
    NotifySocket(std::string path, Handler handler) : path_(std::move(path)), handler_(std::move(handler)) {}
    void receive();

    std::string path_;
    Handler handler_;
    base::Fd socket_;
    loop::WatchPtr watch_;
};

} // namespace mitori::manager
