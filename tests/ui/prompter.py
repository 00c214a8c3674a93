# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop's prompter for keyrings, and the person it asks: the program that GNOME Keyring shows."""
import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

from driver import Window  # noqa: E402


class Prompter(Window):
    """There for one prompt, the next one. Nobody who needs it may take ten seconds to say so."""

    def __init__(self, world):
        self.world = world
        self.process = world.start("prompter", "/usr/libexec/gcr-prompter")
        world.await_name("session", "org.gnome.keyring.SystemPrompter")

    def answer(self, password):
        """Gives the password, twice where it is a new one."""
        self.button("Cancel")
        for field, role in self.each(Atspi.Accessible.get_role_name):
            if role == "password text":
                Atspi.EditableText.set_text_contents(field, password)
        self.key("Return")
        self.leave_it()

    def cancel(self):
        self.press("Cancel")
        self.leave_it()

    def leave_it(self):
        self.await_true(lambda: not self.frames(), "the prompt to go")
        self.process.stop()
