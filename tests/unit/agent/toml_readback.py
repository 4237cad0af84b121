#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What our TOML writer writes, read by Python's tomllib: generated values come back the same.

usage: toml_readback.py TEST_BINARY
"""
import json
import subprocess
import sys
import tomllib


def same(a, b):
    """Equal, and of the same types: 1 is not 1.0, and true is not 1."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def main():
    said = subprocess.run([sys.argv[1], "cases"], check=True, stdout=subprocess.PIPE).stdout
    lines = said.decode().splitlines()
    bad = 0
    for line in lines:
        case = json.loads(line)
        try:
            back = tomllib.loads(case["toml"])
        except tomllib.TOMLDecodeError as error:
            back = error
        if not same(back, case["json"]):
            bad += 1
            print(f"# {case['json']!r}\n# became {back!r}\n# by {case['toml']!r}")
    wide = sum(1 for line in lines if len(line) > 200)
    print("1..1")
    good = bad == 0 and len(lines) >= 1000 and wide >= 100
    print(f"{'ok' if good else 'not ok'} 1 - tomllib reads {len(lines)} generated values, {bad} wrongly")
    sys.exit(0 if good else 1)


main()
