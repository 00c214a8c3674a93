#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small window in place of the practice key's button, for try-window.py where it has no terminal.
It prints the letter of what is clicked."""
import sys

import gi

gi.require_version("Gtk", "4.0")
from gi.repository import Gtk  # noqa: E402

BUTTONS = {"h": "Hold (Starts Pairing)", "p": "Press", "3": "Three Presses", "5": "Five Presses", "l": "Long Press",
           "a": "The Contact Accepts", "s": "The Contact Has Seen It"}


def on_button_clicked(_button, letter):
    print(letter, end="", flush=True)


def on_application_activated(application):
    box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6, margin_top=12, margin_bottom=12,
                  margin_start=12, margin_end=12)
    for letter, label in BUTTONS.items():
        button = Gtk.Button(label=label)
        button.connect("clicked", on_button_clicked, letter)
        box.append(button)
    Gtk.ApplicationWindow(application=application, title="Practice Key", child=box, resizable=False).present()


if __name__ == "__main__":
    window = Gtk.Application()
    window.connect("activate", on_application_activated)
    sys.exit(window.run())
