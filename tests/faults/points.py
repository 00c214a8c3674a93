# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message and every durable write of a pairing, in the order in which they come.

Each row is a point at which a program is killed: who is about to do it, what the witness sees
(witness.c says how), and what that is in PROTOCOL.md's words. test-table.py runs the pairings
undisturbed and fails if one does more than its table says, or less.
"""
import collections

APP, KEY, PLATFORM = "app", "key", "platform"
PROGRAMS = (APP, KEY, PLATFORM)

# A key that belongs to nobody, with a connection of its own.
PAIRING = [
    (APP, "renames account.sealed", "notes that a pairing has begun"),
    (APP, "reads hello", "key hello"),
    (APP, "sends start", "start"),
    (KEY, "renames state", "counts the try"),
    (KEY, "sends share", "share"),
    (APP, "sends confirm", "confirm"),
    (KEY, "renames state", "gives the try back"),
    (KEY, "sends sealed", "certificate"),
    (APP, "sends POST /v1/offers", "asks for an offer"),
    (PLATFORM, "syncs platform.db-wal", "stores the offer"),
    (PLATFORM, "sends 200", "answers with the offer"),
    (APP, "sends sealed", "offer"),
    (KEY, "sends sealed", "waiting"),
    (KEY, "renames state", "stores the pending binding"),
    (KEY, "sends sealed", "attestation"),
    (APP, "sends POST /v1/attestations", "hands the attestation in"),
    (PLATFORM, "syncs platform.journal", "journals the pending binding"),
    (PLATFORM, "syncs platform.db-wal", "stores the pending binding"),
    (PLATFORM, "sends 200", "answers with the receipt"),
    (APP, "keeps a secret", "keeps the management secret"),
    (APP, "sends sealed", "receipt"),
    (KEY, "renames state", "stores that it is registered, and the secret"),
    (KEY, "sends sealed", "done"),
    (KEY, "sends sealed", "state: pending"),
    (KEY, "renames state", "stores the proof's number"),
    (KEY, "sends POST /key/v1/proof", "proof"),
    (PLATFORM, "syncs platform.journal", "journals that it is trusted"),
    (PLATFORM, "syncs platform.db-wal", "stores that it is trusted"),
    (PLATFORM, "sends 200", "answers the proof"),
    (KEY, "renames state", "stores that it is trusted"),
    (KEY, "sends sealed", "state: trusted"),
    (APP, "renames account.sealed", "notes that it is finished"),
]

# The key has no connection: the app carries the proof. From "stores the proof's number" on. Once it
# is trusted it tries its own connection again, for which it stores a number at some time.
RELAYED = PAIRING[:25] + [
    (KEY, "renames state", "stores the relayed proof's number"),
    (KEY, "sends sealed", "relay"),
    (APP, "sends POST /key/v1/proof", "carries the proof"),
    (PLATFORM, "syncs platform.journal", "journals that it is trusted"),
    (PLATFORM, "syncs platform.db-wal", "stores that it is trusted"),
    (PLATFORM, "sends 200", "answers the proof"),
    (APP, "sends sealed", "relayed"),
    (KEY, "renames state", "stores that it is trusted"),
    (KEY, "sends sealed", "state: trusted"),
    (APP, "renames account.sealed", "notes that it is finished"),
]

# A key that is this account's already, and a computer that has lost its secret for it.
JOINING = PAIRING[:8] + [
    (APP, "sends GET /v1/keys/{binding}", "asks whose it is"),
    (PLATFORM, "sends 200", "says it is this account's"),
    (APP, "sends POST /v1/keys/{binding}/orders", "asks for an order to join"),
    (PLATFORM, "syncs platform.db-wal", "stores the nonce of that request"),
    (PLATFORM, "syncs platform.db-wal", "stores the order"),
    (PLATFORM, "sends 200", "answers with the order"),
    (APP, "sends sealed", "order: join"),
    (KEY, "sends sealed", "waiting"),
    (KEY, "sends sealed", "done, signed"),
    (APP, "sends POST /v1/keys/{binding}/joins", "hands the key's signature in"),
    (PLATFORM, "syncs platform.db-wal", "stores the nonce of that one"),
    (PLATFORM, "syncs platform.db-wal", "stores that it joined"),
    (PLATFORM, "sends 200", "says that it is the key"),
    (APP, "sends sealed", "keep"),
    (KEY, "renames state", "stores the secret"),
    (KEY, "sends sealed", "done"),
    (APP, "keeps a secret", "keeps the management secret"),
    (APP, "sends GET /v1/keys/{binding}", "asks how the key stands"),
    (PLATFORM, "sends 200", "says it is trusted"),
    (APP, "renames account.sealed", "notes that it is finished"),
]

# A key that was another account's, and has not heard that it is free.
RELEASING = PAIRING[:8] + [
    (APP, "sends GET /v1/keys/{binding}", "asks whose it is"),
    (PLATFORM, "sends 404", "says it is not this account's"),
] + PAIRING[8:11] + [
    (APP, "sends sealed", "release"),
    (KEY, "renames state", "forgets its owner"),
    (KEY, "sends sealed", "state: none"),
    (KEY, "sends sealed", "done: release"),
] + PAIRING[11:]

# A key that takes the place of one that is in force, which ends as this one is trusted. Whoever looks
# from outside sees a pairing like any other; a list of its own, for tables are told apart by what they are.
REPLACING = list(PAIRING)

# What enigmctl does once the pairing is over: it fetches the lists again, and changes nothing.
AFTERWARDS = [
    (APP, "sends GET /v1/keys"), (APP, "sends GET /v1/contacts"), (APP, "sends GET /v1/invitations"),
    (APP, "sends GET /v1/events"), *[(PLATFORM, "sends 200")] * 4, (APP, "renames account.sealed"),
]


Point = collections.namedtuple("Point", "number who what n name")


def number(table):
    """The table's rows as points: `n` says the how-manieth time `who` does `what`."""
    counts = collections.Counter()
    points = []
    for place, (who, what, name) in enumerate(table, 1):
        counts[who, what] += 1
        points.append(Point(place, who, what, counts[who, what], name))
    return points
