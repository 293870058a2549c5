// The last step: which program is executed, and how.
#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "process/plans.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::process {
namespace {

using namespace testing;

std::string output_of(base::Result<Plan> plan, base::Fd reader, base::Fd writer) {
    EXPECT_TRUE(plan) << plan.error().message();
    if (!plan) return "";
    auto child = spawn(*plan);
    writer.reset();
    EXPECT_TRUE(child) << child.error().message();
    if (!child) return "";
    auto text = read_to_end(reader.get());
    EXPECT_TRUE(child->wait());
    return text;
}

std::string output_of(Ending ending) {
    auto pipe = base::sys::pipe();
    ending.output = pipe->second.get();
    auto plan = make_plan([](PlanBuilder&) {}, ending);
    return output_of(std::move(plan), std::move(pipe->first), std::move(pipe->second));
}

TEST(Exec, takes_the_first_candidate_that_exists) {
    mitori::test::TemporaryDirectory directory;
    ASSERT_TRUE(base::sys::write_file(directory / "plain", "", 0644));
    EXPECT_EQ(output_of({.questions = {"arguments"},
                         .candidates = {"/no/such/probe", directory / "plain", directory / "plain/probe", MITORI_PROBE,
                                        "/bin/false"}}),
              "arguments probe|arguments\n");
}

TEST(Exec, runs_a_binary_by_its_descriptor_and_closes_it) {
    base::Fd const program(::open(MITORI_PROBE, O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(output_of({.questions = {"fds"}, .program = program.get()}), "fds 0 1 2\n");
}

TEST(Exec, runs_a_script_by_its_descriptor) {
    mitori::test::TemporaryDirectory directory;
    ASSERT_TRUE(base::sys::write_file(directory / "script", "#!/bin/sh\necho \"script $1\"\n", 0755));
    base::Fd const program(::open((directory / "script").c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(output_of({.questions = {"one"}, .program = program.get()}), "script one\n");
}

TEST(Exec, of_a_script_without_its_interpreter_is_missing) {
    mitori::test::TemporaryDirectory directory;
    ASSERT_TRUE(base::sys::write_file(directory / "script", "#!/no/such/interpreter\n", 0755));
    base::Fd const program(::open((directory / "script").c_str(), O_RDONLY | O_CLOEXEC));
    auto const plan = make_plan([](PlanBuilder&) {}, {.program = program.get()});
    auto const child = spawn(*plan);
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().stage, Stage::exec);
    EXPECT_EQ(child.error().error.number, ENOENT);
}

} // namespace
} // namespace mitori::process
