#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What tools/mksql.py refuses: each refusal names the file, the line and what is wrong. TAP on standard output."""
import pathlib
import subprocess
import sys
import tempfile

MKSQL = pathlib.Path(__file__).resolve().parents[3] / "tools/mksql.py"
TABLE = "CREATE TABLE t (\n    id @id PRIMARY KEY,\n    n @int NOT NULL -- no end ;\n) @strict;\n"
ROW = "-- @row t: id id, n int\n"

# Name of the case, a file of statements, what the message must say ("": it is taken).
STATEMENTS = [
    ("a good file", ROW + "-- @one t_get(id id) -> t\nSELECT {t} FROM t\n-- why\nWHERE id = $id;\n", ""),
    ("an annotation over two lines", "-- @exec add(id id,\n--   n int)\nINSERT INTO t (id, n) VALUES ($id, $n);\n", ""),
    ("parts, one within another", "-- @part one\nn = $n;\n-- @part both\n{one} AND id = $id;\n-- @part args\nn int, id id;\n"
     "-- @exec x({args})\nDELETE FROM t WHERE {both};\n", ""),
    ("a part without a name", "-- @part\nn = 1;\n", "x.sql:1: want `@part name`"),
    ("a part twice", "-- @part a\nn = 1;\n-- @part a\nn = 1;\n", "x.sql:3: part a: there is one"),
    ("a part named like a row", "-- @part t\nn = 1;\n" + ROW, "x.sql:3: row t: there is a part"),
    ("a part named in the line that ends it", "-- @part a\nn = {b};\n-- @exec x()\nDELETE FROM t WHERE {a};\n", "x.sql:3: {b}: no such @row"),
    ("an unknown type", "-- @row t: id uuid\n", "x.sql:1: id: no type `uuid`"),
    ("a word of C as a member", "-- @exec x(default int)\nDELETE FROM t;\n", "x.sql:1: default: a word of C"),
    ("an argument named twice", "-- @exec x(n int, n int)\nDELETE FROM t;\n", "x.sql:1: n: named twice"),
    ("a statement without annotation", "\nDELETE FROM t;\n", "x.sql:2: a statement without its annotation"),
    ("an unknown kind", "-- @two x(n int)\nDELETE FROM t;\n", "x.sql:1: want `@one|@many|@each|@exec"),
    ("a row that is not there", "-- @one x() -> u\nSELECT n FROM t;\n", "x.sql:1: no `@row u` above"),
    ("columns of a row that is not there", "-- @one x() -> (n int)\nSELECT {u} FROM t;\n", "x.sql:1: {u}: no such @row"),
    ("@one without a row", "-- @one x()\nSELECT n FROM t;\n", "x.sql:1: x: @exec gives no row"),
    ("@exec with a row", ROW + "-- @exec x() -> t\nDELETE FROM t;\n", "x.sql:2: x: @exec gives no row"),
    ("a parameter that is not declared", "-- @exec x()\nDELETE FROM t WHERE n = $n;\n", "x.sql:1: x: $n is not among"),
    ("an argument that is not used", "-- @exec x(n int)\nDELETE FROM t;\n", "x.sql:1: x: argument n is not used"),
    ("another form of parameter", "-- @exec x()\nDELETE FROM t WHERE n = ?1;\n", "x.sql:1: x: parameters are written"),
    ("no end", "-- @exec x()\nDELETE FROM t\n-- @exec y()\n", "x.sql:1: x: no `;`"),
    ("two statements in one", "-- @exec x()\nDELETE FROM t; DELETE FROM t;\n", "x.sql:1: x: more than one statement"),
    ("two of one name", "-- @exec x()\nDELETE FROM t;\n-- @exec x()\nDELETE FROM t;\n", "x.sql:3: x: also in"),
    ("a column that the table lacks", "-- @exec x()\n\nDELETE FROM t WHERE m = 1;\n", "x.sql:1: x: SQLite: no such column"),
    ("too few columns", ROW + "-- @one x() -> t\nSELECT n FROM t;\n", "x.sql:2: x: its row has 2 columns, the statement gives 1"),
]
MIGRATIONS = [
    ("an unknown placeholder", {"0001_a.sql": "CREATE TABLE t (\n n @uuid\n);\n"}, "0001_a.sql:2: no placeholder @uuid"),
    ("SQL that SQLite does not know", {"0001_a.sql": "CREATE TABEL t (n);\n"}, "0001_a.sql:1: SQLite:"),
    ("a bad name", {"1_a.sql": ""}, "1_a.sql:1: want NNNN_name.sql"),
    ("a number twice", {"0001_a.sql": TABLE, "0001_b.sql": ""}, "0001_b.sql:1: number 1 is 0001_a.sql already"),
]


def run(statements, migrations, *more):
    with tempfile.TemporaryDirectory() as name:
        top = pathlib.Path(name)
        (top / "migrations").mkdir()
        (top / "x.sql").write_text(statements, encoding="utf-8")
        for path, text in migrations.items():
            (top / "migrations" / path).write_text(text, encoding="utf-8")
        return subprocess.run([sys.executable, MKSQL, "--sqldir", top, "--out", top / "out", *(top / m for m in more)],
                              stderr=subprocess.PIPE, text=True, check=False)


def main():
    cases = [(name, run(text, {"0001_t.sql": TABLE}), says) for name, text, says in STATEMENTS]
    cases += [(name, run("", files), says) for name, files, says in MIGRATIONS]
    cases.append(("a file that the build does not list", run("", {"0001_t.sql": TABLE}, "x.sql"), "0001_t.sql:1: not listed"))
    print(f"1..{len(cases)}")
    failed = 0
    for at, (name, done, says) in enumerate(cases, 1):
        good = done.returncode == (1 if says else 0) and says in done.stderr and "Traceback" not in done.stderr
        failed += not good
        print(f"{'ok' if good else 'not ok'} {at} - {name}" + ("" if good else f"\n# {done.stderr}"))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
