#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that PROTOCOL.md prints, reached from its words alone.

It reads them from the page itself, so that a value changed there fails here."""
import json
import os
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = pathlib.Path(os.environ.get("ENIGM_SOURCE_DIR", HERE.parents[2]))
sys.path[:0] = [str(HERE), str(SOURCE / "tests/world")]

from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402

import page  # noqa: E402
import tap  # noqa: E402

WORDS = (SOURCE / "app/protocol/PROTOCOL.md").read_text()


def printed(pattern):
    """What the page prints there: the bytes of one or of several runs of hex."""
    found = re.search(pattern, WORDS, re.S)
    assert found, f"the page has no {pattern}"
    return [bytes.fromhex(run) for run in found.groups()]


def refused(call, *more):
    try:
        call(*more)
    except page.Refused:
        return True
    return False


def test_setup_codes():
    rows = re.findall(r"^\| `([0-9A-Z-]{14})` \| (\d+) \| `([0-9a-f]{10})` \|$", WORDS, re.M)
    assert len(rows) == 3
    for code, discriminator, secret in rows:
        assert page.setup_code(int(discriminator), bytes.fromhex(secret)) == code.replace("-", "")


def test_what_the_factory_leaves():
    w0, l_point = printed(r"From `NF0J-6HB7-H6HG`: w0 = `(\w+)`.*?L = `(\w+)`")
    assert page.stretch("NF0J6HB7H6HG") == (int.from_bytes(w0, "big"), l_point)


def test_spake2plus_of_the_rfc():
    vector = json.loads((SOURCE / "tests/vectors/spake2plus-rfc9383.json").read_text())
    text = json.dumps(vector)
    assert "P256" in text
    first = next(iter(find(vector, "w0")))
    value = {name: bytes.fromhex(item) for name, item in first.items() if re.fullmatch("[0-9a-f]+", str(item))}
    verifier = page.Verifier(int.from_bytes(value["w0"], "big"), value["L"], first["context"].encode(),
                             value["shareP"], (first["idProver"].encode(), first["idVerifier"].encode()),
                             int.from_bytes(value["y"], "big"))
    assert verifier.share == value["shareV"]
    assert (verifier.confirm_p, verifier.confirm_v) == (value["confirmP"], value["confirmV"])
    assert verifier.shared == value["K_shared"]


def find(tree, name):
    """The objects in a tree of JSON that have a member of that name."""
    if isinstance(tree, dict):
        if name in tree:
            yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from find(branch, name)


def test_channel():
    shared, session, first, second, back = printed(
        r"The channel\*\*, from K_shared = `(\w+)`: session value `(\w+)`.*?first message `(\w+)`, as A's second "
        r"`(\w+)`, as K's first `(\w+)`")
    channel = page.Channel.with_code(shared)
    assert channel.session == session
    assert channel.open(first) == b"hello" and channel.open(second) == b"hello"
    assert channel.seal(b"hello") == back
    channel = page.Channel.with_code(shared)
    try:
        channel.open(second)  # out of order
    except page.InvalidTag:
        pass
    else:
        raise AssertionError("a message out of order was read")


def test_credential():
    shared, credential, request, answer = printed(
        r"Device credential\*\*, from ECDH = `(\w+)`.*?: `(\w+)`; request key `(\w+)`, answer key `(\w+)`")
    secret = page.credential(shared, b"offer", b"attestation")
    assert (secret, page.request_key(secret), page.answer_key(secret)) == (credential, request, answer)


def test_resumption():
    private_a, private_k = printed(r"private keys A's `(\w+)` and K's `(\w+)`")
    hint, transcript, mac_k, mac_a, session, from_a, from_k = printed(
        r"section 8\.1\): hint `(\w+)`, T `(\w+)`, MAC_K `(\w+)`, MAC_A `(\w+)`, session value `(\w+)`; `\"hello\"` "
        r"as A's first message `(\w+)`, as K's first `(\w+)`")
    a, k = (ec.derive_private_key(int.from_bytes(key, "big"), ec.SECP256R1()) for key in (private_a, private_k))
    secret, binding, n_a, n_k = (bytes(range(start, start + size))
                                 for start, size in ((0, 32), (0x20, 16), (0x40, 32), (0x60, 32)))
    assert page.hint(secret, page.point_of(a), n_a) == hint
    here = page.Resumption(secret, binding, page.point_of(a), n_a, k, n_k)
    assert (here.transcript, here.mac_k, here.mac_a) == (transcript, mac_k, mac_a)
    assert here.channel.session == session
    assert here.channel.open(from_a) == b"hello" and here.channel.seal(b"hello") == from_k
    assert page.Resumption(None, b"", page.point_of(a), n_a).mac_k != mac_k


def test_a_join():
    words, start, rest = re.search(r"\*\*A join\*\*.*?is `(87 [^`]+)`.*?K's signature is `(\w{8})(\w+)`", WORDS, re.S).groups()
    for each, size in (("41", 16), ("42", 32), ("43", 32), ("44", 16)):
        words = words.replace(f"{each}…{each}", each * size)
    order = bytes.fromhex(words)
    assert order == page.pack([1, 1, b"A" * 16, b"B" * 32, b"C" * 32, b"D" * 16, 1790000000])
    # RFC 6979, appendix A.2.5
    key = ec.derive_private_key(0xc9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721, ec.SECP256R1())
    signature = bytes.fromhex(start + rest)
    assert page.verify(page.point_of(key), "enigm join 1", order, signature)
    assert not page.verify(page.point_of(key), "enigm join 2", order, signature)
    mine = page.sign(key, "enigm join 1", order)
    assert len(mine) == 64 and page.verify(page.point_of(key), "enigm join 1", order, mine)


def test_frames():
    assert list(page.frames(b"x", 23)) == [bytes.fromhex("c0000178")]
    cut = list(page.frames(bytes(4096), 23))
    assert (len(cut), len(cut[0]), cut[0][:3].hex(), cut[63][0], cut[64][0]) == (216, 20, "801000", 0x3f, 0)
    whole = page.Frames()
    assert [whole.take(frame) for frame in cut][-1] == bytes(4096)
    for bad in ([b"\xc0"], [b"\xc0\0\2x"], [b"\xc0\0\0x"], [b"\x01x"], [cut[0], cut[2]], [cut[0], cut[0]],
                [b"\x80\0\1x"], [b"\xc0\x10\1" + bytes(500)]):
        whole = page.Frames()
        assert refused(lambda whole, bad: [whole.take(frame) for frame in bad], whole, bad), bad


def test_an_alert():
    words = re.search(r"\*\*An alert's body\*\*.*?: `(87 [^`]+)`", WORDS).group(1)
    printed_body = bytes.fromhex(words.replace("51…51", "51" * 16).replace("52…52", "52" * 16))
    body = page.pack([2, b"\x51" * 16, 1000, b"\x52" * 16, True, 80, [3, [-33456789, 151234567, 25, 4]]])
    assert body == printed_body
    assert page.unpack(body)[2] == 1000
    for bad in (body + b"\0", body[:-1], b"\x18\x01", b"\x9f\xff", b"\xa0", b"\xf6", b"\xf9\0\0", b"\x1b" + bytes(8)):
        assert refused(page.unpack, bad), bad


def test_a_request_and_its_answer():
    request, answer = re.findall(r"Signature: (enigm=:[A-Za-z0-9+/=]+:)`", WORDS)
    content = re.search(r"Content-Digest: (sha-256=:[A-Za-z0-9+/=]+:)`", WORDS).group(1)
    handle, nonce = bytes(range(16, 32)), bytes(range(16))
    body = page.pack([2, b"\x51" * 16, 1000, b"\x52" * 16, True, 80, [3, [-33456789, 151234567, 25, 4]]])
    keep, page.digest = page.digest, lambda body: content  # the page does not say of what
    try:
        fields = page.request_headers(b"\1" * 32, handle, "keys.example.org", "/key/v1/events", body, 1790000000, nonce)
        assert fields["Signature"] == request
        there = {"content-digest": content, "content-type": "application/cbor", "signature": answer,
                 "signature-input": 'enigm=("@status" "content-digest" "signature";req;key="enigm");created=1790000000;'
                                    f'nonce="{page.base64url(nonce)}";keyid="{handle.hex()}";tag="enigm-platform"'}
        # b"\1" * 16 stands for an epoch and for what else is 16 long
        good = page.pack([0, 1790000000, 1001, b"\1" * 16, 2, 0, [b"\1" * 32] * 2, [], 1])
        sent = "enigm=:" + "A" * 43 + "=:"
        assert page.check_answer(b"\3" * 32, handle, sent, 200, there, good)[2] == 1001
        assert not page.check_answer(b"\3" * 32, handle, sent.replace("AAA", "AAB", 1), 200, there, good)
        assert not page.check_answer(b"\3" * 32, handle, sent, 409, there, good)
        assert not page.check_answer(b"\4" * 32, handle, sent, 200, there, good)
    finally:
        page.digest = keep


def test_what_a_pairing_costs():
    certificate, origin, point = bytes(417), "https://localhost:40000", b"\4" + bytes(64)
    offer = page.pack([1, 1, bytes(16), bytes(16), *[bytes(32)] * 4, origin, [bytes(32)] * 2, point, bytes(32),
                       bytes(16), 1790000000, 1790000600])
    receipt = page.pack([1, 1, bytes(16), bytes(32), 1790000000])
    state = [22, 1, 0, 80, bytes(16), 0]

    def air(*messages):
        """What messages take with their frames and ATT's headers; those of type 16 and more are sealed."""
        whole = [page.pack(list(message)) for message in messages]
        whole = [page.pack([5, data + bytes(16)]) if message[0] >= 16 else data
                 for message, data in zip(messages, whole)]
        return sum(len(frame) + 3 for data in whole for frame in page.frames(data, 517))

    # What is needed: bytes that the other side cannot know, 16 of a tag where it is sealed, ATT's header.
    needed_offer = 16 + 16 + 32 + len(origin) + 64 + 33 + 32 + 16 + 5 + 2 + 64
    ours = [(3, 1 + len(page.pack([1, [1], 2748, False]))), (5, 1),
            (air([1, page.pack([1, 1]), point]), 1 + air([2, point, bytes(32)])),
            (air([3, bytes(32)]), 1 + air([16, [certificate], bytes(32), b""])),
            (air([18, offer, bytes(64)]), 1 + air([19, 60], [20, page.pack([1, point, bytes(64)])])),
            (air([21, receipt, bytes(64), bytes(16), bytes(32)]), 1 + air([29, 21, b""], state, state))]
    least = [(3, 1 + 3), (5, 1), (3 + 1 + 33, 1 + 3 + 33 + 32), (3 + 32, 1 + 3 + 417 + 32 + 16),
             (3 + needed_offer + 16, 1 + 3 + 33 + 64 + 16), (3 + 1 + 5 + 64 + 16 + 32 + 16, 1 + 3 + 2 + 16)]
    rows = re.findall(r"^\| (\d) \| [^|]+\| (\d+) \| (\d+) \|[^|]*\| (\d+) \| (\d+) \|$", WORDS, re.M)
    told = [tuple(map(int, row)) for row in rows]
    assert told == [(trip, ours[trip - 1][0], least[trip - 1][0], ours[trip - 1][1], least[trip - 1][1])
                    for trip in range(1, 7)], (told, ours, least)
    total, smallest = sum(map(sum, ours)), sum(map(sum, least))
    assert f"{total:,} bytes are {total / smallest:.2f} times the least, {smallest:,}. Of the {total - smallest}" in WORDS


if __name__ == "__main__":
    tap.main(globals())
