#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts test cases in meson's logs:  count.py SKIPS TESTLOG.json...

A test that speaks TAP counts once a case, any other test counts once. A test that died, ran out of
time or broke its plan without a case saying "not ok" counts as one failure more. A skip is a
failure unless SKIPS names it with its reason. What a test said last before a failure is repeated,
since only the end of a long log may be at hand.
"""
import json
import pathlib
import re
import sys

SAID_MAX = 400
CASE = re.compile(r"^\s*(not ok|ok)\b\s*\d*\s*-?\s*(.*?)\s*(?:#\s*(SKIP|TODO)\b.*)?$", re.I)


def cases(test):
    """Yields (name, outcome, what was said last) for each case of one entry of testlog.json."""
    name = test["name"].split(" / ")[-1]
    found = failed = 0
    said = ""
    for line in (test["stdout"] or "").splitlines() if "TAP" in kind(test) else ():
        match = CASE.match(line)
        if not match:
            said = line.strip() or said
            continue
        found += 1
        state, label, directive = match.groups()
        label = f"{name}/{label.strip('/')}"
        if (directive or "").upper() == "SKIP":
            yield label, "skipped", said
        elif state.lower() == "ok":
            yield label, "passed", said
        else:
            failed += 1
            yield label, "failed", said
        said = ""
    if test["result"] in ("OK", "EXPECTEDFAIL"):
        if not found:
            yield name, "passed", said
    elif test["result"] == "SKIP":
        if not found:
            yield name, "skipped", said
    elif not failed:
        yield name, "failed", said or f"it ended as {test['result']}"


def kind(test):
    """The protocol is not in the log; a plan line gives TAP away."""
    return "TAP" if re.search(r"^(TAP version|1\.\.\d)", test["stdout"] or "", re.M) else "exit code"


def main(skips, *logs):
    reasons = {}
    for line in pathlib.Path(skips).read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, reason = line.partition(": ")
            if not reason:
                sys.exit(f"{skips}: '{name}' gives no reason")
            reasons[name] = reason
    count = {"passed": 0, "failed": 0, "skipped": 0}
    for log in logs:
        path = pathlib.Path(log)
        build = path.parent.parent.name
        entries = path.read_text().splitlines() if path.exists() else []
        if not entries:
            print(f"FAILED {build}: no test ran")
            count["failed"] += 1
        for entry in entries:
            for name, outcome, said in cases(json.loads(entry)):
                if outcome == "skipped":
                    reason = reasons.get(name) or reasons.get(name.split("/")[0])
                    print(f"skipped {build} {name}: {reason or 'not listed in ' + skips}")
                    if not reason:
                        outcome = "failed"
                elif outcome == "failed":
                    print(f"FAILED {build} {name}")
                    if said:
                        print(f"  {said}"[:SAID_MAX])
                count[outcome] += 1
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**count))
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
