// The words of the control faces: as typed after --job-mode=, --kill-whom=, and as the verbs of systemctl(1).
#pragma once

#include "base/names.hpp"
#include "control/control.hpp"

template <>
struct mitori::base::Names<mitori::control::JobMode> {
    using Mode = mitori::control::JobMode;
    static constexpr auto table = std::to_array<Name<Mode>>({
        {Mode::replace, "replace"},
        {Mode::fail, "fail"},
        {Mode::replace_irreversibly, "replace-irreversibly"},
        {Mode::isolate, "isolate"},
        {Mode::ignore_dependencies, "ignore-dependencies"},
        {Mode::ignore_requirements, "ignore-requirements"},
        {Mode::flush, "flush"},
        {Mode::triggering, "triggering"},
    });
};
template <>
struct mitori::base::Names<mitori::control::KillWhom> {
    using Whom = mitori::control::KillWhom;
    static constexpr auto table = std::to_array<Name<Whom>>({
        {Whom::main, "main"},
        {Whom::control, "control"},
        {Whom::all, "all"},
        {Whom::main_fail, "main-fail"},
        {Whom::control_fail, "control-fail"},
        {Whom::all_fail, "all-fail"},
    });
};
template <>
struct mitori::base::Names<mitori::control::JobVerb> {
    using Verb = mitori::control::JobVerb;
    static constexpr auto table = std::to_array<Name<Verb>>({
        {Verb::start, "start"},
        {Verb::stop, "stop"},
        {Verb::reload, "reload"},
        {Verb::restart, "restart"},
        {Verb::try_restart, "try-restart"},
        {Verb::reload_or_restart, "reload-or-restart"},
        {Verb::reload_or_try_restart, "reload-or-try-restart"},
    });
};
