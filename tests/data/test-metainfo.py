#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What software centres show of the app:  test-metainfo.py FILE

AppStream's own check has nothing to say of it, not even in passing; its pictures are there, as large
as it says."""
import os
import pathlib
import struct
import subprocess
import sys
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import tap  # noqa: E402

METAINFO = pathlib.Path(sys.argv.pop(1))
PICTURES = pathlib.Path(os.environ["ENIGM_SOURCE_DIR"]) / "data/screenshots"


def test_nothing_to_say():
    done = subprocess.run(["appstreamcli", "validate", "--no-net", "--no-color", METAINFO], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    said = [line for line in done.stdout.splitlines() if line[:3] in ("E: ", "W: ", "I: ")]
    assert done.returncode == 0 and not said, done.stdout


def test_pictures():
    listed = {}
    for image in xml.etree.ElementTree.parse(METAINFO).iter("image"):
        listed[image.text.rsplit("/", 1)[1]] = (int(image.get("width")), int(image.get("height")))
    # A PNG's size stands in its first chunk.
    found = {path.name: struct.unpack(">II", path.read_bytes()[16:24]) for path in PICTURES.glob("*.png")}
    assert listed == found, (listed, found)


if __name__ == "__main__":
    tap.main(globals())
