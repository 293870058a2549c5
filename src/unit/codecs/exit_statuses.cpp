// Codec of SuccessExitStatus= and its kin.
#include <cstddef>
#include <fmt/format.h>

#include "base/signal.hpp"
#include "base/text.hpp"
#include "process/stage.hpp"
#include "unit/codecs/structures.hpp"
#include "unit/words.hpp"

namespace mitori::unit {

using base::Result;

Result<void> Codec<ExitStatusSet>::assign(ExitStatusSet& value, std::string_view text, Specifiers const& specifiers) {
    auto const words = split_words(text);
    if (!words) return lost(words.error());
    for (auto const& word : *words) {
        // A number is an exit status; signals are given by name.
        if (int const status = process::exit_status_from(word); status >= 0 && status <= 255) {
            value.statuses.set(static_cast<std::size_t>(status));
        } else if (auto const signal = base::parse_signal(word); signal && !base::parse_integer<int>(word)) {
            value.signals.add(*signal);
        } else {
            specifiers.remark(fmt::format("{} is no exit status: write 0 to 255, a name as TEMPFAIL, or a signal",
                                          base::quote(word)));
        }
    }
    return {};
}

status::Value Codec<ExitStatusSet>::show(ExitStatusSet const& value) {
    status::List statuses{.element = "i", .items = {}};
    status::List signals{.element = "i", .items = {}};
    for (std::size_t i = 0; i < value.statuses.size(); ++i)
        if (value.statuses.test(i)) statuses.items.emplace_back(static_cast<std::int32_t>(i));
    for (std::int32_t i = 1; i <= 64; ++i)
        if (value.signals.has({i})) signals.items.emplace_back(i);
    return status::Struct{.fields = {std::move(statuses), std::move(signals)}};
}

} // namespace mitori::unit
