# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop's notification service, as far as an app meets it."""
from gi.repository import Gio, GLib

from steps import call

NOTIFICATIONS = """<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
<arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
</interface></node>"""


class NotificationServer:
    """What a desktop shows of an app's notifications."""

    def __init__(self, world):
        self.shown, self.closed = [], []
        self.bus = world.connect()
        info = Gio.DBusNodeInfo.new_for_xml(NOTIFICATIONS).interfaces[0]
        self.bus.register_object("/org/freedesktop/Notifications", info, self.on_called, None, None)
        call(self.bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.RequestName",
             GLib.Variant("(su)", ("org.freedesktop.Notifications", 0)))

    def on_called(self, bus, sender, path, interface, method, arguments, invocation):
        if method == "Notify":
            self.shown.append(arguments.unpack())
            invocation.return_value(GLib.Variant("(u)", (len(self.shown),)))
        elif method == "CloseNotification":
            self.closed.append(arguments.unpack()[0])
            invocation.return_value(None)
        elif method == "GetCapabilities":
            invocation.return_value(GLib.Variant("(as)", (["actions", "body", "persistence"],)))
        else:
            invocation.return_value(GLib.Variant("(ssss)", ("practice", "", "1", "1.2")))

    def click(self, number, action):
        self.bus.emit_signal(None, "/org/freedesktop/Notifications", "org.freedesktop.Notifications",
                             "ActionInvoked", GLib.Variant("(us)", (number, action)))

    def titles(self):
        """Of those that show: shown, and not taken back or replaced."""
        showing = {}
        for number, (_, replaces, _, title, *_) in enumerate(self.shown, 1):
            showing.pop(replaces, None)
            showing[number] = title
        return [title for number, title in showing.items() if number not in self.closed]
