# SPDX-License-Identifier: GPL-3.0-or-later
"""A Wayland compositor of one's own, without a screen, and the window on it."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from driver import Window

DISPLAY = "enigm-wayland"


def start_compositor(world, width, height):
    """Starts Weston, and returns the environment of a program that is to use it."""
    version = int(subprocess.run(["weston", "--version"], stdout=subprocess.PIPE, text=True,
                                 check=True).stdout.split()[1].split(".")[0])
    backend = ["--backend=headless-backend.so", "--use-pixman"] if version < 12 else \
        ["--backend=headless", "--renderer=pixman"]
    env = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    env.update(GDK_BACKEND="wayland", WAYLAND_DISPLAY=DISPLAY)
    weston = world.start("weston", "weston", *backend, "--debug", f"--socket={DISPLAY}", f"--width={width}",
                         f"--height={height}", "--idle-time=0", "--no-config", env=env)
    socket = pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / DISPLAY
    until = time.monotonic() + 30
    while not socket.exists():
        assert weston.popen.poll() is None and time.monotonic() < until, weston.tail()
        Window.pause()
    return env


def take_picture(world, env, path):
    """Keeps a picture of the compositor's whole screen."""
    with tempfile.TemporaryDirectory(prefix="enigm-shot-") as folder:
        world.run("weston-screenshooter", cwd=folder, env=env)
        shutil.move(next(pathlib.Path(folder).glob("*.png")), path)


class WaylandWindow(Window):
    """The window on a compositor of its own: no X, so no keys and no mouse."""

    def focus(self):
        pass

    def picture(self, name):
        self.check_names()
        take_picture(self.world, self.env, self.pictures / f"{name}.png")
