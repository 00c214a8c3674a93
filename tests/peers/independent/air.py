# SPDX-License-Identifier: GPL-3.0-or-later
"""Section 2 on BlueZ's documented D-Bus API: one service and one advertisement on one adapter."""
import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

import page  # noqa: E402

ROOT = "/peer"
INTERFACES = """<node>
<interface name="org.freedesktop.DBus.ObjectManager">
 <method name="GetManagedObjects"><arg type="a{oa{sa{sv}}}" direction="out"/></method></interface>
<interface name="org.bluez.GattService1">
 <property name="UUID" type="s" access="read"/><property name="Primary" type="b" access="read"/></interface>
<interface name="org.bluez.GattCharacteristic1">
 <method name="ReadValue"><arg type="a{sv}" direction="in"/><arg type="ay" direction="out"/></method>
 <method name="WriteValue"><arg type="ay" direction="in"/><arg type="a{sv}" direction="in"/></method>
 <method name="StartNotify"/><method name="StopNotify"/>
 <property name="UUID" type="s" access="read"/><property name="Service" type="o" access="read"/>
 <property name="Flags" type="as" access="read"/><property name="Notifying" type="b" access="read"/></interface>
<interface name="org.bluez.LEAdvertisement1"><method name="Release"/>
 <property name="Type" type="s" access="read"/><property name="ServiceUUIDs" type="as" access="read"/>
 <property name="ManufacturerData" type="a{qv}" access="read"/></interface>
</node>"""
SERVICE, CHARACTERISTIC = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
ADVERTISEMENT = "org.bluez.LEAdvertisement1"


def octets(data):
    return GLib.Variant("ay", data)


class Air:
    """Tells its owner: on_connected(device), on_frame(device, frame), on_gone(device); asks it: hello(), flags."""

    def __init__(self, adapter, owner):
        self.owner, self.adapter = owner, f"/org/bluez/{adapter}"
        self.bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
        self.mtu, self.advertising = 23, False
        text = lambda words: GLib.Variant("s", words)  # noqa: E731
        service = GLib.Variant("o", ROOT + "/service")
        self.objects = {
            ROOT + "/service": (SERVICE, {"UUID": text(page.SERVICE), "Primary": GLib.Variant("b", True)})}
        for name, uuid, flag in (("information", page.INFORMATION, "read"), ("inbox", page.INBOX, "write"),
                                 ("outbox", page.OUTBOX, "notify")):
            self.objects[f"{ROOT}/service/{name}"] = (CHARACTERISTIC, {
                "UUID": text(uuid), "Service": service, "Flags": GLib.Variant("as", [flag]),
                "Notifying": GLib.Variant("b", False)})
        self.interfaces = {info.name: info for info in Gio.DBusNodeInfo.new_for_xml(INTERFACES).interfaces}
        self.export(ROOT, "org.freedesktop.DBus.ObjectManager", {})
        for path, (interface, properties) in self.objects.items():
            self.export(path, interface, properties)
        self.bus.signal_subscribe("org.bluez", "org.freedesktop.DBus.Properties", "PropertiesChanged", None,
                                  "org.bluez.Device1", Gio.DBusSignalFlags.NONE, self.on_device_changed)
        self.ask(self.adapter, "org.freedesktop.DBus.Properties", "Set",
                 GLib.Variant("(ssv)", ("org.bluez.Adapter1", "Powered", GLib.Variant("b", True))))
        # BlueZ asks back before it answers, so this cannot be waited for here.
        self.ask_later(self.adapter, "org.bluez.GattManager1", "RegisterApplication",
                       GLib.Variant("(oa{sv})", (ROOT, {})), owner.on_ready)

    def export(self, path, interface, properties):
        return self.bus.register_object(path, self.interfaces[interface], self.on_call,
                                        lambda bus, sender, path, interface, name: properties[name], None)

    def ask(self, path, interface, method, arguments):
        return self.bus.call_sync("org.bluez", path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, -1,
                                  None)

    def ask_later(self, path, interface, method, arguments, done=lambda: None):
        def on_answered(bus, result):
            bus.call_finish(result)
            done()
        self.bus.call("org.bluez", path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, -1, None,
                      on_answered)

    # On the air

    def advertise(self, payload):
        """Begins to advertise these four bytes."""
        properties = {"Type": GLib.Variant("s", "peripheral"), "ServiceUUIDs": GLib.Variant("as", [page.SERVICE]),
                      "ManufacturerData": GLib.Variant("a{qv}", {0xFFFF: octets(payload)})}
        self.silence()
        self.advertising = self.export(ROOT + "/advertisement", ADVERTISEMENT, properties)
        self.ask_later(self.adapter, "org.bluez.LEAdvertisingManager1", "RegisterAdvertisement",
                       GLib.Variant("(oa{sv})", (ROOT + "/advertisement", {})), self.owner.on_advertising)

    def silence(self):
        if self.advertising:
            self.ask(self.adapter, "org.bluez.LEAdvertisingManager1", "UnregisterAdvertisement",
                     GLib.Variant("(o)", (ROOT + "/advertisement",)))
            self.bus.unregister_object(self.advertising)
            self.advertising = False

    def notify(self, message):
        for frame in page.frames(message, self.mtu):
            self.bus.emit_signal(None, ROOT + "/service/outbox", "org.freedesktop.DBus.Properties",
                                 "PropertiesChanged",
                                 GLib.Variant("(sa{sv}as)", (CHARACTERISTIC, {"Value": octets(frame)}, [])))

    def drop(self, device):
        self.ask_later(device, "org.bluez.Device1", "Disconnect", None)

    # What BlueZ says

    def on_call(self, bus, sender, path, interface, method, arguments, invocation):
        if method == "GetManagedObjects":
            tree = {path: {interface: properties} for path, (interface, properties) in self.objects.items()}
            invocation.return_value(GLib.Variant("(a{oa{sa{sv}}})", (tree,)))
        elif method == "ReadValue" and path.endswith("/information"):
            options, = arguments.unpack()
            self.mtu = options.get("mtu", self.mtu)
            value = self.owner.hello()[options.get("offset", 0):]
            invocation.return_value(GLib.Variant("(ay)", (value,)))
        elif method == "WriteValue" and path.endswith("/inbox"):
            value, options = arguments.unpack()
            self.mtu = options.get("mtu", self.mtu)
            invocation.return_value(None)
            self.owner.on_frame(options["device"], bytes(value))
        elif method in ("StartNotify", "StopNotify", "Release"):
            invocation.return_value(None)
        else:
            invocation.return_dbus_error("org.bluez.Error.NotPermitted", "not this one")

    def on_device_changed(self, bus, sender, path, interface, signal, arguments):
        changed = arguments.unpack()[1]
        if path.startswith(self.adapter + "/") and "Connected" in changed:
            tell = self.owner.on_connected if changed["Connected"] else self.owner.on_gone
            tell(path)
