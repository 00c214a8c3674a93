#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong on a radio, on the practice radio: the cases that real BlueZ has to pass as well, so
that the two cannot come to differ. With names of cases, only these.
"""
import sys

import cases
from hand import Hand
from world import World


def main():
    with World(adapters=len(cases.ADAPTERS), keys=1) as world:
        return cases.run(world, Hand(world), sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
