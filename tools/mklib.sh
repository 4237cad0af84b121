#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/mklib.sh LD OBJCOPY AR OUT.a AGENT.a PLAT.a BASE.a: one static library in which everything but the public
# names is local, so that it can be linked with a program that has a str_eq of its own.
set -eu
ld=$1 objcopy=$2 ar=$3
out=$4 agent=$5 plat=$6 base=$7
object=$out.o
"$ld" -r -o "$object" --whole-archive "$agent" --no-whole-archive --start-group "$plat" "$base" --end-group
"$objcopy" --localize-hidden --strip-debug "$object"
rm -f "$out"
"$ar" crsD "$out" "$object"
rm -f "$object"
