#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills platform or enigm-command while 500 keys are revoked at once, one of them at one point each.

Each is killed just before the point takes effect. Afterwards either all are revoked, with a record
for each in the audit and the administrator's own, or none is, with no record.
"""
import contextlib
import os
import secrets
import sqlite3
import subprocess
import sys
import threading

from faults import FaultWorld
from world import DEADLINE
import workers

MANY = 500
COMMAND, PLATFORM = "command", "platform"
PASSWORD, PIN = "an administrator's", "271828"
ASKS = "sends POST /command/v1/keys/state"
JOURNAL, DATABASE, ANSWER = "syncs platform.journal", "syncs platform.db-wal", "sends 200"


def pipe(*lines):
    reader, writer = os.pipe()
    os.write(writer, "".join(f"{line}\n" for line in lines).encode())
    os.close(writer)
    return reader


class BulkWorld(FaultWorld):
    """A platform with an administrator who is signed in, and an account."""

    def __init__(self):
        super().__init__(adapters=None)

    def furnish(self):
        super().furnish()
        self.platform.kill()
        reader = pipe(PASSWORD, PIN)
        self.run("enigm-platform", "administrator", "--config", self.platform.folder / "platform.conf",
                 "--name", "olga", "--secrets-fd", reader, pass_fds=[reader])
        os.close(reader)
        self.platform.start()

    @contextlib.contextmanager
    def database(self):
        with contextlib.closing(sqlite3.connect(self.platform.folder / "platform.db")) as database, database:
            yield database

    def start_command(self, secret, *words):
        reader = pipe(secret)
        process = subprocess.Popen(
            ["enigm-command", "--session-file", str(self.folder / "session"), *map(str, words), str(reader)],
            env=self.witness.environment(COMMAND, os.environ), pass_fds=[reader], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        os.close(reader)
        return process

    def sign_in(self):
        """Anew each time: what a crash has the platform do again ends every session."""
        process = self.start_command(PASSWORD, "sign-in", "--platform", self.platform.origin, "--ca",
                                     self.platform.ca, "--name", "olga", "--password-fd")
        said, _ = process.communicate(timeout=DEADLINE)
        assert process.returncode == 0, said

    def make_keys(self):
        """As if each had been paired. Returns the file that lists them, and their pseudonyms."""
        self.platform.kill()
        names = [secrets.token_bytes(32) for _ in range(MANY)]
        with self.database() as database:
            account, = database.execute("SELECT id FROM accounts").fetchone()
            database.executemany(
                "INSERT INTO bindings (id, handle, account, certificate, pseudonym, hash, request_key, answer_key,"
                " state, restrictions, begun, since, trusted)"
                " VALUES (randomblob (16), randomblob (16), ?, randomblob (32), ?, randomblob (32),"
                " randomblob (60), randomblob (60), 2, 0, 1, 1, 1)", [(account, name) for name in names])
        self.platform.start()
        listed = self.folder / "list"
        listed.write_text("".join(f"{name.hex()}\n" for name in names))
        return listed, names

    def look_at(self, names):
        """How many of these keys are revoked, and how many have each of the two records."""
        with self.database() as database:
            states = dict(database.execute("SELECT pseudonym, state FROM bindings"))
            records = [record for record, in database.execute("SELECT record FROM audit WHERE record IS NOT NULL")]
        return (sum(states[name] == 4 for name in names),
                sum(b"trusted to revoked by command: lost" in record for record in records if is_of(names, record)),
                sum(b": revoked as lost" in record for record in records if is_of(names, record)),
                sum(b": revoked as lost, 500 keys" in record for record in records))


def is_of(names, record):
    """Whether a record has one of these pseudonyms: 32 bytes, after their head in CBOR."""
    place = record.find(b"\x58\x20")
    return place >= 0 and record[place + 2:place + 34] in names


def run(world, who, what, after_journal, outcome):
    """One case. Returns a line that says what was left."""
    listed, names = world.make_keys()
    names = set(names)
    world.sign_in()
    before = world.look_at(names)[3]
    hit, journal, client = threading.Event(), threading.Event(), []

    def plan(actor, seen, _):
        if (actor, seen) == (PLATFORM, JOURNAL):
            journal.set()
        if seen != what or (after_journal and not journal.is_set()):
            return False
        started.wait()
        (client[0] if who == COMMAND else world.platform).kill()
        hit.set()
        return True

    started = threading.Event()
    world.witness.reset(plan)
    client.append(world.start_command(PIN, "revoke", "--keys-from", listed, "--reason", "lost", "--pin-fd"))
    started.set()
    said, _ = client[0].communicate(timeout=DEADLINE)
    with world.witness.lock:  # the client ends while the platform that was killed still dies
        assert hit.is_set(), f"the point was never reached: {said}"
    assert client[0].returncode != 0, f"it was told that it was done: {said}"
    world.witness.reset()
    # What the platform was at is over once it has stopped by itself.
    if who == COMMAND:
        world.platform.process.stop()
    world.platform.start()
    revoked, of_bindings, of_keys, of_orders = world.look_at(names)
    left = (f"{revoked} revoked; the audit has {of_bindings} of them, {of_keys} of what was asked, "
            f"{of_orders - before} of the order")
    done = outcome == "all"
    assert (revoked, of_bindings, of_keys, of_orders - before) == \
        ((MANY, MANY, MANY, 1) if done else (0, 0, 0, 0)), left
    world.run("enigm-platform", "audit", "verify", "--config", world.platform.folder / "platform.conf")
    return left


CASES = {
    "command/before-it-asks": (COMMAND, ASKS, False, "none"),
    "platform/before-it-notes-the-try": (PLATFORM, DATABASE, False, "none"),
    # Written, but perhaps not on the disk; without a power cut it is there at the next start.
    "platform/before-the-journal-is-on-the-disk": (PLATFORM, JOURNAL, True, "all"),
    "platform/before-the-database-is-on-the-disk": (PLATFORM, DATABASE, True, "all"),
    "platform/before-it-answers": (PLATFORM, ANSWER, True, "all"),
    "command/before-it-is-answered": (COMMAND, ANSWER, True, "all"),
}


if __name__ == "__main__":
    sys.exit(workers.main(CASES, BulkWorld, run))
