// A group of settings that most units leave as it is.
#pragma once

#include <memory>
#include <utility>

namespace mitori::unit {

/// Reads like a pointer to a const T. All that were never edited share one default instance and cost a pointer; copies
/// share what they are copies of until one of them is edited. Not thread-safe where one is edited.
template <class T>
class Shared {
public:
    Shared() = default;
    Shared(T value) : own_(std::make_shared<T>(std::move(value))) {} // NOLINT(google-explicit-constructor)

    [[nodiscard]] T const& operator*() const { return own_ ? *own_ : initial(); }
    [[nodiscard]] T const* operator->() const { return &**this; }
    operator T const&() const { return **this; } // NOLINT(google-explicit-constructor): where a group is asked for

    /// A T that is this one's alone, to be changed. Valid until this is copied.
    [[nodiscard]] T& edit() {
        if (!own_)
            own_ = std::make_shared<T>();
        else if (own_.use_count() > 1)
            own_ = std::make_shared<T>(*own_);
        return *own_;
    }

private:
    static T const& initial() {
        static T const value;
        return value;
    }

    std::shared_ptr<T> own_;
};

} // namespace mitori::unit
