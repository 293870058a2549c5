#include <gtest/gtest.h>

#include "witness/witness.hpp"

namespace mitori::witness {
namespace {

TEST(UnitOf, finds_the_innermost_unit) {
    EXPECT_EQ(unit_of("/system.slice/nginx.service"), "nginx.service");
    EXPECT_EQ(unit_of("/user.slice/user-1000.slice/user@1000.service/app.slice/editor.service"), "editor.service");
    EXPECT_EQ(unit_of("/user.slice/user-1000.slice/session-3.scope"), "session-3.scope");
    EXPECT_EQ(unit_of("/system.slice/worker@a.service/inner/deep"), "worker@a.service");
}

TEST(UnitOf, calls_containers_by_their_engine_and_twelve_digits) {
    std::string const digits(64, 'a');
    EXPECT_EQ(unit_of("/system.slice/docker-" + digits + ".scope"), "docker-aaaaaaaaaaaa");
    EXPECT_EQ(unit_of("/docker/" + digits), "docker-aaaaaaaaaaaa");
    EXPECT_EQ(unit_of("/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + digits + ".scope"),
              "cri-containerd-aaaaaaaaaaaa");
    EXPECT_EQ(unit_of("/machine.slice/libpod-" + digits + ".scope/container"), "libpod-aaaaaaaaaaaa");
}

TEST(UnitOf, finds_none_where_none_is) {
    EXPECT_EQ(unit_of("/"), "");
    EXPECT_EQ(unit_of("/user.slice"), "");
    EXPECT_EQ(unit_of("/mitori-test/x"), "");
    EXPECT_EQ(unit_of("/.service"), "");
}

} // namespace
} // namespace mitori::witness
