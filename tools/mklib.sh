#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/mklib.sh OUT.a AGENT.a PLAT.a BASE.a: one static library in which everything but the public
# names is local, so that it can be linked with a program that has a str_eq of its own.
set -eu
out=$1 agent=$2 plat=$3 base=$4
object=$out.o
ld -r -o "$object" --whole-archive "$agent" --no-whole-archive --start-group "$plat" "$base" --end-group
objcopy --localize-hidden --strip-debug "$object"
rm -f "$out"
ar crsD "$out" "$object"
rm -f "$object"
