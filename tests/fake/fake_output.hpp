// Where services' output goes, as a table: streams are numbers, and their words are taken when the test says so.
//
//     FakeOutput output;
//     output.slow = true;        // from now on drains wait …
//     output.taken();            // … until here
//     EXPECT_EQ(output.told(), "open a.service 1; started 1; drain 1; close 1");
#pragma once

#include <cerrno>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/sys.hpp"
#include "manager/output.hpp"

namespace mitori::test {

class FakeOutput final : public manager::Output {
public:
    // -- what the test does and looks at
    bool slow = false; ///< drains wait for taken()
    int refusal = 0;   ///< the errno of the next open()
    std::map<std::uint64_t, manager::StreamOrder> orders;
    struct Line {
        std::string unit;
        std::string invocation;
        base::Priority priority;
        std::string text;
        std::vector<std::string> fields;
    };
    std::vector<Line> said;
    [[nodiscard]] std::string told() { return std::exchange(told_, {}); }
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    /// The oldest drain that waits is over.
    void taken() {
        auto done = std::move(waiting_.front());
        waiting_.erase(waiting_.begin());
        done();
    }

    // -- the face
    base::Result<manager::OpenStream> open(manager::StreamOrder const& order) override {
        if (int const number = std::exchange(refusal, 0)) return base::make_error(number, "pipe");
        auto const id = ++streams_;
        orders[id] = order;
        tell("open " + order.unit + " " + std::to_string(id));
        return manager::OpenStream{manager::StreamId{id}, TRY(base::sys::open("/dev/null", O_WRONLY)),
                                   "9:" + std::to_string(id)};
    }
    void started(manager::StreamId stream, pid_t, uid_t uid) override {
        tell("started " + text(stream) + (uid == 0 ? "" : " by " + std::to_string(uid)));
    }
    void drain(manager::StreamId stream, std::function<void()> done) override {
        tell("drain " + text(stream));
        if (slow)
            waiting_.push_back(std::move(done));
        else
            done();
    }
    void close(manager::StreamId stream) override { tell("close " + text(stream)); }
    void say(std::string const& unit, std::string const& invocation, manager::Message const& message) override {
        said.push_back({unit, invocation, message.priority, message.text, message.fields});
    }

private:
    static std::string text(manager::StreamId stream) { return std::to_string(static_cast<std::uint64_t>(stream)); }
    void tell(std::string const& line) { told_ += (told_.empty() ? "" : "; ") + line; }
    std::uint64_t streams_ = 0;
    std::string told_;
    std::vector<std::function<void()>> waiting_;
};

} // namespace mitori::test
