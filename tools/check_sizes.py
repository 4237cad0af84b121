#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The size ratchet: files <= 500 lines, headers <= 150, functions <= 70. A file over that stands in
tools/ratchet.txt with its size, which may only shrink; nothing is over 800."""
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE_MAX, HEADER_MAX, FUNCTION_MAX, NEVER_OVER, MEDIAN_MAX = 500, 150, 70, 800, 200
SOURCE = {".c", ".h", ".cc", ".hpp", ".py", ".mjs", ".sh", ".sql", ".ts", ".S", ".def", ".build"}
FUNCTION_NAME = re.compile(r"(\w+)\s*\(")


def tracked_sources(root):
    names = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, stdout=subprocess.PIPE)
    files = (root / n for n in names.stdout.decode().split("\0") if n)
    return [f for f in files if f.is_file() and (f.suffix in SOURCE or f.name == "dev")]


def read_ratchet(root):
    """{path: lines it may have}."""
    rows = (root / "tools/ratchet.txt").read_text(encoding="utf-8").splitlines()
    split = (row.split() for row in rows if row and not row.startswith("#"))
    return {name: int(lines) for lines, name in split}


def functions(lines):
    """(name, lines from its head to its closing brace) for each function; Linux braces make both
    ends stand in the first column."""
    start = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            head = start
            while head > 0 and lines[head - 1].strip() and lines[head - 1][0] not in "}#/ *\t":
                head -= 1
            name = FUNCTION_NAME.search(" ".join(lines[head:start]))
            yield (name.group(1) if name else "?"), number - start + 1
            start = None


def check_file(name, lines, may_have):
    if len(lines) > NEVER_OVER:
        return f"{name}: {len(lines)} lines, over {NEVER_OVER}"
    limit = may_have or (HEADER_MAX if name.endswith(".h") else FILE_MAX)
    if len(lines) > limit:
        return f"{name}: {len(lines)} lines, at most {limit}"
    if may_have and len(lines) < may_have:
        return f"{name}: shrank to {len(lines)} lines; lower its {may_have} in tools/ratchet.txt"
    return None


def run(root=ROOT):
    ratchet = read_ratchet(root)
    complaints, lengths = [], []
    for file in tracked_sources(root):
        name = str(file.relative_to(root))
        lines = file.read_text(encoding="utf-8").splitlines()
        complaint = check_file(name, lines, ratchet.pop(name, None))
        if complaint:
            complaints.append(complaint)
        if file.suffix == ".c":
            complaints += [f"{name}: {function}() has {size} lines, at most {FUNCTION_MAX}"
                           for function, size in functions(lines) if size > FUNCTION_MAX]
        if name.startswith("src/") and file.suffix in (".c", ".h"):
            lengths.append(len(lines))
    complaints += [f"tools/ratchet.txt: {name} is gone; drop its line" for name in ratchet]
    median = statistics.median(lengths)
    print(f"   source files: {len(lengths)}, median {median:.0f} lines, longest {max(lengths)}")
    if median > MEDIAN_MAX:
        complaints.append(f"median source file {median:.0f} lines, at most {MEDIAN_MAX}")
    return complaints


if __name__ == "__main__":
    found = run()
    print("\n".join(found))
    sys.exit(bool(found))
