#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Named statements (sql/*.sql) and migrations (sql/migrations) -> typed C, or their PostgreSQL form.

    mksql.py --sqldir sql --out build/sql                one header a file, ids.h, sql.h, sql_gen.c
    mksql.py --sqldir sql --dialect postgres             migrations and PREPARE lines on standard output

A file of statements:

    -- @row device: id id, org id, hostname text?, status int, enrolled_at ts?
    -- @one device_by_id(org id, id id) -> device
    SELECT {device} FROM device WHERE org = $org AND id = $id;
    -- @one counter_next(name text) -> (n int)

    -- @part device_wanted
    d.org = $org AND d.status = 2;

A part is text that statements, arguments and other parts name as {device_wanted}, in whichever file.

Kinds: @one a row or E_NOT_FOUND, @many rows in the arena, @each rows one by one, @exec nothing.
Types: id int bool ts text bytes, `?` after one = may be NULL. {device} is the column list of that @row, {d.device} the
same with a table alias. An annotation goes on in the next comment line after `,` `(` `->` or an open parenthesis.

Migrations write @id @int @bool @ts @text @bytes for types, @strict at a table's end, @keyed for a table that lives in
its primary key.
"""

import argparse
import hashlib
import pathlib
import re
import sqlite3
import sys

C_TYPES = {"id": "oid_t", "int": "int64_t", "bool": "bool", "ts": "ts_t", "text": "str_t",
           "bytes": "str_t", "id?": "oid_t", "int?": "opt_i64_t", "bool?": "opt_bool_t",
           "ts?": "ts_t", "text?": "str_t", "bytes?": "str_t"}
ENGINES = {
    "sqlite": {"id": "BLOB", "int": "INTEGER", "bool": "INTEGER", "ts": "INTEGER", "text": "TEXT",
               "bytes": "BLOB", "strict": "STRICT", "keyed": "STRICT, WITHOUT ROWID"},
    "postgres": {"id": "BYTEA", "int": "BIGINT", "bool": "BOOLEAN", "ts": "BIGINT",
                 "text": 'TEXT COLLATE "C"', "bytes": "BYTEA", "strict": "", "keyed": ""},
}
C_WORDS = set("auto break case char const continue default do double else enum extern float for "
              "goto if inline int long register restrict return short signed sizeof static struct "
              "switch typedef union unsigned void volatile while bool true false".split())
QUOTED = r"'(?:[^']|'')*'|\"[^\"]*\""
NAME = r"[a-z][a-z0-9_]*"
HEAD = re.compile(rf"@(one|many|each|exec)\s+({NAME})\s*\(([^()]*)\)\s*(?:->\s*(?:({NAME})|\(([^()]*)\)))?$")
ROW = re.compile(rf"@row\s+({NAME})\s*:(.*)$")
PART = re.compile(rf"@part\s+({NAME})$")
PART_DEPTH_MAX = 4  # parts that name parts


class Bad(Exception):
    def __init__(self, where, what):
        super().__init__(f"{where[0]}:{where[1]}: {what}")


class Row:
    def __init__(self, cname, fields):
        self.cname, self.fields = cname, fields


class Statement:
    def __init__(self, where, kind, name, args, row):
        self.where, self.kind, self.name, self.args, self.row = where, kind, name, args, row
        self.text, self.order, self.writes = "", [], False


class File:
    def __init__(self, path, parts):
        self.path, self.name, self.parts = path, path.stem, parts
        self.rows, self.statements = {}, []


def fields_of(where, text):
    """`org id, hostname text?` -> [("org", "id"), ("hostname", "text?")]."""
    fields = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        m = re.fullmatch(rf"({NAME})\s+([a-z]+\??)", part)
        if m is None:
            raise Bad(where, f"want `name type`, got `{part}`")
        if m[2] not in C_TYPES:
            raise Bad(where, f"{m[1]}: no type `{m[2]}` (there are id int bool ts text bytes, each with ? too)")
        if m[1] in C_WORDS:
            raise Bad(where, f"{m[1]}: a word of C cannot name a member; use AS or another name")
        if m[1] in (name for name, _ in fields):
            raise Bad(where, f"{m[1]}: named twice")
        fields.append((m[1], m[2]))
    return fields


def annotation_at(where, lines, at):
    """The annotation that starts at line `at`, with its continuation lines; and the line after it."""
    text = lines[at][2:].strip()
    at += 1
    while text.endswith((",", "(", "->", ":")) or text.count("(") > text.count(")"):
        if at == len(lines) or not lines[at].startswith("--"):
            raise Bad(where, "the annotation ends in its middle")
        text += " " + lines[at][2:].strip()
        at += 1
    return text, at


def add_row(file, where, text):
    m = ROW.match(text)
    if m is None:
        raise Bad(where, f"want `@row name: column type, ...`, got `{text}`")
    if m[1] in file.rows:
        raise Bad(where, f"row {m[1]} is defined twice")
    if m[1] in file.parts:
        raise Bad(where, f"row {m[1]}: there is a part of that name")
    fields = fields_of(where, m[2])
    if not fields:
        raise Bad(where, f"row {m[1]} has no column")
    file.rows[m[1]] = Row(f"row_{m[1]}", fields)


def with_parts(file, text):
    for _ in range(PART_DEPTH_MAX):
        text = re.sub(rf"\{{({NAME})\}}", lambda m: file.parts.get(m[1], m[0]), text)
    return text


def body_at(where, lines, at, what):
    """The lines up to the one that `;` ends, without it; and the line after them."""
    body = []
    while True:
        if at == len(lines) or lines[at].startswith("-- @"):
            raise Bad(where, f"{what}: no `;` at a line's end ends it")
        if not lines[at].lstrip().startswith("--"):
            body.append(lines[at])
        at += 1
        if body and body[-1].rstrip().endswith(";"):
            return "\n".join(body).rstrip()[:-1], at


def read_parts(path, parts):
    lines = path.read_text(encoding="utf-8").splitlines()
    for at in (n for n, line in enumerate(lines) if line.startswith("-- @part")):
        where = (path, at + 1)
        text, start = annotation_at(where, lines, at)
        m = PART.match(text)
        if m is None:
            raise Bad(where, f"want `@part name`, got `{text}`")
        if m[1] in parts:
            raise Bad(where, f"part {m[1]}: there is one of that name already")
        parts[m[1]], _ = body_at(where, lines, start, text)


def statement_of(file, where, text):
    m = HEAD.match(with_parts(file, text))
    if m is None:
        raise Bad(where, f"want `@one|@many|@each|@exec name(arg type, ...) [-> row]`, got `{text}`")
    kind, name, args, row_name, anonymous = m.groups()
    row = None
    if row_name is not None:
        row = file.rows.get(row_name)
        if row is None:
            raise Bad(where, f"no `@row {row_name}` above in this file")
    elif anonymous is not None:
        row = Row(f"sql_{name}_row", fields_of(where, anonymous))
        if not row.fields:
            raise Bad(where, f"{name}: the row has no column")
    if (kind == "exec") != (row is None):
        raise Bad(where, f"{name}: @exec gives no row, every other kind does")
    return Statement(where, kind, name, fields_of(where, args), row)


def outside_quotes(text, change):
    parts = re.split(f"({QUOTED})", text)
    parts[::2] = map(change, parts[::2])
    return "".join(parts)


def expand(file, statement, text):
    def columns(m):
        row = file.rows.get(m[2])
        if row is None:
            raise Bad(statement.where, f"{{{m[2]}}}: no such @row above in this file")
        return ", ".join((m[1] or "") + column for column, _ in row.fields)
    return re.sub(rf"\{{({NAME}\.)?({NAME})\}}", columns, text)


def finish(file, statement, text):
    text = with_parts(file, text)
    text = outside_quotes(text, lambda part: re.sub(r"\s+", " ", expand(file, statement, part))).strip()
    bare = re.sub(QUOTED, "''", text)
    known = [name for name, _ in statement.args]
    for m in re.finditer(r"\$([A-Za-z0-9_]+)", bare):
        if m[1] not in known:
            raise Bad(statement.where, f"{statement.name}: ${m[1]} is not among its arguments")
        if m[1] not in statement.order:
            statement.order.append(m[1])
    for name in known:
        if name not in statement.order:
            raise Bad(statement.where, f"{statement.name}: argument {name} is not used")
    if ";" in bare:
        raise Bad(statement.where, f"{statement.name}: more than one statement")
    if re.search(r"[?@:#]|\{|\}", bare.replace("::", "")):
        raise Bad(statement.where, f"{statement.name}: parameters are written $name")
    statement.writes = re.search(r"\b(INSERT|UPDATE|DELETE)\b", bare, re.I) is not None
    statement.text = text


def read_file(path, parts):
    file, at = File(path, parts), 0
    lines = path.read_text(encoding="utf-8").splitlines()
    while at < len(lines):
        where = (path, at + 1)
        if not lines[at].strip() or (lines[at].startswith("--") and not lines[at].startswith("-- @")):
            at += 1
            continue
        if not lines[at].startswith("-- @"):
            raise Bad(where, "a statement without its annotation")
        text, at = annotation_at(where, lines, at)
        if text.startswith("@row"):
            add_row(file, where, text)
            continue
        if text.startswith("@part"):
            _, at = body_at(where, lines, at, text)
            continue
        statement = statement_of(file, where, text)
        body, at = body_at(where, lines, at, statement.name)
        finish(file, statement, body)
        file.statements.append(statement)
    return file


def read_files(sqldir):
    paths, parts = sorted(sqldir.glob("*.sql")), {}
    for path in paths:
        read_parts(path, parts)
    return [read_file(path, parts) for path in paths]


def check_names(files):
    seen = {}
    for file in files:
        for statement in file.statements:
            if statement.name in seen:
                raise Bad(statement.where, f"{statement.name}: also in {seen[statement.name]}")
            seen[statement.name] = f"{file.path}:{statement.where[1]}"
    rows = {}
    for file in files:
        for name in file.rows:
            if name in rows:
                raise Bad((file.path, 1), f"row {name}: also in {rows[name]}")
            rows[name] = file.path


class Migration:
    def __init__(self, path):
        m = re.fullmatch(r"(\d{4})_([a-z0-9_]+)\.sql", path.name)
        if m is None or m[1] == "0000":
            raise Bad((path, 1), "want NNNN_name.sql, from 0001")
        self.path, self.number, self.name = path, int(m[1]), m[2]
        raw = path.read_bytes()
        self.checksum, self.text = hashlib.sha256(raw).hexdigest(), raw.decode("utf-8")

    def render(self, engine):
        out = []
        for number, line in enumerate(self.text.splitlines(), 1):
            line = re.sub(rf"({QUOTED})|--.*", lambda m: m[1] or "", line).rstrip()
            for word in re.findall(r"@([a-z_]+)", line):
                if word not in ENGINES[engine]:
                    raise Bad((self.path, number), f"no placeholder @{word}")
            line = re.sub(r"\s*@(strict|keyed)\b", lambda m: " " + ENGINES[engine][m[1]], line)
            line = re.sub(r"@([a-z_]+)", lambda m: ENGINES[engine][m[1]], line).rstrip()
            if line:
                out.append(line)
        return "\n".join(out) + "\n"


def read_migrations(sqldir):
    found = [Migration(path) for path in sorted((sqldir / "migrations").glob("*.sql"))]
    for older, newer in zip(found, found[1:]):
        if older.number == newer.number:
            raise Bad((newer.path, 1), f"number {newer.number} is {older.path.name} already")
    return found


def check_sqlite(files, migrations):
    """Let SQLite itself compile everything now, so that a typing error is a build error with its line."""
    db = sqlite3.connect(":memory:")
    for migration in migrations:
        try:
            db.executescript(migration.render("sqlite"))
        except sqlite3.Error as e:
            raise Bad((migration.path, 1), f"SQLite: {e}") from e
    for statement in (s for file in files for s in file.statements):
        values = {name: {"text": "", "id": b"", "bytes": b""}.get(kind.rstrip("?"), 0) for name, kind in statement.args}
        try:
            db.execute("EXPLAIN " + statement.text, values)
            if statement.writes:
                continue
            columns = db.execute(f"SELECT * FROM ({statement.text}) LIMIT 0", values)
        except sqlite3.Error as e:
            raise Bad(statement.where, f"{statement.name}: SQLite: {e}") from e
        got = len(columns.description or ())
        want = len(statement.row.fields) if statement.row else 0
        if got != want:
            raise Bad(statement.where, f"{statement.name}: its row has {want} columns, the statement gives {got}")


def c_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", '\\n"\n        "') + '"'


def c_struct(name, fields):
    members = "".join(f"    {C_TYPES[kind]} {field};\n" for field, kind in fields)
    return f"struct {name} {{\n{members}}};\n"


BANNER = "/* SPDX-License-Identifier: Apache-2.0 */\n/* Made by tools/mksql.py from {}: do not edit. */\n"


def wrapper(statement):
    """The typed face of one statement: an inline call of the generic function in plat/db/stmt.h."""
    args, tail = ["struct db *db"], ["db"]
    row = f"struct {statement.row.cname}" if statement.row else ""
    if statement.kind in ("one", "many"):
        args.append("struct arena *a")
        tail.append("a")
    tail.append(f"Q_{statement.name.upper()}")
    if statement.args:
        args.append(f"const struct sql_{statement.name} *in")
    tail.append("in" if statement.args else "NULL")
    body = ""
    if statement.kind == "one":
        args.append(f"{row} *ret")
        tail.append("ret")
    elif statement.kind == "many":
        args += [f"{row} **ret", "size_t *ret_n"]
        tail += ["&rows", "ret_n"]
        body = "    void *rows;\n"
    elif statement.kind == "each":
        args += ["struct arena *scratch", f"err_t (*row)(void *arg, const {row} *)", "void *arg"]
        tail.append("&each")
        body = (f"    struct sql_{statement.name}_each_ typed = {{ row, arg }};\n"
                f"    struct db_each each = {{ scratch, sql_{statement.name}_row_, &typed }};\n")
    call = f"db_{statement.kind}({', '.join(tail)})"
    last = f"    return {call};\n"
    if statement.kind == "many":
        last = f"    TRY({call});\n    *ret = ({row} *)rows;\n    return E_OK;\n"
    head = f"MUST_USE static inline err_t sql_{statement.name}({', '.join(args)})\n"
    return trampoline(statement, row) + head + "{\n" + body + last + "}\n"


def trampoline(statement, row):
    if statement.kind != "each":
        return ""
    name = f"sql_{statement.name}"
    return (f"struct {name}_each_ {{\n    err_t (*row)(void *arg, const {row} *);\n    void *arg;\n}};\n"
            f"static inline err_t {name}_row_(void *arg, const void *row)\n{{\n"
            f"    const struct {name}_each_ *each = (const struct {name}_each_ *)arg;\n"
            f"    return each->row(each->arg, (const {row} *)row);\n}}\n")


def header(file):
    guard = f"SQL_{file.name.upper()}_H"
    out = [BANNER.format(file.path.name), f"#ifndef {guard}\n#define {guard}\n",
           '#include "base/opt.h"\n#include "plat/db/stmt.h"\n#include "sql/ids.h"\n']
    out += [c_struct(row.cname, row.fields) for row in file.rows.values()]
    for statement in file.statements:
        if statement.args:
            out.append(c_struct(f"sql_{statement.name}", statement.args))
        if statement.row and statement.row.cname == f"sql_{statement.name}_row":
            out.append(c_struct(statement.row.cname, statement.row.fields))
        out.append(wrapper(statement))
    return "\n".join(out) + "\n#endif\n"


def ids_header(files):
    names = [s.name for file in files for s in file.statements]
    rows = "".join(f"    Q_{name.upper()},\n" for name in names)
    return BANNER.format("the statements") + f"#ifndef SQL_IDS_H\n#define SQL_IDS_H\n\nenum sql_query {{\n{rows}    Q_COUNT\n}};\n\n#endif\n"


def c_fields(name, struct, fields):
    rows = "".join(f'    {{ "{field}", offsetof(struct {struct}, {field}), SQL_{kind.rstrip("?").upper()}, '
                   f'{"true" if kind.endswith("?") else "false"} }},\n' for field, kind in fields)
    return f"static const struct sql_field {name}[] = {{\n{rows}}};\n"


def c_source(files, migrations):
    out = [BANNER.format("the statements and migrations"), '#include "sql/sql.h"\n', "#include <stddef.h>\n"]
    table, done = [], set()
    for file in files:
        for s in file.statements:
            ins, outs = ("NULL", "NULL")
            if s.args:
                ins, kinds = f"in_{s.name}", dict(s.args)
                out.append(c_fields(ins, f"sql_{s.name}", [(n, kinds[n]) for n in s.order]))
            if s.row:
                outs = f"out_{s.row.cname}"
                if outs not in done:
                    out.append(c_fields(outs, s.row.cname, s.row.fields))
                    done.add(outs)
            size = f"sizeof(struct {s.row.cname})" if s.row else "0"
            table.append(f'    [Q_{s.name.upper()}] = {{ "{s.name}", {c_text(s.text)},\n        {ins}, {outs}, '
                         f'{len(s.args)}, {len(s.row.fields) if s.row else 0}, {size}, '
                         f'{"true" if s.writes else "false"} }},\n')
    out.append(f"const struct sql_stmt sql_stmts[] = {{\n{''.join(table)}}};\nconst size_t sql_stmts_n = Q_COUNT;\n")
    rows = "".join(f'    {{ {m.number}, "{m.name}", "{m.checksum}",\n        {c_text(m.render("sqlite"))} }},\n'
                   for m in migrations)
    out.append(f"const struct sql_migration sql_migrations[] = {{\n{rows}}};\n"
               f"const size_t sql_migrations_n = {len(migrations)};\n")
    return "\n".join(out)


def check_listed(sqldir, listed):
    """A file that the build does not list would never be rebuilt."""
    known = {path.resolve() for path in listed}
    for path in [*sqldir.glob("*.sql"), *(sqldir / "migrations").glob("*.sql")]:
        if known and path.resolve() not in known:
            raise Bad((path, 1), "not listed in sql/meson.build")


def write(path, text):
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def emit_c(files, migrations, out):
    out.mkdir(parents=True, exist_ok=True)
    for file in files:
        write(out / f"{file.name}.h", header(file))
    write(out / "ids.h", ids_header(files))
    every = "".join(f'#include "sql/{file.name}.h"\n' for file in files)
    write(out / "sql.h", BANNER.format("the statements") + f"#ifndef SQL_SQL_H\n#define SQL_SQL_H\n\n{every}\n#endif\n")
    write(out / "sql_gen.c", c_source(files, migrations))


def postgres_text(statement):
    number = {name: f"${at}" for at, name in enumerate(statement.order, 1)}
    return outside_quotes(statement.text, lambda part: re.sub(r"\$([A-Za-z0-9_]+)", lambda m: number[m[1]], part))


def emit_postgres(files, migrations):
    for migration in migrations:
        print(f"BEGIN;\n{migration.render('postgres')}COMMIT;")
    for statement in (s for file in files for s in file.statements):
        kinds = dict(statement.args)
        types = ", ".join(ENGINES["postgres"][kinds[n].rstrip("?")].split()[0] for n in statement.order)
        fields = statement.row.fields if statement.row else []
        print("-- gives", *(ENGINES["postgres"][kind.rstrip("?")].split()[0].lower() for _, kind in fields))
        print(f"PREPARE {statement.name}{f' ({types})' if types else ''} AS {postgres_text(statement)};")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--sqldir", type=pathlib.Path, required=True)
    ap.add_argument("--out", type=pathlib.Path, help="write C here; include it as sql/NAME.h")
    ap.add_argument("--dialect", choices=["postgres"], help="print that engine's form instead")
    ap.add_argument("listed", type=pathlib.Path, nargs="*", help="what the build knows of; another file is an error")
    args = ap.parse_args()
    try:
        check_listed(args.sqldir, args.listed)
        files = read_files(args.sqldir)
        check_names(files)
        migrations = read_migrations(args.sqldir)
        check_sqlite(files, migrations)
        if args.dialect == "postgres":
            emit_postgres(files, migrations)
        elif args.out is not None:
            emit_c(files, migrations, args.out)
        else:
            ap.error("--out or --dialect is needed")
    except Bad as e:
        print(e, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
