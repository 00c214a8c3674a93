# SPDX-License-Identifier: GPL-3.0-or-later
"""enigmctl as a person and a script run it: codes, the last line of JSON, the sentence of a refusal."""
import json
import os
import pathlib
import subprocess

from person import Person
from world import DEADLINE

OK, FAILED, USAGE, SIGNED_OUT, AWAY, KEYRING, KEY, REFUSED, NOT_READY, NOT_KNOWN = (
    0, 1, 2, 3, 4, 5, 6, 7, 10, 11)
INTERRUPTED = 130
PASSWORD = "practice password"
PIN = "135790"


def run(*words, env=None, secrets=()):
    """Runs enigmctl. Returns its exit code, output and errors."""
    argv, readers = ["enigmctl", *map(str, words)], []
    for option, text in secrets:
        reader, writer = os.pipe()
        os.write(writer, text.encode())
        os.close(writer)
        readers.append(reader)
        argv += [option, str(reader)]
    env = dict(env or os.environ, G_DEBUG="fatal-criticals")
    done = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False, timeout=DEADLINE,
                          pass_fds=readers, start_new_session=True)
    for reader in readers:
        os.close(reader)
    return done.returncode, done.stdout, done.stderr


def ask(*words, env=None, code=OK, secrets=()):
    """Runs enigmctl --json, which has to end with `code`, and returns the last thing it says."""
    got, out, err = run(*words, "--json", env=env, secrets=secrets)
    assert got == code, f"{words}: {got}, not {code}\n{out}{err}"
    return json.loads(out.splitlines()[-1]) if out else {}


def refused(*words, code, says, env=None, secrets=()):
    """A run that ends with `code`, with a sentence for the person and the same one for a script."""
    got, out, err = run(*words, env=env, secrets=secrets)
    assert (got, out) == (code, ""), f"{words}: {got}\n{out}{err}"
    assert says in err, f"{words}: {err}"
    assert err.count("\n") == 1 and err.strip().endswith("."), err


def sign_up(world, user="owner", password=PASSWORD, pin=PIN, code=OK, origin=None):
    return ask("sign-up", "--platform", origin or world.platform.origin, "--ca", world.platform.ca,
               "--user", user, code=code,
               secrets=[("--password-fd", password + "\n"), ("--pin-fd", pin + "\n")])


def data_folder():
    return pathlib.Path(os.environ["XDG_DATA_HOME"]) / "enigm"


def pair(world, number=0, *words):
    """A key paired to the end with these words. Returns its binding."""
    key = world.keys[number]
    felt = key.watch()
    key.ctl("hold")
    process = Person("", dict(os.environ)).start("pair", *words, secrets=[("--code-fd", key.setup_code)])
    for line in process.stdout:
        said = json.loads(line)
        if said.get("step") == "confirm" and said.get("state") == "waiting":
            felt.await_line("vibrate confirm")
            key.ctl("press")
    assert process.wait() == OK, process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    return said["binding"]


def state_of(binding):
    return next(key for key in ask("keys")["keys"] if key["binding"] == binding)
