#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each header compiles alone, and each banned function fails the build (base/attr.h)."""
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = ["libuv", "openssl", "sqlite3", "libsodium", "jansson", "libfyaml", "libcurl", "libsystemd",
             "libqrencode", "liboath", "libfido2", "libseccomp"]
COMPILE = ["gcc", "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Wvla", "-Walloca",
           "-Werror", "-Isrc", "-c", "-o", "/dev/null", "-x", "c", "-"]
# Each with a call that would compile if it were not banned.
BANNED = {
    "strcpy": "strcpy(a, b)", "strcat": "strcat(a, b)", "sprintf": 'sprintf(a, "%s", b)',
    "strtok": "(void)strtok(a, b)", "atoi": "(void)atoi(b)", "strtol": "(void)strtol(b, NULL, 10)",
    "gmtime": "(void)gmtime(&t)", "localtime": "(void)localtime(&t)", "rand": "(void)rand()",
    "alloca": "(void)__builtin_alloca(n)", "gets": "(void)gets(a)", "system": "(void)!system(b)",
    "popen": '(void)popen(b, "r")', "VLA": "char v[n]; (void)v",
}
SNIPPET = ('#include "base/attr.h"\nextern void banned(char *a, const char *b, time_t t, size_t n);\n'
           "void banned(char *a, const char *b, time_t t, size_t n)\n"
           "{{ (void)a; (void)b; (void)t; (void)n; {call}; }}\n")


def compile_text(text, extra=()):
    done = subprocess.run([*COMPILE[:-3], *extra, *COMPILE[-3:]], cwd=ROOT, input=text, text=True,
                          check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return done.returncode == 0, done.stderr


def run_headers(build):
    flags = subprocess.run(["pkg-config", "--cflags", *LIBRARIES], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.split()
    headers = sorted((ROOT / "src").rglob("*.h"))

    def alone(header):
        name = header.relative_to(ROOT / "src")
        # Twice: the guard must hold too.
        good, why = compile_text(f'#include "{name}"\n#include "{name}"\nextern int unit;\n',
                                 [*flags, f"-I{build}"])
        first = re.search(r"error:.*", why)
        return None if good else f"src/{name}: {first.group(0) if first else why.strip()}"

    with ThreadPoolExecutor(2) as pool:
        return [complaint for complaint in pool.map(alone, headers) if complaint]


def run_banned(_build):
    good, why = compile_text(SNIPPET.format(call="n++"))
    if not good:
        return [f"the snippet without a banned call does not compile: {why}"]
    return [f"{name} is not refused" for name, call in BANNED.items()
            if compile_text(SNIPPET.format(call=call))[0]]


if __name__ == "__main__":
    found = run_headers(sys.argv[1] if len(sys.argv) > 1 else "build/test") + run_banned(None)
    print("\n".join(found))
    sys.exit(bool(found))
