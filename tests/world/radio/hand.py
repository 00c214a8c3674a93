# SPDX-License-Identifier: GPL-3.0-or-later
"""What a hand, a wall or a crowd does to the practice radio, for tests in Python."""
import itertools

from gi.repository import Gio, GLib
from world import DEADLINE

BLUEZ = "org.bluez"
ADAPTER = "org.bluez.Adapter1"


class Hand:
    """A hand on a world's radio. Adapters are named as in hci0; the app uses that one."""

    cuts = itertools.count(1)  # at which packets it is worth while to cut a pairing off

    def __init__(self, world):
        self.world = world
        self.bus = world.connect("system")

    def call(self, path, interface, method, parameters=None):
        reply = self.bus.call_sync(BLUEZ, path, interface, method, parameters, None,
                                   Gio.DBusCallFlags.NO_AUTO_START, DEADLINE * 4000, None)
        return reply.unpack()

    def do(self, method, signature="()", *words):
        return self.call("/io/enigm/PracticeRadio", "io.enigm.PracticeRadio1", method,
                         GLib.Variant(signature, words))

    # Whole adapters

    def power(self, adapter, on):
        self.call(f"/org/bluez/{adapter}", "org.freedesktop.DBus.Properties", "Set",
                  GLib.Variant("(ssv)", (ADAPTER, "Powered", GLib.Variant("b", on))))

    def unplug(self, adapter):
        self.do("RemoveAdapter", "(s)", adapter)

    def plug(self):
        """Plugs one in, under the first name that is free, and returns that name."""
        return self.do("AddAdapter")[0]

    def kill(self):
        """As if bluetoothd had crashed."""
        self.world.radio.kill()

    def restart(self, adapters=2):
        """Starts it again; the adapters have new addresses."""
        self.world.start_radio(adapters)

    # The air

    def set_range(self, a, b, near):
        self.do("SetRange", "(ssb)", a, b, near)

    def set_mtu(self, mtu):
        """For links made from now on."""
        self.do("SetMtu", "(q)", mtu)

    def set_plain(self, plain):
        """Whether links made from now on carry what can be lost, delayed and cut, and nothing else."""

    def lose(self, notifications):
        """So many from now on are sent and do not arrive."""
        self.do("LoseNotifications", "(u)", notifications)

    def delay(self, milliseconds):
        """So late each notification arrives from now on."""
        self.do("DelayNotifications", "(u)", milliseconds)

    def cut_at(self, packet):
        """A link ends in place of this read, write, subscription or notification, counted from now. Returns how
        many were left to the last one: none if it was cut."""
        return self.do("CutAt", "(u)", packet)[0]

    def crowd(self, strangers, per_second=10):
        self.do("SetCrowd", "(uu)", strangers, per_second)

    def count(self):
        """What the air has carried, by name, since it was last asked."""
        counters = self.do("Statistics")[0]
        self.do("ResetStatistics")
        return counters

    # What is left

    def await_scan(self, adapter="hci0"):
        """Waits until somebody scans."""
        context = GLib.MainContext.default()
        subscription = self.bus.signal_subscribe(BLUEZ, None, None, None, None, Gio.DBusSignalFlags.NONE,
                                                 lambda *_: None)
        while not self.call(f"/org/bluez/{adapter}", "org.freedesktop.DBus.Properties", "Get",
                            GLib.Variant("(ss)", (ADAPTER, "Discovering")))[0]:
            context.iteration(True)
        self.bus.signal_unsubscribe(subscription)

    def await_forgotten(self, adapter="hci0"):
        """Waits until an adapter knows nothing: it forgets what is removed once its link has ended."""
        context = GLib.MainContext.default()
        subscription = self.bus.signal_subscribe(BLUEZ, None, None, None, None, Gio.DBusSignalFlags.NONE,
                                                 lambda *_: None)
        late = []
        deadline = GLib.timeout_add_seconds(DEADLINE, lambda: late.append(True))
        while self.devices(adapter) and not late:
            context.iteration(True)
        if not late:
            GLib.source_remove(deadline)
        self.bus.signal_unsubscribe(subscription)
        return not late

    def describe(self):
        """What org.bluez says of itself, and the last words of every program, for who has to find a fault."""
        objects = self.call("/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")[0]
        lines = [f"{path}: {name}={value}" for path, interfaces in objects.items()
                 for properties in interfaces.values() for name, value in properties.items()
                 if name in ("Powered", "Discovering", "ActiveInstances", "Connected", "RSSI")]
        for process in self.world.processes:
            lines += [f"{process.name}: {line}" for line in process.tail(6).splitlines()]
        return "\n".join(lines)

    def devices(self, adapter="hci0", service=None):
        """Paths of what an adapter knows, or of what has a service: what Bluetooth settings show."""
        objects = self.call("/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")[0]
        return sorted(path for path, interfaces in objects.items()
                      if path.startswith(f"/org/bluez/{adapter}/") and "org.bluez.Device1" in interfaces
                      and (service is None or service in interfaces["org.bluez.Device1"]["UUIDs"]))
