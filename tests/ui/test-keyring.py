#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keyring as its person meets it: locked, missing, new, and opened at the desktop's own prompt."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402
from prompter import Prompter  # noqa: E402
from steps import create_account, open_window  # noqa: E402
from world import KEYRING_PASSWORD, World  # noqa: E402


def test_locked():
    """A keyring that is locked, and one that is not there, are said plainly."""
    with World(platform=True, display="virtual", screen="640x700") as world:
        window = open_window(world)
        create_account(window, "ada")
        window.close()
        keyring = next(process for process in world.processes if process.name == "keyring")
        world.lock_keyring()
        window = open_window(world)
        window.await_text("Your keyring is locked")
        window.button("Unlock")
        window.picture("keyring-locked")
        window.close()
        keyring.kill()
        window = open_window(world)
        window.await_text("There is no keyring")
        window.picture("keyring-missing")
        world.start_keyring("keyring-2")
        window.press("Try Again")
        window.await_text("You have no key yet.")
        window.close()


def count_items():
    """How many secrets of the app the keyring holds, whatever they belong to."""
    found = subprocess.run(["secret-tool", "search", "--all", "xdg:schema", "io.enigm.App"],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout
    return found.count("secret = ")


def test_prompt():
    """Unlocking shows the desktop's prompt: who cancels it is where they were, who answers it goes on."""
    with World(platform=True, display="virtual", screen="640x700") as world:
        window = open_window(world)
        create_account(window, "ada")
        window.close()
        world.lock_keyring()
        window = open_window(world)
        window.await_text("Your keyring is locked")
        prompter = Prompter(world)
        window.press("Unlock")
        prompter.cancel()
        window.await_text("Your keyring is locked")
        prompter = Prompter(world)
        window.press("Unlock")
        prompter.answer(KEYRING_PASSWORD)
        window.await_text("You have no key yet.")
        window.close()


def test_first():
    """Who never had a keyring chooses a password for one: an account is made only once they have."""
    with World(platform=True, display="virtual", screen="640x700", keyring=False) as world:
        world.start_locked_keyring()
        window = open_window(world)
        prompter = Prompter(world)
        create_account(window, "ada", then=None)
        prompter.cancel()
        window.await_text("There is no keyring yet to keep secrets in.")
        window.picture("keyring-not-made")
        prompter = Prompter(world)
        window.press("Create Account")
        prompter.answer(KEYRING_PASSWORD)
        window.await_text("You have no key yet.")
        assert count_items() == 3
        window.close()


if __name__ == "__main__":
    tap.main(globals())
