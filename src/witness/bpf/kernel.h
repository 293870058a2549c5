// The few members of the kernel's structures that are read, by name: libbpf finds where they are in the running kernel
// (CO-RE), so neither order nor size here means anything.
#pragma once

typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;

enum bpf_map_type_words {
    BPF_MAP_TYPE_HASH = 1,
    BPF_MAP_TYPE_ARRAY = 2,
    BPF_MAP_TYPE_PERCPU_ARRAY = 6,
    BPF_MAP_TYPE_LRU_HASH = 9,
    BPF_MAP_TYPE_RINGBUF = 27
};
enum { BPF_ANY = 0, BPF_NOEXIST = 1, BPF_F_MMAPABLE = 1024, BPF_RB_NO_WAKEUP = 1, BPF_RB_AVAIL_DATA = 0 };

struct bpf_raw_tracepoint_args {
    __u64 args[0];
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
    int counter;
} atomic_t;
typedef struct {
    __s64 counter;
} atomic_long_t;
typedef struct {
    unsigned int val;
} kuid_t;
struct list_head {
    struct list_head* next;
};
struct qstr {
    unsigned char const* name;
};

struct pid_namespace;
struct upid {
    int nr;
    struct pid_namespace* ns;
};
struct pid {
    unsigned int level;
    __u64 ino;
    struct upid numbers[0];
};

struct kernfs_node {
    struct kernfs_node* __parent;
    char const* name;
};
struct kernfs_node___until_6_14 {
    struct kernfs_node* parent;
};
struct cgroup {
    struct kernfs_node* kn;
};
struct css_set {
    struct cgroup* dfl_cgrp;
};
struct cgroup_namespace {
    struct css_set* root_cset;
};
struct nsproxy {
    struct cgroup_namespace* cgroup_ns;
};

struct dentry {
    struct dentry* d_parent;
    struct qstr d_name;
};
struct vfsmount {
    struct dentry* mnt_root;
};
struct mount {
    struct mount* mnt_parent;
    struct dentry* mnt_mountpoint;
    struct vfsmount mnt;
};
struct path {
    struct vfsmount* mnt;
    struct dentry* dentry;
};
struct file {
    struct path f_path;
};
struct mm_struct {
    struct file* exe_file;
    unsigned long arg_start;
    unsigned long arg_end;
};

struct rlimit {
    unsigned long rlim_cur;
    unsigned long rlim_max;
};
struct task_io_accounting {
    __u64 read_bytes;
    __u64 write_bytes;
};
struct sched_entity {
    __u64 sum_exec_runtime;
};
struct seccomp {
    int mode;
};
struct cred {
    kuid_t uid;
    kuid_t euid;
};
struct tty_struct;
struct task_struct;

struct signal_struct {
    atomic_t live;
    int nr_threads;
    struct list_head thread_head;
    int group_exit_code;
    unsigned int flags;
    struct pid* pids[4];
    int leader;
    struct tty_struct* tty;
    __u64 utime;
    __u64 stime;
    unsigned long min_flt;
    unsigned long maj_flt;
    unsigned long maxrss;
    unsigned long long sum_sched_runtime;
    struct task_io_accounting ioac;
    struct rlimit rlim[16];
    struct mm_struct* oom_mm;
};

struct task_struct {
    unsigned int flags;
    struct sched_entity se;
    struct mm_struct* mm;
    int exit_code;
    int pdeath_signal;
    int pid;
    int tgid;
    struct task_struct* real_parent;
    struct task_struct* group_leader;
    struct list_head thread_node;
    __u64 utime;
    __u64 stime;
    __u64 start_boottime;
    unsigned long min_flt;
    unsigned long maj_flt;
    const struct cred* cred;
    char comm[16];
    struct nsproxy* nsproxy;
    struct signal_struct* signal;
    struct seccomp seccomp;
    struct task_io_accounting ioac;
    struct css_set* cgroups;
};

struct kernel_siginfo {
    int si_signo;
    int si_code;
};

#pragma clang attribute pop
