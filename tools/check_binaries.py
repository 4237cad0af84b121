#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is installed is hardened as a whole: a flag that misses the linker of one language is silent."""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARIES = ["seneschal", "seneschal-agent"]
# What readelf must say of each, and why.
WANTED = {
    "Flags: NOW PIE": "position-independent, every symbol bound at the start",
    "GNU_RELRO": "its tables are read-only after that",
    "Build ID": "a core can be told its binary by it",
    "__stack_chk_fail": "stack protector",
    "__memcpy_chk": "_FORTIFY_SOURCE",
}
STACK = "GNU_STACK"


def complaints_of(binary):
    text = subprocess.run(["readelf", "-dlnW", "--dyn-syms", str(binary)], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    for word, why in WANTED.items():
        if word not in text:
            yield f"{binary.name}: no {word} ({why})"
    stack = [line.split() for line in text.splitlines() if STACK in line]
    if len(stack) != 1 or "RWE" in stack[0]:
        yield f"{binary.name}: its stack can be executed"


def run(build):
    return [line for name in BINARIES for line in complaints_of(ROOT / build / name)]


if __name__ == "__main__":
    print("\n".join(run(sys.argv[1] if len(sys.argv) > 1 else "build/test")))
