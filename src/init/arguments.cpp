#include "init/arguments.hpp"

#include "init/detail/dialects.hpp"

namespace mitori::init {

namespace detail {

std::string_view const licence =
    "mitori-init is part of mitori.\n"
    "Licensed under the Apache License, Version 2.0: you may obtain a copy at\n"
    "<https://www.apache.org/licenses/LICENSE-2.0>. It is distributed on an \"AS IS\" BASIS,\n"
    "WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.\n"
    "It answers to the options of tini, dumb-init and catatonit and has no code of theirs.\n";

Order mixed_order(char** environment) {
    return variable(environment, "POSIXLY_CORRECT") != nullptr ? Order::strict : Order::mixed;
}

void leave_to_library(base::SignalSet& set) {
    set.add({32});
    set.add({33});
}

std::string_view base_name(std::string_view path) {
    std::size_t const slash = path.rfind('/');
    if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
    return path;
}

} // namespace detail

Style style_of(std::string_view called) {
    std::string_view const name = detail::base_name(called);
    if (name == "tini" || name == "tini-static" || name == "docker-init") return Style::tini;
    if (name == "dumb-init") return Style::dumb_init;
    if (name == "catatonit") return Style::catatonit;
    return Style::mitori;
}

std::optional<Ending> read_arguments(Arguments const& arguments, Settings& settings, Text& said) {
    settings.style = style_of(arguments.argc > 0 ? arguments.argv[0] : "");
    switch (settings.style) {
    case Style::tini: return detail::read_tini(arguments, settings, said);
    case Style::dumb_init: return detail::read_dumb_init(arguments, settings, said);
    case Style::catatonit: return detail::read_catatonit(arguments, settings, said);
    case Style::mitori: break;
    }
    return detail::read_mitori(arguments, settings, said);
}

char const* variable(char** environment, std::string_view name) {
    for (; *environment != nullptr; ++environment) {
        std::string_view const entry = *environment;
        if (entry.starts_with(name) && entry.size() > name.size() && entry[name.size()] == '=')
            return *environment + name.size() + 1;
    }
    return nullptr;
}

} // namespace mitori::init
