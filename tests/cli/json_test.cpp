// `-o json` of every verb that prints data: one document, whose keys are a promise.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unistd.h>

#include "bus/fake_faces.hpp"
#include "cli/process_programs.hpp"
#include "cli/run_verb.hpp"

namespace mitori {
namespace {
using testing::IsSupersetOf;

std::vector<std::string> keys_of(nlohmann::json const& json) {
    std::vector<std::string> keys;
    auto const& object = json.is_array() && !json.empty() ? json.front() : json;
    for (auto const& [key, value] : object.items())
        keys.push_back(key);
    return keys;
}

struct Row {
    char const* line;
    std::vector<std::string> keys; ///< of the document, or of the first of its list
};

class Json : public testing::TestWithParam<Row> {};

TEST_P(Json, is_one_document_with_its_keys) {
    test::FakeFaces faces;
    faces.jobs = {{.id = 7, .unit = "foo.service", .type = "start", .state = "running"}};
    auto const said = test::run_verb(faces.faces(), std::string(GetParam().line) + " -o json", nullptr);
    auto const json = nlohmann::json::parse(said.out, nullptr, false);
    ASSERT_FALSE(json.is_discarded()) << said.out << said.err;
    EXPECT_THAT(keys_of(json), IsSupersetOf(GetParam().keys)) << said.out;
}

INSTANTIATE_TEST_SUITE_P(Verbs, Json,
                         testing::Values(Row{"list-units", {"unit", "load", "active", "sub", "description"}},
                                         Row{"list-unit-files", {"unit_file", "state", "preset"}},
                                         Row{"list-jobs", {"job", "unit", "type", "state"}},
                                         Row{"status", {"properties"}}, Row{"status foo", {"properties", "processes"}},
                                         Row{"show foo", {"Id"}}, Row{"is-active foo", {"unit", "active"}},
                                         Row{"is-failed foo", {"unit", "active"}}, Row{"is-system-running", {"state"}},
                                         Row{"cat foo", {"unit", "files"}}, Row{"plan foo", {"unit", "plan"}},
                                         Row{"show-environment", {}}, Row{"version", {"version"}}));

/// A program that looks at processes, in this process.
std::pair<int, std::string> look(int (*program)(cli::ProcessCall const&), std::vector<std::string> words) {
    std::ostringstream out;
    std::ostringstream err;
    int const status = program({.words = std::move(words), .screen = {}, .out = out, .err = err});
    EXPECT_EQ(err.str(), "");
    return {status, out.str()};
}

TEST(ProcessJson, has_its_keys) {
    auto const self = std::to_string(::getpid());
    auto const parent = std::to_string(::getppid());
    struct Case {
        int (*program)(cli::ProcessCall const&);
        std::vector<std::string> words;
        std::vector<std::string> keys;
    };
    for (auto const& one : std::vector<Case>{
             {cli::run_ps, {"-p", self, "-o", "json"}, {"pid", "comm", "user"}},
             {cli::run_tree, {self, "-o", "json"}, {"pid", "comm", "unit", "marks", "children"}},
             {cli::run_sessions, {self, "-o", "json"}, {"session", "groups"}},
             {cli::run_inspect, {self, "-o", "json"}, {"pid", "parents", "limits", "effective_limits", "history"}},
             {cli::run_kill,
              {"--tree", parent, "--dry-run", "-o", "json"},
              {"signal", "dry_run", "processes", "refused"}}}) {
        auto const [status, text] = look(one.program, one.words);
        auto const json = nlohmann::json::parse(text, nullptr, false);
        ASSERT_FALSE(json.is_discarded()) << text;
        EXPECT_THAT(keys_of(json), IsSupersetOf(one.keys)) << text;
    }
}

} // namespace
} // namespace mitori
