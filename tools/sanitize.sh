#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/sanitize.sh: every test under ASan + UBSan, then under TSan. One summary line for each.
set -eu
cd "$(dirname "$0")/.."
. tools/install.sh
. tools/build.sh
# Some tests preload a library that moves the clock or a name: it comes before the runtime of ASan.
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:verify_asan_link_order=0
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
test_data
failed=0
for kind in address,undefined thread; do
    name=san-${kind%%,*}
    echo "=== $kind"
    build_in "$name" -Db_sanitize="$kind" -Db_lundef=false -Doptimization=1
    python3 tools/test.py --build "build/$name" unit faults fuzz e2e || failed=1
done
exit $failed
