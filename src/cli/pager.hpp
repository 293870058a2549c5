// A pager between us and a terminal, as systemd's tools use one: $MITORI_PAGER, $SYSTEMD_PAGER, $PAGER, or less.
#pragma once

#include <memory>
#include <ostream>

namespace mitori::cli {

class Pager {
public:
    enum class Begin { top, end };
    /// Nothing where stdout is no terminal, the environment wants none, or none is installed.
    [[nodiscard]] static std::unique_ptr<Pager> open(Begin begin = Begin::top);
    virtual ~Pager() = default; ///< waits until the reader has left

    /// What goes here is shown. Once the reader has left it is in a failed state.
    [[nodiscard]] virtual std::ostream& out() = 0;
};

} // namespace mitori::cli
