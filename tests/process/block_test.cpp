// A block that came from elsewhere: what is malformed is refused, whatever is accepted can be read without harm.
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <random>

#include "process/detail/block.hpp"
#include "process/detail/private_copy.hpp"
#include "process/detail/subject.hpp"

namespace mitori::process {
namespace {

using namespace detail;

/// A block in memory of exactly its size, so that the address sanitizer sees a step beyond it.
class Bytes {
public:
    explicit Bytes(std::span<std::byte const> bytes) : size_(bytes.size()), memory_(new std::byte[bytes.size()]) {
        std::memcpy(memory_.get(), bytes.data(), size_);
    }
    [[nodiscard]] std::span<std::byte> span() { return {memory_.get(), size_}; }
    [[nodiscard]] Header& header() { return *reinterpret_cast<Header*>(memory_.get()); }
    [[nodiscard]] std::byte& operator[](std::size_t at) { return memory_[at]; }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    std::size_t size_;
    std::unique_ptr<std::byte[]> memory_;
};

constexpr std::size_t sources = 2;

Plan sample() {
    PlanBuilder plan;
    plan.born_in_cgroup(plan.lend(0));
    plan.limit({.resource = 1, .soft = 2, .hard = 3});
    plan.oom_score_adjust(5);
    plan.managed_directory({.path = "/run/x"}, Stage::runtime_directory);
    auto const file = plan.open_file("/dev/null", O_RDONLY, 0, Stage::standard_input);
    auto const socket = plan.connect_unix("/run/socket", Stage::standard_output);
    plan.place({{file, 0}, {socket, 1}, {plan.lend(1), 2}});
    plan.supplementary_groups({1, 2, 3});
    plan.environment({"A=1", "B=2"});
    plan.pid_variable("PID");
    plan.execute({"/bin/a", "/bin/b"}, {"a", "b", "c"});
    auto made = std::move(plan).finish();
    EXPECT_TRUE(made) << made.error().message();
    return *std::move(made);
}

bool refused(std::span<std::byte const> bytes, std::size_t count = sources) {
    auto const checked = check_block(bytes, count);
    EXPECT_TRUE(checked || checked.error().number == EBADMSG);
    return !checked;
}

/// All that the helper does with a block before the child walks it, and what it says of a failure afterwards.
void read_all(std::span<std::byte const> bytes) {
    static_cast<void>(needs_of(bytes));
    std::vector<int> const fds(sources, -1);
    PrivateCopy copy(bytes, fds);
    for (std::uint16_t step = 0; step < 16; ++step)
        static_cast<void>(subject_of({copy.block(), bytes.size()}, {1, step, 1}));
}

TEST(Block, of_a_plan_is_accepted_for_its_own_number_of_descriptors) {
    auto const plan = sample();
    EXPECT_FALSE(refused(plan.block(), 2));
    EXPECT_TRUE(refused(plan.block(), 1));
    EXPECT_TRUE(refused(plan.block(), 3));
}

TEST(Block, cut_off_anywhere_is_refused) {
    auto const plan = sample();
    for (std::size_t size = 0; size < plan.block().size(); ++size) {
        Bytes bytes(plan.block().first(size));
        EXPECT_TRUE(refused(bytes.span())) << size;
        if (size < sizeof(Header)) continue;
        bytes.header().size = static_cast<std::uint32_t>(size);
        // A shorter name after the last step would be a whole plan, but the name's NUL is the last byte but padding.
        if (size <= bytes.header().program) {
            EXPECT_TRUE(refused(bytes.span())) << size;
        }
    }
}

TEST(Block, with_a_wrong_header_is_refused) {
    auto const plan = sample();
    auto const with = [&](auto change) {
        Bytes bytes(plan.block());
        change(bytes.header());
        return refused(bytes.span());
    };
    EXPECT_TRUE(with([](Header& header) { header.magic ^= 1; }));
    EXPECT_TRUE(with([](Header& header) { header.size += 8; }));
    EXPECT_TRUE(with([](Header& header) { header.slots = 1; }));
    EXPECT_TRUE(with([](Header& header) { header.slots = 60'000; }));
    EXPECT_TRUE(with([](Header& header) { --header.slots; }));
    EXPECT_TRUE(with([](Header& header) { ++header.steps; }));
    EXPECT_TRUE(with([](Header& header) { --header.steps; }));
    EXPECT_TRUE(with([](Header& header) { header.cgroup = 2; }));
    EXPECT_TRUE(with([](Header& header) { header.program = header.size; }));
    EXPECT_TRUE(with([](Header& header) { header.program = 0; }));
}

/// Every 32-bit word of the block overwritten with each of these, one at a time.
TEST(Block, with_any_word_changed_is_refused_or_harmless) {
    auto const plan = sample();
    int refusals = 0;
    for (std::size_t at = 0; at + 4 <= plan.block().size(); at += 4)
        for (std::uint32_t const value :
             {0U, 1U, 8U, 0x7fU, 0xffU, 0xffffU, 0x7fff'ffffU, 0x8000'0000U, 0xffff'ffffU}) {
            Bytes bytes(plan.block());
            std::memcpy(&bytes[at], &value, sizeof value);
            if (refused(bytes.span()))
                ++refusals;
            else
                read_all(bytes.span());
        }
    EXPECT_GT(refusals, 500);
}

TEST(Block, with_random_bytes_is_refused_or_harmless) {
    auto const plan = sample();
    std::mt19937 random(20'261'122);
    int refusals = 0;
    for (int round = 0; round < 20'000; ++round) {
        Bytes bytes(plan.block());
        for (auto changes = 1 + random() % 8; changes > 0; --changes)
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        if (refused(bytes.span()))
            ++refusals;
        else
            read_all(bytes.span());
    }
    EXPECT_GT(refusals, 10'000);
}

} // namespace
} // namespace mitori::process
