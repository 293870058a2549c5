"""forbids.py NUMBER... -- COMMAND: the command, in a place where these system calls fail with EPERM, as they do under
container engines that are older than the calls. seccomp(2), by hand: one comparison for each number."""

import ctypes
import os
import struct
import sys

LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06  # BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K
ALLOW, FAIL_EPERM = 0x7FFF0000, 0x00050001
NO_NEW_PRIVS, SET_SECCOMP, FILTER = 38, 22, 2

at = sys.argv.index("--")
steps = [(LOAD, 0, 0, 0)]
for number in map(int, sys.argv[1:at]):
    steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, FAIL_EPERM)]
steps.append((RETURN, 0, 0, ALLOW))
code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
for call in ((NO_NEW_PRIVS, 1, 0, 0, 0), (SET_SECCOMP, FILTER, program, 0, 0)):
    if libc.prctl(*call):
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
os.execvp(sys.argv[at + 1], sys.argv[at + 1:])
