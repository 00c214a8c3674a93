#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings window's account page: computers, password, PIN, deletion; and what a lost key leaves
to do. Real parts, driven through AT-SPI."""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from person import Person  # noqa: E402
from steps import open_window, pair_in_terminal  # noqa: E402
from gi.repository import Gio, GLib  # noqa: E402
from world import DEADLINE, World  # noqa: E402

PASSWORD = "practice password of ada"


def test_account():
    """A computer is closed from another one; five wrong PINs close this one; all is deleted."""
    with World(platform=True, display="virtual", screen="760x900") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        attic = Person("ada", world.add_person("attic"))
        attic.sign_in(world.platform, "--computer=Attic")
        window = open_window(world)
        window.await_text("You have no key yet.")
        window.key("ctrl+comma")
        window.press("Account")
        window.await_text("Attic")
        window.picture("settings-account")
        window.press("Close…")
        window.await_text("Close “Attic”?")
        window.picture("close-computer-ask")
        window.press("Close It")
        window.await_text("The computer is closed.")

        window.press("Change Password…")
        window.type("Password now", "not the password")
        window.type("New password", "another password")
        window.press("Change")
        window.await_text("Nothing was changed. Check it and try again.")
        window.picture("change-password-wrong")
        window.type("Password now", PASSWORD)
        window.type("New password", "another password")
        window.press("Change")
        window.await_text("Your password is changed.")

        window.press("Change PIN…")
        window.type("Password", "not the password")
        window.type("New PIN (six digits)", "975310")
        window.press("Change")
        window.await_text("Nothing was changed. Check it and try again.")
        window.type("Password", "another password")
        window.type("New PIN (six digits)", "975310")
        window.picture("change-pin")
        window.press("Change")
        window.await_text("Your PIN is changed.")

        window.press("Export…")
        window.await_text("Export")
        path = pathlib.Path(os.environ["HOME"]) / "my data.json"
        window.type("Name:", str(path))
        window.key("Return")
        window.await_text("The file is written")
        exported = json.loads(path.read_text())
        assert exported["account"]["user"] == "ada", exported["account"]
        assert path.stat().st_mode & 0o077 == 0, "others can read it"

        cellar = Person("ada", world.add_person("cellar"))
        cellar.ctl("sign-in", "--platform", world.platform.origin, "--ca", world.platform.ca, "--user", "ada",
                   "--computer=Cellar", secrets=[("--password-fd", "another password")])
        window.leave("Settings")
        window.open_with("ctrl+comma", "Settings")
        window.press("Account")
        window.await_text("Cellar")
        window.press("Close the Others…")
        window.await_text("Close every other computer?")
        window.type("PIN", "975310")
        window.picture("close-others")
        window.press("Close Them")
        window.await_text("Every other computer is closed.")
        assert "sign in again" in refusal(cellar, "keys")
        window.await_true(lambda: not window.shows("Cellar"), "the other computer to go from the list")

        window.press("Delete…")
        window.await_text("Delete your account?")
        window.picture("delete-ask")
        window.press("Go On")
        window.type("PIN", "000000")
        window.press("Delete Everything")
        window.await_text("The PIN does not fit.")
        window.picture("delete-pin-wrong")
        window.type("PIN", "975310")
        window.press("Delete Everything")
        window.await_text("Create an Account")
        window.close()
        left = [place.name for place in (pathlib.Path(os.environ["XDG_DATA_HOME"]) / "enigm").glob("*")]
        assert left in ([], ["lock"]), left


def refusal(person, *words):
    """What enigmctl says when it does not do what it is told."""
    process = person.start(*words)
    out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode, out
    return err


def test_closed():
    """The window of a computer that was closed from another one says so by itself, and takes it back: who
    signs in again need not say again how the platform is trusted, unless it is another one."""
    with World(platform=True, display="virtual", screen="760x720") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        attic = Person("ada", world.add_person("attic"))
        attic.sign_in(world.platform, "--computer=Attic")
        window = open_window(world)
        window.await_text("You have no key yet.")
        other = next(item["id"] for item in attic.ctl("computers")["computers"] if not item["this"])
        attic.ctl("computers", "close", other)
        window.await_text("This computer was closed in your account.")
        window.picture("closed-here")
        window.press("Sign In")
        window.await_text("Sign In Again")
        window.type("Password", PASSWORD)
        window.type("Platform address", "https://elsewhere.example")
        window.press("Sign In")
        window.await_text("This is not the platform that this computer was signed in to.")
        window.picture("closed-here-elsewhere")
        window.type("Platform address", world.platform.origin)
        window.press("Sign In")
        window.await_text("You have no key yet.")
        other = next(item["id"] for item in ada.ctl("computers")["computers"] if not item["this"])
        ada.ctl("computers", "close", other)
        # The system does not have this authority.
        process = attic.start("sign-in", "--platform", world.platform.origin, "--trust-system", "--user", "ada",
                              secrets=[("--password-fd", PASSWORD)])
        said, _ = process.communicate(timeout=DEADLINE)
        assert process.returncode == 4 and "certificate" in said, said
        attic.ctl("sign-in", "--platform", world.platform.origin, "--user", "ada", "--computer=Attic",
                  secrets=[("--password-fd", PASSWORD)])

        # Closed once more, and signed out instead of in: that page is a newcomer's then.
        other = next(item["id"] for item in attic.ctl("computers")["computers"] if not item["this"])
        attic.ctl("computers", "close", other)
        window.await_text("This computer was closed in your account.")
        window.press("Sign In")
        window.await_text("Sign In Again")
        window.open_with("ctrl+comma", "Settings")
        window.press("Account")
        window.press("Sign Out…")
        window.await_text("Your key goes on working.")
        window.press("Sign Out")
        window.await_text("No platform yet?")
        window.close()


def kept_secrets(world):
    """The items in the person's keyring."""
    items = world.connect().call_sync(
        "org.freedesktop.secrets", "/org/freedesktop/secrets/collection/login", "org.freedesktop.DBus.Properties",
        "Get", GLib.Variant("(ss)", ("org.freedesktop.Secret.Collection", "Items")), None, Gio.DBusCallFlags.NONE,
        -1, None)
    return items.unpack()[0]


def kept_files():
    """What lies in the app's folders, with its size."""
    home = pathlib.Path(os.environ["HOME"])
    return {place.relative_to(home).as_posix(): place.stat().st_size
            for place in home.rglob("*") if place.is_file() and "enigm" in place.as_posix().removeprefix(str(home))}


def test_sign_out():
    """After signing out in the window nothing is left on the computer but an empty lock file."""
    with World(keys=1, display="virtual", screen="760x900") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        kim = Person("kim", world.add_person("kim"))
        kim.sign_up(world.platform)
        pair_in_terminal(ada, world.keys[0])
        ada.ctl("contacts", "add", kim.contact_id, "--label", "Kim")
        window = open_window(world)
        window.await_text("Lost or Stolen? Revoke…")
        assert len(kept_files()) > 1 and kept_secrets(world), (kept_files(), kept_secrets(world))
        window.open_with("ctrl+comma", "Settings")
        window.press("Account")
        window.await_text("Uninstalling does not remove")
        window.picture("settings-sign-out")
        window.press("Sign Out…")
        window.await_text("Your key goes on working.")
        window.press("Sign Out")
        window.await_text("No platform yet?")
        window.close()
        assert kept_secrets(world) == [], kept_secrets(world)
        assert kept_files() == {".local/share/enigm/lock": 0}, kept_files()


def test_this_computer():
    """The page about this computer says where the platform is and why it is trusted."""
    with World(platform=True, display="virtual", screen="760x900") as world:
        Person("ada", dict(os.environ)).sign_up(world.platform)
        window = open_window(world)
        window.await_text("You have no key yet.")
        window.open_with("ctrl+comma", "Settings")
        window.press("Computer")
        window.await_text(world.platform.origin)
        window.await_text("How it is trusted")
        window.await_text("Listen when closed")
        window.picture("settings-computer")
        window.close()


def test_cold_revocation():
    """Opened anew, the session run out, the key nowhere: two activations revoke it, and nothing is
    typed."""
    with World(keys=1, display="virtual", screen="760x900") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        pair_in_terminal(ada, world.keys[0])
        world.keys[0].kill()
        forget_session(world)
        activations = []
        window = open_window(world)
        press = window.press

        def counted(name):
            activations.append(name)
            press(name)
        window.press = counted
        window.picture("status-cold")
        window.press("Lost or Stolen? Revoke…")
        window.await_text("It stops working at once, wherever it is.")
        window.press("Revoke")
        window.await_text("Your key is revoked. It cannot raise an alert.")
        assert activations == ["Lost or Stolen? Revoke…", "Revoke"], activations
        # Its page says the same, and what is left to do.
        window.key("ctrl+comma")
        window.await_text("Your keys")
        window.click("Enigm Key")
        window.await_text("It still belongs to you.")
        window.picture("key-page-revoked")
        window.close()
        assert ada.ctl("keys")["keys"][0]["state"] == "revoked"


def forget_session(world):
    """The platform's database holds no session any more, as after the hour."""
    import sqlite3
    world.platform.kill()
    database = next(path for path in world.platform.folder.glob("*.db"))
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM sessions")
    world.platform.start()


def test_narrow():
    """The account and key pages fit 360 pixels, in the dark too."""
    with World(keys=1, display="virtual", screen="360x720") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        pair_in_terminal(ada, world.keys[0])
        ada.ctl("lost")
        for scheme in ("light", "dark"):
            window = open_window(world, env=dict(os.environ, ADW_DEBUG_COLOR_SCHEME=f"prefer-{scheme}"))
            window.await_text("Invite")
            window.key("ctrl+comma")
            window.await_text("Your keys")
            window.click("Enigm Key")
            window.await_text("If you find it, say so.")
            window.picture(f"narrow-{scheme}-key")
            window.press("Back")
            window.press("Account")
            window.await_text("This computer, since")
            window.picture(f"narrow-{scheme}-account")
            window.close()


if __name__ == "__main__":
    tap.main(globals())
