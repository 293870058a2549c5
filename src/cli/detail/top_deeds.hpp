// What `top` does beside looking, by the functions of the verbs of the same names: `inspect`, `why`, `logs`, `status`
// and `kill`.
#pragma once

#include <memory>
#include <string>

#include "cli/process_programs.hpp"
#include "procfs/scanner.hpp"
#include "top/deeds.hpp"
#include "top/units.hpp"

namespace mitori::cli::detail {

class ManagerOfCall final : public top::ManagerPlace {
public:
    explicit ManagerOfCall(ProcessCall const& call) : call_(call) {}
    control::Query* query() override;
    void drop() override { connection_.reset(); }

private:
    ProcessCall const& call_;
    std::unique_ptr<Connection> connection_;
};

class TopDeeds final : public top::Deeds {
public:
    TopDeeds(ProcessCall const& call, procfs::Scanner& scanner) : call_(call), scanner_(scanner) {}

    std::string inspect(pid_t pid) override;
    std::string why(std::string const& whom) override;
    std::string unit(std::string const& name) override;
    std::string logs_of_unit(std::string const& name) override;
    std::string logs_of_process(pid_t pid) override;
    std::vector<std::string> targets(top::Whom const& whom) override;
    top::Sent send(top::Whom const& whom, base::Signal signal) override;

private:
    [[nodiscard]] std::string logs(std::vector<std::string> words);

    ProcessCall const& call_;
    procfs::Scanner& scanner_;
};

} // namespace mitori::cli::detail
