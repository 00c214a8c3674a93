# SPDX-License-Identifier: GPL-3.0-or-later
"""Setup codes and contact IDs as a person has them in hand: right, misread, and another key's."""

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def write(bits, length):
    """A number in as many digits of Crockford's base 32."""
    return "".join(DIGITS[bits >> 5 * place & 31] for place in reversed(range(length)))


def slip(code):
    """The code with its last character misread."""
    return code[:-1] + DIGITS[(DIGITS.index(code[-1]) + 1) % len(DIGITS)]


def other_code(code):
    """A code with the same discriminator and a right check byte, but another secret."""
    bits = 0
    for digit in code.replace("-", ""):
        bits = bits << 5 | DIGITS.index(digit)
    covered = (bits >> 8) ^ 1
    check = 0
    for byte in covered.to_bytes(7, "big"):
        check ^= byte
        for _ in range(8):
            check = (check << 1 ^ (0x07 if check & 0x80 else 0)) & 0xff
    return write(covered << 8 | check ^ 0x5a, 12)
