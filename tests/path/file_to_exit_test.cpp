// A unit's road from its file to the exit of its process, without a manager: source, unit, plan, child, exit.
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>

#include "base/text.hpp"
#include "exec/plan.hpp"
#include "process/spawn.hpp"
#include "support/temporary_directory.hpp"
#include "unit/load.hpp"

namespace mitori {
namespace {

using test::TemporaryDirectory;
using testing::Contains;
using testing::ElementsAre;

class Road : public testing::Test {
protected:
    void write(std::string const& name, std::string_view text) {
        std::filesystem::create_directories(std::filesystem::path(directory_ / name).parent_path());
        std::ofstream(directory_ / name) << text;
    }

    [[nodiscard]] std::string read(std::string const& name) const {
        std::ifstream file(directory_ / name);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    [[nodiscard]] std::vector<std::string> read_lines(std::string const& name) const {
        auto const text = read(name);
        std::vector<std::string> lines;
        for (auto const line : base::split(text, "\n"))
            lines.emplace_back(line);
        return lines;
    }

    /// The unit's files are looked for in our directory; its managed directories lie below it too.
    exec::Place place() {
        unit::Host host;
        host.runtime_directory = directory_ / "run";
        host.state_directory = directory_ / "state";
        host.temporary_directory = directory_.path();
        return exec::read_place(unit::Scope::system, host, "");
    }

    unit::UnitPtr load(std::string_view name, exec::Place const& place) {
        unit::Loader loader({.directories = {directory_.path()}, .vendor = {}}, place.host);
        auto unit = loader.load(name);
        EXPECT_EQ(unit->load_state, unit::LoadState::loaded) << unit->load_error;
        return unit;
    }

    /// Walks the rest of the road for the unit's first ExecStart=.
    process::Exit run(unit::Unit const& unit, exec::Place const& place) {
        exec::Facts facts;
        facts.invocation_id = "feedfacefeedfacefeedfacefeedface";
        auto files = exec::read_environment_files(unit.exec);
        EXPECT_TRUE(files) << files.error().message();
        if (files) facts.file_environment = *files;
        auto const plan = exec::make_plan(unit, unit.service.exec_start.at(0), exec::Purpose::start, facts, place);
        if (!plan) {
            ADD_FAILURE() << plan.error().message();
            return {};
        }
        auto child = process::spawn(*plan);
        if (!child) {
            ADD_FAILURE() << child.error().message();
            return {};
        }
        auto exit = child->wait();
        EXPECT_TRUE(exit) << exit.error().message();
        return exit.value_or(process::Exit{});
    }

    TemporaryDirectory directory_;
};

TEST_F(Road, leads_from_a_file_with_drop_ins_to_an_exit_status) {
    write("hello@.service", "[Service]\n"
                            "ExecStart=/bin/sh -c 'echo \"$GREETING, $0 of $WHO\"; exit 7' %i\n"
                            "StandardOutput=append:%T/out\n");
    write("hello@.service.d/10-who.conf", "[Service]\nEnvironment=GREETING=Hello WHO=nobody\n"
                                          "EnvironmentFile=%T/who.env\n");
    write("who.env", "WHO='the road'\n");
    auto const here = place();
    auto const unit = load("hello@world.service", here);
    auto const exit = run(*unit, here);
    EXPECT_EQ(exit.kind, process::ExitKind::exited);
    EXPECT_EQ(exit.status, 7);
    EXPECT_EQ(read("out"), "Hello, world of the road\n");
}

TEST_F(Road, gives_the_program_what_the_unit_says_and_no_more) {
    write("env.service", "[Service]\n"
                         "ExecStart=/usr/bin/env\n"
                         "Environment=A=1\n"
                         "UnsetEnvironment=LANG LANGUAGE LC_ALL\n"
                         "RuntimeDirectory=deep/er:link\n"
                         "StandardOutput=truncate:%T/out\n");
    auto const here = place();
    auto const unit = load("env.service", here);
    EXPECT_TRUE(run(*unit, here).clean());
    auto const lines = read_lines("out");
    for (auto const& entry : {std::string("A=1"), "RUNTIME_DIRECTORY=" + here.host.runtime_directory + "/deep/er",
                              std::string("INVOCATION_ID=feedfacefeedfacefeedfacefeedface")})
        EXPECT_THAT(lines, Contains(entry));
    for (auto const& line : lines)
        EXPECT_THAT(std::string(line.substr(0, line.find('='))),
                    testing::AnyOf("A", "PATH", "RUNTIME_DIRECTORY", "INVOCATION_ID", "SYSTEMD_EXEC_PID",
                                   testing::StartsWith("LC_")));
    EXPECT_TRUE(std::filesystem::is_directory(directory_ / "run/deep/er"));
    EXPECT_EQ(std::filesystem::read_symlink(directory_ / "run/link"), "deep/er");
}

TEST_F(Road, sets_what_a_program_can_see_of_itself) {
    write("self.service", "[Service]\n"
                          "ExecStart=/bin/sh -c 'umask; ulimit -c; nice; pwd'\n"
                          "UMask=027\n"
                          "LimitCORE=0\n"
                          "Nice=11\n"
                          "WorkingDirectory=/usr\n"
                          "StandardOutput=file:%T/out\n");
    auto const here = place();
    auto const unit = load("self.service", here);
    EXPECT_TRUE(run(*unit, here).clean());
    EXPECT_THAT(read_lines("out"), ElementsAre("0027", "0", "11", "/usr"));
}

TEST_F(Road, ends_with_systemd_s_status_where_the_program_is_missing) {
    write("gone.service", "[Service]\nExecStart=/proc/nonexistent/program\n");
    auto const here = place();
    auto const unit = load("gone.service", here);
    auto const plan = exec::make_plan(*unit, unit->service.exec_start.at(0), exec::Purpose::start, {}, here);
    ASSERT_TRUE(plan) << plan.error().message();
    auto const child = process::spawn(*plan);
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().stage, process::Stage::exec);
    EXPECT_EQ(child.error().error.number, ENOENT);
}

} // namespace
} // namespace mitori
