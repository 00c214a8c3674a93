#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the press of a key to its contacts, with TLS, everything on this machine.

    bench-delivery.py DELIVERY-SPEED [STREAMS]

Median and 99th percentile of a hundred presses with one stream open and with a thousand, each with a
cold connection of the key: from when the key has understood the press until the contact's app is
told and shows its notification (drawing it is the desktop's). Then a hundred events at once with ten
contacts each: until the last contact is told; and the platform's memory. Aims: 50 ms and 200 ms.
"""
import base64
import hashlib
import json
import os
import pathlib
import secrets
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
from codes import write  # noqa: E402
from world import World  # noqa: E402

AIM_MEDIAN, AIM_P99 = 50, 200
OWNED = 10


def contact_id():
    drawn = secrets.token_bytes(10)
    check = int.from_bytes(hashlib.sha256(b"enigm contact id 1" + drawn).digest()[:3], "big") >> 4
    bits = int.from_bytes(drawn, "big") << 20 | check
    text = write(bits, 20)
    return "-".join(text[i:i + 4] for i in range(0, 20, 4))


def add_account(database, now, name):
    """An account with one computer that is signed in; signing up takes its time on purpose."""
    account, computer, token, contact = (secrets.token_bytes(16), secrets.token_bytes(16),
                                         secrets.token_bytes(32), contact_id())
    database.execute("INSERT INTO accounts (id, user_name, password, pin, contact_id, created)"
                     " VALUES (?, ?, '*', '*', ?, ?)", (account, name, contact, now))
    database.execute("INSERT INTO computers (id, account, name, public_key, since, last_seen, address)"
                     " VALUES (?, ?, 'Desk', ?, ?, ?, ?)",
                     (computer, account, secrets.token_bytes(65), now, now, secrets.token_bytes(32)))
    database.execute("INSERT INTO sessions (token_hash, computer, expires) VALUES (?, ?, ?)",
                     (hashlib.sha256(token).digest(), computer, now + 3600))
    return account, contact, base64.urlsafe_b64encode(token).decode().rstrip("=")


def fill(world, n_streams):
    now = int(time.time())
    owners, contacts = [], []
    database = sqlite3.connect(world.platform.folder / "platform.db")
    for i in range(n_streams):
        if i % OWNED == 0:
            owner, _, token = add_account(database, now, f"owner-{i}")
            owners.append(token)
        account, contact, token = add_account(database, now, f"contact-{i}")
        contacts.append(token)
        database.execute("INSERT INTO contacts (id, owner, contact_id, contact, position, state, since)"
                         " VALUES (?, ?, ?, ?, ?, 'eligible', ?)",
                         (secrets.token_bytes(16), owner, contact, account, i % OWNED, now))
    database.commit()
    database.close()
    folder = world.folder / "speed"
    folder.mkdir()
    (folder / "owners").write_text("\n".join(owners))
    (folder / "contacts").write_text("\n".join(contacts))
    return folder


def main():
    program, n_streams = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with World(platform=True) as world:
        folder = fill(world, n_streams)
        done = subprocess.run([program, world.platform.origin, world.platform.ca, world.maker_ca, folder,
                               str(world.platform.process.popen.pid)],
                              stdout=subprocess.PIPE, check=True, text=True, env=dict(os.environ))
    got = json.loads(done.stdout)
    for name, title in (("one_stream", "1 stream"), ("all_streams", f"{got['streams'] + 1} streams")):
        print(f"press to contact, {title}: median {got[name]['median_ms']} ms (aim {AIM_MEDIAN}),"
              f" 99th percentile {got[name]['p99_ms']} ms (aim {AIM_P99})")
    print(f"{got['events_at_once']} events at once, {OWNED} contacts each: the last contact is told after"
          f" {got['last_contact_told_ms']} ms")
    print(f"the platform: {got['kib_a_stream']} KiB a stream, {got['platform_mib']} MiB in all")


if __name__ == "__main__":
    main()
