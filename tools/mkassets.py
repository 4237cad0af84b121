#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files that browsers get -> one table in C and one blob, both read-only in the binary.

    mkassets.py OUT.c OUT.S OUT.bin [--web DIR | --web-stamp FILE] FILE...

Each FILE becomes a row in the order given, under /web/NAME-HASH.EXT. With DIR, what Vite built: first its
index.html (whose path no browser asks for: the pages of the console answer it), then its files by name.
The file of --web-stamp names DIR. A text is there as it is, by gzip, and by brotli where DIR has NAME.br beside it; a coding that is no
shorter is left out.
"""

import argparse
import gzip
import hashlib
import pathlib

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
TEXTS = {".html", ".css", ".js", ".json", ".svg", ".txt"}
ALIGN = 16

# The notes say that this object keeps to what the rest is compiled with: one without them would
# take shadow stacks (x86-64) and branch targets (arm64) from the whole program.
ASSEMBLY = """/* {digest} */
#ifdef __CET__
#include <cet.h>
#endif
        .section .rodata.assets, "a", %progbits
        .balign {align}
        .globl asset_bytes
        .hidden asset_bytes
        .type asset_bytes, %object
asset_bytes:
        .incbin "{path}"
        .size asset_bytes, . - asset_bytes
#ifdef __ARM_FEATURE_BTI_DEFAULT
        .section .note.gnu.property, "a", %note
        .balign 8
        .long 4, 16, 5
        .asciz "GNU"
        .long 0xc0000000, 4, 3, 0
#endif
        .section .note.GNU-stack, "", %progbits
"""


class Blob:
    """Pieces one after the other; equal ones stand once."""

    def __init__(self):
        self.data = bytearray()
        self.known = {}

    def add(self, piece):
        if piece not in self.known:
            self.data += b"\0" * (-len(self.data) % ALIGN)
            self.known[piece] = len(self.data)
            self.data += piece
        return f"{{ {self.known[piece]}, {len(piece)} }}"


def codings(file, data):
    """By enum coding: as it is, gzip, brotli."""
    if file.suffix not in TEXTS:
        return [data, b"", b""]
    brotli = file.with_name(file.name + ".br")
    coded = [gzip.compress(data, 9, mtime=0), brotli.read_bytes() if brotli.exists() else b""]
    return [data, *(c if len(c) < len(data) else b"" for c in coded)]


def row(blob, file, path):
    data = file.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    path = path or f"/web/{file.stem}-{digest[:12]}{file.suffix}"
    pieces = ", ".join(blob.add(c) if c else "{ 0, 0 }" for c in codings(file, data))
    return f'    {{ "{path}", "{TYPES[file.suffix]}",\n      "{digest}",\n      {{ {pieces} }} }},'


def built(web):
    """(file, its path) of what Vite made."""
    if web is None:
        return []
    index = web / "index.html"
    if not index.exists():
        raise SystemExit(f"no {index}: build the console (./dev web), or configure with -Dweb=none")
    names = sorted((web / "web").iterdir(), key=lambda f: f.name)
    return [(index, "index.html"), *((f, f"/web/{f.name}") for f in names if f.suffix != ".br")]


def write_changed(path, data):
    """What has not changed keeps its time, so that nothing is built from it again."""
    file = pathlib.Path(path)
    if not file.exists() or file.read_bytes() != data:
        file.write_bytes(data)


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("table")
    parse.add_argument("assembly")
    parse.add_argument("bytes")
    parse.add_argument("--web", type=pathlib.Path)
    parse.add_argument("--web-stamp", type=pathlib.Path)
    parse.add_argument("files", nargs="+", type=pathlib.Path)
    o = parse.parse_args()
    if o.web_stamp:
        o.web = pathlib.Path(o.web_stamp.read_text().strip())
    blob = Blob()
    rows = [row(blob, f, path) for f, path in [*((f, None) for f in o.files), *built(o.web)]]
    table = '#include "api/asset_table.h"\n\nconst struct asset asset_table[] = {\n' + "\n".join(rows)
    table += f"\n}};\nconst size_t asset_table_n = {len(rows)};\n"
    digest = hashlib.sha256(blob.data).hexdigest()
    assembly = ASSEMBLY.format(digest=digest, align=ALIGN, path=pathlib.Path(o.bytes).resolve())
    write_changed(o.bytes, bytes(blob.data))
    write_changed(o.assembly, assembly.encode())
    write_changed(o.table, table.encode("ascii"))


main()
