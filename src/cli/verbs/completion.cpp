// Completion for a shell, made from the table of verbs and the list of options: nothing in it is written twice.
#include <fmt/ostream.h>
#include <ostream>
#include <string>

#include "base/text.hpp"
#include "cli/detail/log_options.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/verbs.hpp"

namespace mitori::cli {

namespace {

std::string verbs_with(Words words) {
    std::vector<std::string> names;
    for (auto const& verb : verbs())
        if (verb.words == words) names.emplace_back(verb.name);
    return base::join(names, "|");
}

std::string all_verbs() {
    std::vector<std::string> names;
    for (auto const& verb : verbs())
        names.emplace_back(verb.name);
    return base::join(names, " ");
}

/// "-q, --quiet=WORD" -> "-q --quiet".
std::string all_options() {
    std::string words;
    for (auto const& option : option_help()) {
        auto const names = option.names.substr(0, option.names.find('='));
        for (auto const name : base::split(names, ", "))
            words += fmt::format("{}{}", words.empty() ? "" : " ", name);
    }
    return words;
}

std::string log_formats() {
    std::vector<std::string> names;
    for (auto const& name : base::Names<detail::LogFormat>::table)
        names.emplace_back(name.word);
    return base::join(names, " ");
}

// Names come from the manager itself; where none answers there are none.
constexpr std::string_view script = R"bash(# bash completion for mitori
_mitori() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} verb= options=() i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${{COMP_WORDS[i]}} in
            --runtime-dir) options+=(--runtime-dir "${{COMP_WORDS[++i]}}") ;;
            --system | --user) options+=("${{COMP_WORDS[i]}}") ;;
            -*) ;;
            *) verb=${{COMP_WORDS[i]}}; break ;;
        esac
    done
    COMPREPLY=()
    if [[ $verb == logs ]]; then
        if [[ $word == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W '{log_options}' -- "$word")
            return
        fi
        case ${{COMP_WORDS[COMP_CWORD - 1]}} in
            -u | --unit | --user-unit) ;;
            -o | --output) mapfile -t COMPREPLY < <(compgen -W '{log_formats}' -- "$word"); return ;;
            *) mapfile -t COMPREPLY < <(compgen -f -- "$word"); compopt -o filenames 2>/dev/null; return ;;
        esac
    fi
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '{options}' -- "$word")
        return
    fi
    case $verb in
        '') mapfile -t COMPREPLY < <(compgen -W '{verbs}' -- "$word") ;;
        {units})
            mapfile -t COMPREPLY < <(compgen -W "$(mitori "${{options[@]}}" list-units --all --plain --no-legend 2>/dev/null |
                while read -r name _; do printf '%q ' "$name"; done)" -- "$word") ;;
        {jobs})
            mapfile -t COMPREPLY < <(compgen -W "$(mitori "${{options[@]}}" list-jobs --no-legend 2>/dev/null |
                while read -r id _; do echo "$id"; done)" -- "$word") ;;
        {files}) mapfile -t COMPREPLY < <(compgen -f -- "$word"); compopt -o filenames ;;
        {shells}) mapfile -t COMPREPLY < <(compgen -W bash -- "$word") ;;
    esac
}}
complete -F _mitori mitori
)bash";

} // namespace

int completion(Context& context, Arguments const& shell) {
    if (shell.front() != "bash") {
        fmt::print(context.err, "There is completion for bash only, not for {}.\n", base::printable(shell.front()));
        return detail::code(detail::ExitStatus::failure);
    }
    fmt::print(context.out, script, fmt::arg("log_options", base::join(detail::log_option_words(), " ")),
               fmt::arg("log_formats", log_formats()), fmt::arg("options", all_options()),
               fmt::arg("verbs", all_verbs()), fmt::arg("units", verbs_with(Words::units)),
               fmt::arg("jobs", verbs_with(Words::jobs)), fmt::arg("files", verbs_with(Words::files)),
               fmt::arg("shells", verbs_with(Words::shells)));
    return 0;
}

} // namespace mitori::cli
