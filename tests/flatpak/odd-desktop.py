#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop behind the real portals, for tests:  odd-desktop.py allows|refuses|late [FILE]

What asks a person on a real one (files, background, autostart, notifications) is answered here:
allows   as a person would who says yes; FILE is the file they choose, and what they save goes beside it
refuses  as one who says no, or a desktop that cannot
late     not before io.enigm.OddDesktop1.Answer is called, then as "allows"

io.enigm.OddDesktop1 also tells what was asked, and presses a notification: its button of that label,
or with none the notification itself.
"""
import json
import pathlib
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME = "org.freedesktop.impl.portal.desktop.odd"
PATH = "/org/freedesktop/portal/desktop"
DIALOG = '<arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>'
ANSWER = '<arg type="u" direction="out"/><arg type="a{sv}" direction="out"/>'
INTERFACES = f"""<node>
<interface name="org.freedesktop.impl.portal.Access">
<method name="AccessDialog">{DIALOG}<arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/>{ANSWER}</method></interface>
<interface name="org.freedesktop.impl.portal.FileChooser">
<method name="OpenFile">{DIALOG}<arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/>{ANSWER}</method>
<method name="SaveFile">{DIALOG}<arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/>{ANSWER}</method></interface>
<interface name="org.freedesktop.impl.portal.Background">
<method name="GetAppState"><arg type="a{{sv}}" direction="out"/></method>
<method name="NotifyBackground"><arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>{ANSWER}</method>
<method name="EnableAutostart"><arg type="s" direction="in"/><arg type="b" direction="in"/><arg type="as" direction="in"/>
<arg type="u" direction="in"/><arg type="b" direction="out"/></method>
<signal name="RunningApplicationsChanged"/></interface>
<interface name="org.freedesktop.impl.portal.Notification">
<method name="AddNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/></method>
<method name="RemoveNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/></method>
<signal name="ActionInvoked"><arg type="s"/><arg type="s"/><arg type="s"/><arg type="av"/></signal></interface>
<interface name="io.enigm.OddDesktop1">
<method name="Answer"/><method name="Hold"/>
<method name="Asked"><arg type="s" direction="out"/></method>
<method name="Press"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/></method></interface>
</node>"""


class Desktop:
    def __init__(self, connection, mode, file):
        self.connection = connection
        self.mode = mode
        self.file = file
        self.held = []
        self.asked = []
        self.notices = {}
        for info in Gio.DBusNodeInfo.new_for_xml(INTERFACES).interfaces:
            connection.register_object(PATH, info, self.on_called, None, None)

    def on_called(self, connection, sender, path, interface, method, parameters, invocation):
        words = parameters.unpack()
        if interface == "io.enigm.OddDesktop1":
            self.on_told(method, words, invocation)
            return
        if method != "GetAppState":
            self.asked.append([method, *words[:3]])
        if self.mode == "late" and method != "GetAppState":
            self.held.append((method, words, invocation))
        else:
            self.answer(method, words, invocation)

    def on_told(self, method, words, invocation):
        if method == "Answer":
            self.mode = "allows"
            for call in self.held:
                self.answer(*call)
            self.held = []
            invocation.return_value(None)
        elif method == "Hold":
            self.mode = "late"
            invocation.return_value(None)
        elif method == "Asked":
            invocation.return_value(GLib.Variant("(s)", (json.dumps([self.asked, self.notices]),)))
        else:
            app, key, label = words
            notice = self.notices[key]
            if label:
                button = next(button for button in notice["buttons"] if button["label"] == label)
                action, target = button["action"], button["target"]
            else:
                action, target = notice["default-action"], notice["default-action-target"]
            # As desktops do with the actions of an application that the bus knows.
            assert action.startswith("app."), action
            self.connection.call(
                app, "/" + app.replace(".", "/"), "org.freedesktop.Application", "ActivateAction",
                GLib.Variant("(sava{sv})", (action.removeprefix("app."), [GLib.Variant("s", target)], {})), None, 0, -1, None)
            invocation.return_value(None)

    def answer(self, method, words, invocation):
        yes = self.mode != "refuses"
        if method == "GetAppState":
            # With a window, or the portal ends an app that may not be without one.
            invocation.return_value(GLib.Variant("(a{sv})", ({"io.enigm.App": GLib.Variant("u", 2)},)))
        elif method == "EnableAutostart":
            invocation.return_value(GLib.Variant("(b)", (yes and words[1],)))
        elif method == "AddNotification":
            self.notices[words[1]] = {name: value for name, value in words[2].items()
                                      if isinstance(value, str) or name == "buttons"}
            invocation.return_value(None)
        elif method == "RemoveNotification":
            self.notices.pop(words[1], None)
            invocation.return_value(None)
        elif method in ("OpenFile", "SaveFile") and yes:
            chosen = pathlib.Path(self.file)
            if method == "SaveFile":
                chosen = chosen.parent / words[4]["current_name"]
            uris = GLib.Variant("as", [chosen.as_uri()])
            invocation.return_value(GLib.Variant("(ua{sv})", (0, {"uris": uris})))
        else:
            invocation.return_value(GLib.Variant("(ua{sv})", (0 if yes else 2, {})))


def main(mode, file=None):
    connection = Gio.bus_get_sync(Gio.BusType.SESSION)
    desktop = Desktop(connection, mode, file)  # noqa: F841, lives as long as the loop
    Gio.bus_own_name_on_connection(connection, NAME, Gio.BusNameOwnerFlags.NONE, None, None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
