#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The icons at the sizes at which a desktop shows them.

All of them are drawn four times as large, light and dark, into screenshots/icons.png in the build folder,
to be looked at."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "world"))
import gi  # noqa: E402
import tap  # noqa: E402

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf  # noqa: E402

ICONS = sorted((pathlib.Path(os.environ["ENIGM_SOURCE_DIR"]) / "data/icons").glob("*.svg"))
PICTURE = pathlib.Path(os.environ["ENIGM_BUILD_DIR"]) / "screenshots/icons.png"
SIZES, ZOOM, GAP = (16, 24, 32, 64), 4, 16
GROUNDS = ((0xfafafaff, "#241f31"), (0x242424ff, "#ffffff"))  # and a symbolic icon's colour there


def draw(icon, size, colour="#000000"):
    loader = GdkPixbuf.PixbufLoader()
    loader.set_size(size, size)
    loader.write(icon.read_text().replace("<path ", f'<path fill="{colour}" ').encode() if "symbolic" in icon.name
                 else icon.read_bytes())
    loader.close()
    return loader.get_pixbuf()


def read_opacity(pixels):
    """Of each pixel, from 0 to 255."""
    assert pixels.get_has_alpha() and pixels.get_width() == pixels.get_height()
    data, stride, width = pixels.get_pixels(), pixels.get_rowstride(), pixels.get_width()
    return [data[y * stride + x * 4 + 3] for y in range(width) for x in range(width)]


def test_sharp_at_16_pixels():
    """An icon that is neither lost in its square nor mostly edge."""
    for icon in ICONS:
        opacity = read_opacity(draw(icon, 16))
        covered = sum(opacity) / 255 / len(opacity)
        edge = sum(20 < value < 235 for value in opacity) / len(opacity)
        assert covered > 0.25 and edge < 0.3, f"{icon.name}: {covered:.2f} covered, {edge:.2f} edge"


def test_told_apart_at_16_pixels():
    drawn = {icon.name: draw(icon, 16).get_pixels() for icon in ICONS}
    for name, pixels in drawn.items():
        for other, theirs in drawn.items():
            differing = sum(abs(a - b) > 64 for a, b in zip(pixels, theirs))
            assert name == other or differing > len(pixels) / 5, f"{name} and {other}: {differing} bytes differ"


def test_picture():
    row = ZOOM * SIZES[-1] + GAP
    width, height = GAP + sum(ZOOM * size + GAP for size in SIZES), GAP + row * len(ICONS)
    picture = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, False, 8, width, height * len(GROUNDS))
    for at, (ground, colour) in enumerate(GROUNDS):
        picture.new_subpixbuf(0, at * height, width, height).fill(ground)
        for line, icon in enumerate(ICONS):
            x, y = GAP, at * height + GAP + line * row
            for size in SIZES:
                draw(icon, size, colour).composite(picture, x, y, ZOOM * size, ZOOM * size, x, y, ZOOM, ZOOM,
                                                   GdkPixbuf.InterpType.NEAREST, 255)
                x += ZOOM * size + GAP
    PICTURE.parent.mkdir(exist_ok=True)
    assert picture.savev(str(PICTURE), "png", [], [])


if __name__ == "__main__":
    tap.main(globals())
