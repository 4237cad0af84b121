#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hold every #include under src/ to LAYERS: who may include whom, without a circle anywhere, and
third-party headers each in their own directory."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)

# A third-party header: the directories that may see it.
THIRD_PARTY = {
    "uv.h": {"plat/loop"},
    "openssl/": {"plat/tls", "plat/crypto"},
    "sodium": {"plat/crypto"},
    "sqlite3.h": {"plat/db"},
    "libpq-fe.h": {"plat/db"},
    "jansson.h": {"plat/json"},
    "qrencode.h": {"plat/crypto"},
    "liboath/": {"plat/crypto"},
    "fido": {"plat/crypto"},
    "pcre2.h": {"plat/json"},
    "valijson/": {"plat/json"},
    "libfyaml.h": {"plat/conf"},
    "curl/": {"plat/http"},
    "systemd/": {"plat/os"},
    "seccomp.h": {"plat/os"},
    "linux/": {"plat/os"},
}
# The C library and POSIX.
LIBC = re.compile(
    r"(assert|ctype|dirent|errno|fcntl|float|fnmatch|getopt|grp|inttypes|limits|locale|malloc|math|netdb|poll"
    r"|pthread|pwd|sched|semaphore|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint"
    r"|stdio|stdlib|stdnoreturn|string|strings|syslog|termios|time|unistd|arpa/inet|net/if"
    r"|netinet/\w+|sys/\w+)\.h$")

# The C++ library, in the one C++ file and its headers.
LIBCXX = re.compile(r"(cstdint|cstdio|iterator|memory|new|regex|stdexcept|string|utility|vector)$")


def read_layers(text):
    """LAYERS as {directory: set of directories that it may include, itself among them}."""
    allowed = {}
    for line in text.splitlines():
        line = line.split("#", 1)[0].strip()
        if line:
            name, _, others = line.partition(":")
            allowed[name.strip()] = {name.strip(), *others.split()}
    return allowed


def find_circle(graph):
    """A path that comes back to its start, or None. `graph`: {node: iterable of nodes}."""
    state, path = {}, []

    def walk(node):
        state[node] = "open"
        path.append(node)
        for other in sorted(graph.get(node, ())):
            if state.get(other) == "open":
                return path[path.index(other):] + [other]
            if other not in state:
                circle = walk(other)
                if circle:
                    return circle
        path.pop()
        state[node] = "done"
        return None

    for start in sorted(graph):
        if start not in state:
            circle = walk(start)
            if circle:
                return circle
    return None


def check_include(directory, kind, header, allowed, cxx=False):
    """The complaint about one #include, or None."""
    if kind == "<":
        for prefix, homes in THIRD_PARTY.items():
            if header.startswith(prefix):
                return None if directory in homes else f"<{header}> belongs to {', '.join(sorted(homes))}"
        return None if (LIBCXX if cxx else LIBC).match(header) else f"<{header}> is no header that LAYERS or its checker knows"
    target = str(Path(header).parent)
    if target == "sql":  # generated statement names
        return None if "plat/db" in allowed[directory] \
            else "statements belong to who may see plat/db"
    if target not in allowed:
        return f'"{header}" is in no directory of LAYERS'
    return None if target in allowed[directory] else f'"{header}": {directory} may not include {target}'


def run(root=ROOT):
    allowed = read_layers((root / "LAYERS").read_text(encoding="utf-8"))
    complaints = [f"LAYERS: {name} names {other}, which has no line"
                  for name, others in allowed.items() for other in others if other not in allowed]
    circle = find_circle({n: o - {n} for n, o in allowed.items()})
    if circle:
        complaints.append(f"LAYERS: circle: {' -> '.join(circle)}")
    graph = {}
    for file in sorted(f for f in (root / "src").rglob("*") if f.suffix in {".c", ".h", ".cc", ".hpp"}):
        name = str(file.relative_to(root / "src"))
        directory = str(Path(name).parent)
        if directory not in allowed:
            complaints.append(f"src/{name}: {directory} has no line in LAYERS")
            continue
        text = file.read_text(encoding="utf-8")
        for kind, header in INCLUDE.findall(text):
            complaint = check_include(directory, kind, header, allowed, file.suffix in {".cc", ".hpp"})
            if complaint:
                complaints.append(f"src/{name}: {complaint}")
        graph[name] = {h for kind, h in INCLUDE.findall(text) if kind == '"'}
    circle = find_circle(graph)
    if circle:
        complaints.append(f"circle of includes: {' -> '.join(circle)}")
    return complaints


if __name__ == "__main__":
    found = run()
    print("\n".join(found))
    sys.exit(bool(found))
