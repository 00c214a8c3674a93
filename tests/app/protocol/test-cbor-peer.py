#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds our CBOR codec against python3-cbor2, both ways, on random values and on damaged ones."""
import io
import random
import subprocess
import sys

import cbor2

TOOL = sys.argv[1]
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().getrandbits(32)
rng = random.Random(SEED)
MAX_DEPTH = 4


def integer(low, high):
    """Random, but often at the edges where an encoding gets longer."""
    if rng.random() < 0.5:
        edge = rng.choice([0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**63 - 1])
        value = edge + rng.randint(-1, 1)
        value = -1 - value if rng.random() < 0.3 else value
        if low <= value <= high:
            return value
    return rng.randint(low, high)


def text():
    return ''.join(chr(rng.choice([rng.randint(1, 127), rng.randint(128, 0xD7FF),
                                   rng.randint(0xE000, 0x10FFFF)]))
                   for _ in range(rng.choice([0, 1, 5, 23, 24, 60])))


def value(depth=0):
    kind = rng.randrange(6 if depth < MAX_DEPTH else 5)
    if kind == 0:
        return integer(0, 2**64 - 1)
    if kind == 1:
        return integer(-2**63, -1)
    if kind == 2:
        return rng.randbytes(rng.choice([0, 1, 16, 23, 24, 65, 255, 256, 900]))
    if kind == 3:
        return text()
    if kind == 4:
        return rng.random() < 0.5
    return [value(depth + 1) for _ in range(rng.choice([0, 1, 2, 5, 24]))]


def foreign():
    """What cbor2 writes gladly and we must refuse."""
    odd = rng.choice([1.5, 1e300, None, {1: 2}, {}, cbor2.CBORTag(1, 5), 2**64, -2**64 - 1,
                      cbor2.undefined, cbor2.CBORSimpleValue(99), float('nan')])
    shape = rng.randrange(3)
    return odd if shape == 0 else [odd] if shape == 1 else [1, [b'x', odd], 'y']


def tokens(v):
    if v is True:
        return 'T'
    if v is False:
        return 'F'
    if isinstance(v, int):
        return f'u{v}' if v >= 0 else f'n{v}'
    if isinstance(v, bytes):
        return 'b' + v.hex()
    if isinstance(v, str):
        return 't' + v.encode().hex()
    return ' '.join([f'a{len(v)}'] + [tokens(item) for item in v])


def run(mode, lines):
    done = subprocess.run([TOOL, mode], input='\n'.join(lines) + '\n', text=True,
                          stdout=subprocess.PIPE, check=True)
    answers = done.stdout.split('\n')[:-1]
    assert len(answers) == len(lines), (len(answers), len(lines))
    return answers


def damaged(encoded):
    data = bytearray(encoded)
    for _ in range(rng.randint(1, 3)):
        what = rng.randrange(4)
        at = rng.randrange(len(data) + (what == 1))
        if what == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif what == 1:
            data.insert(at, rng.randrange(256))
        elif what == 2 and len(data) > 1:
            del data[at]
        elif what == 3 and at:
            del data[at:]
    return bytes(data)


def whole(data):
    """What cbor2 reads from all of the bytes, or None."""
    stream = io.BytesIO(data)
    try:
        read = cbor2.CBORDecoder(stream).decode()
    except Exception:
        return None
    return None if stream.read(1) else (read,)


def check_encode():
    values = [value() for _ in range(1500)]
    for v, answer in zip(values, run('encode', [tokens(v) for v in values])):
        assert bytes.fromhex(answer) == cbor2.dumps(v, canonical=True), v


def check_decode():
    values = [value() for _ in range(1500)]
    for v, answer in zip(values, run('decode', [cbor2.dumps(v, canonical=True).hex()
                                                for v in values])):
        assert answer == tokens(v), (v, answer)


def check_foreign():
    values = [foreign() for _ in range(300)]
    for v, answer in zip(values, run('decode', [cbor2.dumps(v).hex() for v in values])):
        assert answer == 'refused', (v, answer)


def check_damaged():
    blobs = [damaged(cbor2.dumps(value(), canonical=True)) for _ in range(6000)]
    accepted = 0
    for blob, answer in zip(blobs, run('decode', [blob.hex() for blob in blobs])):
        if answer == 'refused':
            continue
        accepted += 1
        read = whole(blob)
        assert read is not None, blob.hex()
        assert tokens(read[0]) == answer, blob.hex()
        # Nothing but the deterministic form gets through.
        assert cbor2.dumps(read[0], canonical=True) == blob, blob.hex()
    assert accepted > 100, accepted


print(f'# seed {SEED}')
checks = [check_encode, check_decode, check_foreign, check_damaged]
print(f'1..{len(checks)}')
failed = False
for number, check in enumerate(checks, 1):
    try:
        check()
        print(f'ok {number} {check.__name__}')
    except AssertionError as error:
        failed = True
        print(f'# {error!r}'.replace('\n', ' ')[:2000])
        print(f'not ok {number} {check.__name__}')
sys.exit(failed)
