#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/fuzz.sh NAME [SECONDS]: run one target (fuzz/NAME.c) from its corpus; finds are kept in
# build/fuzz/found/NAME, what crashes in build/fuzz/crash-*.
set -eu
cd "$(dirname "$0")/.."
[ $# -ge 1 ] || {
    echo "usage: ./dev fuzz NAME [SECONDS], NAME one of:" >&2
    ls fuzz/corpus >&2
    exit 2
}
. tools/install.sh
. tools/build.sh
export CC=clang CXX=clang++
build_in fuzz -Dfuzz=true -Dtests=false -Dwerror=false -Doptimization=1 -Db_lundef=false
mkdir -p "build/fuzz/found/$1"
exec "build/fuzz/fuzz/fuzz-$1" -max_total_time="${2:-60}" -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix=build/fuzz/crash- "build/fuzz/found/$1" "fuzz/corpus/$1"
