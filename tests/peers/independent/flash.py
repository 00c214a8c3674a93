# SPDX-License-Identifier: GPL-3.0-or-later
"""What the independent key keeps, and the factory that fills it (sections 1, 4 and 5)."""
import datetime
import json
import os
import pathlib
import secrets

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

import page


class Flash:
    """Its memory: a dictionary of numbers, bytes, lists and dictionaries, replaced as a whole."""

    def __init__(self, folder):
        self.path = pathlib.Path(folder) / "memory"
        self.data = json.loads(self.path.read_text(), object_hook=self.bytes_of) if self.path.exists() else {}

    @staticmethod
    def bytes_of(item):
        return bytes.fromhex(item["hex"]) if set(item) == {"hex"} else item

    def save(self):
        text = json.dumps(self.data, default=lambda data: {"hex": data.hex()})
        beside = self.path.with_suffix(".new")
        with open(beside, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def make(folder, maker, platform_key):
    """The factory: a certificate under the maker's CA, and a setup code, returned, that only paper keeps."""
    maker = pathlib.Path(maker)
    ca = x509.load_pem_x509_certificate((maker / "maker-ca.pem").read_bytes())
    ca_key = serialization.load_pem_private_key((maker / "maker-ca.key").read_bytes(), None)
    private, _ = page.new_pair()
    now = datetime.datetime.now(datetime.timezone.utc)
    leaf = (x509.CertificateBuilder().issuer_name(ca.subject).subject_name(x509.Name([]))
            .public_key(private.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(True, False, False, False, False, False, False, False, False), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier("urn:uuid:independent")]),
                           critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.public_key()), critical=False)
            .sign(ca_key, hashes.SHA256()))
    discriminator, secret = secrets.randbelow(4096), secrets.token_bytes(5)
    code = page.setup_code(discriminator, secret)
    w0, l_point = page.stretch(code)
    pathlib.Path(folder).mkdir(mode=0o700)
    flash = Flash(folder)
    flash.data = {
        "discriminator": discriminator, "w0": w0.to_bytes(32, "big"), "L": l_point, "failures": 0,
        "chain": [leaf.public_bytes(serialization.Encoding.DER)],
        "key": private.private_numbers().private_value.to_bytes(32, "big"),
        "platform": page.unbase64url(pathlib.Path(platform_key).read_text().strip()),
        "owner": None, "bindings": [], "computers": []}
    flash.save()
    return "-".join(code[i:i + 4] for i in (0, 4, 8))
