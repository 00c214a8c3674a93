#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Flatpak, in the real sandbox: what is open, what is closed, and the journey inside it.

    test-flatpak.py [TEST...]

The bundle is made and installed once; then each test runs in a process, and a world, of its own, some
beside each other: most of their time they wait.
"""
import concurrent.futures
import configparser
import functools
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "world"), str(HERE.parent / "ui")]
import tap  # noqa: E402
from gi.repository import GLib  # noqa: E402
import bundles  # noqa: E402
import keyrings  # noqa: E402
import portals  # noqa: E402
import uninstalling  # noqa: E402
import windows  # noqa: E402
from journey import Journey  # noqa: E402
from keyrings import MAGIC, keyring_file  # noqa: E402
from sandbox import ID, OLDER_VERSION, Installation, SandboxWorld  # noqa: E402
from world import die_with_parent  # noqa: E402

PLACE = "ENIGM_TEST_INSTALLATION"  # tells a test's process where the app is installed
BESIDE = 3
DEADLINE = 300  # seconds for one test
INSTALLATION = Installation(os.environ.get(PLACE))
NO_SERVICE = "This computer's Bluetooth service is not running."
NO_ACCESS = "Enigm is not allowed to use this computer's Bluetooth."


def world(**more):
    return SandboxWorld(INSTALLATION, **more)


def test_bundle():
    said = INSTALLATION.make()
    for line in said.splitlines():
        print(f"# {line}")
    assert "warning" not in said.lower(), said
    print(f"# the bundle has {INSTALLATION.bundle.stat().st_size} bytes")
    assert INSTALLATION.bundle.stat().st_size > 10000


def test_install():
    runtime, app = INSTALLATION.install()
    print(f"# the runtime was installed in {runtime:.1f} s, the app in {app:.1f} s")
    assert ID in INSTALLATION.run("flatpak", "--user", "list", "--app", "--columns=application")


def sections(installation):
    """The sections of the installed program."""
    program = pathlib.Path(installation.places["FLATPAK_USER_DIR"]) / f"app/{ID}/current/active/files/bin/enigm-app"
    return subprocess.run(["readelf", "-SW", program], stdout=subprocess.PIPE, text=True, check=True).stdout


def test_development():
    """The manifest for development has a branch of its own, and its program says where it is."""
    mine = INSTALLATION.copy()
    try:
        said = mine.make("--devel")
        assert "warning" not in said.lower(), said
        assert ".debug_info" not in sections(mine)
        mine.install_bundle(mine.bundle)
        branches = mine.run("flatpak", "--user", "list", "--app", "--columns=branch").split()
        assert sorted(branches) == ["devel", "master"], branches
        mine.run("flatpak", "--user", "make-current", ID, "devel")
        assert ".debug_info" in sections(mine)
    finally:
        mine.remove()


def test_permissions():
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read_string(INSTALLATION.run("flatpak", "--user", "info", "--show-permissions", ID))
    found = {section: {name: sorted(value.strip(";").split(";")) for name, value in parser[section].items()}
             for section in parser.sections()}
    assert found == {
        "Context": {"shared": ["ipc", "network"], "sockets": ["fallback-x11", "wayland", "x11"]},
        "System Bus Policy": {"org.bluez": ["talk"]},
        "Environment": {"GSK_RENDERER": ["cairo"]},
    }, found


def test_home_is_closed():
    with world(adapters=None, keyring=False, portals=None) as it:
        private = pathlib.Path(os.environ["HOME"]) / "private.txt"
        private.write_text("mine")
        seen = it.inside(f'cat "{private}"; ls -A "$HOME"; ls "{it.folder}"; echo leaked >"$HOME/new.txt"; echo ran')
        assert seen.stdout.split()[-1] == "ran", seen
        assert "mine" not in seen.stdout and "private" not in seen.stdout, seen.stdout
        assert "logs" not in seen.stdout, seen.stdout
        assert not (private.parent / "new.txt").exists()
        # The same words, where the home is opened, show that the test would see it.
        assert "mine" in it.inside(f'cat "{private}"', "--filesystem=home").stdout


def call(bus, name):
    return f"gdbus call --{bus} --timeout 5 -d {name} -o / -m org.freedesktop.DBus.Peer.Ping"


def test_other_names_are_closed():
    with world(portals=None) as it:
        for bus, name in (("session", "org.freedesktop.secrets"), ("system", "org.example.Other")):
            connection = it.connect(bus)
            if name == "org.example.Other":
                connection.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "RequestName",
                                     request_name(name), None, 0, -1, None)
            done = it.inside(call(bus, name))
            assert done.returncode != 0 and "ServiceUnknown" in done.stderr, (name, done)
            opened = it.inside(call(bus, name), f"--{'system-' if bus == 'system' else ''}talk-name={name}")
            assert "ServiceUnknown" not in opened.stderr, (name, opened)
            connection.close_sync(None)
        done = it.inside(call("system", "org.bluez"))
        assert done.returncode == 0, done
        done = it.inside(call("system", "org.bluez"), "--system-no-talk-name=org.bluez")
        assert done.returncode != 0, done


def request_name(name):
    return GLib.Variant("(su)", (name, 0))


def test_network_is_closed_when_unshared():
    with world(adapters=None, keyring=False, portals=None, platform=True) as it:
        port = it.platform.origin.rsplit(":", 1)[1]
        script = f"exec 3<>/dev/tcp/127.0.0.1/{port} && echo reached"
        assert it.inside(f"bash -c '{script}'").stdout.strip() == "reached"
        closed = it.inside(f"bash -c '{script}'", "--unshare=network")
        assert closed.stdout == "" and closed.returncode != 0, closed


def test_bluetooth_that_is_closed_and_that_is_away():
    with world(adapters=None, portals=None) as it:
        away = it.enigmctl("scan", "--seconds=1")
        closed = it.enigmctl("scan", "--seconds=1", options=["--system-no-talk-name=org.bluez"])
        assert NO_SERVICE in away.stdout + away.stderr, away
        assert NO_ACCESS in closed.stdout + closed.stderr, closed
        assert away.returncode == closed.returncode == 6, (away, closed)


class SandboxJourney(Journey):
    """The same steps; only what is kept is looked for elsewhere."""

    def credentials(self):
        """What the app keeps is in the sandbox's own sealed file, and not in the desktop's keyring"""
        kept = keyring_file().read_bytes()
        assert kept.startswith(MAGIC)
        assert not any(word in kept for word in (b"session", b"computer", self.binding.encode()))
        outside = subprocess.run(["secret-tool", "search", "--all", "xdg:schema", ID],
                                 capture_output=True, text=True, check=False)
        assert "attribute.kind" not in outside.stdout + outside.stderr, outside
        written = sorted(str(path.relative_to(os.environ["HOME"])) for path in
                         pathlib.Path(os.environ["HOME"]).rglob("*") if path.is_file())
        print("# files at the owner's home:", " ".join(written))
        return "one sealed file"

    def upgrade(self):
        """The next version over the older one keeps account, keys and contacts; so does the way back"""
        kept = [self.told()]
        for bundle, version in ((INSTALLATION.bundle, self.version), (self.older, OLDER_VERSION),
                                (INSTALLATION.bundle, self.version)):
            self.installation.install_bundle(bundle)
            assert self.installation.version() == version, (self.installation.version(), version)
            kept.append(self.told())
        assert all(told == kept[0] for told in kept), kept
        assert kept[0]["keys"] == [(self.binding, "trusted")] and kept[0]["contacts"] == [("Kim", "eligible")], kept
        return f"{OLDER_VERSION} to {self.version}, back, and again: account, keys and contacts are as before"

    def told(self):
        """What both versions have words for."""
        return {"account": [self.owner.ctl("account")[name] for name in ("user", "contact_id", "origin")],
                "keys": [(key["binding"], key["state"]) for key in self.owner.ctl("keys")["keys"]],
                "contacts": [(item["label"], item["state"]) for item in self.owner.ctl("contacts")["contacts"]]}

    steps = (Journey.accounts, Journey.pair, credentials, Journey.contacts, Journey.drill, upgrade,
             Journey.revoke, Journey.refused)


def test_journey():
    """Begun with an older version; the newer one comes over it half-way."""
    installation = INSTALLATION.copy()
    try:
        older = INSTALLATION.make_older()
        version = installation.version()
        installation.install_bundle(older)
        assert installation.version() == OLDER_VERSION, installation.version()
        with SandboxWorld(installation, keys=1) as it:
            journey = SandboxJourney(it, lambda what, words: print(f"# {what}: {words}", flush=True))
            journey.installation, journey.older, journey.version = installation, older, version
            for step in journey.steps:
                print(f"# {step.__name__}: {step(journey)}", flush=True)
    finally:
        installation.remove()


# What these files have are tests of this one installation.
globals().update({name: functools.partial(function, INSTALLATION) for module in (bundles, keyrings, portals, uninstalling, windows)
                  for name, function in vars(module).items() if name.startswith("test_")})
# What waits longest begins first, so that the others run beside it.
FIRST = ("test_window_journey", "test_journey", "test_portals_late", "test_portal_that_is_mute",
         "test_portal_that_forgets")


def run_beside(name):
    done = subprocess.run([sys.executable, __file__, name], env=dict(os.environ, **{PLACE: str(INSTALLATION.folder)}),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=DEADLINE, check=False, preexec_fn=die_with_parent)
    said = [line for line in done.stdout.splitlines() if line.startswith("# ")]
    if done.returncode:
        raise AssertionError("\n".join([*said[-1:], done.stdout]))
    for line in said:
        print(line, flush=True)


def main():
    if PLACE in os.environ:
        tap.main(globals())
    chosen = sys.argv[1:] or [name for name in globals() if name.startswith("test_")]
    alone = {name: globals()[name] for name in ("test_bundle", "test_install")}
    with concurrent.futures.ThreadPoolExecutor(BESIDE) as pool:
        running = {}

        def await_test(name):
            if not running:
                running.update((other, pool.submit(run_beside, other))
                               for other in sorted(chosen, key=lambda item: item not in FIRST) if other not in alone)
            running[name].result()

        sys.argv[1:] = []
        tap.main(dict(alone, **{name: functools.partial(await_test, name) for name in chosen if name not in alone}))


if __name__ == "__main__":
    try:
        main()
    finally:
        if PLACE not in os.environ:
            INSTALLATION.remove()
