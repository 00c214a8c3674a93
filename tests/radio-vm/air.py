# SPDX-License-Identifier: GPL-3.0-or-later
"""The air between emulated controllers, with a hand on it.

btvirt emulates the controllers; each is plugged into the kernel with a cable of ours, /dev/vhci at one
end. Over it go HCI packets (Bluetooth Core, volume 4, part E), which are let through, held back,
changed or made up here.
"""
import os
import selectors
import socket
import struct
import threading
import time

SERVER = "/tmp/bt-server-le"  # btvirt's, where each connection is a new controller
COMMAND, DATA, EVENT, VENDOR = 1, 2, 4, 0xff
HEADERS = {COMMAND: 4, DATA: 5, 3: 4, EVENT: 3, 5: 5}
# Commands and events, by the names the specification gives them
DISCONNECT, READ_ADDRESS, SET_RANDOM_ADDRESS, SET_SCAN, SET_EXTENDED_SCAN = 0x0406, 0x1009, 0x2005, 0x200c, 0x2042
DISCONNECTED, COMPLETE, STATUS, LE_META = 0x05, 0x0e, 0x0f, 0x3e
CONNECTED, REPORT, ENHANCED_CONNECTED, EXTENDED_REPORT = 0x01, 0x02, 0x0a, 0x0d
CONNECTION_TIMEOUT = 0x08
ATT_CHANNEL, ATT_MTU_REQUEST, ATT_MTU_RESPONSE, ATT_WRITES = 4, 0x02, 0x03, (0x12, 0x52)
ATT_NOTIFICATIONS = (0x1b, 0x23)  # of one value, and of several
RSSI = struct.pack("b", -52)


class Cable:
    """One controller, between btvirt and the kernel."""

    def __init__(self):
        self.controller = socket.socket(socket.AF_UNIX)
        self.controller.connect(SERVER)
        self.host = os.open("/dev/vhci", os.O_RDWR)
        os.write(self.host, bytes([VENDOR, 0]))
        answer = os.read(self.host, 64)
        self.name = f"hci{struct.unpack_from('<H', answer, 2)[0]}"
        self.buffer = bytearray()
        self.addresses = set()
        self.links = {}  # handle to the other end's address
        self.scanning = False
        self.ending = 0  # disconnects of ours, which the kernel knows nothing of
        self.ended = set()
        self.losing = False  # rest of a notification
        self.delaying = False  # the same

    def close(self):
        os.close(self.host)
        self.controller.close()


class Air:
    """Cables, and what goes over them. Its methods may be called from any thread."""

    def __init__(self):
        self.lock = threading.RLock()
        self.cables = {}
        self.apart = set()  # of frozensets of two names
        self.to_lose = 0
        self.to_carry = 0
        self.delay_seconds = 0
        self.late = []  # of times, cables and packets of notifications, in this order
        self.mtu = None  # nullable: what both ends are made to agree on
        self.strangers = []
        self.interval = None
        self.next_at = 0.0
        self.turn = 0
        self.selector = selectors.DefaultSelector()
        self.wake, awake = socket.socketpair()
        self.selector.register(awake, selectors.EVENT_READ, None)
        self.running = True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def close(self):
        self.running = False
        self.wake.send(b".")
        self.thread.join()
        for name in list(self.cables):
            self.unplug(name)

    # What a hand does

    def plug(self):
        with self.lock:
            cable = Cable()
            self.cables[cable.name] = cable
            self.selector.register(cable.host, selectors.EVENT_READ, (cable, self.on_host))
            self.selector.register(cable.controller, selectors.EVENT_READ, (cable, self.on_controller))
        self.wake.send(b".")
        return cable.name

    def unplug(self, name):
        with self.lock:
            self.cut(name)
            cable = self.cables.pop(name)
            self.selector.unregister(cable.host)
            if cable.controller.fileno() in self.selector.get_map():
                self.selector.unregister(cable.controller)
            self.apart = {pair for pair in self.apart if name not in pair}
            cable.close()

    def set_range(self, a, b, near):
        with self.lock:
            self.apart.discard(frozenset((a, b)))
            if not near:
                self.apart.add(frozenset((a, b)))
                for address in self.cables[b].addresses:
                    self.cut(a, address)

    def lose(self, notifications):
        """So many from now on are sent and do not arrive."""
        with self.lock:
            self.to_lose = notifications

    def delay(self, seconds):
        """So late each notification arrives from now on."""
        with self.lock:
            self.delay_seconds = seconds

    def set_mtu(self, mtu):
        """For links made from now on."""
        with self.lock:
            self.mtu = mtu

    def cut_at(self, packet):
        """A link ends in place of this write or notification, counted from now. Returns how many were left to the
        last one: none if it was cut."""
        with self.lock:
            left, self.to_carry = self.to_carry, packet
            return left

    def cut(self, name, address=None):
        """Ends links as if the other end was heard no more."""
        with self.lock:
            cable = self.cables[name]
            for handle, peer in cable.links.items():
                if address in (None, peer) and handle not in cable.ended:
                    cable.ending += 1
                    cable.ended.add(handle)
                    cable.controller.sendall(struct.pack("<BHBHB", COMMAND, DISCONNECT, 3, handle, 0x13))

    def crowd(self, strangers, per_second):
        with self.lock:
            self.strangers = [self.new_report(number) for number in range(strangers)]
            self.interval = 1 / (strangers * per_second) if strangers * per_second else None
            self.next_at = time.monotonic()
        self.wake.send(b".")

    @staticmethod
    def new_report(number):
        """A stranger's advertisement, as a controller reports it."""
        name = f"Speaker {number}".encode()
        data = bytes([2, 1, 6, len(name) + 1, 9]) + name
        address = struct.pack("<I", number) + b"\x11\xc0"
        return (bytes([EVENT, LE_META, 12 + len(data), REPORT, 1, 0, 1]) + address +
                bytes([len(data)]) + data + RSSI)

    # What goes by

    def run(self):
        while self.running:
            wait = None
            with self.lock:
                times = ([self.next_at] if self.interval else []) + [at for at, _, _ in self.late[:1]]
                if times:
                    wait = max(0, min(times) - time.monotonic())
            for key, _ in self.selector.select(wait):
                with self.lock:
                    if key.data is None:
                        key.fileobj.recv(64)
                    elif key.data[0].name in self.cables:
                        key.data[1](key.data[0])
            with self.lock:
                self.send_late()
                self.send_strangers()

    def send_late(self):
        while self.late and self.late[0][0] <= time.monotonic():
            _, cable, packet = self.late.pop(0)
            if cable.name in self.cables:
                os.write(cable.host, packet)

    def send_strangers(self):
        now = time.monotonic()
        if not self.interval or now < self.next_at:
            return
        # No more than it can: a machine that does not keep up hears less.
        self.next_at = max(self.next_at + self.interval, now)
        report = self.strangers[self.turn % len(self.strangers)]
        self.turn += 1
        for cable in self.cables.values():
            if cable.scanning:
                os.write(cable.host, report)

    def on_host(self, cable):
        """The kernel has sent a packet: a whole one in each read."""
        packet = os.read(cable.host, 4096)
        if packet[0] == COMMAND:
            self.look_at_command(cable, packet)
        elif packet[0] == DATA:
            packet = self.look_at_data(cable, packet, ATT_WRITES)
        if packet:
            cable.controller.sendall(packet)

    def on_controller(self, cable):
        chunk = cable.controller.recv(4096)
        if not chunk:
            self.selector.unregister(cable.controller)
            return
        cable.buffer += chunk
        while (length := self.whole(cable.buffer)):
            packet, cable.buffer = bytes(cable.buffer[:length]), cable.buffer[length:]
            if packet[0] == EVENT:
                packet = self.look_at_event(cable, packet)
            elif packet[0] == DATA:
                packet = self.look_at_data(cable, packet, ATT_NOTIFICATIONS)
                if packet and cable.delaying:
                    self.late.append((time.monotonic() + self.delay_seconds, cable, packet))
                    continue
            if packet:
                os.write(cable.host, packet)

    @staticmethod
    def whole(buffer):
        """Length of the first packet, or 0 if it is not all there."""
        if not buffer or len(buffer) < HEADERS[buffer[0]]:
            return 0
        if buffer[0] in (DATA, 5):
            length = struct.unpack_from("<H", buffer, 3)[0] & (0xffff if buffer[0] == DATA else 0x3fff)
        else:
            length = buffer[HEADERS[buffer[0]] - 1]
        length += HEADERS[buffer[0]]
        return length if len(buffer) >= length else 0

    def look_at_command(self, cable, packet):
        code = struct.unpack_from("<H", packet, 1)[0]
        if code == SET_RANDOM_ADDRESS:
            cable.addresses.add(packet[4:10])
        elif code in (SET_SCAN, SET_EXTENDED_SCAN):
            cable.scanning = bool(packet[4])

    def look_at_event(self, cable, packet):
        """Returns what the kernel gets to see of an event."""
        event, code = packet[1], packet[3]
        if event == COMPLETE and struct.unpack_from("<H", packet, 4)[0] == READ_ADDRESS:
            cable.addresses.add(packet[7:13])
        elif event == STATUS and struct.unpack_from("<H", packet, 5)[0] == DISCONNECT and cable.ending:
            cable.ending -= 1
            return None
        elif event == DISCONNECTED:
            handle = struct.unpack_from("<H", packet, 4)[0]
            peer = cable.links.pop(handle, None)
            if handle in cable.ended or self.was_cut(cable, peer):
                cable.ended.discard(handle)
                return packet[:6] + bytes([CONNECTION_TIMEOUT])
        elif event == LE_META and code in (CONNECTED, ENHANCED_CONNECTED) and packet[4] == 0:
            handle = struct.unpack_from("<H", packet, 5)[0]
            cable.links[handle] = packet[9:15]
            # It may have gone by itself when it was to be cut, and handles are used again.
            cable.ended.discard(handle)
        elif event == LE_META and code in (REPORT, EXTENDED_REPORT):
            return self.look_at_report(cable, packet)
        return packet

    def was_cut(self, cable, peer):
        """Whether this end's link went because the other end was cut."""
        return any(other.ended for other in self.cables.values() if peer in other.addresses)

    def look_at_report(self, cable, packet):
        """btvirt reports one advertisement at a time, and knows no strength."""
        at = 7 if packet[3] == REPORT else 8
        address = packet[at:at + 6]
        for other in self.cables.values():
            if address in other.addresses and frozenset((cable.name, other.name)) in self.apart:
                return None
        if packet[3] == REPORT:
            return packet[:-1] + RSSI
        return packet[:18] + RSSI + packet[19:]

    def look_at_data(self, cable, packet, counted):
        """Returns what goes on of a packet; with it, the link may end."""
        flags = struct.unpack_from("<H", packet, 1)[0] >> 12
        if flags & 3 == 1:  # the rest of one that was longer
            return None if cable.losing else packet
        cable.losing = cable.delaying = False
        channel, code = struct.unpack_from("<HB", packet, 7)
        if channel != ATT_CHANNEL:
            return packet
        if self.mtu and code in (ATT_MTU_REQUEST, ATT_MTU_RESPONSE):
            return packet[:10] + struct.pack("<H", self.mtu)
        if code not in counted:
            return packet
        if code in ATT_NOTIFICATIONS and self.to_lose:
            self.to_lose -= 1
            cable.losing = True
            return None
        cable.delaying = code in ATT_NOTIFICATIONS and self.delay_seconds > 0
        if self.to_carry:
            self.to_carry -= 1
            if not self.to_carry:
                cable.losing = True
                self.cut(cable.name)
                return None
        return packet
