#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Faults planted in a copy of the resolution, one at a time: the tests of its laws must find each of them, and find
nothing in the copy without one. A fault whose text is no longer in the sources is a failure too: it would test
nothing. Says so as TAP.

    mutants.py [BUILD]     a build directory with libplat.a and libbase.a (default build/test)
"""
import concurrent.futures
import json
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ["merge", "resolve", "provenance", "provenance_leaves", "pointer"]
TESTS = ["test_merge_laws", "test_provenance_laws", "test_resolve"]
CASES = 1000  # of each law; the tests themselves run ten times as many
# What is wrong; the test that must find it; the file; the text that stands there once; what stands there instead.
FAULTS = [
    ("a lock binds its own level", "test_merge_laws", "resolve.c",
     "if (r->versions_n == 0 || level > r->level) {", "if (true) {"),
    ("null does not delete", "test_merge_laws", "merge.c",
     "        json_remove(f->target, p->name);\n", "        (void)f;\n"),
    ("what is locked is replaced, but reported", "test_merge_laws", "merge.c",
     "return changes_nothing(now, p->value) ? E_OK : refuse(w, f, p->value);",
     "TRY(changes_nothing(now, p->value) ? E_OK : refuse(w, f, p->value));"),
    ("a lock keeps everybody out of the objects above it", "test_merge_laws", "merge.c",
     "    if (is_object(p->value) && is_object(now))\n",
     "    if (lock == NULL && is_object(p->value) && is_object(now))\n"),
    ("`enabled` heeds no lock", "test_resolve", "resolve.c", "if (!r->enabled_locked)", "if (true)"),
    ("the newest version is by its text", "test_resolve", "resolve.c",
     "v->day_number <= r->newest_number", "str_cmp(v->version, r->newest) <= 0"),
    ("the source is the first that said it", "test_provenance_laws", "provenance_leaves.c",
     "if (stands(all.v[i]) && str_eq(all.v[i]->pointer, leaf.pointer))",
     "if (leaf.by == NULL && stands(all.v[i]) && str_eq(all.v[i]->pointer, leaf.pointer))"),
    ("the source shadows itself", "test_provenance_laws", "provenance_leaves.c",
     "else if (all->v[i]->source < leaf->by->source)", "else if (all->v[i]->source <= leaf->by->source)"),
    ("what lies above a leaf is forgotten", "test_provenance_laws", "provenance_leaves.c",
     "if (i < pointer.n && pointer.p[i] != '/')", "if (i < pointer.n)"),
]


def flags(build):
    """How the tests are compiled, from the build's own commands."""
    rows = json.loads((build / "compile_commands.json").read_text())
    row = next(r for r in rows if r["file"].endswith("test_merge_laws.c"))
    words = shlex.split(row["command"])
    if words[0].split("/")[-1] == "ccache":  # a launcher that meson finds by itself
        words = words[1:]
    keep = [w for w in words[1:] if w.startswith(("-I", "-isystem", "-D", "-std", "-f")) and not w.startswith("-fvis")]
    return [words[0].split("/")[-1], *dict.fromkeys(keep), "-O1", "-w", f"-DCASES_OF_LAWS={CASES}"], row["directory"]


def build_and_run(build, work, title, tests):
    """None: every law held. Else what was said."""
    compiler, directory = flags(build)
    sources = [str(work / f"{name}.c") for name in SOURCES]
    libraries = subprocess.run(["pkg-config", "--libs", "jansson", "libsodium", "libcrypto", "cmocka"], check=True,
                               stdout=subprocess.PIPE, text=True).stdout.split()
    for test in tests:
        program = work / test
        command = [*compiler, "-o", str(program), str(ROOT / f"tests/unit/domain/{test}.c"), *sources,
                   str(build / "libplat.a"), str(build / "libbase.a"), *libraries, "-lpthread", "-lm"]
        made = subprocess.run(command, cwd=directory, check=False, text=True, stderr=subprocess.PIPE)
        if made.returncode:
            raise SystemExit(f"mutants: {title}: does not compile:\n{made.stderr[-2000:]}")
        done = subprocess.run([str(program)], cwd=work, check=False, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=120)
        if done.returncode:
            return f"{test}: {next((l for l in done.stdout.splitlines() if 'seed' in l or 'not ok' in l), '')}"
    return None


def plant(work, fault):
    """A copy of the sources, with the fault. A complaint when its text does not stand there once."""
    for name in SOURCES:
        shutil.copy(ROOT / f"src/domain/policy/{name}.c", work)
    if fault is None:
        return None
    _title, _test, file, old, new = fault
    text = (work / file).read_text()
    if text.count(old) != 1:
        return f"its text stands {text.count(old)} times in {file}: mend tools/mutants.py"
    (work / file).write_text(text.replace(old, new))
    return None


def run(build, fault):
    """(did it go as it should, what to say)."""
    title = f"found: {fault[0]}" if fault else "without a fault every law holds"
    with tempfile.TemporaryDirectory(prefix="seneschal-mutant-") as name:
        work = pathlib.Path(name)
        complaint = plant(work, fault)
        if complaint:
            return False, f"{title}: {complaint}"
        found = build_and_run(build, work, title, [fault[1]] if fault else TESTS)
    return bool(found) == bool(fault), title if fault or not found else f"{title}: {found}"


def main():
    build = (ROOT / (sys.argv[1] if len(sys.argv) > 1 else "build/test")).resolve()
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        rows = list(pool.map(lambda fault: run(build, fault), [None, *FAULTS]))
    print(f"1..{len(rows)}")
    for number, (good, text) in enumerate(rows, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {text}")
    return 0 if all(good for good, _text in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
