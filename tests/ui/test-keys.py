#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an owner does with keys in the window: revoke one of several, say why, and read what became of
each. Real parts, driven through AT-SPI."""
import json
import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from person import Person  # noqa: E402
from steps import open_window, pair_in_terminal  # noqa: E402
from world import World  # noqa: E402


def pair_named(ada, key, name):
    """Pairs a key with enigmctl and names it. Returns its binding."""
    known = {item["binding"] for item in ada.ctl("keys")["keys"]}
    pair_in_terminal(ada, key)
    binding = next(item["binding"] for item in ada.ctl("keys")["keys"] if item["binding"] not in known)
    ada.ctl("rename", binding, name)
    return binding


def open_key(window, name):
    window.open_with("ctrl+comma", "Settings")
    window.await_text("Your keys")
    window.click(name)
    window.await_text("What you can do")


def find_key(ada, name):
    return next(item for item in ada.ctl("keys")["keys"] if item["name"] == name)


def reason_of(ada, name):
    """The state that a key is in, and the reason in the last line of its history."""
    key = find_key(ada, name)
    return key["state"], key["history"][-1]["reason"]


def count_presses(window):
    """Everything that is activated from now on."""
    activations = []
    press = window.press

    def counted(name):
        activations.append(name)
        press(name)
    window.press = counted
    return activations


def await_reason(window, ada, name, state, reason):
    """Waits until a key is in that state for that reason."""
    window.await_true(lambda: reason_of(ada, name) == (state, reason), f"{name} to be {state}: {reason}")


def test_one_of_two():
    """With two keys, too, two activations revoke one of them, and it is said which."""
    with World(keys=2, display="virtual", screen="760x900") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        pair_named(ada, world.keys[0], "Kitchen")
        pair_named(ada, world.keys[1], "Car & <keys>")
        window = open_window(world)
        activations = count_presses(window)
        window.press("Lost or Stolen? Revoke…")
        window.await_text("Which key do you want to revoke?")
        window.await_text("Trusted, since")
        window.picture("revoke-which")
        window.press("Revoke: Car & <keys>")
        window.await_text("Your key is revoked. It cannot raise an alert.")
        assert len(activations) == 2, activations
        assert reason_of(ada, "Car & <keys>") == ("revoked", "lost")
        assert reason_of(ada, "Kitchen")[0] == "trusted"
        # The one that is left is asked about by its name.
        window.press("Lost or Stolen? Revoke…")
        window.await_text("Revoke “Kitchen”?")
        window.picture("revoke-one")
        window.press("Cancel")
        window.close()
        assert reason_of(ada, "Kitchen")[0] == "trusted"


def test_keyboard():
    """The same with the keyboard alone, and a reason chosen on the way; Escape revokes nothing."""
    with World(keys=2, display="virtual", screen="760x900") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        pair_named(ada, world.keys[0], "Kitchen")
        pair_named(ada, world.keys[1], "Car")
        window = open_window(world)
        window.await_text("Lost or Stolen? Revoke…")
        window.go_to("Lost or Stolen? Revoke…")
        window.key("space")
        window.await_text("Which key do you want to revoke?")
        window.key("Escape")
        window.await_true(lambda: not window.shows("Which key do you want to revoke?"), "the question to go")
        assert {reason_of(ada, name)[0] for name in ("Kitchen", "Car")} == {"trusted"}

        window.go_to("Lost or Stolen? Revoke…")
        window.key("Return")
        window.await_text("Which key do you want to revoke?")
        window.go_to("Lost")
        window.key("Down")
        window.go_to("Revoke: Kitchen")
        window.key("Return")
        await_reason(window, ada, "Kitchen", "revoked", "stolen")
        assert reason_of(ada, "Car")[0] == "trusted"
        window.close()


def test_two_lost():
    """Which of two lost keys was found is asked, and the one that was not stays lost."""
    with World(keys=2, display="virtual", screen="360x720") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        for key, name in zip(world.keys, ("Kitchen", "A key with a name that does not fit on one line")):
            ada.ctl("lost", pair_named(ada, key, name))
        for scheme in ("light", "dark"):
            window = open_window(world, env=dict(os.environ, ADW_DEBUG_COLOR_SCHEME=f"prefer-{scheme}"))
            window.press("Revoke…")
            window.await_text("Which key do you want to revoke?")
            window.check_fit(360)
            window.picture(f"narrow-{scheme}-revoke-which")
            window.press("Cancel")
            window.press("I Found It")
            window.await_text("Which key do you have in your hands?")
            window.check_fit(360)
            window.picture(f"narrow-{scheme}-found-which")
            window.press("Cancel")
            window.close()
        window = open_window(world)
        window.press("I Found It")
        window.press("I Have It: Kitchen")
        window.await_text("Your key can raise alerts again. Run a drill to prove it.")
        assert reason_of(ada, "Kitchen") == ("trusted", "found")
        assert find_key(ada, "A key with a name that does not fit on one line")["reasons"] == ["lost"]
        window.close()


def test_history():
    """What became of a key is read on its page: by whom, why, and that it was tried meanwhile."""
    with World(keys=1, display="virtual", screen="760x1400") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        binding = pair_named(ada, world.keys[0], "Kitchen")
        window = open_window(world)
        window.await_text("Lost or Stolen? Revoke…")
        open_key(window, "Kitchen")
        window.await_text("Trusted: the key proved itself")
        window.press("I Lost It…")
        window.await_text("Mark “Kitchen” as lost?")
        window.press("Mark as Lost")
        window.await_text("Marked as lost in the app")
        assert not window.shows("Used when it could not raise an alert")

        # Whoever has it presses it: refused, nobody is told, and its owner reads when.
        world.keys[0].ctl("press3")
        window.await_text("Used when it could not raise an alert")
        window.await_text("Somebody pressed this key. Nobody was told.")
        window.picture("key-page-attempt")
        assert len(find_key(ada, "Kitchen")["attempts"]) == 1
        assert ada.ctl("alerts")["alerts"] == []

        window.press("I Found It…")
        window.press("I Have It")
        window.await_text("You said that you have it; its presses count again")
        window.press("Revoke…")
        window.await_text("Revoke “Kitchen”?")
        window.choose("Lost", "No longer used")
        window.press("Revoke")
        window.await_text("Revoked as no longer used in the app")
        window.press("Release…")
        window.await_text("Release “Kitchen”?")
        window.press("Release")
        window.await_text("Released in the app; it belongs to nobody")
        window.await_text("It belongs to nobody. It wipes itself")
        window.picture("key-page-history")
        window.close()
        assert [line["to"] for line in find_key(ada, "Kitchen")["history"]] == [
            "pending", "trusted", "restricted", "trusted", "revoked", "released"]
        assert find_key(ada, "Kitchen")["binding"] == binding


def test_rename():
    """A key's name is this computer's alone, and may have any characters in it."""
    with World(keys=1, display="virtual", screen="760x900") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        pair_in_terminal(ada, world.keys[0])
        window = open_window(world)
        window.await_text("Lost or Stolen? Revoke…")
        open_key(window, "Enigm Key")
        window.press("Rename…")
        window.type("Name", "100 %s & <more>")
        window.picture("rename")
        window.press("Save")
        window.await_node(lambda node: node.get_name() == "100 %s & <more>")
        window.press("Retire…")
        window.await_text("Retire “100 %s & <more>”?")
        window.press("Cancel")
        window.press("Back")
        # While the page slides out: this ended the app once.
        window.click_through("100 %s & <more>", "What you can do")
        window.close()
        assert find_key(ada, "100 %s & <more>")["state"] == "trusted"
        # The same when the app is told to end just then.
        for _ in range(3):
            window = open_window(world)
            window.await_text("Lost or Stolen? Revoke…")
            open_key(window, "100 %s & <more>")
            window.press("Back")
            window.click("100 %s & <more>")
            window.close()


def test_replace():
    """A new key takes the old one's place: the old one ends when the new one is paired."""
    with World(keys=2, display="virtual", screen="760x900") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        old = pair_named(ada, world.keys[0], "Kitchen")
        world.keys[0].kill()  # or it would still be heard
        window = open_window(world)
        window.await_text("Lost or Stolen? Revoke…")
        open_key(window, "Kitchen")
        window.await_text("It does not stop this one before the new one has proved itself")
        window.press("Replace…")
        window.await_text("Replace “Kitchen”?")
        window.press("Pair the New Key")
        window.await_text("Hold the key's button until its light turns.")
        world.keys[1].ctl("hold")
        window.press("Next")
        window.type("Setup code", world.keys[1].setup_code)
        window.press("Check the Code")
        window.await_text("Press its button once")
        assert find_key(ada, "Kitchen")["state"] == "trusted"
        world.keys[1].ctl("press")
        window.await_text("Your Key Is Paired")
        window.picture("replaced")
        assert reason_of(ada, "Kitchen") == ("replaced", "replaced")
        new = next(item for item in ada.ctl("keys")["keys"] if item["binding"] != old)
        assert new["state"] == "trusted", new
        window.close()


def test_cancel_pairing():
    """A pairing that hangs is cancelled on the key's page."""
    with World(keys=1, display="virtual", screen="760x900") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        leave_pending(world, ada, world.keys[0])
        window = open_window(world)
        window.await_text("Evidence")
        open_key(window, "Enigm Key")
        window.await_text("Bound to your account, not proved yet")
        window.picture("key-page-pending")
        window.press("Cancel…")
        window.await_text("Cancel pairing “Enigm Key”?")
        window.press("Cancel the Pairing")
        window.await_text("The pairing is cancelled. Nothing is bound.")
        window.await_text("Pairing cancelled in the app")
        window.close()
        assert reason_of(ada, "Enigm Key") == ("cancelled", "cancelled")


def leave_pending(world, ada, key):
    """Bound, and then the key is gone before it could prove itself: the platform dozes meanwhile."""
    felt = key.watch()
    key.ctl("hold")
    process = ada.start("pair", secrets=[("--code-fd", key.setup_code)])
    for line in map(json.loads, process.stdout):
        if (line.get("step"), line.get("state")) == ("confirm", "waiting"):
            felt.await_line("vibrate confirm")
            world.platform.process.popen.send_signal(signal.SIGSTOP)
            key.ctl("press")
        elif (line.get("step"), line.get("state")) == ("confirm", "done"):
            key.kill()
            world.platform.process.popen.send_signal(signal.SIGCONT)
    process.communicate()


def test_revoke_all():
    """All of them with the PIN and one reason."""
    with World(keys=2, display="virtual", screen="760x900") as world:
        ada = Person("ada", dict(os.environ))
        ada.sign_up(world.platform)
        for key, name in zip(world.keys, ("Kitchen", "Car")):
            pair_named(ada, key, name)
        window = open_window(world)
        window.await_text("Lost or Stolen? Revoke…")
        window.open_with("ctrl+comma", "Settings")
        window.press("Revoke All…")
        window.await_text("Revoke all your keys?")
        window.choose("Lost", "Stolen")
        window.picture("revoke-all-ask")
        window.press("Go On")
        window.type("PIN", "000000")
        window.press("Revoke All")
        window.await_text("The PIN does not fit.")
        assert {reason_of(ada, name)[0] for name in ("Kitchen", "Car")} == {"trusted"}
        window.type("PIN", "135790")
        window.press("Revoke All")
        window.await_text("All your keys are revoked. None of them can raise an alert.")
        window.picture("revoked-all")
        assert {reason_of(ada, name) for name in ("Kitchen", "Car")} == {("revoked", "stolen")}
        window.close()


if __name__ == "__main__":
    tap.main(globals())
