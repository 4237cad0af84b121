#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run the suites and end with one line `N passed, N failed, N skipped` over all of them.

usage: tools/test.py [--bin FILE] [--build DIR] [--jobs N] [SUITE...]     (./dev test has built already)
"""
import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

import check

ROOT = Path(__file__).resolve().parent.parent
CASE = re.compile(r"^\s*(not )?ok\b\s*\d*\s*-?\s*(.*?)(?:\s*#\s*(SKIP|TODO)\S*\s*(.*))?$", re.I)


class Tally:
    """Counts of one suite, and what there is to say about its failures and skips."""

    def __init__(self, name):
        self.name = name
        self.passed = self.failed = self.skipped = 0

    def skip(self, what, reason):
        self.skipped += 1
        print(f"SKIPPED {self.name}: {what}: {reason or 'no reason given'}")

    def fail(self, what):
        self.failed += 1
        print(f"FAILED {self.name}: {what}")

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def tap_line(self, line, prefix, why_skipped=None):
        found = CASE.match(line)
        if not found:
            return
        bad, title, directive, reason = found.groups()
        if directive and directive.upper() == "SKIP":
            self.skip(f"{prefix}{title or reason}", why_skipped or reason)
        elif bad:
            self.fail(f"{prefix}{title}")
        else:
            self.passed += 1


def run_meson(name, options):
    """A meson suite; what counts is the cases inside each binary."""
    tally = Tally(name)
    log = Path(options.build, "meson-logs", "testlog.json")
    log.unlink(missing_ok=True)
    env = dict(os.environ, SENESCHAL_JSON_SUITE=str(ROOT / "build/json-suite"),
               SENESCHAL_LOCALES=str(ROOT / "build/locale"))
    done = subprocess.run(
        ["meson", "test", "-C", options.build, "--no-rebuild", "--suite", name, "--print-errorlogs",
         "--quiet", "--num-processes", str(options.jobs)], env=env, check=False)
    if not log.exists():
        if done.returncode != 0:
            tally.fail("meson test did not run")
        return tally
    for row in map(json.loads, log.read_text(encoding="utf-8").splitlines()):
        title = row["name"].split(" / ")[-1]
        said = re.search(r"SKIPPED: (.*)", row.get("stdout") or "")  # cmocka's skip() gives no reason
        skipped_before = tally.skipped
        failed_before, cases_before = tally.failed, tally.passed + tally.failed + tally.skipped
        for line in (row.get("stdout") or "").splitlines():
            tally.tap_line(line, f"{title}: ", said and said.group(1))
        # cmocka says "not ok 2 # SKIP", which meson takes for a failure; the binary itself ended well.
        only_skipped = row.get("returncode") == 0 and tally.skipped > skipped_before
        good = row["result"] in ("OK", "SKIP", "EXPECTEDFAIL") or only_skipped
        if not good and tally.failed == failed_before:
            tally.fail(f"{title}: {row['result'].lower()}")
        elif row["result"] == "SKIP":
            tally.skip(title, " ".join(re.findall(r"^1\.\.0 # \S+ (.*)$", row.get("stdout") or "", re.M)))
        elif tally.passed + tally.failed + tally.skipped == cases_before:
            tally.fail(f"{title}: ran no case")
    return tally


def run_e2e(name, options):
    """The real binary, under the pinned Node's own test runner."""
    tally = Tally(name)
    routes = Path(options.build, "e2e.routes").resolve()
    routes.unlink(missing_ok=True)
    env = dict(os.environ, SENESCHAL_BIN=str(Path(options.bin).resolve()),
               SENESCHAL_ROUTE_LOG=str(routes))
    if not run_node(tally, options, env):
        return tally
    covered = subprocess.run(["build/node", "tests/e2e/lib/routes.mjs", "report"], env=env, cwd=ROOT,
                             check=False, stdout=subprocess.PIPE, text=True)
    for line in covered.stdout.splitlines():
        tally.tap_line(line, "route ")
    if covered.returncode != 0 and not tally.failed:
        tally.fail("the routes could not be listed")
    return tally


def run_browser(name, options):
    """Clients in a real browser, against the real binary."""
    tally = Tally(name)
    run_node(tally, options, dict(os.environ, SENESCHAL_BIN=str(Path(options.bin).resolve())))
    return tally


def run_web(name, options):
    """The parts of the console that need no browser."""
    tally = Tally(name)
    run_node(tally, options, dict(os.environ, NODE_NO_WARNINGS="1"), "web/tests/*.test.ts")
    return tally


def run_node(tally, options, env, pattern=None):
    """These files, or those of tests/NAME; False where there is nothing to run."""
    files = sorted(str(f.relative_to(ROOT)) for f in ROOT.glob(pattern or f"tests/{tally.name}/*.test.mjs"))
    if not files or not os.access(options.bin, os.X_OK):
        tally.fail(f"no server at {options.bin}" if files else "no tests")
        return False
    tap = Path(options.build, f"{tally.name}.tap").resolve()
    done = subprocess.run(
        ["build/node", "--test", f"--test-concurrency={options.jobs}", "--test-timeout=300000",
         "--test-reporter=spec", "--test-reporter-destination=stdout",
         "--test-reporter=tap", f"--test-reporter-destination={tap}", *files],
        env=env, cwd=ROOT, check=False)
    count_node(tally, tap, done.returncode)
    return True


def count_node(tally, tap, returncode):
    """Node sums its leaves up itself; failures and skips are named from the lines."""
    text = tap.read_text(encoding="utf-8") if tap.exists() else ""
    sums = dict(re.findall(r"^# (pass|fail|cancelled|skipped|todo) (\d+)$", text, re.M))
    for line in text.splitlines():
        found = CASE.match(line)
        if found and found.group(3) and found.group(3).upper() == "SKIP":
            print(f"SKIPPED {tally.name}: {found.group(2)}: {found.group(4) or 'no reason given'}")
    tally.passed += int(sums.get("pass", 0))
    tally.failed += int(sums.get("fail", 0)) + int(sums.get("cancelled", 0))
    tally.skipped += int(sums.get("skipped", 0)) + int(sums.get("todo", 0))
    if returncode != 0 and tally.failed == 0:
        tally.fail("node's test runner ended badly")


def run_check(name, options):
    tally = Tally(name)
    for title, skipped, complaints in check.run_quick(options.build):
        if skipped:
            tally.skip(title, skipped)
        elif complaints:
            tally.fail(title)
            print("".join(f"    {c}\n" for c in complaints), end="")
        else:
            tally.passed += 1
    return tally


def run_arm64(name, options):
    """The agent built for arm64: its unit tests and its end-to-end tests under an emulator, the latter
    against the real server of this machine."""
    tally = Tally(name)
    if platform.machine() != "x86_64":
        tally.skip("cross build", f"this machine is {platform.machine()}: the other suites ran natively")
        return tally
    built = subprocess.run(["tools/arm64.sh"], check=False, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True)
    if built.returncode != 0:
        tally.fail("it could not be built\n" + "\n".join(built.stdout.splitlines()[-30:]))
        return tally
    tally.add(run_meson("unit", argparse.Namespace(build="build/arm64", jobs=options.jobs)))
    tap = ROOT / "build/arm64/e2e.tap"
    agent = ["qemu-aarch64", "-L", str(ROOT / "build/arm64-sysroot"), str(ROOT / "build/arm64/seneschal-agent")]
    env = dict(os.environ, SENESCHAL_BIN=str(Path(options.bin).resolve()), SENESCHAL_AGENT="\n".join(agent),
               AGENT_SLOWER="4", KILL9_ROUNDS="5")
    done = subprocess.run(
        ["build/node", "--test", f"--test-concurrency={options.jobs}", "--test-timeout=300000",
         "--test-reporter=tap", f"--test-reporter-destination={tap}",
         "tests/e2e/agent.test.mjs", "tests/e2e/agent_socket.test.mjs"],
        env=env, cwd=ROOT, check=False)
    count_node(tally, tap, done.returncode)
    return tally


SUITES = {"check": run_check, "unit": run_meson, "faults": run_meson, "fuzz": run_meson, "web": run_web,
          "e2e": run_e2e, "browser": run_browser, "arm64": run_arm64}


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("--build", default=str(ROOT / "build/test"))
    parse.add_argument("--bin")
    parse.add_argument("--jobs", type=int, default=2)
    parse.add_argument("suites", nargs="*", choices=[*SUITES, []], default=[])
    options = parse.parse_args()
    options.bin = options.bin or str(Path(options.build, "seneschal"))
    os.chdir(ROOT)
    tallies = []
    for name in options.suites or SUITES:
        print(f"== {name}", flush=True)
        start = time.monotonic()
        tally = SUITES[name](name, options)
        tallies.append(tally)
        print(f"   {name}: {tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped, "
              f"{time.monotonic() - start:.0f} s", flush=True)
    passed, failed, skipped = (sum(getattr(t, k) for t in tallies) for k in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
