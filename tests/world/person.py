# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody at a computer of the private world, typing enigmctl."""
import json
import os
import subprocess
import threading

from world import DEADLINE, WorldError


class Person:
    """Has an account of that name once signed up, in the environment their programs run in."""

    def __init__(self, name, env):
        self.name = name
        self.env = dict(env, G_DEBUG="fatal-criticals")  # what a program finds wrong with itself ends it
        self.password = f"practice password of {name}"
        self.contact_id = None

    def start(self, *words, secrets=()):
        """Starts enigmctl; secrets are (option, text) and go through a pipe each."""
        argv, readers = ["enigmctl", *words, "--json"], []
        for option, text in secrets:
            reader, writer = os.pipe()
            os.write(writer, text.encode() + b"\n")
            os.close(writer)
            readers.append(reader)
            argv += [option, str(reader)]
        process = subprocess.Popen([str(word) for word in argv], env=self.env, pass_fds=readers, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for reader in readers:
            os.close(reader)
        return process

    def follow(self, *words, secrets=()):
        """Starts enigmctl and yields each line of JSON as it comes; fails if the run does."""
        process = self.start(*words, secrets=secrets)
        limit = threading.Timer(DEADLINE * 3, process.kill)
        limit.start()
        try:
            yield from map(json.loads, process.stdout)
            if process.wait():
                raise WorldError(f"enigmctl {words[0]} ended with {process.returncode}: {process.stderr.read()}")
        finally:
            limit.cancel()
            process.kill()
            process.communicate()

    def ctl(self, *words, secrets=()):
        """Runs enigmctl and returns the last JSON it printed."""
        process = self.start(*words, secrets=secrets)
        out, err = process.communicate(timeout=DEADLINE)
        if process.returncode:
            raise WorldError(f"enigmctl {' '.join(map(str, words))} ended with {process.returncode}: {err or out}")
        return json.loads(out.strip().splitlines()[-1]) if out.strip() else {}

    def sign_up(self, platform):
        answer = self.ctl("sign-up", "--platform", platform.origin, "--ca", platform.ca, "--user", self.name,
                          secrets=[("--password-fd", self.password), ("--pin-fd", "135790")])
        self.contact_id = answer["contact_id"]

    def sign_in(self, platform, *words):
        """To the account of this name, from one more computer."""
        self.ctl("sign-in", "--platform", platform.origin, "--ca", platform.ca, "--user", self.name, *words,
                 secrets=[("--password-fd", self.password)])
