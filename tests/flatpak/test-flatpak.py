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
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "world"), str(HERE.parent / "ui")]
import tap  # noqa: E402
from gi.repository import GLib  # noqa: E402
import portals  # noqa: E402
from journey import Journey  # noqa: E402
from person import Person  # noqa: E402
from portals import SandboxWindow  # noqa: E402
from sandbox import ID, OLDER_VERSION, Installation, SandboxWorld  # noqa: E402
from world import die_with_parent  # noqa: E402

PLACE = "ENIGM_TEST_INSTALLATION"  # tells a test's process where the app is installed
BESIDE = 3
DEADLINE = 300  # seconds for one test
INSTALLATION = Installation(os.environ.get(PLACE))
MAGIC = b"GnomeKeyring\n\r\0\n"
LOCKED, SIGNED_OUT = 5, 3  # enigmctl's exit codes
LOCKED_WORDS = "Your keyring is locked."
NO_SERVICE = "This computer's Bluetooth service is not running."
NO_ACCESS = "Enigm is not allowed to use this computer's Bluetooth."


def world(**more):
    return SandboxWorld(INSTALLATION, **more)


def test_bundle():
    for line in INSTALLATION.make().splitlines():
        print(f"# {line}")
    print(f"# the bundle has {INSTALLATION.bundle.stat().st_size} bytes")
    assert INSTALLATION.bundle.stat().st_size > 10000


def test_install():
    runtime, app = INSTALLATION.install()
    print(f"# the runtime was installed in {runtime:.1f} s, the app in {app:.1f} s")
    assert ID in INSTALLATION.run("flatpak", "--user", "list", "--app", "--columns=application")


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


def keyring_file():
    return pathlib.Path(os.environ["HOME"]) / f".var/app/{ID}/data/keyrings/default.keyring"


def test_secrets_through_the_portal():
    with world(platform=True) as it:
        owner = Person("owner", dict(os.environ))
        owner.sign_up(it.platform)
        assert owner.ctl("account")["contact_id"] == owner.contact_id
        # In a file of the sandbox's own, sealed with what the portal keeps in the desktop's keyring.
        kept = keyring_file().read_bytes()
        assert kept.startswith(MAGIC) and b"session" not in kept and b"owner" not in kept
        assert keyring_file().stat().st_mode & 0o077 == 0
        outside = subprocess.run(["secret-tool", "search", "--all", "xdg:schema", ID, "kind", "session"],
                                 capture_output=True, text=True, check=False)
        assert "attribute.kind" not in outside.stdout + outside.stderr, outside
        # Locked in the middle: said plainly, nothing lost, and as before once it is unlocked.
        it.restart_keyring(unlocked=False)
        done = it.enigmctl("keys")
        assert done.returncode == LOCKED and LOCKED_WORDS in done.stderr, done
        it.restart_keyring(unlocked=True)
        assert owner.ctl("account")["contact_id"] == owner.contact_id
        assert owner.ctl("keys")["keys"] == []


def sign_up_fails(words, **more):
    """Signs up where secrets cannot be kept; it has to end by itself, say so, and leave nothing."""
    with world(platform=True, **more) as it:
        ca = pathlib.Path(os.environ["HOME"]) / f".var/app/{ID}/config/ca.pem"
        ca.parent.mkdir(parents=True)
        ca.write_bytes(it.platform.ca.read_bytes())
        started = time.monotonic()
        done = it.enigmctl("sign-up", "--platform", it.platform.origin, "--ca", str(ca), "--user", "owner",
                           "--password-fd", "0", "--pin-fd", "0", stdin="a practice password\n135790\n", timeout=120)
        print(f"# after {time.monotonic() - started:.1f} s: {done.stderr.strip()}")
        assert done.returncode == LOCKED and words in done.stderr, done
        assert it.enigmctl("account").returncode == SIGNED_OUT


def test_keyring_that_is_locked():
    sign_up_fails(LOCKED_WORDS, unlocked=False)


def test_desktop_without_portals():
    sign_up_fails("No keyring answers", portals=None)


def test_portal_that_refuses():
    sign_up_fails(LOCKED_WORDS, portals="refuses")


def test_portal_that_forgets():
    sign_up_fails("No keyring answers", portals="forgets")


def test_portal_that_is_mute():
    sign_up_fails("No keyring answers", portals="mute")


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
        older, words = INSTALLATION.make_older()
        print(f"# the older version is {words}", flush=True)
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


def what_is_outside(it):
    """Everything at home, in the keyring, and in what the desktop remembers of permissions."""
    home = pathlib.Path(os.environ["HOME"])
    connection = it.connect()

    def ask(name, path, interface, method, arguments, answer):
        return connection.call_sync(name, path, interface, method, arguments, GLib.VariantType(answer), 0, -1,
                                    None).unpack()
    secrets = "org.freedesktop.secrets"
    store = "org.freedesktop.impl.portal.PermissionStore"
    kept = {name: len(sum(ask(secrets, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "SearchItems",
                              GLib.Variant("(a{ss})", ({name: ID},)), "(aoao)"), [])) for name in ("app_id", "xdg:schema")}
    permissions = []
    for table in ("background", "notifications", "documents", "devices", "desktop-used-apps", "inhibit"):
        for name in ask(store, "/org/freedesktop/impl/portal/PermissionStore", store, "List",
                        GLib.Variant("(s)", (table,)), "(as)")[0]:
            told = ask(store, "/org/freedesktop/impl/portal/PermissionStore", store, "Lookup",
                       GLib.Variant("(ss)", (table, name)), "(a{sas}v)")[0]
            permissions += [(table, name) for app in told if app == ID]
    connection.close_sync(None)
    # Of the desktop's own files, the keyring and the store of permissions are looked into above.
    files = sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()
                   and not {"keyrings", "flatpak"} & set(path.relative_to(home).parts[:3]))
    return files, kept, sorted(permissions)


def test_uninstalling():
    """What README says is left outside is left, and nothing else; what it says removes that, does."""
    installation = INSTALLATION.copy()
    sealed = f".var/app/{ID}/data/"
    try:
        with SandboxWorld(installation, platform=True) as it:
            before = what_is_outside(it)
            owner = Person("owner", dict(os.environ))
            owner.sign_up(it.platform)
            it.permit("background", "background", "yes")
            signed_in = what_is_outside(it)
            assert f"{sealed}enigm/account.sealed" in signed_in[0] and f"{sealed}keyrings/default.keyring" in signed_in[0]
            owner.ctl("sign-out")
            # Signing out leaves no secret, nor a file that held one; the lock's is empty.
            files, secrets, permissions = what_is_outside(it)
            assert sorted(set(files) - set(before[0])) == [f"{sealed}enigm/lock"], files
            assert (pathlib.Path(os.environ["HOME"]) / sealed / "enigm/lock").stat().st_size == 0
            # As somebody new.
            again = Person("again", dict(os.environ))
            again.sign_up(it.platform)
            again.ctl("sign-out")
            installation.run("flatpak", "--user", "uninstall", "-y", "--noninteractive", ID)
            left = what_is_outside(it)
            assert sorted(set(left[0]) - set(before[0])) == [f"{sealed}enigm/lock"], left[0]
            assert before[1] == {"app_id": 0, "xdg:schema": 0} and left[1] == {"app_id": 1, "xdg:schema": 0}, left[1]
            assert left[2] == [("background", "background")], left[2]
            # What README says removes these.
            home = pathlib.Path(os.environ["HOME"])
            installation.run("flatpak", "--user", "uninstall", "-y", "--noninteractive", "--delete-data", "--unused")
            installation.install_bundle(INSTALLATION.bundle)
            installation.run("flatpak", "--user", "uninstall", "-y", "--noninteractive", "--delete-data", ID)
            assert not (home / f".var/app/{ID}").exists()
            # GNOME Keyring lets go of what its portal made only in the next session.
            it.restart_keyring(unlocked=True)
            subprocess.run(["secret-tool", "clear", "app_id", ID], check=True)
            installation.run("flatpak", "permission-reset", ID)
            assert what_is_outside(it) == before, (what_is_outside(it), before)
    finally:
        installation.remove()


def test_window():
    with world(platform=True, display="virtual") as it:
        Person("owner", dict(os.environ)).sign_up(it.platform)
        started = time.monotonic()
        window = SandboxWindow(it)
        try:
            window.await_text("You have no key yet.")
            print(f"# {time.monotonic() - started:.1f} s from its start to its home page, as a screen reader sees it")
            window.picture("flatpak-status")
            # One account, one owner: this goes through the window that runs.
            done = it.enigmctl("account")
            assert done.returncode == 0, done
        finally:
            window.end()


# Each kind of answer of the desktop behind the portals is a test.
globals().update({name: functools.partial(function, INSTALLATION) for name, function in vars(portals).items()
                  if name.startswith("test_")})
# What waits longest begins first, so that the others run beside it.
FIRST = ("test_portals_late", "test_portal_that_is_mute", "test_portal_that_forgets", "test_journey")


def run_beside(name):
    done = subprocess.run([sys.executable, __file__, name], env=dict(os.environ, **{PLACE: str(INSTALLATION.folder)}),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=DEADLINE, check=False, preexec_fn=die_with_parent)
    if done.returncode:
        raise AssertionError(f"{name}:\n{done.stdout}")
    for line in done.stdout.splitlines():
        if line.startswith("# "):
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
