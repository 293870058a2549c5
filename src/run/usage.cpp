// What `mitori run --help` and `mitori daemonize --help` print.
#include "run/arguments.hpp"

namespace mitori::run {
namespace {

constexpr std::string_view of_run = R"(mitori run [OPTION...] [--] COMMAND [ARGUMENT...]

Runs one command and holds it well: passes signals on, gives it the terminal, and when it ends leaves nothing of what it
started behind. The exit status is the command's own; 128+N when signal N ended it, 124 after a timeout, 126 when it
cannot be executed, 127 when it is not found, 125 when mitori itself fails.

Time
      --timeout SPAN          send a signal after 5s, 1min 30s, 250ms …
  -s, --signal SIGNAL         that signal (default: TERM)
  -k, --kill-after SPAN       and SIGKILL so long after it
      --preserve-status       the command's own exit status after a timeout, too
What it may use
      --nice N                as nice, absolute: -20 to 19
      --ionice CLASS[:N]      realtime, best-effort, idle; 0 to 7
      --sched POLICY[:N]      other, batch, idle, fifo, rr; 1 to 99
      --cpu-list LIST         only these CPUs: 0,2-3
      --limit NAME=SOFT[:HARD]   nofile=1024:4096, core=0, as=2G …
      --oom-score-adj N       -1000 to 1000
      --memory SIZE           of all its processes together, by a control group; likewise
      --cpus N                so many CPUs' worth of time: 0.5, 2
      --pids N                so many processes and threads
Who and where
      --user USER[:GROUP]     and --group GROUP, --groups "GROUP GROUP"
      --cwd FOLDER            --chdir is the same
      --root FOLDER           its root folder
      --umask MODE
  -e, --env NAME=VALUE        a bare NAME is passed on also with --clear-env
      --env-file [DIALECT:]FILE  docker (NAME=value as it stands; the default), systemd, dotenv
      --unset-env NAME
      --clear-env             begin with no variable at all
      --no-new-privs          no set-user-id program helps it to more rights
      --net none              no network but a loopback device that is down
Streams and session
      --stdin FILE            null for /dev/null
      --stdout FILE           append:FILE adds to it; null
      --stderr FILE           likewise
      --pty                   a terminal of its own
      --new-session           setsid: no terminal
In the end
      --tree                  end all that it left behind (the default)
      --keep                  let them live, and say who they are
      --report FILE           how it ended, as JSON; - is standard output
)";

constexpr std::string_view of_daemonize = R"(mitori daemonize [OPTION...] [--] COMMAND [ARGUMENT...]

Starts a command as a daemon: in a session of its own, nobody's child but init's, in /, with umask 0 and /dev/null as its
streams, where no option says otherwise. Returns when it is ready, and prints its pid; or says why it will never be, and
nothing of it is left then. The exit status is 0, or 126 when it cannot be executed, 127 when it is not found, 125 for
every other failure.

      --ready WHAT            when it counts as ready: exec (its program runs; the default), notify (READY=1 to
                              $NOTIFY_SOCKET), fd or fd:N (a line written to this descriptor; 3 without a number)
      --timeout SPAN          how long to wait for that (default: 90s)
      --pid-file FILE         holds its pid, locked as long as it lives: a second one is refused
      --nice N  --ionice CLASS[:N]  --sched POLICY[:N]  --cpu-list LIST  --limit NAME=SOFT[:HARD]  --oom-score-adj N
      --user USER[:GROUP]  --group GROUP  --groups "GROUP GROUP"
      --cwd FOLDER  --root FOLDER  --umask MODE
  -e, --env NAME=VALUE        --env-file [DIALECT:]FILE, --unset-env NAME, --clear-env
      --stdin FILE  --stdout FILE  --stderr FILE
      --no-new-privs  --net none
                              these as mitori run has them
)";

} // namespace

std::string_view usage(Program program) { return program == Program::run ? of_run : of_daemonize; }

} // namespace mitori::run
