# SPDX-License-Identifier: GPL-3.0-or-later
"""What PROTOCOL.md says about bytes, written from that page and the RFCs it names, and nothing else.

No input or output here, no secret kept. Sections are those of app/protocol/PROTOCOL.md.
"""
import base64
import hashlib
import hmac
import math
import secrets

import cbor2
from cryptography.exceptions import InvalidSignature, InvalidTag  # noqa: F401 (callers catch it)
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

SERVICE, INFORMATION, INBOX, OUTBOX = (
    f"5b1e000{n}-9d3c-4f5a-8a77-c40e8d2f61b3" for n in (1, 2, 3, 4))
MESSAGE_MAX = 4096


class Refused(Exception):
    """What came is not what the page says; `reason` is the page's number for it."""

    def __init__(self, reason, seconds=0):
        super().__init__(f"reason {reason}")
        self.reason, self.seconds = reason, seconds


# 1. Conventions

def pack(value):
    return cbor2.dumps(value, canonical=True)


def unpack(data):
    """Decodes the page's subset of CBOR; what would not be encoded the same way again is refused."""
    def plain(value):
        return (isinstance(value, (bool, int, bytes, str))
                or isinstance(value, list) and all(map(plain, value)))
    try:
        value = cbor2.loads(data)
        same = plain(value) and pack(value) == data
    except Exception as error:  # cbor2 raises many kinds
        raise Refused(1) from error
    if not same:
        raise Refused(1)
    return value


def raw(size, most=None):
    return lambda value: isinstance(value, bytes) and size <= len(value) <= (size if most is None else most)


def number(most):
    return lambda value: type(value) is int and 0 <= value <= most


def text(least, most):
    return lambda value: isinstance(value, str) and least <= len(value.encode()) <= most


def listed(least, most, each):
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(each, value))


def is_point(value):
    try:
        return raw(65)(value) and bool(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), value))
    except ValueError:
        return False


def check(value, *forms):
    """An array of exactly these elements; a form is a test, or the one value there may be."""
    if not (isinstance(value, list) and len(value) == len(forms)):
        raise Refused(1)
    for element, form in zip(value, forms):
        if not (form(element) if callable(form) else type(element) is type(form) and element == form):
            raise Refused(1)
    return value


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def mac(key, *parts):
    return hmac.digest(key, b"".join(parts), "sha256")


same = hmac.compare_digest


def hkdf(secret, salt, info, length):
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def expand(secret, info):
    return HKDFExpand(hashes.SHA256(), 32, info).derive(secret)


def labelled(label, message):
    return label.encode() + b"\0" + message


def sign(private, label, message):
    r, s = utils.decode_dss_signature(private.sign(labelled(label, message), ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify(point, label, message, signature):
    """Whether the holder of the key of that point signed the message under the label."""
    der = utils.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        public(point).verify(der, labelled(label, message), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def public(point):
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def new_pair():
    private = ec.generate_private_key(ec.SECP256R1())
    return private, point_of(private)


def point_of(private):
    numbers = private.public_key().public_numbers()
    return b"\4" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def ecdh(private, point):
    return private.exchange(ec.ECDH(), public(point))


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64url(words):
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))


# The setup code (1 and 9)

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def setup_code(discriminator, secret):
    """The 12 characters, without hyphens, of 12 bits and five bytes."""
    crc = 0
    for byte in discriminator.to_bytes(2, "big") + secret:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x107) if crc & 0x80 else crc << 1
    bits = discriminator << 48 | int.from_bytes(secret, "big") << 8 | crc ^ 0x5A
    return "".join(LETTERS[bits >> shift & 31] for shift in range(55, -1, -5))


# Points of P-256, for which python3-cryptography has no addition: y² = x³ − 3x + b mod P. None is the identity.
# Not in constant time: it is a key for tests.

P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff
ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
GENERATOR = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
             0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)
# RFC 9383, section 4
M = "02886e2f97ace46e55ba9dd7242579f2993b64e16ef3dcab95afd497333d8fa12f"
N = "03d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49"


def add(one, two):
    if one is None or two is None:
        return one or two
    (x1, y1), (x2, y2) = one, two
    if x1 == x2:
        if (y1 + y2) % P == 0:
            return None
        slope = 3 * (x1 * x1 - 1) * pow(2 * y1, -1, P) % P
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P) % P
    x3 = (slope * slope - x1 - x2) % P
    return x3, (slope * (x1 - x3) - y1) % P


def times(scalar, point):
    sum_ = None
    while scalar:
        if scalar & 1:
            sum_ = add(sum_, point)
        point = add(point, point)
        scalar >>= 1
    return sum_


def minus(point):
    return point and (point[0], -point[1] % P)


def decode(point):
    numbers = public(point).public_numbers()
    return numbers.x, numbers.y


def encode(point):
    return b"\4" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


POINT_M, POINT_N = decode(bytes.fromhex(M)), decode(bytes.fromhex(N))


# 4. Checking the code

def sized(*parts):
    return b"".join(len(part).to_bytes(8, "little") + part for part in parts)


def stretch(code):
    """(w0, L) of a setup code: what the factory leaves on the key."""
    both = hashlib.scrypt(sized(code.encode(), b"", b""), salt=b"enigm setup code 1", n=32768, r=8, p=1,
                          maxmem=64 << 20, dklen=80)
    w0, w1 = (int.from_bytes(half, "big") % ORDER for half in (both[:40], both[40:]))
    return w0, encode(times(w1, GENERATOR))


class Verifier:
    """The key's side of SPAKE2+ for one try."""

    def __init__(self, w0, l_point, context, share_p, identities=(b"", b""), y=None):
        if not is_point(share_p):
            raise Refused(1)
        y = y or secrets.randbelow(ORDER - 1) + 1
        rest = add(decode(share_p), minus(times(w0, POINT_M)))
        if rest is None:
            raise Refused(1)
        self.share = encode(add(times(y, GENERATOR), times(w0, POINT_N)))
        z, v = encode(times(y, rest)), encode(times(y, decode(l_point)))
        main = sha256(sized(context, *identities, encode(POINT_M), encode(POINT_N), share_p, self.share, z, v,
                            w0.to_bytes(32, "big")))
        keys = hkdf(main, None, b"ConfirmationKeys", 64)
        self.confirm_p, self.confirm_v = mac(keys[:32], self.share), mac(keys[32:], share_p)
        self.shared = hkdf(main, None, b"SharedKey", 32)


class Channel:
    """Type 5's contents. The three values are those of section 4 or 7."""

    def __init__(self, from_app, from_key, session):
        self.keys, self.counters, self.session = (AESGCM(from_app), AESGCM(from_key)), [0, 0], session

    @classmethod
    def with_code(cls, shared):
        both = hkdf(shared, None, b"enigm session 1", 96)
        return cls(both[:32], both[32:64], both[64:])

    def nonce(self, way):
        self.counters[way] += 1
        return bytes(4) + (self.counters[way] - 1).to_bytes(8, "big")

    def open(self, sealed):
        return self.keys[0].decrypt(self.nonce(0), sealed, None)

    def seal(self, message):
        return self.keys[1].encrypt(self.nonce(1), message, None)


class Frames:
    """Section 2: one message from the frames of one direction."""

    def __init__(self):
        self.parts = None

    def take(self, frame):
        """The whole message, or None while some is missing."""
        if len(frame) < 2:
            raise Refused(1)
        control, rest = frame[0], frame[1:]
        if control & 0x80:
            if self.parts is not None or len(rest) < 3:
                raise Refused(1)
            self.size, rest, self.parts, self.count = int.from_bytes(rest[:2], "big"), rest[2:], b"", 0
            if not 1 <= self.size <= MESSAGE_MAX:
                raise Refused(1)
        if self.parts is None or control & 0x3F != self.count % 64:
            raise Refused(1)
        self.parts, self.count = self.parts + rest, self.count + 1
        last = bool(control & 0x40)
        if len(self.parts) > self.size or last != (len(self.parts) == self.size):
            raise Refused(1)
        if last:
            message, self.parts = self.parts, None
            return message
        return None


def frames(message, mtu):
    """The frames that carry a message at that MTU."""
    room = min(mtu - 3, 512)
    first, rest = message[:room - 3], message[room - 3:]
    pieces = [len(message).to_bytes(2, "big") + first]
    pieces += [rest[i:i + room - 1] for i in range(0, len(rest), room - 1)]
    for count, piece in enumerate(pieces):
        flags = (0x80 if count == 0 else 0) | (0x40 if count == len(pieces) - 1 else 0)
        yield bytes([flags | count % 64]) + piece


# 5. Binding

OFFER = (1, 1, raw(16), raw(16), raw(32), raw(32), raw(32), raw(32), text(9, 128), listed(2, 2, raw(32)), is_point,
         raw(32), raw(16), number((1 << 40) - 1), number((1 << 40) - 1))


def credential(shared, offer, attestation):
    return hkdf(shared, sha256(offer, attestation), b"enigm device credential 1", 32)


def request_key(secret):
    return expand(secret, b"enigm request 1")


def answer_key(secret):
    return expand(secret, b"enigm answer 1")


# 6. A signed request

STATUS = (200, 409, 409, 409, 409, 403, 410, 410, 400, 404)
ANSWER = (number(9), number((1 << 40) - 1), number((1 << 48) - 1), raw(16), number(3), number(7),
          listed(2, 2, raw(32)), listed(0, 8, raw(16)), number(65535))


def digest(body):
    return "sha-256=:" + base64.b64encode(sha256(body)).decode() + ":"


def request_headers(key, handle, authority, path, body, created, nonce):
    """The four fields of a request, in the one form there is."""
    covered = ("@method", "@authority", "@path", "content-type", "content-digest")
    values = ("POST", authority, path, "application/cbor", digest(body))
    params = "({});created={};nonce=\"{}\";keyid=\"{}\";tag=\"enigm-key\"".format(
        " ".join(f'"{name}"' for name in covered), created, base64url(nonce), handle.hex())
    lines = [f'"{name}": {value}' for name, value in zip(covered, values)]
    signature = mac(key, "\n".join([*lines, f'"@signature-params": {params}']).encode())
    return {"Content-Type": "application/cbor", "Content-Digest": digest(body), "Signature-Input": "enigm=" + params,
            "Signature": "enigm=:" + base64.b64encode(signature).decode() + ":"}


def check_answer(key, handle, signature_sent, status, fields, body):
    """The answer's elements, if its MAC is right and it is for that request; else None."""
    params = fields.get("signature-input", "")
    start = 'enigm=("@status" "content-digest" "signature";req;key="enigm");created='
    end = f';keyid="{handle.hex()}";tag="enigm-platform"'
    if (not params.startswith(start) or not params.endswith(end) or fields.get("content-digest") != digest(body)
            or fields.get("content-type") != "application/cbor"):
        return None
    base = (f'"@status": {status}\n"content-digest": {digest(body)}\n'
            f'"signature";req;key="enigm": {signature_sent.removeprefix("enigm=")}\n'
            f'"@signature-params": {params.removeprefix("enigm=")}')
    expected = "enigm=:" + base64.b64encode(mac(key, base.encode())).decode() + ":"
    if not same(expected.encode(), fields.get("signature", "").encode()):
        return None
    try:
        answer = check(unpack(body), *ANSWER)
    except Refused:
        return None
    return answer if STATUS[answer[0]] == status and answer[2] >= 1 else None


# 7. Later, without the code

class Resumption:
    """The key's answer to a resume, under one management secret, or under none that anybody has."""

    def __init__(self, secret, binding, share_a, nonce_a, private=None, nonce_k=None):
        if private is None:
            private, _ = new_pair()
        self.share, self.nonce = point_of(private), nonce_k or secrets.token_bytes(32)
        self.channel = None
        self.mac_k, self.mac_a = secrets.token_bytes(32), secrets.token_bytes(32)
        if secret is None:
            return
        self.transcript = sha256(b"\1", binding, share_a, nonce_a, self.share, self.nonce)
        keys = hkdf(ecdh(private, share_a), secret, b"enigm management 1" + self.transcript, 160)
        self.mac_k = mac(keys[:32], b"key", self.transcript)
        self.mac_a = mac(keys[32:64], b"app", self.transcript)
        self.channel = Channel(keys[64:96], keys[96:128], keys[128:])


def hint(secret, share_a, nonce_a):
    return mac(secret, b"hint", share_a, nonce_a)
