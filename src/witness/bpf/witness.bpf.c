// The kernel's side of the BPF source: at the end of a process's last thread one record goes into the ring; the signal
// that ended it was noted when it was sent, because only then is its sender the current process.
//
// Raw tracepoints, whose arguments are plain numbers: signal_generate's siginfo may be the address 0 or 1.
//
// Functions with loops are not static: so the verifier looks at each once, for all arguments, and not at every way
// through one after every way through the others. Without that Linux 6.1 gives up. They take numbers only, and find the
// scratch themselves.
// clang-format off: libbpf's headers need the types of ours
#define MITORI_BPF_SIDE
#include "witness/bpf/kernel.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "witness/detail/bpf_record.h"
// clang-format on

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum { process_id = 1, process_group = 2, process_session = 3 }; // enum pid_type
enum { rlimit_cpu = 0, rlimit_fsize = 1 };                       // enum of resources
enum { signal_group_exit = 4, task_exiting = 4 };                // SIGNAL_GROUP_EXIT, PF_EXITING
enum { task_of_kernel = 0x200000 };                              // PF_KTHREAD
enum { result_ignored = 1, result_already_pending = 2 };         // TRACE_SIGNAL_…
enum { sighup = 1 };
enum { most_names = 24, most_threads = 256 };

struct signal_key {
    __u32 target; // the global tgid
    __u32 number;
};

struct scratch {
    struct witness_death death;
    char text[2 * witness_text_size + witness_word_size];
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __uint(map_flags, BPF_F_MMAPABLE);
    __type(key, __u32);
    __type(value, struct witness_state);
} state SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 16 << 20); // the reader sets it before loading
} deaths SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 16384);
    __type(key, struct signal_key);
    __type(value, struct witness_signal);
} signals SEC(".maps");

struct { // processes whose last record was made, where two threads may both see that none is left
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, __u64);
} ended SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct scratch);
} scratches SEC(".maps");

static struct witness_state* the_state(void) {
    __u32 zero = 0;
    return bpf_map_lookup_elem(&state, &zero);
}

static struct scratch* the_scratch(void) {
    __u32 zero = 0;
    return bpf_map_lookup_elem(&scratches, &zero);
}

// -- who

static __u32 number_of(struct pid* pid, struct witness_state* reader) {
    __u32 level = reader->reader_level;
    if (!pid || BPF_CORE_READ(pid, level) < level) return 0;
    struct upid* upid =
        (void*)pid + bpf_core_field_offset(struct pid, numbers) + level * bpf_core_type_size(struct upid);
    if ((__u64)BPF_CORE_READ(upid, ns) != reader->reader_namespace) return 0;
    return BPF_CORE_READ(upid, nr);
}

static void tell_person(struct task_struct* task, struct witness_state* reader, struct witness_person* person) {
    struct task_struct* leader = BPF_CORE_READ(task, group_leader);
    person->pid = number_of(BPF_CORE_READ(task, signal, pids[process_id]), reader);
    person->start = BPF_CORE_READ(leader, start_boottime);
    person->uid = BPF_CORE_READ(task, cred, euid.val);
    bpf_probe_read_kernel(person->comm, sizeof person->comm, &leader->comm);
}

// -- names, leaf first, each with its NUL, from the scratch's text[at] on; returns where they end

// The compiler knows that a number is small enough and leaves the mask out; older verifiers have forgotten it by then.
static __u32 masked(__u32 at, __u32 mask) {
    barrier_var(at);
    return at & mask;
}

static __u32 add_word(char* text, __u32 at, void const* word) {
    if (at >= witness_text_size) return at;
    long length = bpf_probe_read_kernel_str(&text[masked(at, witness_text_size - 1)], witness_word_size, word);
    return length > 0 ? at + (__u32)length : at;
}

static struct kernfs_node* parent_of(struct kernfs_node* node) {
    if (bpf_core_field_exists(node->__parent)) return BPF_CORE_READ(node, __parent);
    return BPF_CORE_READ((struct kernfs_node___until_6_14*)node, parent);
}

__noinline __u32 add_group(__u32 at, __u64 group, __u64 root) {
    struct kernfs_node* node = (void*)group;
    struct scratch* scratch = the_scratch();
    for (int i = 0; i < most_names && scratch; ++i) {
        struct kernfs_node* parent = node ? parent_of(node) : 0;
        if (!parent || (__u64)node == root) break;
        at = add_word(scratch->text, at, BPF_CORE_READ(node, name));
        node = parent;
    }
    return at;
}

__noinline __u32 add_path(__u32 at, __u64 executable) {
    struct file* file = (void*)executable;
    struct scratch* scratch = the_scratch();
    struct dentry* dentry = BPF_CORE_READ(file, f_path.dentry);
    struct vfsmount* mounted = BPF_CORE_READ(file, f_path.mnt);
    struct mount* mount = (void*)mounted - bpf_core_field_offset(struct mount, mnt);
    for (int i = 0; i < most_names && scratch; ++i) {
        if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
            struct mount* above = BPF_CORE_READ(mount, mnt_parent);
            if (above == mount) break;
            dentry = BPF_CORE_READ(mount, mnt_mountpoint);
            mount = above;
            continue;
        }
        struct dentry* parent = BPF_CORE_READ(dentry, d_parent);
        if (parent == dentry) break;
        at = add_word(scratch->text, at, BPF_CORE_READ(dentry, d_name.name));
        dentry = parent;
    }
    return at;
}

static __u32 add_command_line(char* text, __u32 at, struct mm_struct* mm) {
    __u64 begin = BPF_CORE_READ(mm, arg_start);
    __u64 all = BPF_CORE_READ(mm, arg_end) - begin;
    __u32 length = all > witness_word_size ? witness_word_size : (__u32)all;
    if (at >= witness_text_size || length == 0) return at;
    char* place = &text[masked(at, witness_text_size - 1)];
    if (bpf_probe_read_user(place, masked(length, 2 * witness_word_size - 1), (void*)begin)) return at;
    return at + length;
}

// -- signals

static int is_interesting(int number) {
    // Those whose default is to be ignored, to stop or to continue end nobody.
    return number > 0 && number <= 64 &&
           !(number == 17 || number == 18 || number == 23 || number == 28 || (number >= 19 && number <= 22));
}

static void tell_flags(struct task_struct* sender, struct task_struct* target, int number,
                       struct witness_signal* signal) {
    struct pid* own = BPF_CORE_READ(sender, signal, pids[process_id]);
    struct upid* innermost = (void*)own + bpf_core_field_offset(struct pid, numbers) +
                             BPF_CORE_READ(own, level) * bpf_core_type_size(struct upid);
    if (BPF_CORE_READ(sender, tgid) == BPF_CORE_READ(target, tgid)) signal->flags |= witness_to_itself;
    if (BPF_CORE_READ(sender, flags) & task_exiting) signal->flags |= witness_sender_exits;
    if (own && BPF_CORE_READ(innermost, nr) == 1) signal->flags |= witness_sender_is_init;
    // A hang-up takes the terminal away before it tells the session's leader, who gets SIGHUP for nothing else.
    if (BPF_CORE_READ(target, signal, tty) || (number == sighup && BPF_CORE_READ(target, signal, leader)))
        signal->flags |= witness_has_terminal;
    if (BPF_CORE_READ(target, pdeath_signal) == number) signal->flags |= witness_is_parents_end;
}

SEC("raw_tp/signal_generate")
int on_signal(struct bpf_raw_tracepoint_args* at) {
    int number = (int)at->args[0];
    int result = (int)at->args[4];
    struct witness_state* reader = the_state();
    if (!reader || !is_interesting(number) || result == result_ignored || result == result_already_pending) return 0;
    struct kernel_siginfo* info = (void*)at->args[1];
    struct task_struct* target = (void*)at->args[2];
    struct task_struct* sender = (void*)bpf_get_current_task();
    struct signal_key key = {.target = BPF_CORE_READ(target, tgid), .number = number};
    struct witness_signal signal = {};
    signal.target_start = BPF_CORE_READ(target, group_leader, start_boottime);
    signal.origin = at->args[1] == 0 ? witness_noinfo : at->args[1] == 1 ? witness_by_kernel : witness_by_call;
    if (signal.origin == witness_by_call) signal.code = BPF_CORE_READ(info, si_code);
    tell_flags(sender, target, number, &signal);
    tell_person(sender, reader, &signal.sender);
    struct task_struct* parent = BPF_CORE_READ(sender, real_parent, group_leader);
    bpf_probe_read_kernel(signal.sender_parent, sizeof signal.sender_parent, &parent->comm);
    bpf_map_update_elem(&signals, &key, &signal, BPF_ANY);
    return 0;
}

// -- the end

static void count_thread(struct task_struct* thread, struct witness_death* death) {
    death->user_time += BPF_CORE_READ(thread, utime);
    death->system_time += BPF_CORE_READ(thread, stime);
    death->run_time += BPF_CORE_READ(thread, se.sum_exec_runtime);
    death->minor_faults += BPF_CORE_READ(thread, min_flt);
    death->major_faults += BPF_CORE_READ(thread, maj_flt);
    if (bpf_core_field_exists(thread->ioac)) {
        death->read_bytes += BPF_CORE_READ(thread, ioac.read_bytes);
        death->written_bytes += BPF_CORE_READ(thread, ioac.write_bytes);
    }
}

// What ended threads used is in the signal_struct; those that are still in the list (a leader that ended first waits
// there as a zombie) carry theirs.
__noinline int tell_usage(__u64 process, __u64 its_signals) {
    struct task_struct* task = (void*)process;
    struct signal_struct* shared = (void*)its_signals;
    struct scratch* scratch = the_scratch();
    if (!scratch) return 0;
    struct witness_death* death = &scratch->death;
    death->user_time = BPF_CORE_READ(shared, utime);
    death->system_time = BPF_CORE_READ(shared, stime);
    death->run_time = BPF_CORE_READ(shared, sum_sched_runtime);
    death->minor_faults = BPF_CORE_READ(shared, min_flt);
    death->major_faults = BPF_CORE_READ(shared, maj_flt);
    death->peak_pages = BPF_CORE_READ(shared, maxrss);
    if (bpf_core_field_exists(shared->ioac)) {
        death->flags |= witness_counts_io;
        death->read_bytes = BPF_CORE_READ(shared, ioac.read_bytes);
        death->written_bytes = BPF_CORE_READ(shared, ioac.write_bytes);
    }
    if (BPF_CORE_READ(shared, nr_threads) == 1) {
        count_thread(task, death);
        return 0;
    }
    struct list_head* head = (void*)shared + bpf_core_field_offset(struct signal_struct, thread_head);
    struct list_head* node = BPF_CORE_READ(head, next);
    for (int i = 0; i < most_threads && node && node != head; ++i) {
        count_thread((void*)node - bpf_core_field_offset(struct task_struct, thread_node), death);
        node = BPF_CORE_READ(node, next);
    }
    return 0;
}

static int is_last(struct task_struct* task, struct signal_struct* shared) {
    if (BPF_CORE_READ(shared, live.counter) != 0) return 0;
    if (BPF_CORE_READ(shared, nr_threads) == 1) return 1;
    __u32 process = BPF_CORE_READ(task, tgid);
    __u64 start = BPF_CORE_READ(task, group_leader, start_boottime);
    __u64* before = bpf_map_lookup_elem(&ended, &process);
    if (before && *before == start) return 0;
    if (before) bpf_map_delete_elem(&ended, &process);
    return bpf_map_update_elem(&ended, &process, &start, BPF_NOEXIST) == 0;
}

static void tell_end(struct task_struct* task, struct signal_struct* shared, struct witness_death* death) {
    death->exit_code = BPF_CORE_READ(shared, flags) & signal_group_exit ? BPF_CORE_READ(shared, group_exit_code)
                                                                        : BPF_CORE_READ(task, group_leader, exit_code);
    death->seccomp_mode = BPF_CORE_READ(task, seccomp.mode);
    death->cpu_limit = BPF_CORE_READ(shared, rlim[rlimit_cpu].rlim_cur);
    death->cpu_limit_hard = BPF_CORE_READ(shared, rlim[rlimit_cpu].rlim_max);
    death->file_limit = BPF_CORE_READ(shared, rlim[rlimit_fsize].rlim_cur);
    if (BPF_CORE_READ(shared, oom_mm)) death->flags |= witness_is_oom_victim;
    struct signal_key key = {.target = BPF_CORE_READ(task, tgid), .number = death->exit_code & 0x7f};
    if (key.number == 0) return;
    struct witness_signal* signal = bpf_map_lookup_elem(&signals, &key);
    if (!signal || signal->target_start != death->who.start) return;
    death->signal = *signal;
    bpf_map_delete_elem(&signals, &key);
}

static void tell_who(struct task_struct* task, struct witness_state* reader, struct witness_death* death) {
    struct pid* pid = BPF_CORE_READ(task, signal, pids[process_id]);
    death->global_pid = BPF_CORE_READ(task, tgid);
    death->monotonic = bpf_ktime_get_ns();
    death->boottime = bpf_ktime_get_boot_ns();
    tell_person(task, reader, &death->who);
    tell_person(BPF_CORE_READ(task, real_parent), reader, &death->parent);
    if (bpf_core_field_exists(pid->ino)) death->pidfd_inode = BPF_CORE_READ(pid, ino);
    death->group = number_of(BPF_CORE_READ(task, signal, pids[process_group]), reader);
    death->session = number_of(BPF_CORE_READ(task, signal, pids[process_session]), reader);
}

static void send(struct witness_state* reader, void* record, __u32 size) {
    __u64 flags = 0;
    if (reader->awake && bpf_ringbuf_query(&deaths, BPF_RB_AVAIL_DATA) < (1 << 20)) flags = BPF_RB_NO_WAKEUP;
    if (bpf_ringbuf_output(&deaths, record, size, flags) != 0) __sync_fetch_and_add(&reader->lost, 1);
}

SEC("raw_tp/sched_process_exit")
int on_exit(struct bpf_raw_tracepoint_args* at) {
    struct task_struct* task = (void*)at->args[0];
    struct signal_struct* shared = BPF_CORE_READ(task, signal);
    struct witness_state* reader = the_state();
    struct scratch* scratch = the_scratch();
    if (!reader || !scratch || BPF_CORE_READ(task, flags) & task_of_kernel || !is_last(task, shared)) return 0;
    struct witness_death* death = &scratch->death;
    __builtin_memset(death, 0, sizeof *death);
    tell_who(task, reader, death);
    if (death->who.pid == 0) return 0; // of a namespace that the reader cannot see into
    tell_usage((__u64)task, (__u64)shared);
    tell_end(task, shared, death);
    __u32 end = add_group(0, (__u64)BPF_CORE_READ(task, cgroups, dfl_cgrp, kn), reader->reader_root);
    death->group_names = (__u16)end;
    struct mm_struct* mm = BPF_CORE_READ(task, mm);
    if (mm) {
        death->flags |= witness_has_memory;
        __u32 begin = end;
        end = add_path(end, (__u64)BPF_CORE_READ(mm, exe_file));
        death->executable_names = (__u16)(end - begin);
        begin = end;
        end = add_command_line(scratch->text, end, mm);
        death->command_line = (__u16)(end - begin);
    }
    send(reader, death, sizeof *death + masked(end, 2 * witness_text_size - 1));
    return 0;
}

// -- run once, by the reader itself: what it sees the world from

SEC("raw_tp/")
int look_around(struct bpf_raw_tracepoint_args* at) {
    struct witness_state* reader = the_state();
    struct task_struct* task = (void*)bpf_get_current_task();
    struct pid* pid = BPF_CORE_READ(task, signal, pids[process_id]);
    if (!reader) return 0;
    reader->reader_level = BPF_CORE_READ(pid, level);
    struct upid* upid = (void*)pid + bpf_core_field_offset(struct pid, numbers) +
                        reader->reader_level * bpf_core_type_size(struct upid);
    reader->reader_namespace = (__u64)BPF_CORE_READ(upid, ns);
    reader->reader_root = (__u64)BPF_CORE_READ(task, nsproxy, cgroup_ns, root_cset, dfl_cgrp, kn);
    return 0;
}
