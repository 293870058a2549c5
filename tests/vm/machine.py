"""A whole machine whose process 1 is mitori: a real kernel under QEMU, without KVM, with pure cgroup v2 and every
controller. Its root is an initramfs made of this computer's files; its disk is one file, to be looked at afterwards.

    machine = machine.Machine(units)     # waits until the agent answers
    machine.run("mitori", "status", "a.service").stdout
    machine.send("mitori poweroff")
    machine.wait_for_end()               # QEMU ends by itself when the machine does

The first serial port is the console, kept in a file (`log`); by the second one an agent inside runs commands.
"""

import glob
import os
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import tempfile

import harness

HERE = pathlib.Path(__file__).resolve().parent
LIMIT = 100.0  # seconds: emulation on a crowded computer
TOOLS = ("qemu-system-x86_64", "busybox", "cpio", "mkfs.ext4", "strip")


def kernels():
    folders = [os.environ.get("MITORI_VM_KERNEL", ""), "/boot"]
    return [name for folder in folders if folder for name in sorted(glob.glob(f"{folder}/vmlinuz-*-cloud-amd64"))]


def why_not_here():
    """Why no such machine can be made in this place; nothing where it can."""
    if not harness.MITORI:
        return "MITORI does not say where the program is"
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        return f"missing: {' '.join(missing)} (tools/install-deps test)"
    if not kernels():
        return "missing: a kernel vmlinuz-*-cloud-amd64 (tools/install-deps test)"
    return None


def libraries_of(program):
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return re.findall(r"(/\S+) \(0x", listed)


def libraries_asked_for_later():
    """What mitori loads when it needs it, and no `ldd` shows."""
    cache = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=False).stdout
    found = [re.findall(rf"{re.escape(name)} .*=> (\S+)", cache)[:1] for name in ("libbpf.so.1", "libsqlite3.so.0")]
    return [name for library in sum(found, []) for name in (library, *libraries_of(library))]


def fill_root(root, units):
    for folder in ("bin", "dev", "proc", "sys", "run", "tmp", "srv", "var/log", "usr/local/bin",
                   "etc/systemd/system/multi-user.target.wants"):
        (root / folder).mkdir(parents=True)
    for source in {*libraries_of(harness.MITORI), *libraries_asked_for_later()}:
        target = root / source.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    shutil.copy(shutil.which("busybox"), root / "bin/busybox")
    subprocess.run(["strip", "-o", root / "usr/local/bin/mitori", harness.MITORI], check=True)
    shutil.copy(HERE / "init", root / "init")
    (root / "init").chmod(0o755)
    (root / "etc/passwd").write_text("root:x:0:0:root:/:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\n")
    for file in units:
        shutil.copy(file, root / "etc/systemd/system")


def enable(root, names):
    for name in names:
        (root / "etc/systemd/system/multi-user.target.wants" / name).symlink_to(f"../{name}")


def make_initramfs(work, units, enabled):
    root = work / "root"
    fill_root(root, units)
    enable(root, enabled)
    names = subprocess.run(["find", "."], cwd=root, capture_output=True, check=True).stdout
    with open(work / "initramfs", "wb") as image:  # not compressed: that would cost more than it saves
        subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"], cwd=root, input=names, stdout=image,
                       check=True)
    shutil.rmtree(root)


class Machine:
    """`units` are files that become /etc/systemd/system, `enabled` those of them that are started."""

    def __init__(self, units, enabled):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="mitori-vm-"))
        self.qemu = self.wire = None
        self.heard = ""
        try:
            make_initramfs(self.work, units, enabled)
            self.disk = self.work / "disk"
            with open(self.disk, "wb") as disk:
                disk.truncate(8 << 20)
            subprocess.run(["mkfs.ext4", "-q", self.disk], check=True)
            self._boot()
        except BaseException:
            self.close()
            raise

    def _boot(self):
        self.heard = ""
        wire = self.work / "wire"
        wire.unlink(missing_ok=True)
        self.qemu = subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg", "-M", "q35", "-cpu", "max", "-m", "512", "-nodefaults",
             "-display", "none", "-no-reboot", "-kernel", kernels()[-1], "-initrd", self.work / "initramfs",
             "-append", "console=ttyS0 panic=-1 quiet", "-drive", f"if=none,id=disk,format=raw,file={self.disk}",
             "-device", "nvme,drive=disk,serial=1", "-serial", f"file:{self.work}/console",
             "-chardev", f"socket,id=wire,path={wire},server=on,wait=off", "-serial", "chardev:wire"],
            stdin=subprocess.DEVNULL, start_new_session=True)
        harness.wait_until(wire.exists, "QEMU listens")
        self.wire = socket.socket(socket.AF_UNIX)
        self.wire.connect(str(wire))
        self._hear("ready")

    boot_again = _boot

    def _hear(self, pattern):
        """What was said up to "<<PATTERN>>", and that word."""
        mark = re.compile(f"<<({pattern})>>\n")

        def heard():
            if self.qemu.poll() is not None:
                raise AssertionError(f"the machine has ended:\n{self.log()}")
            self.wire.settimeout(0.5)
            try:
                self.heard += self.wire.recv(65536).decode(errors="replace").replace("\r\n", "\n")
            except TimeoutError:
                pass
            return mark.search(self.heard)

        try:
            found = mark.search(self.heard) or harness.wait_until(heard, f"the agent says {pattern}", LIMIT)
        except AssertionError as error:
            raise AssertionError(f"{error}\nheard: {self.heard}\nconsole:\n{self.log()}") from None
        text, self.heard = self.heard[: found.start()], self.heard[found.end() :]
        return text, found[1]

    # -- what harness.Machine has, too

    def run(self, *words):
        text, status = self.shell(shlex.join(words))
        return subprocess.CompletedProcess(words, int(status), text, "")

    def shell(self, line):
        self.send(line)
        return self._hear(r"\d+")

    def send(self, line):
        self.wire.sendall(line.encode() + b"\n")

    def mitori(self, *words):
        return self.run("mitori", *words)

    show = harness.Machine.show

    def wait_for(self, unit, user=None, **wanted):
        harness.wait_until(lambda: self.show(unit, *wanted, "Id").items() >= wanted.items(), f"{unit} has {wanted}",
                           LIMIT)

    def processes(self):
        found = []
        # Without the kernel's threads, and with one fork each: emulation is slow.
        text, _ = self.shell("cd /proc; for p in [0-9]*; do read -r s 2>/dev/null <$p/stat || continue; set -- $s; "
                             "[ $4 = 2 ] && continue; echo \"$s\"; tr '\\0' ' ' <$p/cmdline; echo; "
                             "read -r g <$p/cgroup; echo $g; done; cd /")
        for stat, command, group in re.findall(r"(\d+ \(.*\) .*)\n(.*)\n0::(.*)\n", text):
            found.append(Process(stat, command.strip(), group))
        return found

    def zombies(self):
        return [p for p in self.processes() if p.state == "Z"]

    def kill(self, pid, number=9):
        assert self.run("kill", f"-{int(number)}", str(pid)).returncode == 0

    def log(self):
        console = self.work / "console"
        return console.read_text(errors="replace").replace("\r\n", "\n") if console.exists() else ""

    # -- the end

    def wait_for_end(self):
        """Waits until the machine has ended by itself; what the console said since it was booted."""
        try:
            self.qemu.wait(LIMIT)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the machine does not end:\n{self.log()}") from None
        self.wire.close()
        return self.log()

    def wait_for_console(self, words):
        harness.wait_until(lambda: words in self.log(), f"the console says {words!r}", LIMIT)
        return self.log()

    def switch_off(self):
        """As somebody does who pulls the plug."""
        self.qemu.kill()
        self.qemu.wait()
        self.wire.close()

    def on_disk(self, path):
        """A file of the disk, after the end."""
        return subprocess.run(["debugfs", "-R", f"cat {path}", self.disk], capture_output=True, text=True,
                              check=True).stdout

    def disk_state(self):
        """The words of its superblock: "clean", and what there is still to be recovered."""
        text = subprocess.run(["dumpe2fs", "-h", self.disk], capture_output=True, text=True, check=True).stdout
        recovery = "needs_recovery" if "needs_recovery" in text else ""
        return (re.search(r"Filesystem state: +(.*)", text)[1] + " " + recovery).strip()

    def close(self):
        if self.wire:
            self.wire.close()
        if self.qemu and self.qemu.poll() is None:
            self.qemu.kill()
            self.qemu.wait()
        shutil.rmtree(self.work)


class Process:
    """One process inside, from its /proc files."""

    def __init__(self, stat, command, group):
        self.pid = int(stat.split()[0])
        self.name = stat[stat.index("(") + 1 : stat.rindex(")")]
        fields = stat[stat.rindex(")") + 2 :].split()
        self.state, self.parent = fields[0], int(fields[1])
        self.command, self.group = command, group
