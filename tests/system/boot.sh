#!/bin/sh
# First in fresh namespaces: builds a private root over the host's own, then becomes the machine's process 1.
#
#   boot.sh WORK MITORI UNITS GROUPS PROGRAM [ARGUMENT…]
#
# WORK is an empty folder, UNITS the folder whose files become /etc/systemd/system, GROUPS one of unified, hybrid,
# readonly, none, or controllers:NAME,… for a hybrid place where these controllers of v1 can be used.
# Writes go to a tmpfs that goes away with the namespaces; the host's units, /run, /tmp and devices are not seen.
set -eu
work=$1 mitori=$2 units=$3 groups=$4
shift 4

mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$work"
mkdir "$work/upper" "$work/scratch" "$work/root" "$work/units"
cp -R "$units/." "$work/units"
mount -t overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/scratch" overlay "$work/root"
cd "$work/root"
rm -rf var/lib/mitori var/log/mitori root/.local/state/mitori # what a manager of the host may have kept

mkdir -p usr/local/bin
: >usr/local/bin/mitori
mount --bind "$mitori" usr/local/bin/mitori
mount -t proc proc proc
mount -t sysfs sysfs sys
for folder in run tmp var/tmp dev etc/systemd/system; do
    mkdir -p "$folder"
    mount -t tmpfs -o mode=755 tmpfs "$folder"
done
chmod 1777 tmp var/tmp
cp -R "$work/units/." etc/systemd/system

for device in null zero full random urandom tty fuse; do
    [ -e "/dev/$device" ] || continue
    : >"dev/$device"
    mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd

case $groups in
unified) mount -t cgroup2 cgroup2 sys/fs/cgroup ;;
hybrid)
    mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
    mkdir sys/fs/cgroup/unified sys/fs/cgroup/pids
    mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
    mount -t cgroup -o ro,pids cgroup sys/fs/cgroup/pids
    ;;
controllers:*)
    mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
    for name in unified $(echo "${groups#*:}" | tr , ' '); do
        mkdir "sys/fs/cgroup/$name"
        [ "$name" = unified ] || mount -t cgroup -o "$name" cgroup "sys/fs/cgroup/$name"
    done
    mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
    ;;
readonly)
    mount -t cgroup2 cgroup2 sys/fs/cgroup
    mount -o remount,bind,ro sys/fs/cgroup
    ;;
none) ;;
esac

# The one user of the tests that is not root; his number is used by nobody else, so that his limits are his alone.
echo 'tester:x:42042:42042:tester:/home/tester:/bin/sh' >>etc/passwd
echo 'tester:x:42042:' >>etc/group
mkdir -p home/tester run/user/42042 run/lock
chown -R 42042:42042 home/tester run/user/42042
chmod 700 run/user/42042

ip link set lo up
hostname machine
pivot_root . mnt
cd /
umount -l mnt
# Whatever runs here can set no clock, load no module and reboot nothing.
exec setpriv --bounding-set=-sys_time,-sys_module,-sys_boot -- "$@"
