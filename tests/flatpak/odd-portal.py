#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop whose Secret portal behaves badly:  odd-portal.py gives|refuses|forgets|late|mute

gives    hands over the secret of the one app there is
refuses  answers a request with "not given"
forgets  takes the request, and never answers it
late     takes the request, and answers it once it gives
mute     owns the name, and answers nothing at all

io.enigm.OddPortal1.Behave changes which of these it does; Held says how many wait for its answer.
"""
import os
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

PATH = "/org/freedesktop/portal/desktop"
INTERFACES = """<node><interface name="org.freedesktop.portal.Secret">
<property name="version" type="u" access="read"/>
<method name="RetrieveSecret"><arg type="h" name="fd" direction="in"/>
<arg type="a{sv}" name="options" direction="in"/><arg type="o" name="handle" direction="out"/></method>
</interface><interface name="org.freedesktop.portal.ProxyResolver">
<property name="version" type="u" access="read"/>
<method name="Lookup"><arg type="s" direction="in"/><arg type="as" direction="out"/></method>
</interface><interface name="io.enigm.OddPortal1"><method name="Behave"><arg type="s" direction="in"/></method>
<method name="Held"><arg type="u" direction="out"/></method></interface></node>"""
SECRET = bytes(range(64))  # the same every time, as a portal's is


class Portal:
    def __init__(self, connection, mode):
        self.connection = connection
        self.mode = mode
        self.held = []
        for info in Gio.DBusNodeInfo.new_for_xml(INTERFACES).interfaces:
            connection.register_object(PATH, info, self.on_called, lambda *_: GLib.Variant("u", 1), None)
        connection.add_filter(self.on_message)

    def on_message(self, connection, message, incoming):
        """A filter that takes every call away while mute: no reply, not even an error."""
        is_call = incoming and message.get_message_type() == Gio.DBusMessageType.METHOD_CALL
        return None if is_call and self.mode == "mute" and message.get_interface() != "io.enigm.OddPortal1" else message

    def on_called(self, connection, sender, path, interface, method, parameters, invocation):
        if method == "Behave":
            self.mode = parameters.unpack()[0]
            held, self.held = self.held, []
            for request in held:
                self.answer(*request)
            invocation.return_value(None)
            return
        if method == "Lookup":
            # Any way to the network goes by a portal, too, where there is one.
            invocation.return_value(GLib.Variant("(as)", (["direct://"],)))
            return
        if method == "Held":
            invocation.return_value(GLib.Variant("(u)", (len(self.held),)))
            return
        number, options = parameters.unpack()
        handle = f"{PATH}/request/{sender[1:].replace('.', '_')}/{options.get('handle_token', 't')}"
        writer = invocation.get_message().get_unix_fd_list().get(number)
        invocation.return_value(GLib.Variant("(o)", (handle,)))
        self.answer(sender, handle, writer)

    def answer(self, sender, handle, writer):
        if self.mode == "late":
            self.held.append((sender, handle, writer))
            return
        if self.mode == "gives":
            os.write(writer, SECRET)
        os.close(writer)
        if self.mode in ("gives", "refuses"):
            self.connection.emit_signal(sender, handle, "org.freedesktop.portal.Request", "Response",
                                        GLib.Variant("(ua{sv})", (0 if self.mode == "gives" else 2, {})))


def main(mode):
    connection = Gio.bus_get_sync(Gio.BusType.SESSION)
    portal = Portal(connection, mode)  # noqa: F841, lives as long as the loop
    Gio.bus_own_name_on_connection(connection, "org.freedesktop.portal.Desktop", Gio.BusNameOwnerFlags.NONE, None, None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(sys.argv[1])
