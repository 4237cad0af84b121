#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whatever the server says to people stands in src/api/message_*.def, in each language, and nothing else does.

usage: tools/check_messages.py            says what is missing, unsaid or wrong
       tools/check_messages.py --write    sorts the table, adds what is missing (without French), drops what nobody says
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "src/api/message.def"
# Who speaks to people of several languages; the command and the agent speak English.
SPEAKERS = ("src/base", "src/plat", "src/domain", "src/mcp", "src/api")
# In which argument the text stands.
CALLS = {"FAIL": 2, "diag_set": 2, "diag_set_field": 3, "diag_say": 1, "message_in": 1, "N_": 0, "ERR": 5}
FORMATS = ("FAIL", "diag_set", "diag_set_field", "diag_say")  # these want the text itself
CALL = re.compile(r"\b(" + "|".join(CALLS) + r")\(")
SKIPPED = re.compile(r"/\*.*?\*/|^#define (?:FAIL|N_)\(.*?$", re.S | re.M)
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
TEXT = re.compile(r'\s*(?:"(?:[^"\\]|\\.)*"\s*)+')
ROW = re.compile(r'MESSAGE\(("(?:[^"\\]|\\.)*"),\s*("(?:[^"\\]|\\.)*")\)')
CONVERSION = re.compile(r"%(?:(\d+)\$)?[-+ 0#]*(\*|\d+)?(\.(?:\*|\d+))?(hh|h|ll|l|j|z|t)?([diouxXcsp%])")
LOOSE = re.compile(r" [:;?!»]|« ")
# The table in parts, each with what its English begins by at least; the parts are in order, and so are their rows.
PARTS = {"signs": "", "a": "a", "i": "i", "t": "t", "the_m": "the m", "there": "there", "want": "want", "want_n": "want n"}
PART_HEAD = "/* A part of message.def. */\n"
HEAD = """/* What the server says in other languages: MESSAGE(English, français), in the order of the English text,
 * which is that of the source (tools/check_messages.py --write sorts, and finds what is missing). A
 * format takes the same arguments in both; where their order differs, all have a position (%1$s). */
"""


def argument(source, at, wanted):
    """The text of one argument of a call whose parenthesis has just opened."""
    depth, nth, begin = 0, 0, at
    while True:
        string = LITERAL.match(source, at) if source[at] == '"' else None
        if string:
            at = string.end()
            continue
        if source[at] in "([{":
            depth += 1
        elif source[at] in ")]}":
            depth -= 1
        if depth < 0 or (depth == 0 and source[at] == ","):
            if nth == wanted or depth < 0:
                return source[begin:at] if nth == wanted else ""
            nth, begin = nth + 1, at + 1
        at += 1


def texts_of(path):
    """(call, text as C writes it or None where it is no literal, line) of each call."""
    source = SKIPPED.sub(lambda gone: "\n" * gone[0].count("\n"), path.read_text(encoding="utf-8"))
    for call in CALL.finditer(source):
        text = argument(source, call.end(), CALLS[call[1]])
        whole = TEXT.fullmatch(text)
        yield call[1], "".join(LITERAL.findall(text)) if whole else None, source.count("\n", 0, call.start()) + 1


def said():
    """text -> where it is said first; and complaints about formats that are no text."""
    found, complaints = {}, []
    for path in sorted(p for speaker in SPEAKERS for p in (ROOT / speaker).rglob("*.[chd]*")):
        if path.suffix not in (".c", ".h", ".def") or path in (ROOT / "src/base/err.h", ROOT / "src/base/err.c"):
            continue
        for call, text, line in texts_of(path):
            place = f"{path.relative_to(ROOT)}:{line}"
            if text is None and call in FORMATS:
                complaints.append(f"{place}: a text that is put together has no other language: write it whole")
            elif text is not None:
                found.setdefault(text, place)
    return found, complaints


def arguments(text):
    """What a format takes, in the order of its list, and the positions that it names."""
    taken = [(int(position or 0), (width == "*", precision == ".*", length, kind))
             for position, width, precision, length, kind in CONVERSION.findall(text) if kind != "%"]
    taken.sort(key=lambda row: row[0])
    return [what for _, what in taken], [position for position, _ in taken]


def flaw(english, french):
    """What is wrong with a row, or None."""
    if not french:
        return "has no French"
    if LOOSE.search(french):
        return "has a plain space before a sign: French wants U+00A0 there"
    wanted, _ = arguments(english)
    taken, positions = arguments(french)
    if taken != wanted:
        return "takes other arguments in French"
    if any(positions) and positions != list(range(1, len(taken) + 1)):
        return "has positions that are not those of all its arguments"
    if any(positions) and any(width or precision for width, precision, _, _ in taken):
        return "has positions, and a width or precision from its list"
    return None


def in_order(texts):
    """As strcmp() has them."""
    return sorted(texts, key=lambda text: re.sub(r"\\(.)", r"\1", text).encode())


def file_of(part):
    return TABLE.with_name(f"message_{part}.def")


def rows():
    """(English, French) as C writes them, in the order of the table."""
    texts = (file_of(part).read_text(encoding="utf-8") for part in PARTS if file_of(part).exists())
    return [(english[1:-1], french[1:-1]) for text in texts for english, french in ROW.findall(text)]


def run():
    found, complaints = said()
    table = rows()
    known = dict(table)
    name = TABLE.relative_to(ROOT)
    complaints += [f"{place}: not in {name}: {text}" for text, place in found.items() if text not in known]
    complaints += [f"{name}: nobody says: {text}" for text in known if text not in found]
    complaints += [f"{name}: {why}: {english}" for english, french in table if (why := flaw(english, french))]
    if [english for english, _ in table] != in_order({english for english, _ in table}):
        complaints.append(f"{name}: not sorted, or one twice: {Path(__file__).name} --write sorts it")
    return complaints


def write():
    known = dict(rows())
    found, _ = said()
    table = in_order(found)
    TABLE.write_text(HEAD + "".join(f'#include "api/{file_of(part).name}"\n' for part in PARTS), encoding="utf-8")
    bounds = [*PARTS.values(), "\U0010ffff"]
    for part, begin, end in zip(PARTS, bounds, bounds[1:]):
        here = (f'MESSAGE("{text}",\n        "{known.get(text, "")}")\n' for text in table if begin <= text < end)
        file_of(part).write_text(PART_HEAD + "".join(here), encoding="utf-8")


def main():
    if sys.argv[1:] == ["--write"]:
        write()
    complaints = run()
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
