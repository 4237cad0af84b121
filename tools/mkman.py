#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make the man pages: the prose of man/*.in, and in its @marks@ the tables of the program itself.

usage: tools/mkman.py SENESCHAL OUTDIR [PAGE...]     (SENESCHAL: the binary; PAGE: seneschal.1, ...)
The same binary and prose give the same bytes: the date of a page is that of the newest entry of CHANGELOG.md.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAN = ROOT / "man"


def roff(text):
    """Plain text for roff: nothing in it is a request, a dash is a dash that can be copied."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("^", "\\(ha").replace("~", "\\(ti")
    text = text.replace("`", "\\(ga").replace('"', "\\(dq")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def sentence(text):
    """The tables say it in small letters and without a stop; a page does not."""
    text = roff(text[:1].upper() + text[1:] if re.match(r"[a-z]+\b(?!:?/)", text) else text)
    text = re.sub(r"\\\(ga(.*?)\\\(ga", r"\\fB\1\\fR", text)
    return text if text.endswith((".", "?")) else text + "."


def bold(text):
    return f"\\fB{roff(text)}\\fR"


def italic(text):
    return f"\\fI{roff(text)}\\fR" if text else ""


def value(text):
    """`a|b` is typed as it stands, FILE is not."""
    parts = [p for p in text.split("|") if p]
    return "|\\:".join(bold(p) for p in parts) if "|" in text else italic(text)


def entry(head, *body):
    return [".TP", head, *body]


def flag_head(flag, letter=None):
    head = (f"{bold(letter)}, " if letter else "") + bold(f"--{flag['name']}")
    return head + (f" {value(flag['values'])}" if flag["values"] else "") + (" ..." if flag.get("again") else "")


def words(command):
    return "".join(" " + (value(w) if "|" in w else italic(w.upper())) for w in command["words"].split())


def commands(tables):
    letters = {option["name"]: option["letter"] for option in tables["options"]}
    lines, noun = [], None
    for command in tables["commands"]:
        name = " ".join(filter(None, (command["noun"], command["verb"])))
        if command["noun"] != noun and command["verb"]:
            lines += [f".SS {roff(command['noun'])}"]
        noun = command["noun"]
        lines += entry(bold(name) + words(command), sentence(command["text"]))
        if command["risk"]:
            lines += ["It cannot be taken back, so it asks first;", f"{bold('--yes')} answers it."]
        flags = command["flags"]
        if flags:
            lines += [".RS", ".PD 0"]
            for flag in flags:
                lines += entry(flag_head(flag, letters.get(flag["name"])),
                               *([sentence(flag["text"])] if flag["text"] else []))
            lines += [".PD", ".RE"]
    return lines


def options(tables):
    lines = []
    for option in tables["options"]:
        text = [sentence(option["text"])]
        if option["environment"]:
            text.append(f"Environment: {bold(option['environment'])}.")
        if option["default"]:
            text.append(f"Default: {bold(option['default'])}.")
        lines += entry(flag_head(option, option["letter"]), *text)
    return lines


def bounds(setting):
    if setting["type"] == "number":
        return f"A number from {setting['min']} to {setting['max']}."
    if setting["type"] == "list":
        return f"A list of at most {setting['max']}; as a flag, repeat it."
    if setting["type"] == "text" and "|" not in setting["values"]:
        return f"At most {setting['max']} bytes."
    return ""


def settings(tables):
    lines = []
    for setting in tables["settings"]:
        text = [sentence(setting["text"]), bounds(setting)]
        text.append(f"Default: {bold(setting['default'])}." if setting["default"] else "Default: none.")
        text.append(f"Environment: {bold(setting['environment'])}.")
        text.append("Read again on SIGHUP." if setting["reload"] else "")
        lines += entry(f"{bold('--' + setting['flag'])} {value(setting['values'])}", *filter(None, text))
    return lines


def keys(tables):
    """The same settings as the file has them."""
    lines = []
    for setting in tables["settings"]:
        text = [sentence(setting["text"]), bounds(setting)]
        text.append(f"Default: {bold(setting['default'])}." if setting["default"] else "Default: none.")
        text.append("Read again on SIGHUP." if setting["reload"] else "")
        lines += entry(f"{bold(setting['name'])}: {value(setting['values'])}", *filter(None, text))
    return lines


def sample(tables):
    """Every setting at its default, as a file: what is commented out is empty by default."""
    lines = [".nf"]
    for setting in tables["settings"]:
        shown = setting["default"] or setting["values"].split("|")[0]
        shown = f"[{shown}]" if setting["type"] == "list" else shown
        shown = f"'{shown}'" if re.search(r"[\[\]:].*[\[\]]|^\[NAME", shown) and setting["type"] != "list" else shown
        lines.append(roff(f"{'' if setting['default'] else '# '}{setting['name']}: {shown}"))
    return [*lines, ".fi"]


def exits(rows):
    return [line for row in rows for line in entry(bold(str(row["number"])), sentence(row["text"]))]


def environment(tables):
    rows = [(o["environment"], f"Stands for {bold('--' + o['name'])}.") for o in tables["options"] if o["environment"]]
    rows += [(row["name"], sentence(row["text"])) for row in tables["environment"]]
    return [line for name, text in sorted(rows) for line in entry(bold(name), text)]


def agent_options(tables):
    lines = []
    for option in tables["agent_options"]:
        text = [sentence(option["text"])]
        if option["environment"]:
            text.append(f"Environment: {bold(option['environment'])}.")
        lines += entry(flag_head(option), *text)
    return lines


def errors(tables):
    shown = [row for row in tables["errors"] if row["name"] != "ok"]
    inside = [row["name"] for row in shown].index("again")  # what follows never leaves the house
    return [line for row in shown[:inside]
            for line in entry(f"{bold(row['name'])} ({row['number']})", sentence(row["text"]))]


MARKS = {
    "commands": commands, "options": options, "settings": settings, "keys": keys, "sample": sample,
    "environment": environment, "agent_options": agent_options, "errors": errors,
    "exits": lambda t: exits(t["exits"]), "agent_exits": lambda t: exits(t["agent_exits"]),
}


def newest_date():
    """Reproducible: no clock. An unreleased version has no date yet."""
    found = re.search(r"^## \S+ \((\d{4}-\d\d-\d\d)\)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    return found.group(1) if found else "2026-11-22"


def make(page, tables):
    prose = (MAN / f"{page}.in").read_text(encoding="utf-8")
    prose = prose.replace("@date@", newest_date()).replace("@version@", tables["version"])
    lines = []
    for line in prose.splitlines():
        mark = re.fullmatch(r"@(\w+)@", line)
        lines += MARKS[mark.group(1)](tables) if mark else [line]
    return "\n".join(lines) + "\n"


def main():
    binary, out, *pages = sys.argv[1:]
    said = subprocess.run([binary, "help", "--tables"], check=True, stdout=subprocess.PIPE).stdout
    tables = json.loads(said)
    Path(out).mkdir(parents=True, exist_ok=True)
    for page in pages or sorted(p.name[:-3] for p in MAN.glob("*.in")):
        Path(out, page).write_text(make(page, tables), encoding="utf-8")


if __name__ == "__main__":
    main()
