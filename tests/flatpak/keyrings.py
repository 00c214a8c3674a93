# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a person's secrets where the Secret portal gives, refuses, forgets, is late or mute,
and where the keyring behind it is locked: said plainly, in the window and by enigmctl, never waited for
in a way that stops the window, and as before once it is well again."""
import json
import os
import pathlib
import shutil
import subprocess
import time

from gi.repository import GLib
from person import Person
from sandbox import ID, SandboxWorld
from sandbox_window import SandboxWindow

MAGIC = b"GnomeKeyring\n\r\0\n"
LOCKED, SIGNED_OUT, AWAY = 5, 3, 4  # enigmctl's exit codes
LOCKED_WORDS = "Your keyring is locked, or your desktop keeps it closed to Enigm App."
MISSING_WORDS = "No keyring answers"


def keyring_file():
    return pathlib.Path(os.environ["HOME"]) / f".var/app/{ID}/data/keyrings/default.keyring"


def hand_over_ca(world):
    """A way for the CA's file that needs no portal: the app's own folder."""
    inside = pathlib.Path(os.environ["HOME"]) / f".var/app/{ID}/config/ca.pem"
    inside.parent.mkdir(parents=True, exist_ok=True)
    inside.write_bytes(world.platform.ca.read_bytes())
    return str(inside)


def sign_up(world):
    return world.enigmctl("sign-up", "--platform", world.platform.origin, "--ca", hand_over_ca(world), "--user", "owner",
                          "--password-fd", "0", "--pin-fd", "0", stdin="a practice password\n135790\n", timeout=120)


def test_secrets_through_the_portal(installation):
    with SandboxWorld(installation, platform=True) as it:
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


def sign_up_fails(installation, words, **more):
    """Signs up where secrets cannot be kept; it has to end by itself, say so, and leave nothing."""
    with SandboxWorld(installation, platform=True, **more) as it:
        started = time.monotonic()
        done = sign_up(it)
        print(f"# after {time.monotonic() - started:.1f} s: {done.stderr.strip()}")
        assert done.returncode == LOCKED and words in done.stderr, done
        assert it.enigmctl("account").returncode == SIGNED_OUT


def test_keyring_that_is_locked(installation):
    sign_up_fails(installation, LOCKED_WORDS, unlocked=False)


def test_desktop_without_portals(installation):
    sign_up_fails(installation, MISSING_WORDS, portals=None)


def test_portal_that_refuses(installation):
    sign_up_fails(installation, LOCKED_WORDS, portals="refuses")


def test_portal_that_forgets(installation):
    sign_up_fails(installation, MISSING_WORDS, portals="forgets")


def test_portal_that_is_mute(installation):
    sign_up_fails(installation, MISSING_WORDS, portals="mute")


def await_alive(window, words):
    """Waits for words in the window, which meanwhile answers as quickly as ever: what is called here is
    answered by the thread that draws."""
    slowest = 0
    connection = window.world.connect()

    def look():
        nonlocal slowest
        started = time.monotonic()
        connection.call_sync(ID, "/io/enigm/App", "org.gtk.Actions", "List", None, GLib.VariantType("(as)"), 0, 5000, None)
        slowest = max(slowest, time.monotonic() - started)
        return window.shows(words)
    try:
        window.await_true(look, words, 60)
    finally:
        connection.close_sync(None)
    print(f"# {words}: the window answered within {slowest:.2f} s all the while")


def loads(installation, mode, title, words):
    """Somebody with an account starts the app, and tries again once the portal does what it should."""
    with SandboxWorld(installation, platform=True, display="virtual", portals="gives") as world:
        done = sign_up(world)
        assert done.returncode == 0, done
        world.ask_portal("Behave", mode)
        window = SandboxWindow(world)
        await_alive(window, title)
        window.await_text(words)
        window.picture(f"keyring-{mode}")
        # There is nobody whom a sandbox could ask to unlock it.
        assert not window.shows("Unlock")
        world.ask_portal("Behave", "gives")
        window.press("Try Again")
        window.await_text("You have no key yet.")
        window.end()


def test_window_where_the_portal_refuses(installation):
    loads(installation, "refuses", "Your keyring is locked", LOCKED_WORDS)


def test_window_where_the_portal_forgets(installation):
    loads(installation, "forgets", "There is no keyring", MISSING_WORDS)


def test_window_where_the_portal_is_late(installation):
    """Later than the app waits: what is handed over then counts at the next try."""
    loads(installation, "late", "There is no keyring", MISSING_WORDS)


def open_form(world):
    """A newcomer's form, filled in but for its last button."""
    window = SandboxWindow(world, "--platform", world.platform.origin, "--ca-file", hand_over_ca(world))
    window.press("Create an Account")
    window.type("User name", "ada")
    window.type("Password", "practice password")
    window.type("PIN (six digits)", "135790")
    return window


def test_newcomer_where_the_portal_is_mute(installation):
    """The form keeps what was typed, and goes on."""
    with SandboxWorld(installation, platform=True, display="virtual", portals="gives") as world:
        window = open_form(world)
        world.ask_portal("Behave", "mute")
        window.press("Create Account")
        await_alive(window, MISSING_WORDS)
        world.ask_portal("Behave", "gives")
        window.press("Create Account")
        window.await_text("You have no key yet.")
        window.end()


def test_newcomer_where_the_portal_answers_in_time(installation):
    """Late, but while the app still waits."""
    with SandboxWorld(installation, platform=True, display="virtual", portals="late") as world:
        window = open_form(world)
        window.press("Create Account")
        window.await_true(lambda: world.ask_portal("Held") == (1,), "the portal to be asked")
        world.ask_portal("Behave", "gives")
        window.await_text("You have no key yet.")
        window.end()


def test_window_where_the_keyring_is_locked(installation):
    """The desktop's own portal, and a keyring locked since the last time."""
    with SandboxWorld(installation, platform=True, display="virtual") as world:
        Person("owner", dict(os.environ)).sign_up(world.platform)
        world.restart_keyring(unlocked=False)
        window = SandboxWindow(world)
        await_alive(window, "Your keyring is locked")
        window.await_text(LOCKED_WORDS)
        assert not window.shows("Unlock")
        world.restart_keyring(unlocked=True)
        window.press("Try Again")
        window.await_text("You have no key yet.")
        window.end()


def test_files_of_an_older_version(installation):
    """What version 0.0.9, commit d31db7c, wrote in its sandbox after signing up, pairing and inviting one
    contact is read by this one, away from its platform: account, key with its secret, and contact."""
    older = pathlib.Path(__file__).resolve().parent / "version-0.0.9"
    with SandboxWorld(installation, portals="gives") as it:
        data = keyring_file().parent.parent
        for folder in (data / "enigm", data / "keyrings"):
            folder.mkdir(parents=True, mode=0o700)
        for name in ("enigm/account.sealed", "enigm/place", "keyrings/default.keyring"):
            shutil.copy(older / pathlib.Path(name).name, data / name)

        def tell(what, code):
            done = it.enigmctl(what, "--json")
            assert done.returncode == code, done
            return json.loads(done.stdout)
        assert tell("account", 0)["user"] == "owner"
        key, = tell("keys", AWAY)["keys"]
        assert (key["binding"], key["state"], key["has_secret"]) == ("486b358b9c640c30ec1d144d1dfb743c", "trusted", True), key
        contact, = tell("contacts", AWAY)["contacts"]
        assert (contact["label"], contact["state"]) == ("Kim", "eligible"), contact
        # The secret that the portal gives is what opens it.
        it.ask_portal("Behave", "refuses")
        assert LOCKED_WORDS in it.enigmctl("account").stderr
