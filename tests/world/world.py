#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The private world: everything the four systems need, in a folder that goes when it ends.

    tests/world/world.py [--platform] [--keys N] [--display] ... -- COMMAND...

runs COMMAND inside one. Tests use the class: `with World(platform=True, keys=1) as world: ...`.
Inside, os.environ names the world's buses and folders, and PATH finds this build's programs.
Nothing in it has a fixed name, number or place, so any number of worlds stand beside each other.
"""
import argparse
import contextlib
import ctypes
import os
import pathlib
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
# Seconds until what is waited for counts as failed; nothing comes near it. An emulated machine is slower.
DEADLINE = int(os.environ.get("ENIGM_WORLD_DEADLINE", 30))
KEYRING_PASSWORD = "practice"
PR_SET_PDEATHSIG = 1

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>{services}
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy></busconfig>
"""
GTK_SETTINGS = "[Settings]\ngtk-font-name=Cantarell 11\ngtk-icon-theme-name=Adwaita\n"


class WorldError(Exception):
    """Something in the world is missing, late or has crashed."""


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # Under nohup it is ignored, and the document portal wakes a thread of its own with it when it ends.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def build_folder():
    """The build whose programs are used: $ENIGM_BUILD_DIR, else what ./try or ./check built."""
    if "ENIGM_BUILD_DIR" in os.environ:
        return pathlib.Path(os.environ["ENIGM_BUILD_DIR"])
    root = HERE.parent.parent
    for name in ("build", "_build/check", "_build/try"):
        if (root / name / "build.ninja").exists():
            return root / name
    raise WorldError("nothing is built here yet")


class Process:
    """A program in the world. Its standard output is read line by line, the rest goes to its log."""

    def __init__(self, world, name, argv, stdin=subprocess.DEVNULL, **more):
        self.name = name
        self.log = world.folder / "logs" / f"{name}.log"
        self.buffer = b""
        self.release = None  # what ends a program of another's that is known to wait for itself at its end
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen([str(word) for word in argv], stdin=stdin,
                                          stdout=subprocess.PIPE, stderr=log,
                                          preexec_fn=die_with_parent, **more)

    def line(self, deadline=DEADLINE):
        """The next line of its standard output, or None when that has ended."""
        until = time.monotonic() + deadline
        out = self.popen.stdout.fileno()
        while b"\n" not in self.buffer:
            if not select.select([out], [], [], max(0, until - time.monotonic()))[0]:
                raise WorldError(f"{self.name} said nothing for {deadline} s\n{self.tail()}")
            chunk = os.read(out, 65536)
            if not chunk:
                return None
            self.buffer += chunk
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode()

    def await_line(self, start):
        """Reads on until a line begins with `start`, and returns what follows."""
        while (line := self.line()) is not None:
            if line.startswith(start):
                return line[len(start):].strip()
        self.popen.wait()
        raise WorldError(f"{self.name} ended with {self.popen.returncode} before it said "
                         f"'{start}'\n{self.tail()}")

    def kill(self):
        """As a power cut would."""
        self.popen.kill()
        self.popen.wait()
        self.popen.stdout.close()

    def ends_within(self, seconds):
        try:
            # What it still prints must not block its end.
            self.popen.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        except ValueError:  # its output was closed before
            self.popen.wait()
        return True

    def stop(self):
        """Asks it to end, waits, and returns what was wrong with how it ended, or None."""
        self.popen.terminate()
        ended = self.ends_within(5 if self.release else DEADLINE)
        if not ended and self.release:
            self.release()
            if self.ends_within(DEADLINE):
                return None
        if not ended:
            self.popen.kill()
            self.popen.wait()
            return f"{self.name} did not end when asked to\n{self.tail()}"
        code = self.popen.returncode
        if code in (0, -signal.SIGTERM, -signal.SIGKILL, -signal.SIGINT):
            return None
        return f"{self.name} ended with {code}\n{self.tail()}"

    def tail(self, lines=20):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Key:
    """A software key: its state, its process, and somebody's hand on its button."""

    def __init__(self, world, number):
        self.world = world
        self.number = number
        self.state = world.folder / f"key-{number}"
        self.control = world.folder / f"key-{number}.control"
        self.adapter = f"hci{number}"
        self.process = None
        self.setup_code = world.run("enigm-key", "factory", "--state", self.state,
                                    "--ca-dir", world.maker_ca,
                                    "--platform-key", world.platform.identity).strip()

    def start(self):
        self.process = self.world.start(f"key-{self.number}", "enigm-key", "run", "--state",
                                        self.state, "--adapter", self.adapter,
                                        "--control", self.control)
        self.process.await_line("ready")

    def kill(self):
        self.process.kill()

    def ctl(self, *words):
        """Runs enigm-keyctl: hold, press, press3, long-press, state, reset, position."""
        return self.world.run("enigm-keyctl", "--control", self.control, *words)

    def watch(self):
        """A process that prints a line for each change one could see or feel."""
        return self.world.start(f"watch-{self.number}", "enigm-keyctl", "--control", self.control,
                                "watch")


def pick_port():
    """A free port of those that whoever connects is never given: a platform that was away comes back on it."""
    beyond = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    while True:
        port = random.randrange(10000, beyond)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("localhost", port))
            return port


class Platform:
    """A platform of one's own: its folder, and its process once started."""

    def __init__(self, world):
        self.world = world
        self.folder = world.folder / "platform"
        self.identity = self.folder / "identity.pub"
        self.ca = self.folder / "ca.pem"
        self.origin = None
        self.process = None
        # Without a port here, the origin takes the one it is started with.
        world.run("enigm-platform", "init", "--dir", self.folder, "--origin", "https://localhost",
                  "--maker-ca", world.maker_ca / "maker-ca.pem")

    def start(self):
        """Starts it; the first time on a port that is free, afterwards on the same one."""
        port = self.origin.rsplit(":", 1)[1] if self.origin else pick_port()
        self.process = self.world.start("platform", "enigm-platform", "serve", "--config",
                                        self.folder / "platform.conf", "--port", port)
        self.origin = self.process.await_line("listening on ")

    def kill(self):
        self.process.kill()


class World:
    """What runs is up to the arguments; everything started is ready when `with` enters.

    adapters  Bluetooth adapters of the practice radio; None: no bluetoothd; the app has hci0
    keyring   an unlocked keyring
    platform  a platform with TLS under its own CA
    keys      software keys, key N on hciN, not paired
    display   "virtual": Xvfb; "inherit": the one this process has; None: none
    """

    def __init__(self, adapters=2, keyring=True, platform=False, keys=0, display=None,
                 screen="1000x900", build=None):
        self.options = dict(adapters=adapters, keyring=keyring, platform=platform or keys > 0,
                            keys=keys, display=display, screen=screen)
        self.build = pathlib.Path(build).resolve() if build else build_folder().resolve()
        self.folder = None
        self.platform = None
        self.keys = []
        self.processes = []
        self.before = None

    # What it is made of

    def start(self, name, *argv, **more):
        """Starts a program that is stopped with the world. Returns a Process."""
        process = Process(self, name, argv, **more)
        self.processes.append(process)
        return process

    def run(self, *argv, **more):
        """Runs a program to its end and returns its standard output; fails if it does."""
        done = subprocess.run([str(word) for word in argv], stdin=more.pop("stdin", subprocess.DEVNULL),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=DEADLINE * 2, **more)
        if done.returncode:
            raise WorldError(f"{' '.join(map(str, argv))} ended with {done.returncode}\n{done.stderr}")
        return done.stdout

    def connect(self, bus="session", env=os.environ):
        """A connection of one's own to the world's "session" or "system" bus."""
        return Gio.DBusConnection.new_for_address_sync(
            env[f"DBUS_{bus.upper()}_BUS_ADDRESS"],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def await_name(self, bus, name, env=os.environ):
        """Waits until somebody owns `name`."""
        context = GLib.MainContext()
        context.push_thread_default()
        try:
            connection = self.connect(bus, env)
            seen = []
            watch = Gio.bus_watch_name_on_connection(connection, name, Gio.BusNameWatcherFlags.NONE,
                                                     lambda *_: seen.append("owned"), None)
            deadline = GLib.timeout_source_new_seconds(DEADLINE)
            deadline.set_callback(lambda *_: seen.append("late"))
            deadline.attach(context)
            while not seen:
                context.iteration(True)
            deadline.destroy()
            Gio.bus_unwatch_name(watch)
            connection.close_sync(None)
        finally:
            context.pop_thread_default()
        if seen[0] == "late":
            raise WorldError(f"nobody owned {name} in time")

    def start_bus(self, name, services="", env=os.environ):
        config = self.folder / f"{name}.conf"
        config.write_text(BUS_CONFIG.format(socket=self.folder / name, services=services))
        bus = self.start(name, "dbus-daemon", f"--config-file={config}", "--nofork",
                         "--nosyslog", "--nopidfile", "--print-address", env=env)
        bus.await_line("unix:")

    def start_radio(self, adapters=2):
        self.radio = self.start("radio", "enigm-practice-radio", "--adapters", adapters)
        self.await_name("system", "org.bluez")

    def start_keyring(self, name="keyring", env=os.environ):
        """Starts a keyring daemon, unlocked; a desktop library would start a locked one."""
        keyring = self.start(name, "gnome-keyring-daemon", "--foreground", "--unlock",
                             "--components=secrets", stdin=subprocess.PIPE, env=env)
        keyring.popen.stdin.write(KEYRING_PASSWORD.encode())
        keyring.popen.stdin.close()
        keyring.popen.stdin = None
        self.await_name("session", "org.freedesktop.secrets", env)
        return keyring

    def start_locked_keyring(self, name="keyring", env=os.environ):
        """Starts a keyring daemon that nobody has unlocked. With no keyring yet, the first secret makes one."""
        keyring = self.start(name, "gnome-keyring-daemon", "--foreground", "--components=secrets", env=env)
        self.await_name("session", "org.freedesktop.secrets", env)
        return keyring

    def lock_keyring(self):
        self.connect().call_sync("org.freedesktop.secrets", "/org/freedesktop/secrets",
                                 "org.freedesktop.Secret.Service", "Lock",
                                 GLib.Variant("(ao)", (["/org/freedesktop/secrets/collection/login"],)),
                                 None, Gio.DBusCallFlags.NONE, -1, None)

    def add_person(self, name):
        """Somebody else with a computer of their own: home, session bus and keyring.

        Returns the environment their programs run in; the radio and the platform are the same."""
        env = dict(os.environ)
        env.update(self.make_home(self.folder / name))
        env["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={self.folder}/{name}-bus"
        self.start_bus(f"{name}-bus", env=env)
        self.start_keyring(f"{name}-keyring", env)
        return env

    def start_display(self, screen):
        reader, writer = os.pipe()
        xvfb = self.start("xvfb", "Xvfb", "-displayfd", writer, "-screen", "0", f"{screen}x24",
                          "-nolisten", "tcp", "-noreset", pass_fds=[writer])
        os.close(writer)
        number = ""
        while not number.endswith("\n"):  # the number and its end come in two pieces
            ready = select.select([reader], [], [], DEADLINE)[0]
            piece = os.read(reader, 64).decode() if ready else ""
            if not piece:
                raise WorldError(f"Xvfb did not start\n{xvfb.tail()}")
            number += piece
        os.close(reader)
        number = number.strip()
        os.environ.update(DISPLAY=f":{number}", GDK_BACKEND="x11", GSK_RENDERER="cairo")

    def screenshot(self, path, window="root"):
        """Takes a picture of the whole virtual display, or of one X window."""
        self.run("import", "-window", window, path)

    # Coming and going

    def __enter__(self):
        self.before = dict(os.environ)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="enigm-world-"))
        # It keeps what it inherits open, so that who started us with a pipe can wait for its end.
        self.janitor = subprocess.Popen([HERE / "janitor.sh", self.folder], stdin=subprocess.PIPE,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        start_new_session=True, close_fds=False)
        try:
            self.furnish()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def furnish(self):
        option = self.options
        self.make_folders()
        if option["display"] == "virtual":
            self.start_display(option["screen"])
        services = self.make_services() if option["display"] else ""
        self.start_bus("system-bus")
        self.start_bus("session-bus", services)
        if option["keyring"]:
            self.start_keyring()
        if option["adapters"] is not None:
            self.start_radio(max(option["adapters"], option["keys"] + 1 if option["keys"] else 0))
        if option["platform"]:
            self.maker_ca = self.folder / "maker"
            self.run("enigm-key", "make-ca", "--dir", self.maker_ca)
            self.platform = Platform(self)
            self.platform.start()
        for number in range(1, option["keys"] + 1):
            key = Key(self, number)
            key.start()
            self.keys.append(key)

    def make_home(self, folder):
        """Makes one person's folders and returns the variables that name them."""
        home = folder / "home"
        places = {"HOME": home, "XDG_RUNTIME_DIR": folder / "run", "XDG_CONFIG_HOME": home / ".config",
                  "XDG_DATA_HOME": home / ".local/share", "XDG_CACHE_HOME": home / ".cache",
                  "XDG_STATE_HOME": home / ".local/state"}
        for place in places.values():
            place.mkdir(mode=0o700, parents=True)
        settings = home / ".config/gtk-4.0/settings.ini"
        settings.parent.mkdir()
        settings.write_text(GTK_SETTINGS)
        return {name: str(place) for name, place in places.items()}

    def make_folders(self):
        outer = os.environ
        (self.folder / "logs").mkdir(mode=0o700)
        inner = self.make_home(self.folder)
        if self.options["display"] == "inherit":
            if "WAYLAND_DISPLAY" in outer and "XDG_RUNTIME_DIR" in outer:
                inner["WAYLAND_DISPLAY"] = os.path.join(outer["XDG_RUNTIME_DIR"], outer["WAYLAND_DISPLAY"])
            if "DISPLAY" in outer:
                inner.setdefault("XAUTHORITY", outer.get("XAUTHORITY", os.path.expanduser("~/.Xauthority")))
        else:
            for name in ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"):
                outer.pop(name, None)
        programs = ["app/cli", "ui", "peers/key", "peers/platform", "peers/platform/command", "tests/world/radio"]
        inner["PATH"] = os.pathsep.join([str(self.build / place) for place in programs] + [outer["PATH"]])
        inner.update(
            ENIGM_WORLD=str(self.folder), ENIGM_BUILD_DIR=str(self.build),
            DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={self.folder}/system-bus",
            DBUS_SESSION_BUS_ADDRESS=f"unix:path={self.folder}/session-bus",
            GSETTINGS_BACKEND="memory", GSETTINGS_SCHEMA_DIR=str(self.build / "data"),
            GIO_USE_VFS="local", ADW_DISABLE_PORTAL="1")
        outer.update(inner)

    def make_services(self):
        """The one thing the session bus may start: the accessibility bus, which tests look through.
        Portals and settings daemons would bring the outer desktop in."""
        folder = self.folder / "services"
        folder.mkdir()
        source = pathlib.Path("/usr/share/dbus-1/services/org.a11y.Bus.service")
        if source.exists():
            lines = source.read_text().splitlines()
            (folder / source.name).write_text(
                "\n".join(line for line in lines if not line.startswith("SystemdService")) + "\n")
        return f"<servicedir>{folder}</servicedir>"

    def __exit__(self, kind, error, trace):
        faults = [fault for process in reversed(self.processes) if (fault := process.stop())]
        if kind is not None and not issubclass(kind, (KeyboardInterrupt, SystemExit)):
            faults = faults or [f"-- {process.name}\n{tail}" for process in self.processes
                                if (tail := process.tail(8))]
            print("\n".join(faults), file=sys.stderr)
        self.janitor.stdin.close()
        self.janitor.wait()
        os.environ.clear()
        os.environ.update(self.before)
        if self.folder.exists():
            faults.append(f"{self.folder} could not be removed")
        if faults and (kind is None or issubclass(kind, SystemExit) and not error.code):
            raise WorldError("\n".join(faults))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--adapters", type=int, default=2)
    parser.add_argument("--no-radio", action="store_true")
    parser.add_argument("--no-keyring", action="store_true")
    parser.add_argument("--platform", action="store_true")
    parser.add_argument("--keys", type=int, default=0)
    parser.add_argument("--display", nargs="?", const="virtual", choices=["virtual", "inherit"])
    parser.add_argument("--screen", default="1000x900")
    parser.add_argument("--build")
    parser.add_argument("command", nargs="+")
    option = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    with contextlib.suppress(KeyboardInterrupt):
        with World(adapters=None if option.no_radio else option.adapters,
                   keyring=not option.no_keyring, platform=option.platform, keys=option.keys,
                   display=option.display, screen=option.screen, build=option.build) as world:
            for key in world.keys:
                (world.folder / f"setup-code-{key.number}").write_text(key.setup_code + "\n")
            if world.platform:
                os.environ.update(ENIGM_PLATFORM=world.platform.origin,
                                  ENIGM_PLATFORM_CA=str(world.platform.ca))
            return subprocess.run(option.command, preexec_fn=die_with_parent, close_fds=False).returncode
    return 130


if __name__ == "__main__":
    try:
        code = main()
    except (WorldError, OSError) as error:
        sys.exit(f"world: {error}")
    sys.exit(128 - code if code < 0 else code)
