#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an owner does with keys in the window: revoke one of several, say why, and read what became of
each. Real parts, driven through AT-SPI."""
import os
import pathlib
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


if __name__ == "__main__":
    tap.main(globals())
