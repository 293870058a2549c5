#pragma once

#include <utility>

namespace mitori::base {

/// Owns one file descriptor and closes it. Move-only; empty is -1. Every descriptor of ours is close-on-exec.
class Fd {
public:
    Fd() = default;
    explicit Fd(int number) noexcept : number_(number) {}
    Fd(Fd&& other) noexcept : number_(other.release()) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other) reset(other.release());
        return *this;
    }
    ~Fd() { reset(); }

    [[nodiscard]] int get() const noexcept { return number_; }
    [[nodiscard]] explicit operator bool() const noexcept { return number_ >= 0; }
    /// Gives the descriptor away without closing it.
    [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }
    void reset(int number = -1) noexcept;

private:
    int number_ = -1;
};

} // namespace mitori::base
