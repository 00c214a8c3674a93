# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTPS to a server that is known by its pins alone; it blocks, so it lives in a thread of its own."""
import http.client
import ssl
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import page

PATIENCE = 10  # seconds


class Line:
    """One connection, kept open between requests."""

    def __init__(self):
        self.origin = self.connection = None

    def connect(self, origin, pins):
        place = urllib.parse.urlsplit(origin)
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # the pins are compared instead
        self.connection = http.client.HTTPSConnection(place.hostname, place.port, timeout=PATIENCE, context=context)
        self.connection.connect()
        leaf = x509.load_der_x509_certificate(self.connection.sock.getpeercert(binary_form=True))
        spki = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if page.sha256(spki) not in pins:
            self.close()
            raise ConnectionError("another server than the one that is pinned")
        self.origin = origin

    def close(self):
        if self.connection:
            self.connection.close()
        self.origin = self.connection = None

    def post(self, origin, pins, path, fields, body):
        """(status, fields by their names in lower case, body), or an OSError."""
        if self.origin != origin:
            self.close()
        try:
            fresh = self.connection is None
            if fresh:
                self.connect(origin, pins)
            return self.exchange(path, fields, body)
        except (http.client.HTTPException, OSError) as error:
            self.close()
            if fresh:
                raise ConnectionError(str(error)) from error
        return self.post(origin, pins, path, fields, body)  # a kept connection that had been closed meanwhile

    def exchange(self, path, fields, body):
        self.connection.request("POST", path, body, fields)
        answer = self.connection.getresponse()
        return (answer.status, {name.lower(): value for name, value in answer.getheaders()},
                answer.read(page.MESSAGE_MAX))


def authority(origin):
    """What "@authority" is for an origin."""
    return urllib.parse.urlsplit(origin).netloc.lower().removesuffix(":443")
