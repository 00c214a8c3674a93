# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs many cases in a few worlds side by side and says how they went in TAP.

Most of a case is waiting: for three seconds of a held button, for a pause the key asks for. A
worker is a process with a world of its own, which takes one case after the other.
"""
import queue
import subprocess
import sys
import threading
import traceback

WORKERS = 8


def work(cases, make_world, run):
    """In a worker: reads names of cases, and says of each one how it went, a line each."""
    names = iter(map(str.strip, sys.stdin))
    while True:
        with make_world() as world:
            if not take_cases(names, world, cases, run):
                break


def take_cases(names, world, cases, run):
    """Returns at the end of the names, or true at a failed case: what that left is not for the next one."""
    for name in names:
        try:
            words, ok = run(world, *cases[name]), True
        except Exception:  # a failing case must not keep the others from running
            words, ok = traceback.format_exc(), False
        print("ok" if ok else "not ok", words.strip().replace("\n", "\x1f"), flush=True)
        if not ok:
            return True
    return False


def hand_out(names, results, lock):
    """Keeps one worker busy until no name is left."""
    worker = subprocess.Popen([sys.executable, sys.argv[0], "--worker"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    while True:
        try:
            name = names.get_nowait()
        except queue.Empty:
            break
        try:
            print(name, file=worker.stdin, flush=True)
            line = worker.stdout.readline()
        except BrokenPipeError:
            line = ""
        with lock:
            results(name, line.startswith("ok"), line.partition("ok ")[2] or "its world ended")
        if not line:
            break
    worker.stdin.close()
    if worker.wait():
        with lock:
            results(None, False, "a world did not end well")


def get_label(name):
    """As TAP takes it, and as it is written to choose a case."""
    return name.replace(" ", "-")


def main(cases, make_world, run):
    """Runs all cases, or those whose names begin with one of the arguments."""
    if sys.argv[1:] == ["--worker"]:
        return work(cases, make_world, run)
    chosen = [name for name in cases if not sys.argv[1:] or get_label(name).startswith(tuple(sys.argv[1:]))]
    print(f"1..{len(chosen)}", flush=True)
    names, failed, count = queue.Queue(), [], iter(range(1, len(chosen) + 1))
    for name in chosen:
        names.put(name)

    def results(name, ok, words):
        if name is not None:
            print("\n".join(f"# {line}" for line in words.strip().split("\x1f")))
            print(f"{'ok' if ok else 'not ok'} {next(count)} {get_label(name)}", flush=True)
        else:
            print(f"# {words}", flush=True)
        if not ok:
            failed.append(name)

    lock = threading.Lock()
    threads = [threading.Thread(target=hand_out, args=(names, results, lock))
               for _ in range(min(WORKERS, len(chosen)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 1 if failed else 0
