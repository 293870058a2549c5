#include "exec/detail/streams.hpp"

#include <fcntl.h>

namespace mitori::exec {
namespace {

using process::PlanBuilder;
using process::Slot;
using process::Stage;
using unit::Input;
using unit::Output;
using unit::OutputSetting;

constexpr auto null_device = "/dev/null";
constexpr mode_t file_mode = 0666;

/// Only these run while nobody else of the unit does, so that the terminal is theirs.
bool may_take_terminal(Purpose purpose) {
    switch (purpose) {
    case Purpose::condition:
    case Purpose::start_pre:
    case Purpose::start:
    case Purpose::stop_post: return true;
    case Purpose::start_post:
    case Purpose::reload:
    case Purpose::stop: return false;
    }
    return false;
}

OutputSetting output_of(unit::Exec const& exec) {
    Input const input = exec.standard_input.kind;
    bool const follows_input = is_terminal(input) || input == Input::socket || input == Input::fd;
    auto setting =
        exec.standard_output.value_or(OutputSetting{.kind = follows_input ? Output::inherit : Output::journal});
    if (setting.kind == Output::socket) setting.kind = Output::inherit;
    return setting;
}

OutputSetting error_of(unit::Exec const& exec) {
    auto setting = exec.standard_error.value_or(OutputSetting{});
    if (setting.kind == Output::socket) setting.kind = Output::inherit;
    return setting;
}

bool is_file(Output kind) { return kind == Output::file || kind == Output::append || kind == Output::truncate; }

class StreamPlanner {
public:
    StreamPlanner(PlanBuilder& builder, unit::Exec const& exec, Purpose purpose, Facts const& facts, Place const& place)
        : builder_(builder),
          exec_(exec),
          facts_(facts),
          place_(place),
          terminal_(terminal_path(exec)),
          input_(input_of(exec, purpose)),
          output_(output_of(exec)),
          error_(error_of(exec)) {}

    base::Result<Streams> add() {
        if (input_ == Input::fd)
            return base::make_error(ENOENT, "StandardInput=", "fd:" + exec_.standard_input.argument);
        for (auto const* setting : {&output_, &error_})
            if (setting->kind == Output::fd)
                return base::make_error(
                    ENOENT, setting == &output_ ? "StandardOutput=" : "StandardError=", "fd:" + setting->argument);
        Slot const input = add_input();
        Slot const output = add_output(input);
        return Streams{input, output, add_error(input, output)};
    }

private:
    /// What the input is for this command: a socket has nothing to give here (degrade.cpp says so).
    static Input input_of(unit::Exec const& exec, Purpose purpose) {
        Input const asked = unit::input_kind(exec);
        if (asked == Input::socket) return Input::null;
        return is_terminal(asked) && !may_take_terminal(purpose) ? Input::null : asked;
    }

    Slot add_input() {
        switch (input_) {
        case Input::file: {
            bool const shared = is_same_file(output_) || is_same_file(error_);
            return builder_.open_file(exec_.standard_input.argument, (shared ? O_RDWR | O_CREAT : O_RDONLY) | O_NOCTTY,
                                      file_mode, Stage::standard_input);
        }
        case Input::tty:
        case Input::tty_force:
        case Input::tty_fail: {
            Slot const slot = builder_.open_file(terminal_, O_RDWR | O_NOCTTY, 0, Stage::standard_input);
            builder_.controlling_terminal(slot, Stage::standard_input,
                                          input_ == Input::tty_force ? PlanBuilder::Steal::yes
                                                                     : PlanBuilder::Steal::no);
            return slot;
        }
        case Input::data:
            if (facts_.input_data >= 0) return builder_.lend(facts_.input_data);
            [[fallthrough]];
        default: return builder_.open_file(null_device, O_RDONLY, 0, Stage::standard_input);
        }
    }

    Slot add_output(Slot input) {
        if (output_.kind == Output::inherit) return add_inherited(input);
        return add_named(output_, input, place_.output, Stage::standard_output);
    }

    /// StandardOutput=inherit: the input, if that can be written to; else what the manager itself has.
    Slot add_inherited(Slot input) {
        if (input_ != Input::null && input_ != Input::data) return input;
        if (is_terminal(exec_.standard_input.kind))
            return builder_.open_file(terminal_, O_WRONLY | O_NOCTTY, 0, Stage::standard_output);
        if (place_.pid != 1) return builder_.lend(place_.output);
        return builder_.open_file(null_device, O_WRONLY, 0, Stage::standard_output);
    }

    Slot add_error(Slot input, Slot output) {
        Output const kind = error_.kind == Output::inherit ? output_.kind : error_.kind;
        if (is_log(kind)) return add_log(place_.error);
        bool const inherits_all = error_.kind == Output::inherit && output_.kind == Output::inherit;
        if (inherits_all && (input_ == Input::null || input_ == Input::data) &&
            !is_terminal(exec_.standard_input.kind) && place_.pid != 1)
            return builder_.lend(place_.error);
        if (error_.kind == Output::inherit || error_ == output_) return output;
        return add_named(error_, input, place_.error, Stage::standard_error);
    }

    /// One stream for both, so that lines stay in the order in which they were written. The manager's own two, where
    /// there is no log, are kept apart.
    Slot add_log(int otherwise) {
        if (!facts_.log) return builder_.lend(otherwise);
        if (!log_) log_ = builder_.lend(facts_.log->write);
        return *log_;
    }

    Slot add_named(OutputSetting const& setting, Slot input, int log, Stage stage) {
        if (is_log(setting.kind)) return add_log(log);
        if (setting.kind == Output::tty) {
            if (is_terminal(input_)) return input;
            return builder_.open_file(terminal_, O_WRONLY | O_NOCTTY, 0, stage);
        }
        if (!is_file(setting.kind)) return builder_.open_file(null_device, O_WRONLY, 0, stage);
        if (input_ == Input::file && is_same_file(setting)) return input;
        int const how = setting.kind == Output::append ? O_APPEND : setting.kind == Output::truncate ? O_TRUNC : 0;
        return builder_.open_file(setting.argument, O_WRONLY | O_CREAT | O_NOCTTY | how, file_mode, stage);
    }

    /// file:PATH of input and output together is opened once, for both.
    [[nodiscard]] bool is_same_file(OutputSetting const& setting) const {
        return setting.kind == Output::file && setting.argument == exec_.standard_input.argument;
    }

    PlanBuilder& builder_;
    unit::Exec const& exec_;
    Facts const& facts_;
    Place const& place_;
    std::optional<Slot> log_;
    std::string terminal_;
    Input input_;
    OutputSetting output_;
    OutputSetting error_;
};

} // namespace

bool is_terminal(unit::Input kind) { return kind == Input::tty || kind == Input::tty_force || kind == Input::tty_fail; }

bool is_log(unit::Output kind) {
    return kind == Output::journal || kind == Output::kmsg || kind == Output::journal_console ||
           kind == Output::kmsg_console;
}

bool uses_terminal(unit::Exec const& exec) {
    auto const on_terminal = [](std::optional<OutputSetting> const& setting) {
        return setting && setting->kind == Output::tty;
    };
    return is_terminal(exec.standard_input.kind) || on_terminal(exec.standard_output) ||
           on_terminal(exec.standard_error) || !exec.tty_path.empty();
}

std::string terminal_path(unit::Exec const& exec) { return exec.tty_path.empty() ? "/dev/console" : exec.tty_path; }

bool wants_console(unit::Exec const& exec) {
    auto const shown = [](Output kind) { return kind == Output::journal_console || kind == Output::kmsg_console; };
    return shown(output_of(exec).kind) || shown(error_of(exec).kind);
}

bool wants_log(unit::Exec const& exec) { return is_log(output_of(exec).kind) || is_log(error_of(exec).kind); }

base::Result<Streams> add_streams(process::PlanBuilder& builder, unit::Exec const& exec, Purpose purpose,
                                  Facts const& facts, Place const& place) {
    return StreamPlanner(builder, exec, purpose, facts, place).add();
}

} // namespace mitori::exec
