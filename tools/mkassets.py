#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files that the server's pages need -> a table in C, read-only in the binary.

    mkassets.py OUT.c FILE...

A file's name, type, bytes, and the start of the SHA-256 of its bytes, which its URL carries.
"""

import hashlib
import pathlib
import sys

TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
PIECE = 96  # bytes a line of C


def literal(piece):
    plain = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n"}
    return '"' + "".join(plain.get(b, chr(b) if 0x20 <= b < 0x7f else f"\\{b:03o}") for b in piece) + '"'


def main(out, names):
    rows = []
    for name in names:
        path = pathlib.Path(name)
        data = path.read_bytes()
        lines = "\n".join("      " + literal(data[i:i + PIECE]) for i in range(0, len(data), PIECE))
        digest = hashlib.sha256(data).hexdigest()[:12]
        rows.append(f'    {{ "{path.name}", "{TYPES[path.suffix]}", "{digest}", {len(data)},\n{lines} }},')
    text = '#include "api/asset_table.h"\n\nconst struct asset asset_table[] = {\n' + "\n".join(rows)
    text += f"\n}};\nconst size_t asset_table_n = {len(rows)};\n"
    pathlib.Path(out).write_text(text, encoding="ascii")


main(sys.argv[1], sys.argv[2:])
