#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings window's account page: computers, password, PIN, deletion; and what a lost key leaves
to do. Real parts, driven through AT-SPI."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from driver import Window  # noqa: E402
from person import Person  # noqa: E402
from steps import open_window, pair_in_terminal  # noqa: E402
from world import World  # noqa: E402

PASSWORD = "practice password of ada"


def test_account():
    """A computer is closed from another one; five wrong PINs close this one; all is deleted."""
    with World(platform=True, display="virtual", screen="760x900") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        attic = Person("ada", world.add_person("attic"))
        attic.ctl("sign-in", "--platform", world.platform.origin, "--ca", world.platform.ca, "--user", "ada",
                  "--computer=Attic", secrets=[("--password-fd", PASSWORD)])
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

        window.press("Delete…")
        window.await_text("Delete your account?")
        window.picture("delete-ask")
        window.press("Go On")
        window.type("PIN", "000000")
        window.press("Delete Everything")
        window.await_text("The PIN does not fit.")
        window.picture("delete-pin-wrong")
        window.type("PIN", "135790")
        window.press("Delete Everything")
        window.await_text("Create an Account")
        window.close()
        left = [place.name for place in (pathlib.Path(os.environ["XDG_DATA_HOME"]) / "enigm").glob("*")]
        assert left in ([], ["lock"]), left


def test_closed():
    """The window of a computer that was closed from another one says so at once."""
    with World(platform=True, display="virtual", screen="760x720") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        attic = Person("ada", world.add_person("attic"))
        attic.ctl("sign-in", "--platform", world.platform.origin, "--ca", world.platform.ca, "--user", "ada",
                  "--computer=Attic", secrets=[("--password-fd", PASSWORD)])
        window = open_window(world)
        window.await_text("You have no key yet.")
        other = next(item["id"] for item in attic.ctl("computers")["computers"] if not item["this"])
        attic.ctl("computers", "close", other)
        window.await_text("This computer was closed in your account.")
        window.picture("closed-here")
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


def test_replace():
    """From the old key's page to the new one's pairing."""
    with World(keys=1, display="virtual", screen="760x900") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        pair_in_terminal(ada, world.keys[0])
        window = open_window(world)
        window.await_text("Invite")
        window.key("ctrl+comma")
        window.await_text("Your keys")
        window.click("Enigm Key")
        window.press("Replace…")
        window.await_text("Until then nothing changes for this one.")
        window.press("Pair the New Key")
        window.await_text("Replace “Enigm Key”")
        window.await_text("Find Your Key")
        window.picture("replace")
        window.close()
        assert ada.ctl("keys")["keys"][0]["state"] == "trusted"


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
