#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop portal that behaves badly:  odd-portal.py refuses|forgets|mute

refuses  answers a request for the sandbox's secret with "not given"
forgets  takes the request, and never answers it
mute     owns the name, and answers nothing at all
"""
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

PATH = "/org/freedesktop/portal/desktop"
INTERFACES = """<node><interface name="org.freedesktop.portal.Secret">
<property name="version" type="u" access="read"/>
<method name="RetrieveSecret"><arg type="h" name="fd" direction="in"/>
<arg type="a{sv}" name="options" direction="in"/><arg type="o" name="handle" direction="out"/></method>
</interface></node>"""


def on_called(connection, sender, path, interface, method, parameters, invocation, mode):
    token = parameters.unpack()[1].get("handle_token", "t")
    handle = f"{PATH}/request/{sender[1:].replace('.', '_')}/{token}"
    invocation.return_value(GLib.Variant("(o)", (handle,)))
    if mode == "refuses":
        connection.emit_signal(sender, handle, "org.freedesktop.portal.Request", "Response",
                               GLib.Variant("(ua{sv})", (2, {})))


def main(mode):
    connection = Gio.bus_get_sync(Gio.BusType.SESSION)
    if mode == "mute":
        # A filter that takes every call away: no reply, not even an error.
        connection.add_filter(lambda _, message, incoming, *rest: None if incoming and message.get_message_type()
                              == Gio.DBusMessageType.METHOD_CALL else message)
    else:
        info = Gio.DBusNodeInfo.new_for_xml(INTERFACES).interfaces[0]
        connection.register_object(
            PATH, info, lambda *words: on_called(*words[:7], mode), lambda *_: GLib.Variant("u", 1), None)
    Gio.bus_own_name_on_connection(connection, "org.freedesktop.portal.Desktop", Gio.BusNameOwnerFlags.NONE, None, None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(sys.argv[1])
