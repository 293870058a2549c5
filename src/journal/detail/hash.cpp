#include "journal/detail/hash.hpp"

#include <bit>
#include <cstring>

namespace mitori::journal::detail {

namespace {

template <class Word>
Word load(char const* from) {
    Word word;
    std::memcpy(&word, from, sizeof word);
    return word;
}

/// The last bytes of a text, the missing ones zero.
template <class Word>
Word load_rest(char const* from, std::size_t count) {
    Word word = 0;
    std::memcpy(&word, from, count);
    return word;
}

struct SipState {
    std::uint64_t a, b, c, d;

    void round() {
        a += b;
        c += d;
        b = std::rotl(b, 13) ^ a;
        d = std::rotl(d, 16) ^ c;
        a = std::rotl(a, 32);
        c += b;
        a += d;
        b = std::rotl(b, 17) ^ c;
        d = std::rotl(d, 21) ^ a;
        c = std::rotl(c, 32);
    }
    void take(std::uint64_t word) {
        d ^= word;
        round();
        round();
        a ^= word;
    }
};

} // namespace

std::uint64_t siphash24(std::string_view bytes, Id const& key) {
    auto const* const key_bytes = reinterpret_cast<char const*>(key.data());
    auto const k0 = load<std::uint64_t>(key_bytes);
    auto const k1 = load<std::uint64_t>(key_bytes + 8);
    // The constants spell "somepseudorandomlygeneratedbytes".
    SipState state{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573};
    char const* at = bytes.data();
    char const* const whole = at + (bytes.size() & ~std::size_t{7});
    for (; at != whole; at += 8)
        state.take(load<std::uint64_t>(at));
    state.take(load_rest<std::uint64_t>(at, bytes.size() & 7) | std::uint64_t{bytes.size()} << 56);
    state.c ^= 0xff;
    for (int round = 0; round < 4; ++round)
        state.round();
    return state.a ^ state.b ^ state.c ^ state.d;
}

namespace {

struct JenkinsState {
    std::uint32_t a, b, c;

    /// Takes `from` out of `to`, folds it back in turned, and moves on: one of the six steps of lookup3's mix.
    static void step(std::uint32_t& to, std::uint32_t& from, std::uint32_t& next, int turn) {
        to -= from;
        to ^= std::rotl(from, turn);
        from += next;
    }
    void mix() {
        step(a, c, b, 4);
        step(b, a, c, 6);
        step(c, b, a, 8);
        step(a, c, b, 16);
        step(b, a, c, 19);
        step(c, b, a, 4);
    }
    static void fold(std::uint32_t& to, std::uint32_t from, int turn) {
        to ^= from;
        to -= std::rotl(from, turn);
    }
    void finish() {
        fold(c, b, 14);
        fold(a, c, 11);
        fold(b, a, 25);
        fold(c, b, 16);
        fold(a, c, 4);
        fold(b, a, 14);
        fold(c, b, 24);
    }
};

} // namespace

std::uint64_t jenkins_hash(std::string_view bytes) {
    auto const seed = 0xdeadbeefU + static_cast<std::uint32_t>(bytes.size());
    JenkinsState state{seed, seed, seed};
    char const* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left > 12; left -= 12, at += 12) {
        state.a += load<std::uint32_t>(at);
        state.b += load<std::uint32_t>(at + 4);
        state.c += load<std::uint32_t>(at + 8);
        state.mix();
    }
    // An empty text is not finished: it leaves the seeds as they are.
    if (left > 0) {
        std::array<std::uint32_t, 3> rest{};
        std::memcpy(rest.data(), at, left);
        state.a += rest[0];
        state.b += rest[1];
        state.c += rest[2];
        state.finish();
    }
    return std::uint64_t{state.c} << 32 | state.b;
}

} // namespace mitori::journal::detail
