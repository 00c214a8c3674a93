# SPDX-License-Identifier: GPL-3.0-or-later
"""Enigm App as people install it: built, packed, installed from its bundle, run in its sandbox."""
import fcntl
import functools
import json
import os
import pathlib
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
sys.path.insert(0, str(SOURCE / "tests/world"))
from gi.repository import GLib  # noqa: E402
from world import DEADLINE, World, WorldError  # noqa: E402

ID = "io.enigm.App"
OLDER_VERSION = "0.0.9"
BUILD_DEADLINE = 900  # seconds; a first run fetches and unpacks a runtime
PORTALS = {  # in the order they need each other
    "permission-store": "org.freedesktop.impl.portal.PermissionStore",
    "document-portal": "org.freedesktop.portal.Documents",
    "desktop-portal": "org.freedesktop.portal.Desktop",
}
# What a desktop's own file says: which program answers which portal.
SECRET_PORTAL = "[portal]\nDBusName=org.freedesktop.secrets\nInterfaces=org.freedesktop.impl.portal.Secret\nUseIn=gnome\n"
ODD_DESKTOP = "org.freedesktop.impl.portal.desktop.odd"
ODD_PORTAL = (f"[portal]\nDBusName={ODD_DESKTOP}\nInterfaces=" + ";".join(
    f"org.freedesktop.impl.portal.{name}" for name in ("Access", "Background", "FileChooser", "Notification"))
    + "\nUseIn=gnome\n")
PREFERRED = "[preferred]\ndefault=gnome-keyring;odd\n"
# In a sandbox a file reaches the app through the document portal, between two @@. The portal names it
# by the runtime folder outside, which on a desktop, but not in a private world, is the same inside.
ENIGMCTL = """#!/bin/bash
words=()
for word; do
  if [ "${last-}" = --ca ]; then words+=(@@ "$word" @@); else words+=("$word"); fi
  last=$word
done
exec flatpak run --user --command=bash --file-forwarding io.enigm.App \\
  -c 'exec enigmctl "${@/#$0/$XDG_RUNTIME_DIR}"' "$XDG_RUNTIME_DIR" "${words[@]}"
"""

ENIGM_APP = """#!/bin/bash
exec flatpak run --user --command=bash io.enigm.App \\
  -c 'mkdir -p "${0%/*}"; ln -s "$XDG_RUNTIME_DIR" "$0"; exec enigm-app "$@"' "$XDG_RUNTIME_DIR" "$@"
"""


class Installation:
    """A place for Flatpaks of its own, with the runtime and the app installed from its bundle."""

    def __init__(self, folder=None):
        places = {"XDG_CACHE_HOME": os.path.expanduser("~/.cache")}
        places.update(os.environ)
        self.cache = pathlib.Path(places.get("ENIGM_FLATPAK_CACHE", places["XDG_CACHE_HOME"] + "/enigm-flatpak"))
        self.cache.mkdir(parents=True, exist_ok=True)
        # Beside the runtime, so that its hundreds of megabytes are linked, not copied.
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="test.", dir=self.cache))
        self.bundle = self.folder / f"{ID}.flatpak"
        self.places = {}
        for name in ("USER_DIR", "SYSTEM_DIR", "CONFIG_DIR"):
            self.places[f"FLATPAK_{name}"] = str(self.folder / name)
            (self.folder / name).mkdir(exist_ok=True)
        self.bin = self.folder / "bin"
        if folder:
            return
        self.bin.mkdir()
        for name, script in (("enigmctl", ENIGMCTL), ("enigm-app", ENIGM_APP)):
            (self.bin / name).write_text(script)
            (self.bin / name).chmod(0o755)

    def run(self, *argv, timeout=BUILD_DEADLINE, env=(), **more):
        env = dict(os.environ, **self.places, **dict(env))
        if "install" in argv or "uninstall" in argv:
            # Flatpak keeps aside what a program that still ends was started from, and then cannot
            # put the same one aside again.
            shutil.rmtree(self.folder / "USER_DIR/.removed", ignore_errors=True)
        done = subprocess.run([str(word) for word in argv], env=env, capture_output=True, text=True,
                              timeout=timeout, check=False, **more)
        assert done.returncode == 0, f"{argv} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def make(self, *options):
        """Builds the bundle; a quick thing once the runtime is in the cache."""
        env = dict(os.environ, ENIGM_FLATPAK_CACHE=str(self.cache))
        done = subprocess.run([SOURCE / "flatpak/bundle", "--stand-in", *options, self.bundle], env=env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=BUILD_DEADLINE, check=False)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def install(self):
        started = time.monotonic()
        self.run("flatpak", "--user", "remote-add", "--no-gpg-verify", "runtime",
                 f"file://{self.cache}/stand-in/repo")
        # Another checkout's build may be about to make the stand-in anew.
        with open(self.cache / "stand-in.lock", "a", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            self.run("flatpak", "--user", "install", "-y", "--noninteractive", "runtime", self.runtime())
        between = time.monotonic()
        # Unless root, flatpak asks on the system bus whether parents allow an app; a container has none.
        self.run("dbus-run-session", "--", "sh", "-c",
                 'DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS exec "$@"', "sh",
                 "flatpak", "--user", "install", "-y", "--noninteractive", "--bundle", self.bundle)
        return between - started, time.monotonic() - between

    def copy(self):
        """One of its own for who changes it: what is installed is linked, not copied."""
        other = Installation()
        shutil.rmtree(other.folder)
        self.run("cp", "-al", self.folder, other.folder)
        return other

    def make_older(self):
        """A bundle of this source with a lower version: that it can be replaced, there and back. What an
        older version wrote is tested with what one did."""
        tree = self.folder / "older"
        shutil.copytree(SOURCE, tree, ignore=shutil.ignore_patterns(".git", "build*", "_build"))
        for name in ("meson.build", "data/io.enigm.App.metainfo.xml.in"):
            text = (tree / name).read_text()
            told = re.sub(r"""(<release version="|  version: ')[\d.]+""", rf"\g<1>{OLDER_VERSION}", text, count=1)
            assert told != text, name
            (tree / name).write_text(told)
        made = self.folder / "older.flatpak"
        self.run(tree / "flatpak/bundle", "--stand-in", made, env={"ENIGM_FLATPAK_CACHE": str(self.cache)})
        shutil.rmtree(tree)
        return made

    def install_bundle(self, bundle):
        """Installs another bundle of the app over the one that is there."""
        return self.run("flatpak", "--user", "install", "-y", "--noninteractive", "--or-update", "--bundle", bundle)

    def version(self):
        """The version that a desktop shows."""
        told = self.run("flatpak", "--user", "info", ID)
        return re.search(r"^ *Version: *(\S+)$", told, re.M).group(1)

    def runtime(self):
        refs = self.run("ostree", f"--repo={self.cache}/stand-in/repo", "refs").split()
        return next(ref for ref in refs if ref.startswith("runtime/org.gnome.Platform/"))

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class SandboxWorld(World):
    """A private world whose people run the installed Flatpak: enigmctl is the one in the sandbox.

    portals  "all"; None for a desktop without; else how the one there is misbehaves (odd-portal.py)
    desktop  who answers behind the real portals: None, or a mode of odd-desktop.py
    activatable whether the session bus starts the app when it is called, as on a desktop
    unlocked whether the keyring is
    """

    def __init__(self, installation, portals="all", desktop=None, activatable=False, unlocked=True, **more):
        super().__init__(**more)
        self.installation = installation
        self.portals = portals
        self.desktop = desktop
        self.unlocked = unlocked
        self.activatable = activatable

    def make_services(self):
        services = super().make_services()
        if self.activatable:
            folder = self.installation.places["FLATPAK_USER_DIR"] + "/exports/share/dbus-1/services"
            services += f"<servicedir>{folder}</servicedir>"
        return services

    def furnish(self):
        os.environ.update(self.installation.places, XDG_CURRENT_DESKTOP="GNOME", LC_ALL="C.UTF-8")
        super().furnish()
        os.environ["PATH"] = f"{self.installation.bin}{os.pathsep}{os.environ['PATH']}"
        if self.desktop:
            chosen = [self.platform.ca] if self.platform else []
            self.start("odd-desktop", HERE / "odd-desktop.py", self.desktop, *chosen)
            self.await_name("session", ODD_DESKTOP)
        if self.portals == "all":
            self.start_portals("", os.environ)
        elif self.portals:
            self.start("odd-portal", HERE / "odd-portal.py", self.portals)
            self.await_name("session", "org.freedesktop.portal.Desktop")

    def start_keyring(self, name="keyring", env=os.environ):
        return super().start_keyring(name, env) if self.unlocked else self.start_locked_keyring(name, env)

    def restart_keyring(self, unlocked):
        """Ends the keyring daemon and starts another, as a new session on the computer would."""
        old = next(process for process in self.processes if process.name == "keyring")
        self.processes.remove(old)
        old.stop()
        self.unlocked = unlocked
        self.start_keyring()

    def start_portals(self, prefix, env):
        folder = self.folder / "portals"
        folder.mkdir(exist_ok=True)
        (folder / "gnome-keyring.portal").write_text(SECRET_PORTAL)
        if self.desktop:
            (folder / "odd.portal").write_text(ODD_PORTAL)
        (folder / "portals.conf").write_text(PREFERRED)
        env = dict(env, XDG_DESKTOP_PORTAL_DIR=str(folder))
        for name, owned in PORTALS.items():
            process = self.start(f"{prefix}{name}", f"/usr/libexec/xdg-{name}", env=env)
            self.await_name("session", owned, env)
            if name == "document-portal":
                # As it ends it wakes the thread that serves its files, and then waits for it for good
                # if that was not asleep yet; without the files there is nothing to serve.
                process.release = functools.partial(subprocess.run, ["fusermount3", "-u", "-z", pathlib.Path(
                    env["XDG_RUNTIME_DIR"]) / "doc"], check=False, capture_output=True)

    def add_person(self, name):
        env = super().add_person(name)
        if self.portals == "all":
            self.start_portals(f"{name}-", env)
        return env

    def add_native_person(self, name):
        """Somebody else, who uses the app that this build made, outside of a sandbox."""
        env = super().add_person(name)
        env["PATH"] = env["PATH"].removeprefix(f"{self.installation.bin}{os.pathsep}")
        return env

    def ask_desktop(self, method, *words):
        """Calls the odd desktop's own interface; "Asked" tells what it was asked, and what it shows."""
        connection = self.connect()
        try:
            told = connection.call_sync(ODD_DESKTOP, "/org/freedesktop/portal/desktop", "io.enigm.OddDesktop1",
                                        method, GLib.Variant(f"({'s' * len(words)})", words), None, 0, -1, None)
        finally:
            connection.close_sync(None)
        return json.loads(told.unpack()[0]) if method == "Asked" else None

    def ask_portal(self, method, *words):
        """Calls the odd portal's own interface, and returns what it answers."""
        connection = self.connect()
        try:
            return connection.call_sync("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
                                        "io.enigm.OddPortal1", method, GLib.Variant(f"({'s' * len(words)})", words),
                                        None, 0, -1, None).unpack()
        finally:
            connection.close_sync(None)

    def await_asked(self, test):
        """Waits until what the odd desktop was asked, and shows, is as `test` wants; returns it."""
        until = time.monotonic() + DEADLINE
        while not (found := test(*self.ask_desktop("Asked"))):
            if time.monotonic() > until:
                raise WorldError(f"the desktop was not asked; there is {self.ask_desktop('Asked')}")
            select.select([], [], [], 0.05)
        return found

    @property
    def autostart(self):
        """Where it is written that the desktop starts the app, by a portal that does so itself (since 1.19)."""
        return pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "autostart" / f"{ID}.desktop"

    def starts(self):
        """The words of the command with which the desktop starts the app when its person signs in, or none."""
        if self.autostart.exists():
            lines = self.autostart.read_text().splitlines()
            return next(line.removeprefix("Exec=") for line in lines if line.startswith("Exec=")).split()
        told = [asked for asked in self.ask_desktop("Asked")[0] if asked[0] == "EnableAutostart"]
        return told[-1][3] if told and told[-1][2] else []

    def permit(self, table, id, *words):
        """Writes what the person has set for the app in the desktop's permission store."""
        connection = self.connect()
        connection.call_sync(PORTALS["permission-store"], "/org/freedesktop/impl/portal/PermissionStore",
                             PORTALS["permission-store"], "SetPermission",
                             GLib.Variant("(sbssas)", (table, True, id, ID, words)), None, 0, -1, None)
        connection.close_sync(None)

    def inside(self, script, *options, timeout=DEADLINE):
        """Runs a shell script in the sandbox; options are those of `flatpak run`."""
        return subprocess.run(["flatpak", "run", "--user", *options, "--command=sh", ID, "-c", script],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False)

    def enigmctl(self, *words, options=(), stdin="", timeout=DEADLINE):
        return subprocess.run(["flatpak", "run", "--user", *options, "--command=enigmctl", ID, *words], input=stdin,
                              capture_output=True, text=True, timeout=timeout, check=False)
