#include "init/detail/scanner.hpp"

#include "init/text.hpp"

namespace mitori::init::detail {

namespace {

struct Match {
    Option const* option = nullptr;
    bool ambiguous = false;
};

Match match_word(std::span<Option const> options, std::string_view name) {
    Match match;
    for (Option const& option : options) {
        if (option.word.empty() || !option.word.starts_with(name)) continue;
        if (option.word.size() == name.size()) return {&option, false};
        if (match.option != nullptr && match.option->key != option.key) match.ambiguous = true;
        match.option = &option;
    }
    return match;
}

} // namespace

Scanner::Scanner(int argc, char** argv, std::span<Option const> options, Order order)
    : argc_(argc),
      argv_(argv),
      options_(options),
      order_(order) {
    for (Option const& option : options)
        if (!option.word.empty()) has_words_ = true;
}

void Scanner::keep_rest() {
    while (at_ < argc_)
        keep(argv_[at_++]);
    argv_[1 + kept_] = nullptr;
}

Found Scanner::next(Text& said) {
    if (cluster_ != nullptr) return letter(said);
    for (; at_ < argc_; ++at_) {
        std::string_view const word = argv_[at_];
        if (word == "--") {
            ++at_;
            break;
        }
        if (word.size() >= 2 && word.front() == '-') {
            ++at_;
            if (has_words_ && word[1] == '-') return long_option(word, said);
            cluster_ = argv_[at_ - 1] + 1;
            return letter(said);
        }
        if (order_ == Order::strict) break;
        keep(argv_[at_]);
    }
    keep_rest();
    return {};
}

Found Scanner::long_option(std::string_view word, Text& said) {
    std::string_view name = word;
    name.remove_prefix(2);
    std::size_t const equals = name.find('=');
    if (equals != std::string_view::npos) name.remove_suffix(name.size() - equals);

    Match const match = match_word(options_, name);
    if (match.ambiguous) {
        said << argv_[0] << ": option '" << word << "' is ambiguous; possibilities:";
        for (Option const& option : options_)
            if (option.word.starts_with(name)) said << " '--" << option.word << "'";
        said << "\n";
        return {Found::Kind::error};
    }
    if (match.option == nullptr) {
        // glibc shows the whole word, with its value.
        said << argv_[0] << ": unrecognized option '" << word << "'\n";
        return {Found::Kind::error};
    }
    Option const& option = *match.option;
    if (equals != std::string_view::npos) {
        if (option.takes == Takes::value) return {Found::Kind::option, option.key, argv_[at_ - 1] + 2 + equals + 1};
        said << argv_[0] << ": option '--" << option.word << "' doesn't allow an argument\n";
        return {Found::Kind::error};
    }
    if (option.takes == Takes::nothing) return {Found::Kind::option, option.key};
    return value_of(option, said, option.word);
}

Found Scanner::letter(Text& said) {
    char const letter = *cluster_++;
    bool const last = *cluster_ == '\0';
    for (Option const& option : options_) {
        if (option.letter != letter || letter == '\0') continue;
        char* const rest = cluster_;
        if (last || option.takes == Takes::value) cluster_ = nullptr;
        if (option.takes == Takes::nothing) return {Found::Kind::option, option.key};
        if (!last) return {Found::Kind::option, option.key, rest};
        return value_of(option, said, {});
    }
    if (last) cluster_ = nullptr;
    said << argv_[0] << ": invalid option -- '" << letter << "'\n";
    return {Found::Kind::error};
}

/// The value is the next word, whatever it looks like. `name` is empty for a letter.
Found Scanner::value_of(Option const& option, Text& said, std::string_view name) {
    if (at_ < argc_) return {Found::Kind::option, option.key, argv_[at_++]};
    if (name.empty())
        said << argv_[0] << ": option requires an argument -- '" << option.letter << "'\n";
    else
        said << argv_[0] << ": option '--" << name << "' requires an argument\n";
    return {Found::Kind::error};
}

} // namespace mitori::init::detail
