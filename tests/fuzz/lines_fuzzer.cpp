// Any bytes as a stream: no byte is lost, and the pieces that they come in make no difference. The first two bytes are
// LineMax= and the size of the pieces.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "journal/lines.hpp"

namespace {

using namespace mitori::journal;

void must(bool holds) {
    if (!holds) std::abort();
}

using Lines = std::vector<std::pair<std::string, LineBreak>>;

std::size_t cut(std::string_view bytes, LineRules const& rules, Lines& lines) {
    return split({bytes.data(), bytes.size()}, rules, [&](Line line) {
        must(line.text.size() <= rules.line_max);
        lines.emplace_back(std::string(line.text), line.how);
        if (auto const message = read_message(line.text, LevelPrefix::on, 6))
            must(!message->text.empty() && message->level < 8);
    });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 2) return 0;
    LineRules rules{.line_max = std::size_t{data[0]} + 1};
    std::size_t const step = std::size_t{data[1]} + 1;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 2, size - 2);

    Lines pieces;
    std::string carry;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        carry += bytes.substr(at, step);
        carry.erase(0, cut(carry, rules, pieces));
        must(carry.size() < rules.line_max);
    }
    rules.rest = LineBreak::eof;
    must(cut(carry, rules, pieces) == carry.size());

    Lines whole;
    must(cut(bytes, rules, whole) == bytes.size());
    must(whole == pieces);

    std::string again;
    for (auto const& [text, how] : whole) {
        again += text;
        if (how == LineBreak::newline) again += '\n';
        if (how == LineBreak::nul) again += '\0';
    }
    must(again == bytes);
    return 0;
}
