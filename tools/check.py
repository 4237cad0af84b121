#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of the house that a program can hold.

usage: tools/check.py [--changed]      (./dev check has built already)
  --changed   clang-tidy only for what differs from the branch `main`
"""
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import check_binaries
import check_headers
import check_layers
import check_messages
import check_repo
import check_sizes
import check_web
import mkdocs

ROOT = Path(__file__).resolve().parent.parent


def list_c(*patterns):
    names = subprocess.run(["git", "ls-files", "-z", *(patterns or ("*.[ch]", "*.cc", "*.hpp"))],
                           cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.decode()
    return [n for n in names.split("\0") if n and (ROOT / n).exists()]


def run_format(_build):
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *list_c()], cwd=ROOT, check=False,
                          text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    places = Counter(line.split(":")[0] for line in done.stderr.splitlines() if ": error:" in line)
    return [f"{name}: {count} places" for name, count in sorted(places.items())]


def run_docs():
    try:
        mkdocs.Site()
    except mkdocs.Refused as why:
        return [str(why)]
    return []


# Title, the check, a program that it needs.
QUICK = [
    ("layers and circles (LAYERS)", lambda build: check_layers.run(), None),
    ("each header compiles alone", check_headers.run_headers, "gcc"),
    ("banned functions fail the build", check_headers.run_banned, "gcc"),
    ("what is installed is hardened", check_binaries.run, "readelf"),
    ("sizes (tools/ratchet.txt)", lambda build: check_sizes.run(), None),
    ("format (./dev fmt)", run_format, "clang-format"),
    ("no package host, no open end, SPDX lines", lambda build: check_repo.run_repo(), None),
    ("the documentation can be made (docs/guides.txt)", lambda build: run_docs(), None),
    ("what the server says is in src/api/message.def", lambda build: check_messages.run(), None),
    ("README.md", lambda build: check_repo.run_readme(), None),
    *check_web.QUICK,
]


def run_quick(build):
    """Yields (title, reason for a skip or None, complaints)."""
    for title, function, program in QUICK:
        if program and not shutil.which(program):
            yield title, f"no {program}", []
        else:
            yield title, None, function(build)


def run_clang(changed):
    """Build everything with clang too (its own warnings), then clang-tidy over the product."""
    build = ROOT / "build/clang"
    if not (build / "build.ninja").exists():
        subprocess.run(["meson", "setup", str(build)], check=True, cwd=ROOT,
                       env=dict(os.environ, CC="clang", CXX="clang++"), stdout=subprocess.DEVNULL)
    done = subprocess.run(["ninja", "-C", str(build), "-j", "2", "--quiet"], check=False, text=True,
                          stdout=subprocess.PIPE)
    yield "builds with clang", [done.stdout] if done.returncode else []
    files = list_c("src/*.c")
    if changed:
        names = subprocess.run(["git", "diff", "--name-only", "main"], cwd=ROOT, check=True, text=True,
                               stdout=subprocess.PIPE).stdout.split()
        files = [f for f in files if f in names]
    tidy = subprocess.run(
        # One file a process: version 14 takes every va_list of a second file for uninitialized.
        ["xargs", "-r", "-n", "1", "-P", "2", "clang-tidy", "-p", str(build), "--quiet"], cwd=ROOT,
        input="\n".join(files), text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    lines = tidy.stdout.splitlines()
    yield f"clang-tidy over {len(files)} files", lines if tidy.returncode else []


def main():
    os.chdir(ROOT)
    bad = 0
    rows = [*run_quick("build/test"),
            *((title, None, found) for title, found in run_clang("--changed" in sys.argv[1:]))]
    for title, skipped, complaints in rows:
        print(f"{'SKIPPED' if skipped else 'FAILED' if complaints else 'ok'}  {title}"
              + (f": {skipped}" if skipped else ""))
        for complaint in complaints:
            print(f"    {complaint}")
        bad += bool(complaints)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
