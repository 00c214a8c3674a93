#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Tidies a private world away:  janitor.sh FOLDER
# Waits until its standard input closes, which happens when the world's owner closes it or dies, by
# whatever signal. Then ends every process that was started in the world, also those that a bus
# started and that cut themselves loose, and removes the folder.
read -r _
# A process between fork and exec shows no environment: only three empty rounds mean that none is left.
quiet=0
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  living=$(grep -lszxF "ENIGM_WORLD=$1" /proc/[0-9]*/environ | cut -d/ -f3)
  if [ -n "$living" ]; then
    quiet=0
    # shellcheck disable=SC2086 # one word each
    kill -KILL $living 2>/dev/null
  elif [ $((quiet += 1)) = 3 ]; then
    break
  fi
done
# A document portal that a desktop library started has a file system there.
for mount in "$1/run/doc" "$1/run/gvfs" "$1"/*/run/doc; do
  if grep -qsF " $mount " /proc/self/mounts; then fusermount3 -uz "$mount" || umount -l "$mount"; fi
done
for _ in 1 2 3 4 5 6 7 8 9; do
  rm -rf -- "$1" && exit
done
