#include "unit/verify.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <set>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "unit/directive.hpp"
#include "unit/name.hpp"

namespace mitori::unit {
namespace {

/// Where systemd looks for a program that is named without a path.
constexpr std::string_view program_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

bool is_program(std::string const& path) {
    auto const status = base::sys::stat(path);
    return status && S_ISREG(status->st_mode) && base::sys::access(path, X_OK).value_or(false);
}

bool is_found(std::string const& program) {
    if (program.starts_with('/')) return is_program(program);
    return std::ranges::any_of(base::split(program_path, ":"), [&](std::string_view folder) {
        return is_program(fmt::format("{}/{}", folder, program));
    });
}

class Checker {
public:
    Checker(Loader& loader, std::set<std::string> const& given, Verdict& verdict)
        : loader_(loader),
          given_(given),
          unit_(*verdict.unit),
          findings_(verdict.findings) {}

    void run() {
        findings_ = unit_.diagnostics;
        tell_load_state();
        tell_kept();
        if (unit_.load_state != LoadState::loaded && unit_.load_state != LoadState::bad_setting) return;
        check_programs();
        check_accounts();
        check_dependencies();
    }

private:
    void say(Severity severity, std::string text, std::string hint = {}) {
        auto const& file = unit_.fragment.empty() ? unit_.id : unit_.fragment;
        findings_.push_back({.severity = severity, .file = file, .text = std::move(text), .hint = std::move(hint)});
    }

    void tell_load_state() {
        bool const told =
            std::ranges::any_of(findings_, [](auto const& one) { return one.severity == Severity::error; });
        if (unit_.load_state == LoadState::masked)
            say(Severity::notice, unit_.load_error);
        else if (unit_.load_state != LoadState::loaded && !told)
            say(Severity::error, unit_.load_error);
    }

    void tell_kept() {
        std::set<std::string> names;
        for (auto const& kept : unit_.kept)
            names.insert(fmt::format("{}=", directives()[kept.row].name));
        if (names.empty()) return;
        say(Severity::notice, fmt::format("read, not honoured yet: {}", fmt::join(names, " ")));
    }

    void check_programs() {
        auto const& service = unit_.service;
        if (!unit_.exec->root_directory.empty()) return; // its programs are the other root's
        for (auto const* commands :
             {&service.exec_condition, &service.exec_start_pre, &service.exec_start, &service.exec_start_post,
              &service.exec_reload, &service.exec_stop, &service.exec_stop_post})
            for (auto const& command : *commands)
                if (!is_found(command.path))
                    say(command.ignore_failure ? Severity::warning : Severity::error,
                        fmt::format("{} is no program that can be executed here", command.path));
    }

    void check_accounts() {
        auto const unknown = [](std::string const& name, auto const& lookup) {
            return !name.empty() && !base::parse_integer<std::uint32_t>(name) && lookup(name.c_str()) == nullptr;
        };
        if (unknown(unit_.exec->user, ::getpwnam))
            say(Severity::warning, fmt::format("User={}: there is no such user here", unit_.exec->user));
        if (unknown(unit_.exec->group, ::getgrnam))
            say(Severity::warning, fmt::format("Group={}: there is no such group here", unit_.exec->group));
        for (auto const& group : unit_.exec->supplementary_groups)
            if (unknown(group, ::getgrnam))
                say(Severity::warning, fmt::format("SupplementaryGroups={}: there is no such group here", group));
    }

    /// Only what is pulled in must exist: order relative to what is not installed is common and right.
    void check_dependencies() {
        for (auto const& dependency : *unit_.info.dependencies) {
            bool const needed = dependency.relation == Relation::requires_ ||
                                dependency.relation == Relation::binds_to || dependency.relation == Relation::requisite;
            if (!needed || dependency.origin == Origin::default_ || given_.contains(dependency.unit)) continue;
            auto const other = loader_.load(dependency.unit);
            if (other->load_state == LoadState::not_found)
                say(Severity::error, fmt::format("it needs {}, for which there is no unit file", dependency.unit));
            if (other->load_state == LoadState::masked)
                say(Severity::error, fmt::format("it needs {}, which is masked", dependency.unit));
        }
    }

    Loader& loader_;
    std::set<std::string> const& given_;
    Unit const& unit_;
    std::vector<Diagnostic>& findings_;
};

} // namespace

bool Verdict::good() const {
    return std::ranges::none_of(findings, [](auto const& one) { return one.severity == Severity::error; });
}

std::vector<Verdict> verify(Loader& loader, std::vector<std::string> const& paths) {
    std::vector<Verdict> verdicts;
    std::set<std::string> given;
    for (auto const& path : paths) {
        // A bare name that is no file here is one on the search path.
        bool const name = path.find('/') == std::string::npos && !base::sys::stat(path);
        verdicts.push_back({.unit = name ? loader.load(mangle(path)) : loader.load_file(path)});
        given.insert(verdicts.back().unit->id);
    }
    for (auto& verdict : verdicts)
        Checker(loader, given, verdict).run();
    return verdicts;
}

} // namespace mitori::unit
