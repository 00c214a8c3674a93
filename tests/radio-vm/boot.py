#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a program inside a virtual machine whose root is this computer's own, with Bluetooth in its kernel.

    boot.py PARTS PROGRAM...

PARTS is a folder for the packages the machine is made of. What PROGRAM prints is printed here; when it
has ended, so has the machine. Logs stay in PARTS/logs until the next run.
"""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import parts  # noqa: E402

MEMORY = "1024"
LIMIT = 900  # seconds
DEADLINE = "90"  # inside, where every instruction is emulated
COMMAND_LINE = ("console=ttyS0 quiet loglevel=3 panic=-1 random.trust_cpu=on mitigations=off nokaslr "
                "cryptomgr.notests rcupdate.rcu_expedited=1")


def boot(folder, role, words):
    """Starts a machine that runs `words`; returns the process, whose output is theirs."""
    shared = folder / "logs"
    environment = {name: os.environ[name] for name in ("ENIGM_BUILD_DIR", "ENIGM_SOURCE_DIR")
                   if name in os.environ}
    environment |= {"HOME": "/root", "TERM": "dumb", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
                    "ENIGM_VM_PARTS": str(folder), "ENIGM_WORLD_DEADLINE": DEADLINE,
                    "PATH": "/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin"}
    lines = ["stty raw -echo </dev/ttyS1"]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    lines += [f"cd {shlex.quote(str(HERE))}", "exec " + shlex.join(words)]
    (shared / f"{role}.sh").write_text("\n".join(lines) + "\n")
    share = "local,security_model=none,multidevs=remap"
    return subprocess.Popen(
        ["qemu-system-x86_64", "-M", "pc", "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", MEMORY,
         "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
         "-serial", f"file:{shared / role}.console", "-serial", "stdio",
         "-kernel", folder / "vmlinux", "-initrd", folder / "initrd",
         "-fsdev", f"{share},id=root,path=/,readonly=on", "-device", "virtio-9p-pci,fsdev=root,mount_tag=root",
         "-fsdev", f"{share},id=shared,path={shared}", "-device", "virtio-9p-pci,fsdev=shared,mount_tag=shared",
         "-append", f"{COMMAND_LINE} enigm.role={role}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    try:
        parts.make(folder)
    except parts.PartsError as error:
        print(f"Bail out! No virtual machine: {error}".replace("\n", "\n# "))
        return 1
    shutil.rmtree(folder / "logs", ignore_errors=True)
    (folder / "logs").mkdir()
    machine = boot(folder, "one", sys.argv[2:])
    limit = threading.Timer(LIMIT, machine.kill)
    limit.start()
    try:
        for line in machine.stdout:
            sys.stdout.buffer.write(line.replace(b"\r", b""))
            sys.stdout.flush()
        machine.wait()
    finally:
        limit.cancel()
        machine.kill()
    status = folder / "logs/one.status"
    if not status.exists():
        print("Bail out! The virtual machine ended before its program did:")
        console = folder / "logs/one.console"
        print("# " + "\n# ".join(console.read_text(errors="replace").splitlines()[-20:]))
        return 1
    return int(status.read_text())


if __name__ == "__main__":
    sys.exit(main())
