#!/bin/sh
# A daemon by two forks, which writes the process id of itself to the file $1 and has a worker of its own, an orphan in
# its session, and a stray that has even left that.
(setsid sh -c '
    sleep 1001 &
    (sleep 1002 &)
    (setsid sleep 1003 &)
    echo $$ >"$0"
    exec sleep 1000' "$1" &)
