#pragma once

#include <map>
#include <memory>
#include <string>

#include "bin/house.hpp"

namespace mitori::bin {

/// What `up` shows while it runs: each change of a unit's state as a line on stdout, as it happens.
class LiveOutput {
public:
    explicit LiveOutput(House& house);
    /// The last word: how each service ended.
    void finish();

private:
    void show(std::string const& unit);
    House& house_;
    std::map<std::string, std::string> shown_;
    std::unique_ptr<control::Subscription> subscription_;
};

} // namespace mitori::bin
