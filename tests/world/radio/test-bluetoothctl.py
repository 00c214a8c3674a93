#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The distribution's bluetoothctl on the practice radio: it takes it for BlueZ."""
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import gi  # noqa: E402

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

import tap  # noqa: E402
from world import DEADLINE, World  # noqa: E402

BLUEZ_XML = HERE.parents[2] / "data/dbus/org.bluez.xml"
SERVICE = "5b1e0001-9d3c-4f5a-8a77-c40e8d2f61b3"
STORE = "5b1e0002-9d3c-4f5a-8a77-c40e8d2f61b3"
OUTBOX = "5b1e0003-9d3c-4f5a-8a77-c40e8d2f61b3"
MANAGER_XML = """<node><interface name="org.freedesktop.DBus.ObjectManager">
<method name="GetManagedObjects"><arg type="a{oa{sa{sv}}}" direction="out"/></method>
</interface></node>"""
NOISE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x01\x02\r]|\[[^][\n]*\][#>] *")


class Peripheral:
    """A program that advertises a service on one adapter."""

    def __init__(self, connection, adapter):
        self.connection = connection
        self.adapter = adapter
        self.value = b"practice"
        bluez = Gio.DBusNodeInfo.new_for_xml(BLUEZ_XML.read_text())
        attribute = {"Service": GLib.Variant("o", "/app/s")}
        self.objects = {
            "/app/s": ("org.bluez.GattService1", {
                "UUID": GLib.Variant("s", SERVICE), "Primary": GLib.Variant("b", True)}),
            "/app/s/store": ("org.bluez.GattCharacteristic1", attribute | {
                "UUID": GLib.Variant("s", STORE), "Flags": GLib.Variant("as", ["read", "write"])}),
            "/app/s/outbox": ("org.bluez.GattCharacteristic1", attribute | {
                "UUID": GLib.Variant("s", OUTBOX), "Flags": GLib.Variant("as", ["notify"])}),
            "/advertisement": ("org.bluez.LEAdvertisement1", {
                "Type": GLib.Variant("s", "peripheral"),
                "ServiceUUIDs": GLib.Variant("as", [SERVICE]),
                "ManufacturerData": GLib.Variant("a{qv}", {
                    0xffff: GLib.Variant("ay", [1, 0x12, 0x34, 0])})}),
        }
        for path, (interface, _) in self.objects.items():
            connection.register_object(path, bluez.lookup_interface(interface), self.on_called,
                                       self.on_property_read, None)
        connection.register_object("/app", Gio.DBusNodeInfo.new_for_xml(MANAGER_XML).interfaces[0],
                                   self.on_called, None, None)

    def on_property_read(self, _connection, _sender, path, _interface, name):
        return self.objects[path][1].get(name)

    def on_called(self, _connection, _sender, _path, _interface, method, parameters, invocation):
        answer = None
        if method == "GetManagedObjects":
            answer = GLib.Variant("(a{oa{sa{sv}}})", ({
                path: {interface: properties} for path, (interface, properties)
                in self.objects.items() if path.startswith("/app")},))
        elif method == "ReadValue":
            answer = GLib.Variant("(ay)", (self.value,))
        elif method == "WriteValue":
            self.value = bytes(parameters.unpack()[0])
        invocation.return_value(answer)

    def register(self, manager, method, path):
        done = []
        self.connection.call("org.bluez", self.adapter, f"org.bluez.{manager}", method,
                             GLib.Variant("(oa{sv})", (path, {})), None, 0, -1, None,
                             lambda source, result: done.append(source.call_finish(result)))
        await_until(lambda: done, f"{method} was not answered")

    def notify(self, value):
        self.connection.emit_signal(
            None, "/app/s/outbox", "org.freedesktop.DBus.Properties", "PropertiesChanged",
            GLib.Variant("(sa{sv}as)", ("org.bluez.GattCharacteristic1",
                                        {"Value": GLib.Variant("ay", value)}, [])))


def await_until(condition, complaint):
    """Runs the main loop, in which the peripheral answers, until something is so."""
    late = []
    deadline = GLib.timeout_source_new_seconds(DEADLINE)
    deadline.set_callback(lambda *_: late.append(True))
    deadline.attach()
    while not condition():
        assert not late, complaint
        GLib.MainContext.default().iteration(True)
    deadline.destroy()


class Bluetoothctl:
    """bluetoothctl at a terminal. What it has printed is searched once, in order."""

    def __init__(self):
        self.terminal, inside = pty.openpty()
        self.process = subprocess.Popen(["bluetoothctl"], stdin=inside, stdout=inside,
                                        stderr=inside, env=os.environ | {"TERM": "dumb"})
        os.close(inside)
        self.printed = ""
        self.watch = GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, self.terminal,
                                           GLib.IOCondition.IN | GLib.IOCondition.HUP,
                                           self.on_printed)

    def on_printed(self, *_):
        try:
            self.printed += NOISE.sub("", os.read(self.terminal, 65536).decode(errors="replace"))
        except OSError:  # it has ended
            self.watch = 0
            return False
        return True

    def type(self, line):
        os.write(self.terminal, line.encode() + b"\n")

    def expect(self, pattern):
        """Waits until this is printed, and returns the match."""
        found = []

        def is_printed():
            match = re.search(pattern, self.printed)
            if match:
                found.append(match)
            assert match or self.watch, f"bluetoothctl ended without {pattern}:\n{self.printed}"
            return match

        await_until(is_printed, f"bluetoothctl did not print {pattern} but:\n{self.printed}")
        self.printed = self.printed[found[0].end():]
        return found[0]

    def close(self):
        if self.watch:
            GLib.source_remove(self.watch)
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)


def test_journey():
    if shutil.which("bluetoothctl") is None:
        raise tap.Skip("bluetoothctl is not installed")
    with World(adapters=2, keyring=False) as world:
        connection = world.connect("system")
        peripheral = Peripheral(connection, "/org/bluez/hci1")
        peripheral.register("GattManager1", "RegisterApplication", "/app")
        peripheral.register("LEAdvertisingManager1", "RegisterAdvertisement", "/advertisement")
        shell = Bluetoothctl()
        try:
            journey(shell, peripheral)
        finally:
            shell.close()
            connection.close_sync(None)


def journey(shell, peripheral):
    shell.type("list")
    assert shell.expect(r"Controller ([0-9A-F:]{17}) practice hci0 \[default\]")
    peer = shell.expect(r"Controller ([0-9A-F:]{17}) practice hci1")[1]

    shell.type("menu scan")
    shell.type(f"uuids {SERVICE}")
    shell.type("transport le")
    shell.type("back")
    shell.type("scan on")
    shell.expect(r"Discovery started")
    shell.expect(rf"\[NEW\] Device {peer}")
    shell.expect(rf"\[CHG\] Device {peer} RSSI: (0x[0-9a-f]+ \()?-\d\d")
    shell.type(f"info {peer}")
    shell.expect(rf"Device {peer} \(random\)")
    shell.expect(r"Paired: no")
    shell.expect(r"Connected: no")
    shell.expect(r"ManufacturerData[ .]Key: 0xffff")
    shell.expect(r"01 12 34 00")

    shell.type(f"connect {peer}")
    shell.expect(rf"Device {peer} Connected: yes")
    shell.expect(r"Connection successful")
    shell.expect(rf"Device {peer} ServicesResolved: yes")
    shell.type("menu gatt")
    shell.type(f"list-attributes {peer}")
    shell.expect(rf"Primary Service[^/]*/org/bluez/hci0/dev_\S+/service\S+\s+{SERVICE}")
    shell.expect(rf"Characteristic[^/]*/\S+/char\S+\s+{OUTBOX}")
    shell.expect(r"Client Characteristic Configuration")
    shell.expect(rf"Characteristic[^/]*/\S+/char\S+\s+{STORE}")

    shell.type(f"select-attribute {STORE}")
    shell.type("attribute-info")
    shell.expect(rf"UUID:[^\n]*{STORE}")
    shell.expect(r"Flags: read")
    shell.expect(r"Flags: write")
    shell.type("read")
    shell.expect(r"70 72 61 63 74 69 63 65\s+practice")
    shell.type('write "0x62 0x79 0x65"')
    await_until(lambda: peripheral.value == b"bye", "bluetoothctl wrote nothing")
    shell.type("read")
    shell.expect(r"62 79 65\s+bye")

    shell.type(f"select-attribute {OUTBOX}")
    shell.type("notify on")
    shell.expect(r"Notify started")
    peripheral.notify(b"felt it")
    shell.expect(r"Attribute /org/bluez/hci0/\S+/char\S+ Value:")
    shell.expect(r"66 65 6c 74 20 69 74\s+felt it")
    shell.type("read")
    shell.expect(r"Failed to read: org.bluez.Error.NotPermitted")
    shell.type("notify off")
    shell.expect(r"Notify stopped")

    shell.type("back")
    shell.type(f"disconnect {peer}")
    shell.expect(r"Successful disconnected|Disconnection successful")
    shell.type(f"remove {peer}")
    shell.expect(r"Device has been removed")
    shell.type("quit")
    await_until(lambda: shell.process.poll() is not None or not shell.watch, "bluetoothctl stays")
    assert shell.process.wait(DEADLINE) == 0


if __name__ == "__main__":
    tap.main(globals())
