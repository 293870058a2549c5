/* What the kernel's side (bpf/witness.bpf.c) tells ours (detail/bpf_*.cpp). C, because both read it. All numbers are
 * the kernel's own; pids are those of the reader's pid namespace, 0 for who cannot be seen from it. */
#pragma once

#ifndef MITORI_BPF_SIDE
#include <linux/types.h>
#endif

enum { witness_comm_size = 16, witness_text_size = 1024, witness_word_size = 256 };

/* Somebody at one moment. */
struct witness_person {
    __u64 start; /* ns of CLOCK_BOOTTIME */
    __u32 pid;
    __u32 uid;
    char comm[witness_comm_size];
};

/* How a signal came to be: signal_generate's `info`. */
enum witness_origin {
    witness_not_seen = 0,
    witness_by_call,  /* a siginfo of its own: kill(2) and its kin, timers, faults */
    witness_noinfo,   /* SEND_SIG_NOINFO: the kernel in the name of the current process */
    witness_by_kernel /* SEND_SIG_PRIV */
};

enum witness_signal_flag {
    witness_to_itself = 1,      /* sender and target are one process */
    witness_sender_exits = 2,   /* the sender is on its own way out */
    witness_sender_is_init = 4, /* process 1 of a pid namespace */
    witness_has_terminal = 8,   /* the target has a controlling terminal, or just had */
    witness_is_parents_end = 16 /* the number that the target asked for with PR_SET_PDEATHSIG */
};

/* The last sending of one signal to one process. */
struct witness_signal {
    __u64 target_start;
    struct witness_person sender;
    char sender_parent[witness_comm_size];
    __s32 code; /* si_code of witness_by_call */
    __u8 origin;
    __u8 flags;
    __u16 unused;
};

enum witness_death_flag { witness_counts_io = 1, witness_has_memory = 2, witness_is_oom_victim = 4 };

struct witness_death {
    __u64 monotonic; /* ns */
    __u64 boottime;
    struct witness_person who;
    struct witness_person parent;
    __u64 pidfd_inode;
    __u32 group;
    __u32 session;
    __s32 exit_code; /* as wait(2) gives it */
    __u32 flags;
    __u32 seccomp_mode;
    __u32 global_pid; /* as the kernel's log names it */
    __u64 user_time;  /* ns, from ticks */
    __u64 system_time;
    __u64 run_time;   /* ns, exact */
    __u64 peak_pages; /* of memory */
    __u64 read_bytes;
    __u64 written_bytes;
    __u64 minor_faults;
    __u64 major_faults;
    __u64 cpu_limit; /* RLIMIT_CPU, soft and hard, s */
    __u64 cpu_limit_hard;
    __u64 file_limit; /* RLIMIT_FSIZE */
    struct witness_signal signal;
    /* What follows the record: the control group's names, leaf first; the executable's; the command
     * line as the process has it. */
    __u16 group_names;
    __u16 executable_names;
    __u16 command_line;
    __u16 unused2;
};

/* One, in memory that both sides see. */
struct witness_state {
    __u64 reader_namespace; /* addresses, compared only */
    __u64 reader_root;      /* of its cgroup namespace: in the unified hierarchy */
    __u64 lost;             /* deaths for which the ring had no room */
    __u32 reader_level;
    __u32 awake; /* the reader comes by itself soon: do not wake it */
};
