# SPDX-License-Identifier: GPL-3.0-or-later
"""A world whose org.bluez is the distribution's bluetoothd, over controllers that btvirt emulates."""
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "world"), str(HERE.parent / "world/radio")]
import world  # noqa: E402
from air import SERVER, Air  # noqa: E402
from gi.repository import Gio, GLib  # noqa: E402
from hand import Hand  # noqa: E402
from world import DEADLINE  # noqa: E402

DAEMONS = ("/usr/libexec/bluetooth/bluetoothd", "/usr/lib/bluetooth/bluetoothd")
# No two keys have one address. Here those on one adapter have, one after the other, and bluetoothd would go on with
# what it remembers of the last one.
CONFIGURATION = """[General]
ControllerMode = le
[GATT]
Cache = no
Channels = {channels}
[Policy]
AutoEnable = true
"""


class RealWorld(world.World):
    """Everything else is as in any world."""

    air = None
    channels = 3  # as bluetoothd has it: two of them agree on Enhanced ATT

    def start_radio(self, adapters=2):
        tree = pathlib.Path(os.environ["ENIGM_VM_PARTS"]) / "tree"
        self.start("btvirt", tree / "usr/bin/btvirt", "-s")
        self.await_file(pathlib.Path(SERVER))
        self.air = Air()
        for _ in range(adapters):
            self.air.plug()
        self.start_daemon()

    def start_daemon(self):
        configuration = self.folder / "bluetooth.conf"
        configuration.write_text(CONFIGURATION.format(channels=self.channels))
        daemon = next(path for path in DAEMONS if os.path.exists(path))
        self.radio = self.start("bluetoothd", daemon, "-n", "-f", configuration)
        self.await_name("system", "org.bluez")
        for adapter in self.air.cables:
            self.await_power(adapter)

    def __exit__(self, *error):
        super().__exit__(*error)
        if self.air:
            self.air.close()

    def await_file(self, path):
        """Waits until there is one."""
        monitor = Gio.File.new_for_path(str(path.parent)).monitor_directory(Gio.FileMonitorFlags.NONE, None)
        self.await_so(path.exists, f"{path} was not made")
        monitor.cancel()

    def await_power(self, adapter):
        """Waits until bluetoothd knows an adapter and has switched it on."""
        connection = self.connect("system")
        path = f"/org/bluez/{adapter}"
        subscription = connection.signal_subscribe("org.bluez", None, None, None, None,
                                                   Gio.DBusSignalFlags.NONE, lambda *_: None)

        def has_power():
            objects = connection.call_sync("org.bluez", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects",
                                           None, None, Gio.DBusCallFlags.NONE, -1, None).unpack()[0]
            return objects.get(path, {}).get("org.bluez.Adapter1", {}).get("Powered")

        self.await_so(has_power, f"{adapter} has no power")
        connection.signal_unsubscribe(subscription)
        connection.close_sync(None)

    @staticmethod
    def await_so(condition, complaint):
        """Waits until something is so, looking whenever something happens."""
        late = []
        deadline = GLib.timeout_source_new_seconds(DEADLINE)
        deadline.set_callback(lambda *_: late.append(True))
        deadline.attach()
        while not condition():
            if late:
                raise world.WorldError(complaint)
            GLib.MainContext.default().iteration(True)
        deadline.destroy()


class RealHand(Hand):
    """The same hand, on the cables of a real radio."""

    cuts = range(1, 18, 2)

    def __init__(self, real):
        super().__init__(real)
        self.air = real.air

    def unplug(self, adapter):
        self.air.unplug(adapter)

    def plug(self):
        name = self.air.plug()
        self.world.await_power(name)
        return name

    def restart(self, adapters=2):
        """The adapters are where they were."""
        self.world.start_daemon()

    def set_range(self, a, b, near):
        self.air.set_range(a, b, near)

    def set_mtu(self, mtu):
        """An MTU this small there is only without Enhanced ATT, which a key that is no computer has not."""
        self.air.set_mtu(mtu)
        self.set_plain(mtu < 64)

    def set_plain(self, plain):
        """The hand reaches what goes over the one channel that there always is."""
        self.world.channels = 1 if plain else 3
        self.kill()
        self.restart()

    def delay(self, milliseconds):
        self.air.delay(milliseconds / 1000)

    def lose(self, notifications):
        self.air.lose(notifications)

    def cut_at(self, packet):
        return self.air.cut_at(packet)

    def crowd(self, strangers, per_second=10):
        self.air.crowd(strangers, per_second)
