#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The guides of docs/, in both languages, as pages in the binary.

usage: tools/mkdocs.py TABLE.c BYTES.bin DEPFILE CSS...   (CSS, and last the icon: as tools/mkassets.py puts them into the binary)
       tools/mkdocs.py --check                            only whether all of it can be made

docs/guides.txt says which pages there are. No network, no clock: the same files give the same bytes. A link that leads
nowhere ends the build.
"""
import gzip
import hashlib
import os
import re
import sys
from pathlib import Path

from markdown import Page, Refused, escape

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
LANGS = ("en", "fr")
CUT = "\x01"  # in a frame: here the server puts what it writes itself
PIECES_MAX = 8 << 20
RUN_TIME = {"api": ("The API", "L’API")}  # pages that the server writes
SERVER = ("/access", "/account/factors", "/portal", "/portal/account", "/portal/connect", "/portal/tools", "/recover")  # to be led to
WORDS = {
    "en": {"docs": "Documentation", "skip": "Skip to content", "other": "Français", "toc": "On this page", "all": "All pages",
           "search": "Search the documentation", "hint": "Search these pages", "go": "Search",
           "lead": "How to install, run and use Seneschal. This server holds these pages itself: they fit its version, and need no network."},
    # French holds its marks to their words, as Page.plain does
    "fr": {"docs": "Documentation", "skip": "Aller au contenu", "other": "English", "toc": "Sur cette page", "all": "Toutes les pages",
           "search": "Chercher dans la documentation", "hint": "Un mot à chercher", "go": "Chercher",
           "lead": "Installer, exploiter et utiliser Seneschal. Ce serveur contient lui-même ces pages\u00a0: elles correspondent à sa version, et se lisent sans réseau."},
}
BRAND = ('<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2 4 5v6c0 5 3.4 9.3 8 11 4.6-1.7 8-6 8-11V5zm0 6a2.5 2.5 '
         '0 0 1 1 4.8V17h-2v-4.2A2.5 2.5 0 0 1 12 8z"/></svg>Seneschal')


class Site:
    """What docs/guides.txt names, read and linked."""

    def __init__(self):
        self.groups = []  # [({lang: title}, [page name])]
        self.files = {}  # page name -> {lang: path}
        self.pages = {}  # (name, lang) -> Page
        self.images = {}  # file name -> path
        self.todo = []  # links to check when all pages are read: (page name, line, path, anchor)
        self.read = {DOCS / "guides.txt", Path(__file__), Path(__file__).with_name("markdown.py")}
        for number, line in enumerate((DOCS / "guides.txt").read_text(encoding="utf-8").splitlines(), 1):
            self.row(number, line.split("#", 1)[0].split(None, 1))
        self.names = {path: name for name, paths in self.files.items() for path in paths.values()}
        for name, paths in self.files.items():
            for lang, path in paths.items():
                self.read.add(path)
                self.pages[name, lang] = Page(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"), self.resolve, lang == "fr")
        self.check_links()
        self.check_twins()

    def row(self, number, words):
        if not words:
            return
        kind, rest = words[0], words[1].strip() if len(words) > 1 else ""
        if kind == "group":
            self.groups.append((dict(zip(LANGS, (t.strip() for t in rest.split("|")))), []))
        elif kind in ("both", "en") and self.groups and len(rest.split()) == 2:
            name, file = rest.split()
            self.groups[-1][1].append(name)
            self.files[name] = {"en": DOCS / file} | ({"fr": DOCS / "fr" / file} if kind == "both" else {})
        elif kind == "server" and self.groups and rest in RUN_TIME:
            self.groups[-1][1].append(rest)
        else:
            raise Refused(f"docs/guides.txt:{number}: want group EN | FR, both NAME FILE, en NAME FILE, or server NAME")

    def resolve(self, page, number, to, image):
        """For class Page: the address of a link and the title there; of a file that is no page None and its path."""
        if re.match(r"https?://", to) and not image:
            return to, ""
        path, _, anchor = to.partition("#")
        if to in SERVER or path.startswith("/docs/") and path[6:] in RUN_TIME and not anchor:
            return to, ""
        here = ROOT / page.name
        file = here if path == "" else Path(os.path.normpath(here.parent / path))
        if re.match(r"\w+:", to) or not file.exists() or ROOT not in file.parents:
            page.refuse(number, f"{to}: there is no such file")
        if image:
            self.read.add(file)
            self.images[file.name] = file
            return f"/docs/{file.name}", ""
        if file not in self.names:
            return None, str(file.relative_to(ROOT))
        self.todo.append((page, number, file, anchor))
        title = file.read_text(encoding="utf-8").split("\n", 1)[0].lstrip("# ")
        return ("" if path == "" else f"/docs/{self.names[file]}") + (f"#{anchor}" if anchor else ""), title

    def check_links(self):
        by_file = {ROOT / page.name: page for page in self.pages.values()}
        for page, number, file, anchor in self.todo:
            if anchor and anchor not in {h[1] for h in by_file[file].headings[1:]}:
                page.refuse(number, f"{file.name} has no heading #{anchor}")

    def check_twins(self):
        for (name, lang), page in self.pages.items():
            twin = self.pages[name, "en"]
            for what in ("headings", "code"):
                have, want = len(getattr(page, what)), len(getattr(twin, what))
                if have != want:
                    raise Refused(f"{page.name}:1: {have} {what}, and {twin.name} has {want}")
            if [h[0] for h in page.headings] != [h[0] for h in twin.headings]:
                raise Refused(f"{page.name}:1: its headings are not at the levels of {twin.name}")
            for have, want in zip(page.code, twin.code):
                if without_remarks(have) != without_remarks(want):
                    raise Refused(f"{page.name}:1: these commands are others in {twin.name}: {have}")

    def title(self, name, lang):
        if name in RUN_TIME:
            return RUN_TIME[name][LANGS.index(lang)]
        return (self.pages.get((name, lang)) or self.pages[name, "en"]).title


def without_remarks(code):
    """What may differ between languages is what a shell does not read."""
    return [re.sub(r"(?:^|\s+)(?:#|//) .*$", "", line).rstrip() for line in code.split("\n")]


def asset_url(path):
    """As tools/mkassets.py spells it."""
    return f"/web/{path.stem}-{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}{path.suffix}"


def nav(site, here, lang):
    out = []
    for titles, names in site.groups:
        out.append(f"<p>{escape(titles[lang])}</p>\n<ul>\n")
        for name in names:
            english = lang != "en" and name not in RUN_TIME and (name, lang) not in site.pages
            attrs = (' aria-current="page"' if name == here else "") + (' hreflang="en" lang="en"' if english else "")
            out.append(f'<li><a href="/docs/{name}"{attrs}>{escape(site.title(name, lang))}</a></li>\n')
        out.append("</ul>\n")
    return "".join(out)


def toc(headings, lang, words):
    items = "".join(f'<li class="h{level}"><a href="#{escape(anchor)}">{shown}</a></li>\n' for level, anchor, shown in headings[1:])
    title = escape(WORDS[lang]["toc"])
    return f'<nav class="toc" aria-label="{title}">\n<details><summary>{title}</summary>\n<ul{words}>\n{items}</ul>\n</details></nav>\n' if items else ""


def frame(site, assets, here, lang, title=CUT, path=CUT, query=CUT, contents=CUT):
    """A whole page around `contents`; with cuts where the server fills in: title, path, words that were looked for, contents."""
    say = {key: escape(text) for key, text in WORDS[lang].items()}
    other = LANGS[1 - LANGS.index(lang)]
    styles = "".join(f'<link rel="stylesheet" href="{asset_url(a)}">\n' for a in assets[:-1])
    return f"""<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Seneschal</title>
{styles}<link rel="icon" type="image/svg+xml" href="{asset_url(assets[-1])}">
</head>
<body>
<a class="skip" href="#content">{say['skip']}</a>
<header><a class="brand" href="/docs">{BRAND}</a>
<form role="search" action="/docs"><input type="search" name="q" maxlength="100" required aria-label="{say['search']}" placeholder="{say['hint']}" value="{query}"><button type="submit" class="plain">{say['go']}</button></form>
<a class="all" href="#pages">{say['all']}</a>
<a class="lang" lang="{other}" hreflang="{other}" href="{path}?lang={other}">{say['other']}</a></header>
<div class="docs">
{contents}<nav class="pages" id="pages" aria-label="{say['all']}">
{nav(site, here, lang)}</nav>
</div>
</body>
</html>
"""


def article(title, body, headings, lang, written=None):
    words = f' lang="{written}"' if written not in (None, lang) else ""
    return f'{toc(headings, lang, words)}<main id="content"{words}>\n<h1>{title}</h1>\n{body}</main>\n'


def lead(page):
    """The first paragraph, as the list of pages shows it: without links."""
    found = re.match(r"<p>(.*?)</p>", page.html, re.S)
    return re.sub(r"</?a\b[^>]*>", "", found.group(1)) if found else ""


def index(site, lang):
    out = [f"<p>{escape(WORDS[lang]['lead'])}</p>\n"]
    for titles, names in site.groups:
        out.append(f"<h2>{escape(titles[lang])}</h2>\n<dl class=\"guides\">\n")
        for name in names:
            page = site.pages.get((name, lang))
            english = lang != "en" and name not in RUN_TIME and page is None
            attrs = ' hreflang="en" lang="en"' if english else ""
            out.append(f'<dt><a href="/docs/{name}"{attrs}>{escape(site.title(name, lang))}</a></dt>'
                       f"<dd>{lead(page) if page and (name, 'fr') in site.pages else ''}</dd>\n")
        out.append("</dl>\n")
    return "".join(out)


def search_text(page):
    """One line a heading: anchor, title, words."""
    flat = lambda text: re.sub(r"[\s\x00-\x1f]+", " ", text).strip()  # noqa: E731
    words = lambda texts: re.sub(r"\]\([^)]*\)|[`*\[\]]", "", flat(" ".join(texts)))  # noqa: E731
    return "".join(f"{'' if at == 0 else anchor}\t{flat(title)}\t{words(texts)}\n"
                   for at, (anchor, title, texts) in enumerate(page.sections))


class Blob:
    """All bytes in one file, which the compiler puts into the binary as it is."""

    def __init__(self):
        self.bytes = bytearray()

    def add(self, data):
        at = len(self.bytes)
        self.bytes += data
        return f'{{ {at}, {len(data)}, "\\"{hashlib.sha256(data).hexdigest()[:32]}\\"" }}'


def literal(text):
    data = text.encode()
    return '"' + "".join(chr(b) if 0x20 <= b < 0x7f and b not in b'"\\' else f"\\{b:03o}" for b in data) + '"'


def page_row(blob, name, lang, title, shown, text=""):
    data = shown.encode()
    return (f'    {{ "{name}", LANG_{lang.upper()}, "text/html; charset=utf-8", {literal(title)},\n'
            f"      {blob.add(data)},\n      {blob.add(gzip.compress(data, 9, mtime=0))},\n      {blob.add(text.encode())} }},\n")


def rows(site, assets, blob):
    for lang in LANGS:
        title = WORDS[lang]["docs"]
        body = article(title, index(site, lang), [], lang)
        yield page_row(blob, "", lang, title, frame(site, assets, "", lang, title, "/docs", "", body))
    for name, lang in sorted((name, lang) for name in site.files for lang in LANGS):
        written = lang if (name, lang) in site.pages else "en"  # the guide; what stands around it is in the reader's language
        page = site.pages[name, written]
        body = article(page.headings[0][2], page.html, page.headings, lang, written)
        whole = frame(site, assets, name, lang, escape(page.title), f"/docs/{name}", "", body)
        yield page_row(blob, name, lang, page.title, whole, search_text(page) if written == lang else "")
    for name, path in sorted(site.images.items()):
        data = path.read_bytes()
        nothing = blob.add(b"")
        yield f'    {{ "{name}", LANG_NONE, "image/png", "", {blob.add(data)}, {nothing}, {nothing} }},\n'


def frames(site, assets, blob):
    """What stands around the pages that the server writes, cut where it fills in."""
    for here in ("", *RUN_TIME):
        for lang in LANGS:
            pieces = frame(site, assets, here, lang).split(CUT)
            parts = ", ".join(blob.add(p.encode()) for p in pieces)
            yield f'    {{ "{here}", LANG_{lang.upper()}, {{ {parts} }} }},\n'


def main(args):
    site = Site()
    if args == ["--check"]:
        return
    table, binary, depfile, *assets = args
    blob = Blob()
    pages, around = list(rows(site, [Path(a) for a in assets], blob)), list(frames(site, [Path(a) for a in assets], blob))
    if len(blob.bytes) > PIECES_MAX:
        raise Refused(f"docs/guides.txt:1: {len(blob.bytes)} bytes of pages, at most {PIECES_MAX}")
    # The assembler's line stands in C, so that the compiler marks the object as it marks every other (CET, BTI).
    text = f"""#include "api/docs_table.h"

/* {hashlib.sha256(blob.bytes).hexdigest()} */
__asm__(".section .rodata.docs,\\"a\\",@progbits\\n.balign 16\\n.globl docs_bytes\\n.hidden docs_bytes\\ndocs_bytes:\\n"
        ".incbin \\"{binary}\\"\\n.size docs_bytes, .-docs_bytes\\n.type docs_bytes, @object\\n.previous\\n");

const struct docs_page docs_pages[] = {{
{''.join(pages)}}};
const size_t docs_pages_n = {len(pages)};

const struct docs_frame docs_frames[] = {{
{''.join(around)}}};
const size_t docs_frames_n = {len(around)};
"""
    Path(binary).write_bytes(bytes(blob.bytes))
    Path(table).write_text(text, encoding="ascii")
    Path(depfile).write_text(f"{table}: {' '.join(str(p) for p in sorted(site.read))}\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Refused as why:
        sys.exit(str(why))
