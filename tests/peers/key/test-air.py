#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a key shows on the air, byte by byte, to computers that keep to no protocol."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "world"))
import gi  # noqa: E402

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

import tap  # noqa: E402
from world import DEADLINE, World  # noqa: E402

UUID = "5b1e%04x-9d3c-4f5a-8a77-c40e8d2f61b3"


class Air:
    """What the tests share."""
    world = key = felt = bus = None


def call(path, interface, method, signature=None, *args):
    parameters = GLib.Variant(signature, args) if signature else None
    result = Air.bus.call_sync("org.bluez", path, interface, method, parameters, None,
                               Gio.DBusCallFlags.NONE, DEADLINE * 1000, None)
    return result.unpack()


def objects():
    return call("/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")[0]


def await_object(wanted):
    """Waits until the object manager has something that `wanted` is true of; returns its path."""
    context = GLib.MainContext.default()
    late = []
    limit = GLib.timeout_add_seconds(DEADLINE, lambda: late.append(True))
    names = ["InterfacesAdded", "InterfacesRemoved", "PropertiesChanged"]
    watches = [Air.bus.signal_subscribe("org.bluez", None, name, None, None, Gio.DBusSignalFlags.NONE,
                                        lambda *_: None) for name in names]
    try:
        while not late:
            for path, interfaces in objects().items():
                if wanted(path, interfaces):
                    return path
            context.iteration(True)
    finally:
        for watch in watches:
            Air.bus.signal_unsubscribe(watch)
        if not late:
            GLib.source_remove(limit)
    raise AssertionError("nothing of the kind in time")


def find_key(adapter):
    if not objects()[f"/org/bluez/{adapter}"]["org.bluez.Adapter1"]["Discovering"]:
        call(f"/org/bluez/{adapter}", "org.bluez.Adapter1", "StartDiscovery")
    return await_object(lambda path, interfaces: path.startswith(f"/org/bluez/{adapter}/dev_")
                        and UUID % 1 in interfaces.get("org.bluez.Device1", {}).get("UUIDs", []))


def connect(device):
    call(device, "org.bluez.Device1", "Connect")
    found = {}
    for short in (2, 3, 4):
        found[short] = await_object(
            lambda path, interfaces, short=short: path.startswith(device) and
            interfaces.get("org.bluez.GattCharacteristic1", {}).get("UUID") == UUID % short)
    call(found[4], "org.bluez.GattCharacteristic1", "StartNotify")
    return found


def write(characteristic, data):
    call(characteristic, "org.bluez.GattCharacteristic1", "WriteValue", "(aya{sv})", data, {})


def await_dropped(device):
    await_object(lambda path, interfaces: path == device
                 and not interfaces["org.bluez.Device1"]["Connected"])


def value_of(characteristic):
    return bytes(objects()[characteristic]["org.bluez.GattCharacteristic1"].get("Value", []))


def test_silent_until_held():
    assert not json.loads(Air.key.ctl("state"))["light"]
    call("/org/bluez/hci0", "org.bluez.Adapter1", "StartDiscovery")
    Air.key.ctl("press")
    assert not [path for path in objects() if "/dev_" in path]
    call("/org/bluez/hci0", "org.bluez.Adapter1", "StopDiscovery")


def test_advertisement():
    Air.key.ctl("hold")
    Air.felt.await_line("light on")
    path = find_key("hci0")
    device = objects()[path]["org.bluez.Device1"]
    version, high, low, flags = device["ManufacturerData"][0xFFFF]
    assert (version, flags) == (1, 0), device
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    code = [digits.index(digit) for digit in Air.key.setup_code.replace("-", "")[:3]]
    assert high << 8 | low == (code[0] << 10 | code[1] << 5 | code[2]) >> 3, device
    assert "Name" not in device and not device["Paired"], device


def test_information():
    device = find_key("hci0")
    found = connect(device)
    data = bytes(call(found[2], "org.bluez.GattCharacteristic1", "ReadValue", "(a{sv})", {})[0])
    assert data[:4] == bytes([0x84, 1, 0x81, 1]) and data[-1] == 0xF4, data.hex()


def test_frame_out_of_order():
    device = find_key("hci0")
    found = connect(device)
    write(found[3], bytes([0x41, 0]))
    await_dropped(device)
    # refused 1: [4, 1, 0] in one frame.
    assert value_of(found[4]) in (bytes.fromhex("c0000483040100"), b""), value_of(found[4]).hex()


def test_garbage():
    device = find_key("hci0")
    found = connect(device)
    write(found[3], bytes([0xC0, 0, 3, 0xFF, 0xFF, 0xFF]))
    await_dropped(device)
    assert json.loads(Air.key.ctl("state"))["failures"] == 0


def test_mute():
    device = find_key("hci0")
    call(device, "org.bluez.Device1", "Connect")
    began = GLib.get_monotonic_time()
    await_dropped(device)
    assert GLib.get_monotonic_time() - began < 15e6, "it held the key for longer than ten seconds"
    connect(find_key("hci0"))
    call(device, "org.bluez.Device1", "Disconnect")
    await_dropped(device)


def test_one_at_a_time():
    first, second = find_key("hci0"), find_key("hci2")
    mine = connect(first)
    write(mine[3], bytes([0x80, 1, 0, 1]))
    try:
        theirs = connect(second)
        write(theirs[3], bytes([0x80, 1, 0, 1]))
    except GLib.Error as error:
        assert "org.bluez.Error" in Gio.DBusError.get_remote_error(error), error
    else:
        # The second had to wait until the first had used up its ten seconds, and was sent away.
        assert not objects()[first]["org.bluez.Device1"]["Connected"], "two were served at once"
        call(second, "org.bluez.Device1", "Disconnect")
        await_dropped(second)
        return
    # Half a message, and gone: the key is free again.
    call(first, "org.bluez.Device1", "Disconnect")
    await_dropped(first)
    found = connect(find_key("hci0"))
    write(found[3], bytes([0x80, 1, 0, 1]))
    call(find_key("hci0"), "org.bluez.Device1", "Disconnect")


def test_bluetooth_comes_back():
    Air.world.radio.kill()
    Air.world.start_radio(3)
    device = find_key("hci0")
    assert objects()[device]["org.bluez.Device1"]["ManufacturerData"][0xFFFF][0] == 1


if __name__ == "__main__":
    with World(adapters=3, keys=1, keyring=False) as Air.world:
        Air.key = Air.world.keys[0]
        Air.felt = Air.key.watch()
        Air.bus = Air.world.connect("system")
        tap.main(globals())
