#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journey, and what goes wrong on a radio, with the distribution's own bluetoothd. Runs inside a
virtual machine, which boot.py makes. With names of cases, only these.
"""
import sys
import time

import cases
from reality import RealHand, RealWorld


def main():
    since = time.monotonic()
    with RealWorld(adapters=len(cases.ADAPTERS), keys=1) as world:
        print(f"# the world took {time.monotonic() - since:.1f} s", flush=True)
        # The hand has not been able to take one of the key's notifications from a real bluetoothd.
        return cases.run(world, RealHand(world), sys.argv[1:], [cases.case_notification_lost])


if __name__ == "__main__":
    sys.exit(main())
