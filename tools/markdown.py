# SPDX-License-Identifier: Apache-2.0
"""The part of Markdown that our guides are written in -> HTML. What is not known is refused, with its line, rather than
shown wrongly; everything that comes from the text is escaped.

Known: # headings, paragraphs, - and 1. lists that nest, ``` code, tables, `code`, **strong**, *emphasis*, [links](to), and
an ![image](file) that stands alone.
"""
import html
import re

FENCE = re.compile(r"^```([\w-]*)$")
ITEM = re.compile(r"^(-|\d+\.) +(?=\S)")
HEADING = re.compile(r"^(#{1,3}) (\S.*)$")
SEPARATOR = re.compile(r"^\|(?: *:?-+:? *\|)+$")
# One word, or an option with its value: a line that ends at its hyphen would say another one.
WHOLE = re.compile(r"(?=.{1,24}$)(?:-{0,2}[\w.]+(?:-[\w.]+)+|--?[\w-]+)(?: [\w.]+)?")
OPTION = re.compile(r"(?:(?<= )|^)--?\w[\w-]{0,22}(?![\w-])")
UNDIVIDED = r'<span class="whole">\g<0></span>'
# Where a row is a block on a phone: its last cell has more characters, in a table of two columns and of more.
LONG_CELL = (40, 12)
SIGNS = re.compile(r"(?<=[\w;\]}])[_./,:=]+(?=[\w&\[{])")
LONG_CODE = 36  # in a cell it need not stay in one line
IMAGE = re.compile(r"^!\[([^\]]+)\]\(([^()\s]+)\)$")
NOT_KNOWN_LINES = [
    (re.compile(r"^#"), "a heading is one to three # and a blank"),
    (re.compile(r"^ "), "what is indented belongs to no list item"),
    (re.compile(r"^>"), "quotations are not known"),
    (re.compile(r"^[*+] "), "items of a list begin with -"),
    (re.compile(r"^(?:\* *){3,}$|^(?:- *){3,}$|^(?:_ *){3,}$"), "rules are not known"),
    (re.compile(r"^=+ *$|^-+ *$"), "headings begin with #"),
    (re.compile(r"^(?:```|~~~)"), "code is fenced by ``` and one word"),
    (re.compile(r"^\[[^\]]+\]:"), "links say where they lead in place"),
    (re.compile(r"^\|"), "a table has a head, a line of |---|, and as many cells in each line"),
    (re.compile(r"  $"), "a line does not end with blanks"),
    (re.compile(r"\t"), "tabs only stand in code"),
]
NOT_KNOWN_TEXT = [
    (re.compile(r"<[a-zA-Z/!?]"), "HTML is not known: put it into `code`"),
    (re.compile(r"&(?:#\w+|\w+);"), "entities are not known: write the character"),
    (re.compile(r"\\[!-/:-@\[-`{-~]"), "a backslash escapes nothing but | in tables: use `code`"),
    (re.compile(r"(?<!\w)_(?=\S)|(?<=\S)_(?!\w)"), "emphasis is written with *"),
    (re.compile(r"~~|!\[|\]\[|\[\^|\[[ xX]\]"), "this is not known here"),
    (re.compile(r"\]\(|`|\*(?!\.[A-Z])"), "this is not closed, or is closed twice"),
]
INLINE = re.compile(r"(?P<ticks>`+)(?P<code>(?:(?!\n\n).)+?)(?<!`)(?P=ticks)(?!`)"
                    r"|(?<!!)\[(?P<label>(?:`[^`]*`|[^\[\]`])+)\]\((?P<to>[^()\s]+)\)"
                    r"|\*\*(?P<strong>(?=\S)(?:`[^`]*`|[^*`])+(?<=\S))\*\*"
                    r"|(?<![*\w])\*(?P<em>(?=\S)(?:`[^`]*`|[^*`])+(?<=\S))\*(?![*\w])", re.S)


class Refused(Exception):
    """Not our Markdown; where, and what would be."""


def escape(text):
    return html.escape(text, quote=True)


def slug(text, taken):
    """The anchor of a heading, as the hosts of repositories make it, so that one link is good in both places."""
    plain = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
    found, n = plain, 0
    while found in taken:
        n += 1
        found = f"{plain}-{n}"
    return found


class Page:
    """One file: `html` without its title, `title`, `headings` [(level, anchor, HTML)], `code` [text], `sections`
    [(anchor, title, [text])]. resolve(page, line number, target, image) -> where a link leads and the title
    there, or None and the path of a file that is not in the site."""
    END = ' class="end"'
    BLOCKS = ' class="blocks"'

    def __init__(self, name, text, resolve, french=False):
        self.name, self.resolve, self.french = name, resolve, french
        self.title, self.headings, self.code, self.sections = "", [], [], []
        self.html = "".join(self.blocks([(n, line) for n, line in enumerate(text.splitlines(), 1)]))
        if not self.title:
            raise Refused(f"{name}:1: the first heading is the title, with one #")

    def refuse(self, number, why):
        raise Refused(f"{self.name}:{number}: {why}")

    def note(self, text):
        """Words of the last heading, for those who search."""
        if self.sections:
            self.sections[-1][2].append(text)

    # Blocks: `lines` are (number, text) without the indentation of what they stand in.
    def blocks(self, lines):
        out, at = [], 0
        while at < len(lines):
            if not lines[at][1].strip():
                at += 1
                continue
            block, at = self.block(lines, at)
            out.append(block)
        return out

    def block(self, lines, at):
        number, line = lines[at]
        if FENCE.match(line):
            return self.fence(lines, at)
        if HEADING.match(line):
            return self.heading(number, *HEADING.match(line).groups()), at + 1
        if ITEM.match(line):
            return self.items(lines, at)
        if line.startswith("|") and at + 1 < len(lines) and SEPARATOR.match(lines[at + 1][1]):
            return self.table(lines, at)
        if IMAGE.match(line):
            alt, to = IMAGE.match(line).groups()
            return f'<p><img alt="{escape(alt)}" src="{escape(self.resolve(self, number, to, image=True)[0])}"></p>\n', at + 1
        return self.paragraph(lines, at)

    def heading(self, number, marks, text):
        level, anchor = len(marks), slug(re.sub(r"[`*]", "", text), {h[1] for h in self.headings})
        if (level == 1) != (not self.headings):
            self.refuse(number, "one heading has one #, the first")
        if self.headings and level > self.headings[-1][0] + 1:
            self.refuse(number, "a level of headings is left out")
        shown = self.inline(number, text)
        self.headings.append((level, anchor, re.sub(r"<[^>]+>", "", shown)))
        self.sections.append((anchor, text.replace("`", ""), []))
        if level == 1:
            self.title = text.replace("`", "")
            return ""
        return f'<h{level} id="{escape(anchor)}">{shown}</h{level}>\n'

    def fence(self, lines, at):
        first = at
        at += 1
        text = []
        while at < len(lines) and lines[at][1] != "```":
            text.append(lines[at][1])
            at += 1
        if at == len(lines):
            self.refuse(lines[first][0], "this code has no end")
        self.code.append("\n".join(text))
        self.note("\n".join(text))
        return f'<pre tabindex="0"><code>{escape(self.code[-1])}\n</code></pre>\n', at + 1

    def items(self, lines, at):
        ordered = lines[at][1][0] != "-"
        items, loose = [], False
        while at < len(lines) and ITEM.match(lines[at][1]) and (lines[at][1][0] != "-") == ordered:
            width = ITEM.match(lines[at][1]).end()
            inner = [(lines[at][0], lines[at][1][width:])]
            at += 1
            while at < len(lines) and self.goes_on(lines, at, width):
                inner.append((lines[at][0], lines[at][1][width:]))
                at += 1
            while inner and not inner[-1][1].strip():
                inner.pop()
                loose = loose or (at < len(lines) and bool(ITEM.match(lines[at][1])))
            items.append("".join(self.blocks(inner)))
        if not loose and all(i.count("<p>") <= 1 for i in items):
            items = [re.sub(r"^<p>(.*?)</p>\n", r"\1", i, count=1, flags=re.S) for i in items]
        tag = "ol" if ordered else "ul"
        return f"<{tag}>\n" + "".join(f"<li>{i}</li>\n" for i in items) + f"</{tag}>\n", at

    def goes_on(self, lines, at, width):
        """Does the line belong to the item? An empty one does where an indented one follows."""
        number, line = lines[at]
        if line.startswith(" " * width):
            return True
        if not line.strip():
            return True
        if not ITEM.match(line) and lines[at - 1][1].strip():
            self.refuse(number, f"what goes on in an item is indented by {width}; what follows it comes after an empty line")
        return False

    def cells(self, number, line):
        if not line.endswith("|") or len(line) < 2:
            self.refuse(number, "a line of a table ends with |")
        cells, cell, ticks = [], "", False
        for part in re.split(r"(\\\||`|\|)", line[1:-1]):
            ticks ^= part == "`"
            if part == "|" and ticks:
                self.refuse(number, "| in code in a table is written \\|")
            if part == "|":
                cells.append(cell.strip())
                cell = ""
            else:
                cell += "|" if part == "\\|" else part
        return [*cells, cell.strip()]

    def table(self, lines, at):
        head = self.cells(*lines[at])
        marks = self.cells(*lines[at + 1])
        ends = [m.endswith(":") for m in marks]
        rows, first = [], at
        if len(marks) != len(head):
            self.refuse(lines[at + 1][0], f"the head has {len(head)} cells")
        at += 2
        while at < len(lines) and lines[at][1].startswith("|"):
            row = self.cells(*lines[at])
            if len(row) != len(head):
                self.refuse(lines[at][0], f"want {len(head)} cells")
            rows.append((lines[at][0], row))
            at += 1
        if at < len(lines) and lines[at][1].strip():
            self.refuse(lines[at][0], "an empty line follows a table")
        pair = len(head) == 2
        named = (pair or head[0]) and any(len(row[-1]) > LONG_CELL[0 if pair else 1] for _, row in rows)
        if named and len(head) > 3:
            return self.noted(lines[first][0], head, rows), at
        out = f'<div class="wide" tabindex="0"><table{self.BLOCKS if named else ""}>\n'
        if any(head):
            out += "<thead>" + self.row(lines[first][0], head, ends, "th") + "</thead>\n"
        out += "<tbody>\n" + "".join(self.row(n, r, ends, "td", head if named else ()) for n, r in rows) + "</tbody></table></div>\n"
        return out, at

    def noted(self, number, head, rows):
        """Many columns, the last of which explains: it has a line of its own, or it would stand outside the window."""
        *names, last = [self.inline(number, cell) for cell in head]
        span = f' colspan="{len(names)}"'
        out = '<div class="wide" tabindex="0"><table class="blocks noted">\n<thead><tr>' + "".join(f"<th>{name}</th>" for name in names) + "</tr>\n"
        out += (f"<tr><th{span}>{last}</th></tr>\n" if last else "") + "</thead>\n"
        self.note(" ".join(head))
        for at, cells in rows:
            self.note(" ".join(cells))
            *shown, note = (f"{label}>{self.divisible(self.inline(at, cell))}</td>" for label, cell in zip(self.labels(head), cells))
            out += f"<tbody><tr><td{'<td'.join(shown)}</tr>\n<tr><td{span}{note}</tr></tbody>\n"
        return out + "</table></div>\n"

    @staticmethod
    def labels(head):
        """Each cell but the first says its column, for a phone, which has no room for a head."""
        words = [escape(cell.replace("`", "")) if len(head) > 2 else "" for cell in head]
        return ["", *(f' data-label="{word}"' if word else "" for word in words[1:])]

    @staticmethod
    def divisible(shown, longer_than=0):
        """What may go on in another line after its signs: names in code, and choices; a long one before its capitals too."""
        humps = lambda word: re.sub(r"(?<=[a-z])(?=[A-Z])", "<wbr>", word.group())  # noqa: E731
        after_signs = lambda code: SIGNS.sub(r"\g<0><wbr>", re.sub(r"\w{25,}", humps, code.group()))  # noqa: E731
        shown = re.sub(fr"<code>(?:[^<]|</?span[^>]*>){{{longer_than},}}</code>", after_signs, shown)
        return shown if longer_than else re.sub(r"(?<=\w)\|(?=\w)", "|<wbr>", shown)

    def row(self, number, cells, ends, tag, head=()):
        tags = [tag if cell else "td" for cell in cells]  # a head without a word is not the head of anything
        kinds = [(self.END if end else "") + label for end, label in zip(ends, self.labels(head) if head else [""] * len(cells))]
        shown = (f"<{tag}{kind}>{self.divisible(self.inline(number, cell), LONG_CODE)}</{tag}>" for tag, cell, kind in zip(tags, cells, kinds))
        self.note(" ".join(cells))
        return f"<tr>{''.join(shown)}</tr>\n"

    def paragraph(self, lines, at):
        number, text = lines[at][0], []
        while at < len(lines) and lines[at][1].strip():
            line = lines[at][1]
            if text and (FENCE.match(line) or HEADING.match(line) or line.startswith("- ")):
                break
            if text and line.startswith("1. "):
                break
            if text and ITEM.match(line):
                self.refuse(lines[at][0], "a list with numbers begins with 1.")
            for pattern, why in NOT_KNOWN_LINES:
                if pattern.search(line):
                    self.refuse(lines[at][0], why)
            text.append(line)
            at += 1
        self.note(" ".join(text))
        return f"<p>{self.inline(number, chr(10).join(text))}</p>\n", at

    # Inline
    def plain(self, number, text):
        for pattern, why in NOT_KNOWN_TEXT:
            found = pattern.search(text)
            if found:
                self.refuse(number + text[:found.start()].count("\n"), f"{found.group()!r}: {why}")
        if self.french:  # no line begins with what ends a sentence, nor ends with what opens a quotation
            text = re.sub(r" (?=[:;?!»])|(?<=«) ", "\u00a0", text)
        return escape(text)

    def inline(self, number, text):
        out, done = [], 0
        for found in INLINE.finditer(text):
            here = number + text[:found.start()].count("\n")
            out.append(self.plain(number + text[:done].count("\n"), text[done:found.start()]))
            out.append(self.span(here, found))
            done = found.end()
        out.append(self.plain(number + text[:done].count("\n"), text[done:]))
        return "".join(out)

    def span(self, number, found):
        if found["code"] is not None:
            code = found["code"].replace("\n", " ")
            whole = ' class="whole"' if WHOLE.fullmatch(code) else ""
            shown = escape(code.strip() if len(found["ticks"]) > 1 else code)
            return f"<code{whole}>{shown if whole else OPTION.sub(UNDIVIDED, shown)}</code>"
        if found["label"] is not None:
            return self.link(number, found["label"], found["to"])
        tag, inner = ("strong", found["strong"]) if found["strong"] is not None else ("em", found["em"])
        return f"<{tag}>{self.inline(number, inner)}</{tag}>"

    def link(self, number, label, to):
        href, title = self.resolve(self, number, to, image=False)
        shown = self.inline(number, label)
        if href is None:  # a file of the sources, with its path there: it is not in the binary
            file = f"<code>{escape(title)}</code>"
            return file if label.strip("`") in title else f"{shown} ({file})"
        if title and label.strip("`") == to.split("#")[0].split("/")[-1]:
            shown = escape(title)  # on a page nobody reads names of files
        return f'<a href="{escape(href)}">{shown}</a>'
