// A child that begins its life in a cgroup: in a sub-cgroup of a v2 hierarchy, made and removed here.
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sstream>
#include <sys/stat.h>

#include "process/detail/clone.hpp"
#include "process/plans.hpp"
#include "process/spawner.hpp"

namespace mitori::process {
namespace {

using namespace testing;

/// Where a v2 hierarchy is mounted, also beside v1 ones.
std::string v2_mount() {
    std::ifstream mounts("/proc/mounts");
    for (std::string line; std::getline(mounts, line);) {
        std::istringstream words(line);
        std::string device, path, type;
        words >> device >> path >> type;
        if (type == "cgroup2") return path;
    }
    return "";
}

class CgroupBirth : public ::testing::Test {
protected:
    void SetUp() override {
        auto const mount = v2_mount();
        if (mount.empty()) GTEST_SKIP() << "no cgroup v2 hierarchy is mounted here";
        name = "/mitori-test-" + std::to_string(::getpid());
        path = mount + name;
        if (::mkdir(path.c_str(), 0755) != 0) GTEST_SKIP() << "no cgroup can be made here: " << std::strerror(errno);
        directory = base::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    void TearDown() override {
        detail::set_features({});
        if (directory) {
            EXPECT_EQ(::rmdir(path.c_str()), 0) << "a process is left in it";
        }
    }
    void expect_birth() {
        auto const ran = run_steps({"cgroup"}, [this](auto& plan) { plan.born_in_cgroup(plan.lend(directory.get())); });
        EXPECT_NE((ran.text + "\n").find("0::" + name + "\n"), std::string::npos) << ran.text;
    }

    std::string name;
    std::string path;
    base::Fd directory;
};

TEST_F(CgroupBirth, by_the_kernel) { expect_birth(); }

TEST_F(CgroupBirth, by_move_where_the_kernel_cannot) {
    detail::set_features({.into_cgroup = false});
    EXPECT_EQ(spawn_method(), "clone3, cgroup by move");
    expect_birth();
}

TEST_F(CgroupBirth, by_move_without_clone3) {
    detail::set_features({.clone3 = false});
    expect_birth();
}

TEST_F(CgroupBirth, through_the_spawner) {
    auto spawner = Spawner::start();
    ASSERT_TRUE(spawner);
    auto pipe = base::sys::pipe();
    auto plan = make_plan([this](auto& steps) { steps.born_in_cgroup(steps.lend(directory.get())); },
                          {.questions = {"cgroup"}, .output = pipe->second.get()});
    ASSERT_TRUE(plan);
    static_cast<void>(spawner->submit(*std::move(plan)));
    pipe->second.reset();
    Child child;
    while (!child) {
        pollfd watched{spawner->socket(), POLLIN, 0};
        ASSERT_EQ(::poll(&watched, 1, 20'000), 1);
        auto events = spawner->exchange();
        ASSERT_TRUE(events);
        for (auto& event : *events)
            if (auto* started = std::get_if<Started>(&event)) child = std::move(started->child);
    }
    auto const text = read_to_end(pipe->first.get());
    EXPECT_NE(text.find("0::" + name + "\n"), std::string::npos) << text;
    EXPECT_TRUE(child.wait());
}

TEST_F(CgroupBirth, in_a_removed_cgroup_fails_as_cgroup) {
    ASSERT_EQ(::rmdir(path.c_str()), 0);
    auto plan = make_plan([this](auto& steps) { steps.born_in_cgroup(steps.lend(directory.get())); });
    auto const child = spawn(*plan);
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().stage, Stage::cgroup);
    EXPECT_THAT(child.error().error.number, ::testing::AnyOf(ENOENT, ENODEV)); // by where the kernel notices
    ASSERT_EQ(::mkdir(path.c_str(), 0755), 0);
}

} // namespace
} // namespace mitori::process
