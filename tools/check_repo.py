#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What may not stand in the repository, and what the README must hold."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README_MAX, RUN_BY_LINE = 150, 15
SPDX = "SPDX-License-Identifier: Apache-2.0"
# Hosts that packages come from differ from place to place; the clients know theirs.
HOSTS = re.compile(r"\bregistry\.[\w-]+\.\w+|\bdeb\.[\w-]+\.\w+|\bftp\.[\w-]+\.debian\.\w+|"
                   r"\"resolved\"\s*:")
# An early return frees what nobody has set: the sanitized build has no automatic zeroes.
UNSET = re.compile(r"^\s+CLEANUP\(\w+\) [^=]*;$")
TODO = re.compile(r"\b(TODO|FIXME|XXX)\b")


def tracked():
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    for name in names.stdout.decode().split("\0"):
        file = ROOT / name
        if name and file.is_file() and not file.is_symlink():
            yield name, file


def run_repo():
    complaints = []
    for name, file in tracked():
        data = file.read_bytes()
        if b"\0" in data or name.startswith("fuzz/corpus/"):
            continue
        text = data.decode("utf-8", "replace")
        for number, line in enumerate(text.splitlines(), 1):
            if name != "tools/check_repo.py" and HOSTS.search(line):
                complaints.append(f"{name}:{number}: names a package host")
            if file.suffix in (".c", ".h") and TODO.search(line):
                complaints.append(f"{name}:{number}: an open end is an issue, not a comment")
            if file.suffix == ".c" and UNSET.search(line):
                complaints.append(f"{name}:{number}: CLEANUP of what has no value yet: want `= ...`")
        first = "\n".join(text.splitlines()[:2])
        if file.suffix in (".c", ".h", ".py", ".sh", ".mjs") and SPDX not in first:
            complaints.append(f"{name}: the first lines lack the SPDX line")
    return complaints


def run_readme():
    readme = ROOT / "README.md"
    if not readme.exists():
        return ["README.md is missing"]
    lines = readme.read_text(encoding="utf-8").splitlines()
    complaints = []
    if len(lines) > README_MAX:
        complaints.append(f"README.md has {len(lines)} lines, at most {README_MAX}")
    if not any("./dev run" in line for line in lines[:RUN_BY_LINE]):
        complaints.append(f"README.md does not say ./dev run by line {RUN_BY_LINE}")
    return complaints


if __name__ == "__main__":
    found = run_repo() + run_readme()
    print("\n".join(found))
    sys.exit(bool(found))
