#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "fuzz/procfs_fuzzer.cpp" // NOLINT(bugprone-suspicious-include): the program is one function
#include "procfs/inspection.hpp"

namespace mitori::procfs {
namespace {
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ProcfsFuzzSeeds, are_read_without_harm) {
    int count = 0;
    for (auto const& seed : std::filesystem::directory_iterator(MITORI_TEST_DATA "/../fuzz/corpus/procfs")) {
        std::ifstream file(seed.path(), std::ios::binary);
        std::string const bytes(std::istreambuf_iterator<char>(file), {});
        for (std::size_t length = 0; length <= bytes.size(); ++length)
            LLVMFuzzerTestOneInput(reinterpret_cast<std::uint8_t const*>(bytes.data()), length);
        ++count;
    }
    EXPECT_GE(count, 4) << "are the seeds there?";
}

TEST(Address, is_read_in_both_families) {
    EXPECT_EQ(parse_address("0100007F:1F90"), "127.0.0.1:8080");
    EXPECT_EQ(parse_address("00000000:0000"), "0.0.0.0:*");
    EXPECT_EQ(parse_address("00000000000000000000000001000000:0016"), "[::1]:22");
    EXPECT_EQ(parse_address("nonsense"), "");
    EXPECT_EQ(parse_address("0100007F:99999"), "");
    EXPECT_EQ(parse_address("01:1"), "");
}

TEST(Sockets, know_their_peers_where_the_kernel_tells_them) {
    Sockets sockets;
    parse_unix("0000000000000000: 00000002 00000000 00000000 0001 03 91 /run/bus\n"
               "0000000000000000: 00000003 00000000 00000000 0001 03 92\n"
               "0000000000000000: 00000003 00000000 00000000 0001 03 93\n",
               sockets);
    join_peers({{91, 92}, {92, 91}, {93, 7}}, sockets);
    EXPECT_EQ(sockets.at(92).text(), "unix -> /run/bus connected");
    EXPECT_EQ(sockets.at(91).text(), "unix /run/bus connected");
    EXPECT_EQ(sockets.at(91).peer_inode, 92U);
    EXPECT_EQ(sockets.at(93).peer_inode, 7U) << "of another namespace, say";
}

TEST(Sockets, are_known_by_their_inode) {
    Sockets sockets;
    parse_inet("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
               "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0 100\n"
               "   1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 78 1 0 20\n"
               "   2: broken\n",
               "tcp", sockets);
    EXPECT_EQ(sockets.at(77).text(), "tcp 127.0.0.1:8080 listening");
    EXPECT_EQ(sockets.at(78).text(), "tcp 127.0.0.1:8080 -> 127.0.0.1:49153 established");
    EXPECT_EQ(sockets.size(), 2U);
    parse_unix("Num       RefCount Protocol Flags    Type St Inode Path\n"
               "0000000000000000: 00000002 00000000 00010000 0001 01 91 /run/a socket\n"
               "0000000000000000: 00000003 00000000 00000000 0002 03 92\n",
               sockets);
    EXPECT_EQ(sockets.at(91).text(), "unix /run/a socket listening");
    EXPECT_EQ(sockets.at(92).text(), "unix-dgram connected");
}

TEST(Limits, have_two_values_and_a_unit) {
    auto const limits = parse_limits("Limit                     Soft Limit           Hard Limit           Units     \n"
                                     "Max cpu time              unlimited            unlimited            seconds   \n"
                                     "Max open files            1024                 4096                 files     \n"
                                     "Max nice priority         0                    0                    \n");
    ASSERT_EQ(limits.size(), 3U);
    EXPECT_EQ(limits[1].name, "Max open files");
    EXPECT_EQ(limits[1].soft, "1024");
    EXPECT_EQ(limits[1].hard, "4096");
    EXPECT_EQ(limits[1].unit, "files");
    EXPECT_EQ(limits[2].unit, "");
}

TEST(Mounts, are_compared_by_what_is_mounted_where) {
    auto const ours = "22 1 0:5 / / rw shared:1 - ext4 /dev/a rw\n23 22 0:6 / /proc rw - proc proc rw\n";
    auto const theirs = "99 1 0:5 / / rw - ext4 /dev/a rw\n98 99 0:9 / /my\\040data ro - tmpfs tmpfs rw\n";
    auto const found = compare_mounts(theirs, ours);
    ASSERT_EQ(found.size(), 2U) << "the numbers of mounts do not count";
    EXPECT_EQ(found[0].point, "/my data");
    EXPECT_EQ(found[0].text, "tmpfs tmpfs ro");
    EXPECT_EQ(found[1].whose, MountDifference::Whose::ours);
    EXPECT_EQ(found[1].point, "/proc");
}

TEST(SetNames, are_the_kernels_words) {
    base::SignalSet set;
    set.add({SIGHUP});
    set.add({SIGCHLD});
    EXPECT_THAT(signal_names(set), ElementsAre("HUP", "CHLD"));
    EXPECT_THAT(capability_names(0x1000 | (std::uint64_t{1} << 39)), ElementsAre("net_admin", "bpf"));
    EXPECT_THAT(capability_names(std::uint64_t{1} << 50), ElementsAre("cap_50"));
    EXPECT_THAT(capability_names(0), IsEmpty());
}

TEST(Inspection, tells_what_this_process_has_open) {
    auto const pipe = base::sys::pipe().value();
    base::Fd const counter(::eventfd(7, EFD_CLOEXEC));
    auto scanner = Scanner::open().value();
    auto const found = inspect(scanner, ::getpid());
    ASSERT_TRUE(found);
    ASSERT_TRUE(found->descriptors_told);
    auto const of = [&](base::Fd const& fd) {
        return *std::ranges::find(found->descriptors, fd.get(), &Descriptor::number);
    };
    EXPECT_EQ(of(pipe.first).kind, "pipe");
    EXPECT_EQ(of(pipe.first).access, "r");
    ASSERT_EQ(of(pipe.first).others.size(), 1U);
    EXPECT_EQ(of(pipe.first).others[0].pid, ::getpid());
    EXPECT_EQ(of(pipe.first).others[0].descriptor, pipe.second.get());
    EXPECT_EQ(of(counter).kind, "eventfd");
    EXPECT_THAT(of(counter).detail, HasSubstr("count"));
    EXPECT_THAT(of(counter).detail, HasSubstr("7"));
}

TEST(Inspection, names_both_ends_of_a_connection_within_the_machine) {
    base::Fd const listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(::bind(listener.get(), generic, size), 0);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    ASSERT_EQ(::getsockname(listener.get(), generic, &size), 0);
    base::Fd const client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(client.get(), generic, size), 0);
    base::Fd const server(::accept(listener.get(), nullptr, nullptr));
    auto scanner = Scanner::open().value();
    auto const found = inspect(scanner, ::getpid());
    ASSERT_TRUE(found);
    auto const port = std::to_string(ntohs(address.sin_port));
    auto const of = [&](base::Fd const& fd) {
        return *std::ranges::find(found->descriptors, fd.get(), &Descriptor::number);
    };
    EXPECT_EQ(of(listener).detail, "tcp 127.0.0.1:" + port + " listening");
    EXPECT_THAT(of(client).detail, HasSubstr("-> 127.0.0.1:" + port + " established"));
    EXPECT_THAT(of(client).others, Contains(Field(&Holder::descriptor, server.get())));
}

TEST(Inspection, agrees_with_getrlimit_and_the_environment) {
    auto scanner = Scanner::open().value();
    auto const found = inspect(scanner, ::getpid());
    ASSERT_TRUE(found);
    rlimit files{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
    auto const limit = std::ranges::find(found->limits, "Max open files", &Limit::name);
    ASSERT_NE(limit, found->limits.end());
    EXPECT_EQ(limit->soft, std::to_string(files.rlim_cur));
    EXPECT_EQ(limit->used, std::to_string(found->descriptors.size()));
    EXPECT_THAT(found->namespaces, Contains(Field(&Namespace::kind, "mnt")));
    for (auto const& space : found->namespaces)
        EXPECT_TRUE(space.same_as_ours) << space.kind;
    EXPECT_THAT(found->mounts, IsEmpty());
    ASSERT_FALSE(found->ancestors.empty());
    EXPECT_EQ(found->ancestors.front().pid, ::getppid());
    EXPECT_GT(found->memory.at("Rss"), 0U);
}

TEST(Inspection, is_none_of_who_is_not_there) {
    auto scanner = Scanner::open().value();
    EXPECT_FALSE(inspect(scanner, 0x3fffffff));
}

} // namespace
} // namespace mitori::procfs
