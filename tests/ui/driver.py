# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the app's window as somebody with a screen reader would, through AT-SPI."""
import os
import pathlib
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

from world import DEADLINE, WorldError, die_with_parent  # noqa: E402

# What somebody acts on, by its role in GTK 4.8 or a later one.
USED = ("push button", "button", "toggle button", "switch", "check box", "radio button", "combo box",
        "menu item", "check menu item", "page tab", "entry", "text", "password text", "spin button",
        "slider", "link", "list item")
FITTED = ("label", "push button", "button", "toggle button", "switch", "page tab")
# What a program says on its standard error that is no fault of the app's, and whose it is.
SPOKEN = (
    # libadwaita 1.7 about its own AdwMessageDialog, which weighs a large heading against a small one
    "Trying to measure GtkLabel",
    # and about the clamp of its AdwPreferencesPage, out by a pixel while a page changes under it
    "(clamp) reported min height",
)


class Window:
    """The running app. Whatever is looked for is waited for."""

    def __init__(self, world, *arguments, env=None, pictures=None, program=("enigm-app",)):
        self.world = world
        self.pictures = pathlib.Path(pictures or os.environ["ENIGM_BUILD_DIR"]) / "screenshots"
        self.pictures.mkdir(exist_ok=True)
        self.env = dict(env or os.environ)
        self.process = world.start("app", *program, *arguments, env=self.env)
        self.await_node(lambda node: node.get_role_name() == "application", self.app_alone)
        self.focus()

    # Looking

    @staticmethod
    def has_place(node):
        if "Component" not in node.get_interfaces():
            return True
        # Not where it is: asked that of what has just left a window, GTK 4.8 complains about itself.
        size = node.get_size()
        return size.x > 0 and size.y > 0

    @staticmethod
    def walk(node, depth=0):
        """Every node that shows, depth first."""
        if node is None or depth > 40:
            return
        yield node
        try:
            for index in range(node.get_child_count()):
                child = node.get_child_at_index(index)
                # GTK 4.8 does not tell what a stack hides; what never had a place was never shown.
                if child is not None and child.get_state_set().contains(Atspi.StateType.VISIBLE) \
                        and Window.has_place(child):
                    yield from Window.walk(child, depth + 1)
        except GLib.Error:  # it went while being looked at
            return

    def app_alone(self):
        # Asked anew each time: a program that is seen before it has said who it is stays unnamed.
        Atspi.get_desktop(0).clear_cache()
        app = self.app()
        return [app] if app is not None else []

    def app(self):
        desktop = Atspi.get_desktop(0)
        programs = (desktop.get_child_at_index(index) for index in range(desktop.get_child_count()))
        return next((node for node in programs if node is not None and self.is_app(node)), None)

    def is_app(self, node):
        return node.get_process_id() == self.process.popen.pid

    def nodes(self):
        app = self.app()
        if app is None:
            return
        # The window that was opened last lies above the others.
        for index in reversed(range(app.get_child_count())):
            yield from self.walk(app.get_child_at_index(index))

    def each(self, ask, among=None):
        """Every node with what it answers; one that goes while it is asked does not count."""
        for node in (among or self.nodes)():
            try:
                answer = ask(node)
            except GLib.Error:
                continue
            yield node, answer

    def find(self, test, among=None):
        return next((node for node, found in self.each(test, among) if found), None)

    def await_node(self, test, among=None, deadline=DEADLINE):
        until = time.monotonic() + deadline
        while time.monotonic() < until:
            found = self.find(test, among)
            if found is not None:
                return found
            if self.process.popen.poll() is not None:
                raise WorldError(f"the app ended with {self.process.popen.returncode}\n{self.process.tail()}")
            self.pause()
        raise WorldError("what was looked for did not appear; there is:\n" + self.describe())

    def await_true(self, test, what, deadline=DEADLINE):
        """Waits until something that cannot be read in the window is so."""
        until = time.monotonic() + deadline
        while not test():
            if time.monotonic() > until:
                raise WorldError(f"waited in vain for {what}")
            self.pause()

    @staticmethod
    def pause():
        """Until the accessibility bus tells of a change; a tenth of a second bounds what it misses."""
        wake = GLib.timeout_add(100, lambda: True)
        GLib.MainContext.default().iteration(True)
        GLib.source_remove(wake)

    @staticmethod
    def await_next_second():
        """Until the clock shows another second than now, for what the platform knows to the second."""
        began = int(time.time())
        while int(time.time()) == began:
            Window.pause()

    def describe(self):
        told = (told for _, told in self.each(lambda node: (node.get_role_name(), node.get_name(), self.text(node))))
        return "\n".join(f"  {role}: {name!r} {text!r}" for role, name, text in told if name or text)

    @staticmethod
    def text(node):
        try:
            if "Text" in node.get_interfaces():
                return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))
        except GLib.Error:
            pass
        return ""

    def await_text(self, words, deadline=DEADLINE):
        """Waits until these words can be read somewhere."""
        return self.await_node(lambda node: words in (node.get_name() or "") or words in self.text(node),
                               deadline=deadline)

    def shows(self, words):
        return self.find(lambda node: words in (node.get_name() or "") or words in self.text(node)) is not None

    def button(self, name):
        return self.await_node(lambda node: node.get_name() == name and
                               node.get_role_name() in ("push button", "button", "toggle button", "menu item",
                                                        "page tab", "radio button", "switch") and
                               node.get_state_set().contains(Atspi.StateType.SENSITIVE) and
                               "Action" in node.get_interfaces() and Atspi.Action.get_n_actions(node) > 0)

    # Doing

    def press(self, name):
        Atspi.Action.do_action(self.button(name), 0)

    def choose(self, chosen, name):
        """Goes to what is chosen of several that exclude each other, and on to another one by arrow."""
        self.go_to(chosen)
        for _ in range(10):
            before = self.focused()
            if before[0] == name:
                return
            self.key("Down")
            until = time.monotonic() + 1
            while self.focused() == before and time.monotonic() < until:
                self.pause()
        raise WorldError(f"the arrows do not lead from {chosen} to {name}")

    def entry(self, name):
        """The text field of that name: itself, or the one inside a row of that name."""
        def is_it(node):
            if "EditableText" not in node.get_interfaces():
                return False
            while node is not None and node.get_role_name() != "application":
                if node.get_name() == name:
                    return True
                node = node.get_parent()
            return False
        return self.await_node(is_it)

    def type(self, name, text):
        Atspi.EditableText.set_text_contents(self.entry(name), text)

    def focus(self):
        """Gives the window opened last the keyboard, as a window manager would."""
        found = subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--pid",
                                str(self.process.popen.pid)],
                               stdout=subprocess.PIPE, text=True, check=True).stdout.split()
        subprocess.run(["xdotool", "windowfocus", "--sync", found[-1]], check=False, stderr=subprocess.DEVNULL)

    def focused(self):
        """The names of what has the keyboard's focus, from the inside to the window opened last."""
        def names(node):
            if not node.get_state_set().contains(Atspi.StateType.FOCUSED):
                return None
            found = []
            while node is not None and node.get_role_name() != "application":
                found.append(node.get_name() or "")
                node = node.get_parent()
            return found
        frames = self.frames()
        return next((found for _, found in self.each(names, lambda: self.walk(frames[-1])) if found is not None), [])

    def takes_letters(self, name):
        """Whether what is typed goes to this text field: GTK 4.8 does not say which has the focus."""
        entry = self.entry(name)
        length = len(self.text(entry))
        self.write("x")
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            if len(self.text(entry)) > length:
                self.key("BackSpace")
                return True
        self.key("BackSpace")
        return False

    def go_to(self, name, field=False):
        """Moves the focus with the keyboard alone until it is on what is called so, or in it."""
        seen = []
        for _ in range(60):
            before = self.focused()
            if any(word.startswith(name) for word in before[:3]) or name in before[:-1] or (field and not before and self.takes_letters(name)):
                return
            seen.append(next(filter(None, before), None))
            self.key("Tab")
            until = time.monotonic() + 1
            # A key that moves nothing gets a second, one that does gets no longer than it takes.
            while self.focused() == before and time.monotonic() < until:
                pass
        raise WorldError(f"the keyboard does not lead to {name}; it leads to {seen}")

    def leave(self, title):
        """Presses Escape until the window of that title has gone; toasts go before it."""
        for _ in range(8):
            self.key("Escape")
            until = time.monotonic() + 1
            while time.monotonic() < until:
                if not any(frame.get_name() == title for frame in self.frames()):
                    return
                self.pause()
        raise WorldError(f"Escape does not close {title}")

    def repeat(self, act, test, otherwise):
        """Does something that may be lost on its way once more, until it has done what it is for."""
        for _ in range(5):
            act()
            until = time.monotonic() + 3
            while time.monotonic() < until:
                if test():
                    return
                self.pause()
        raise WorldError(otherwise)

    def open_with(self, keys, title):
        """Presses keys until a window of that title is there: without a window manager the keyboard
        may still be on its way back from a window that has closed."""
        self.repeat(lambda: self.key(keys), lambda: any(frame.get_name() == title for frame in self.frames()),
                    f"{keys} does not open {title}")

    def frames(self):
        app = self.app()
        return [app.get_child_at_index(index) for index in range(app.get_child_count())] if app else []

    def write(self, text):
        """Types on the keyboard, into whatever has its focus."""
        self.focus()
        subprocess.run(["xdotool", "type", "--delay", "2", text], check=True)

    def key(self, *keys):
        """Presses keys in the window opened last."""
        self.focus()
        subprocess.run(["xdotool", "key", *keys], check=False, stderr=subprocess.DEVNULL)

    def picture(self, name):
        """Keeps a picture of the screen under the build directory, of a page that can be read."""
        self.check_names()
        self.world.screenshot(self.pictures / f"{name}.png")

    def check_fit(self, width):
        """The window on top is no wider than this, and nothing in it reaches out on the left or right."""
        until = time.monotonic() + 2  # what slides in has arrived by then
        while (misfit := self.find_misfit(width)) is not None:
            if time.monotonic() > until:
                raise WorldError(misfit)
            self.pause()

    def find_misfit(self, width):
        frame = self.frames()[-1]
        place = frame.get_extents(Atspi.CoordType.WINDOW)
        # Newer GTK counts the frame that it draws where nobody composes, and places the window inside at 0.
        inside = place.width + 2 * min(place.x, 0)
        if inside > width:
            return f"{frame.get_name()} is {inside} wide, of {width}"

        def misfit(node):
            if node.get_role_name() not in FITTED:
                return None
            inner = node.get_extents(Atspi.CoordType.WINDOW)
            # What a squeezer shows is chosen so that it fits; what it does not show has its old place,
            # and so has a page that has slid away, which is outside as a whole.
            left = inner.x - place.x
            # A bar of libadwaita 1.7 is a pixel wider than its window on either side.
            cut = -inner.width < left < -1 or left < inside < left + inner.width - 1
            return f"out of its window: {self.path(node)}" if cut and "Squeezer" not in self.path(node) else None
        return next((found for _, found in self.each(misfit, lambda: self.walk(frame)) if found), None)

    def check_names(self):
        """Nothing that can be used is without a name that a screen reader could say."""
        until = time.monotonic() + 2  # what comes or goes meanwhile has its name, or has gone, by then
        while nameless := [path for _, path in self.each(self.path_if_nameless) if path]:
            if time.monotonic() > until:
                raise WorldError("without a name:\n" + "\n".join(nameless))
            self.pause()

    def path_if_nameless(self, node):
        return self.path(node) if node.get_role_name() in USED and not self.is_named(node) else None

    @classmethod
    def is_named(cls, node):
        name = (node.get_name() or "").strip()
        if name:
            # Given by a row and once more by itself: older GTK reads out both. A row itself newer GTK names
            # by all that is in it; that of an entry has its title twice.
            half = name[:len(name) // 2]
            return name != f"{half} {half}" or node.get_role_name() == "list item"
        # The items of a list view are GTK's own, and named by the label within; so are rows that
        # only hold others and never have the focus.
        return node.get_role_name() == "list item" and (
            not node.get_state_set().contains(Atspi.StateType.FOCUSABLE) or
            (node.get_parent().get_name() in ("", "GtkListView") and any(cls.text(label) for label in cls.walk(node))))

    @staticmethod
    def path(node):
        names = []
        while node is not None and node.get_role_name() != "application":
            names.append(f"{node.get_role_name()} {node.get_name()!r}")
            node = node.get_parent()
        return " in ".join(names)

    def click(self, name):
        """Clicks on the row whose name begins so, which GTK 4.8 gives no action to."""
        row = self.await_node(lambda node: (node.get_name() or "").startswith(name) and
                              node.get_role_name() == "list item")
        place = row.get_extents(Atspi.CoordType.WINDOW)
        # A screen of many pixels is counted in larger ones by the app.
        scale = int(self.env.get("GDK_SCALE", 1))
        subprocess.run(["xdotool", "mousemove", str((place.x + place.width // 2) * scale),
                        str((place.y + place.height // 2) * scale), "click", "1"], check=True,
                       preexec_fn=die_with_parent)

    def click_through(self, name, words):
        """Clicks on a row until what it leads to can be read: what slides away over it may take a click."""
        self.repeat(lambda: self.click(name), lambda: self.shows(words), f"a click on {name} does not lead to {words}")

    def close(self):
        """Ends the app, which must have had nothing to complain about."""
        fault = self.process.stop()
        log = self.process.log.read_text()
        said = [line for line in log.splitlines() if line and not any(words in line for words in SPOKEN)]
        if fault or said:
            raise WorldError("\n".join([fault or "the app complained:", *said]))
