#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of web/: what its sources may not say, what may be transferred, and that it builds to the same bytes."""
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB, DIST = ROOT / "web", ROOT / "build/web/dist"
SCHEMA = WEB / "src/api/schema.d.ts"
NODE = str(ROOT / "build/node")
MODULES = WEB / "node_modules"
LINES_MAX, COLUMNS_MAX = 300, 160
PACKAGES_MAX = 29  # that run in a browser, with those that they need
KB = 1000
ALL_MAX, ENTRY_MAX, DEVICE_MAX = 500 * KB, 20 * KB, 40 * KB  # docs/adr/0015
# A page would break where one is used: the policy and its trusted types refuse them. (An object as style is the
# CSSOM, which the policy lets be.) An id of Preact's own is none beside a second tree (ui/id.ts).
BANNED = re.compile(r"""\buseId\b.*preact/hooks|innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|\beval\b|new Function|\bstyle=\{?["'`]|document\.write""")


def sources(*patterns):
    return sorted(f for pattern in patterns for f in (WEB / "src").glob(pattern) if f != SCHEMA)


def run_sources(_build=None):
    """Sizes, first lines and what is never said."""
    complaints = []
    for file in [*sources("**/*.ts", "**/*.tsx"), *(WEB / "tests").glob("*.ts")]:
        name, lines = file.relative_to(ROOT), file.read_text(encoding="utf-8").splitlines()
        if not lines or lines[0] != "// SPDX-License-Identifier: Apache-2.0":
            complaints.append(f"{name}: its first line is no SPDX line")
        if len(lines) > LINES_MAX and file.parent.name != "parts":  # as many as there are words
            complaints.append(f"{name}: {len(lines)} lines, at most {LINES_MAX}")
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS_MAX and file.parent.name != "parts":  # a sentence is one line
                complaints.append(f"{name}:{number}: {len(line)} columns, at most {COLUMNS_MAX}")
            if BANNED.search(line):
                complaints.append(f"{name}:{number}: {BANNED.search(line).group()} has no place here")
    return complaints


def node(*args, cwd=ROOT):
    """What it says where it fails; else nothing."""
    done = subprocess.run([NODE, *args], cwd=cwd, check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=dict(os.environ, TZ="UTC"))
    return done.stdout.splitlines()[:60] if done.returncode else []


def write_schema(binary):
    """The types of the API, of the description that this binary gives of itself."""
    document = ROOT / "build/web/openapi.json"
    document.parent.mkdir(parents=True, exist_ok=True)
    text = subprocess.run([str(binary), "openapi"], check=True, stdout=subprocess.PIPE).stdout
    if SCHEMA.exists() and document.exists() and document.read_bytes() == text:
        return []
    document.write_bytes(text)
    return node(str(MODULES / "openapi-typescript/bin/cli.js"), str(document), "-o", str(SCHEMA))


def run_format(_build=None):
    """`./dev fmt` writes them so."""
    return node(str(MODULES / "prettier/bin/prettier.cjs"), "--log-level", "warn", "--check", ".", cwd=WEB)


def run_types(build):
    """A member that the API does not have is an error here."""
    return write_schema(Path(build, "seneschal")) or node(str(MODULES / "typescript/bin/tsc"), "--noEmit", "-p", str(WEB),
                                       "--incremental", "--tsBuildInfoFile", str(ROOT / "build/web/tsc.json"))


def digests(directory):
    files = sorted(f for f in directory.rglob("*") if f.is_file() and f.suffix != ".br")
    return {str(f.relative_to(directory)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def build():
    """build/web/dist as the sources are now; costs nothing where it is so."""
    done = subprocess.run([str(ROOT / "tools/web.sh"), "build/web/stamp", "build/web/stamp.d"], cwd=ROOT, check=False,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.splitlines()[:60] if done.returncode else []


def run_reproducible(_build=None):
    """Built once more, elsewhere, it is the same to the last byte."""
    said = build()
    if said:
        return said
    again = ROOT / "build/web-again"
    shutil.rmtree(again, ignore_errors=True)
    shutil.copytree(WEB, again / "web", ignore=shutil.ignore_patterns("node_modules", "dist", "tests"))
    (again / "web/node_modules").symlink_to(MODULES)
    said = node(str(MODULES / "vite/bin/vite.js"), "build", "web", "--outDir", str(again / "dist"), "--logLevel", "warn",
                cwd=again) or node(str(ROOT / "tools/web-finish.mjs"), str(again / "dist"), cwd=again)
    if said:
        return said
    one, other = digests(DIST), digests(again / "dist")
    shutil.rmtree(again)
    return [f"build/web/dist/{name} differs" for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)]


def weight(name):
    return len(gzip.compress((DIST / name).read_bytes(), 9, mtime=0))


def transferred(name):
    """As browsers get it: all of them take brotli (RFC 7932)."""
    brotli = DIST / (name + ".br")
    return brotli.stat().st_size if brotli.exists() else weight(name)


class Manifest:
    """What Vite says of its chunks: what each imports at once, and what later; and which modules are in it."""

    def __init__(self):
        self.chunks = json.loads((DIST / ".vite/manifest.json").read_text(encoding="utf-8"))
        self.modules = json.loads((DIST / ".vite/modules.json").read_text(encoding="utf-8"))
        self.keys = {chunk["file"]: key for key, chunk in self.chunks.items()}

    def closure(self, keys):
        """The files that these need before anything of them runs."""
        files, todo, seen = set(), list(keys), set()
        while todo:
            key = todo.pop()
            if key in seen:
                continue
            seen.add(key)
            chunk = self.chunks[key]
            files |= {chunk["file"], *chunk.get("css", [])}
            todo += chunk.get("imports", [])
        return files

    def holding(self, *modules):
        """The chunks that these are in: one that is gone would weigh nothing."""
        return [self.keys[self.modules[f"src/{module}"]] for module in modules]


def run_budget(_build=None):
    """What the entry weighs is its scripts (its styles are told beside it), what a page weighs is all that it needs, as it is transferred."""
    said = build()
    if said:
        return said
    manifest = Manifest()
    everything = [str(f.relative_to(DIST)) for f in (DIST / "web").iterdir() if f.suffix in (".js", ".css", ".svg")]
    scripts, styles = ([name for name in manifest.closure(["index.html"]) if name.endswith(kind)] for kind in (".js", ".css"))
    words = [f"i18n/parts/{part}.en.ts" for part in ("shell", "kit", "fleet", "device")]
    pages = ["pages/fleet/index.tsx", "pages/fleet/device/Device.tsx"]
    device = manifest.closure(["index.html", *manifest.holding(*pages, *words)])
    sums = [("everything by gzip", sum(map(weight, everything)), ALL_MAX), ("the entry's scripts by gzip", sum(map(weight, scripts)), ENTRY_MAX),
            ("the page of a device as it is transferred", sum(map(transferred, device)), DEVICE_MAX)]
    print("   console: " + ", ".join(f"{what} {size / KB:.1f} kB" for what, size, _ in sums)
          + f", the entry's styles by gzip {sum(map(weight, styles)) / KB:.1f} kB")
    return [f"{what}: {size} bytes, at most {most}" for what, size, most in sums if size > most]


def run_packages(_build=None):
    """Few run in the browser, each under a licence that may be given on, none from a named host."""
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    inside = {name: one for name, one in lock["packages"].items()
              if name and not (one.get("dev") or one.get("devOptional") or one.get("optional"))}
    complaints = [f"web/package-lock.json: {name}: licence {one.get('license')}" for name, one in inside.items()
                  if one.get("license") not in ("MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD")]
    complaints += [f"web/package-lock.json: {name} names where it comes from" for name, one in lock["packages"].items()
                   if "resolved" in one and not one.get("link")]
    if len(inside) > PACKAGES_MAX:
        complaints.append(f"web/package-lock.json: {len(inside)} packages at run time, at most {PACKAGES_MAX}")
    return complaints


QUICK = [
    ("console: sources", run_sources, None),
    ("console: format", run_format, NODE),
    ("console: packages and licences", run_packages, None),
    ("console: types, by the API's own description", run_types, NODE),
    ("console: built again, the same bytes", run_reproducible, NODE),
    ("console: budget", run_budget, NODE),
]

if __name__ == "__main__":
    import sys
    sys.exit(bool([print(line) for line in write_schema(Path(sys.argv[1]))]))
