#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What tools/markdown.py makes of Markdown, what it refuses and where, and what a hostile text becomes. TAP on standard output."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tools"))
from markdown import Page, Refused  # noqa: E402

# Name of the case, Markdown below a title, the HTML that comes of it.
SHOWN = [
    ("a paragraph over lines", "one\ntwo", "<p>one\ntwo</p>\n"),
    ("what HTML means is text", "`<b>` & \"x\" < 1", "<p><code>&lt;b&gt;</code> &amp; &quot;x&quot; &lt; 1</p>\n"),
    ("emphasis", "**a `b`** and *c*", "<p><strong>a <code>b</code></strong> and <em>c</em></p>\n"),
    ("code over two lines", "`a\nb`", "<p><code>a b</code></p>\n"),
    ("two ticks", "`` a`b ``", "<p><code>a`b</code></p>\n"),
    ("marks in code are text", "`**a** [b](c) \\|`", "<p><code>**a** [b](c) \\|</code></p>\n"),
    ("underscores in a word", "a_b_c", "<p>a_b_c</p>\n"),
    ("a link", "[a `b`](X.md#c)", '<p><a href="X.md#c">a <code>b</code></a></p>\n'),
    ("quotes in a link", "[a](x\"y'z)", '<p><a href="x&quot;y&#x27;z">a</a></p>\n'),
    ("code", "```sh\n<a> **b**\n\n  c\n```", '<pre tabindex="0"><code>&lt;a&gt; **b**\n\n  c\n</code></pre>\n'),
    ("a list", "- a\n  b\n- c", "<ul>\n<li>a\nb</li>\n<li>c</li>\n</ul>\n"),
    ("a list in a list", "- a\n  - b\n- c", "<ul>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n<li>c</li>\n</ul>\n"),
    ("numbers", "1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"),
    ("code in an item", "- a\n  ```\n  b\n  ```", '<ul>\n<li>a<pre tabindex="0"><code>b\n</code></pre>\n</li>\n</ul>\n'),
    ("a table", "| a | b |\n|---|--:|\n| `x\\|y` | 1 |",
     '<div class="wide" tabindex="0"><table>\n<thead><tr><th>a</th><th class="end">b</th></tr>\n</thead>\n<tbody>\n'
     '<tr><td><code>x|y</code></td><td class="end">1</td></tr>\n</tbody></table></div>\n'),
    ("many columns, and what explains them below", "| a | b \"x\" | c | |\n|---|---|---|---|\n| `x.y_/z` | `x.y_z` | | " + 41 * "w" + " |",
     '<div class="wide" tabindex="0"><table class="blocks noted">\n<thead><tr><th>a</th><th>b &quot;x&quot;</th><th>c</th></tr>\n</thead>\n'
     '<tbody><tr><td><code>x.<wbr>y_/<wbr>z</code></td><td data-label="b &quot;x&quot;"><code>x.<wbr>y_<wbr>z</code></td><td data-label="c"></td></tr>\n'
     '<tr><td colspan="3">' + 41 * "w" + "</td></tr></tbody>\n</table></div>\n"),
    ("a row that is a block on a phone", "| a | b | |\n|---|---|---|\n| 1 | 2 | " + 21 * "w" + " |",
     '<div class="wide" tabindex="0"><table class="blocks">\n<thead><tr><th>a</th><th>b</th><td></td></tr>\n</thead>\n<tbody>\n'
     '<tr><td>1</td><td data-label="b">2</td><td>' + 21 * "w" + "</td></tr>\n</tbody></table></div>\n"),
    ("an option is not divided", "`--tls-key` `-o json` `a` `--ab=c d --tls-key e`",
     '<p><code class="whole">--tls-key</code> <code class="whole">-o json</code> <code>a</code> <code><span class="whole">--ab</span>=c d <span class="whole">--tls-key</span> e</code></p>\n'),
    ("headings of one name", "## A b\n## A b", '<h2 id="a-b">A b</h2>\n<h2 id="a-b-1">A b</h2>\n'),
    ("a heading in French", "## L’accès, d’abord", '<h2 id="laccès-dabord">L’accès, d’abord</h2>\n'),
    ("a name with a star", "*.NAME", "<p>*.NAME</p>\n"),
]
# Name, Markdown below a title (its line 1, so this begins on line 3), line and words of the refusal.
REFUSED = [
    ("HTML", "a\n<script>alert(1)</script>", 4, "HTML is not known"),
    ("a comment", "<!-- a -->", 3, "HTML is not known"),
    ("an autolink", "<https://a.example>", 3, "HTML is not known"),
    ("an entity", "a &lt; b", 3, "entities are not known"),
    ("an escape", "a \\* b", 3, "a backslash escapes nothing"),
    ("emphasis by underscores", "_a_", 3, "emphasis is written with *"),
    ("a tick without its twin", "a ` b", 3, "not closed"),
    ("a star without its twin", "a **b", 3, "not closed"),
    ("a link that names a definition", "[a][b]", 3, "not known here"),
    ("a definition", "[a]: https://a.example", 3, "in place"),
    ("a link with a title", '[a](b "c")', 3, "not closed"),
    ("a footnote", "a[^1]", 3, "not known here"),
    ("an image in a sentence", "a ![b](c.png)", 3, "not known here"),
    ("a quotation", "> a", 3, "quotations"),
    ("a star as an item", "* a", 3, "begin with -"),
    ("a rule", "a\n\n---", 5, "rules are not known"),
    ("a heading by a line", "a\n===", 4, "begin with #"),
    ("a fourth level", "#### a", 3, "one to three #"),
    ("a level left out", "### a", 3, "a level of headings is left out"),
    ("a second title", "# a", 3, "one heading has one #"),
    ("code by indentation", "    a", 3, "belongs to no list item"),
    ("code without end", "```\na", 3, "has no end"),
    ("code of two words", "```sh x\n```", 3, "one word"),
    ("tildes", "~~~\na\n~~~", 3, "fenced by ```"),
    ("a lazy item", "- a\nb", 4, "indented by 2"),
    ("a list of tasks", "- [ ] a", 3, "not known here"),
    ("a short row", "| a | b |\n|---|---|\n| c |", 5, "want 2 cells"),
    ("a table without its line", "| a | b |", 3, "a table has a head"),
    ("a bar in code in a table", "| a |\n|---|\n| `b|c` |", 5, "is written \\|"),
    ("a text under a table", "| a |\n|---|\nb", 5, "an empty line"),
    ("a line that ends with blanks", "a  \nb", 3, "blanks"),
    ("a tab", "a\tb", 3, "tabs"),
]
HOSTILE = ["<", ">", "\"", "'", "&", "`", "*", "[", "](", ")", "|", "\n", "- ", "## ", "```", "onload=", "javascript:x", "a", " ", "\\"]
TAG = re.compile(r"</?(?:p|code|strong|em|ul|ol|li|h2|div|table|thead|tbody|tr)>|<(?:th|td)(?: class=\"end\"| colspan=\"\d+\")?(?: data-label=\"[^\"<>]*\")?>|<wbr>|<(?:code|span) class=\"whole\">|</span>|<table class=\"blocks(?: noted)?\">|</(?:th|td|a|pre)>|"
                 r"<pre tabindex=\"0\">|<div class=\"wide\" tabindex=\"0\">|<h[23] id=\"[^\"<>]*\">|<a href=\"[^\"<>]*\">")


def page(text):
    return Page("x.md", "# Title\n\n" + text, lambda page, number, to, image: (to, ""))


def said(text):
    try:
        return page(text).html
    except Refused as why:
        return str(why)


def hostile():
    """Whatever the pieces are put together to, nothing but our own tags comes out, or a refusal."""
    state, bad = 1, []
    for _ in range(4000):
        pieces = []
        for _ in range(12):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            pieces.append(HOSTILE[(state >> 33) % len(HOSTILE)])
        text = "".join(pieces)
        shown = said(text)
        if not shown.startswith("x.md:") and re.search(r"[<>\"']", TAG.sub("", shown)):
            bad.append(text)
    return bad


def main():
    rows = [(name, said(text) == want, said(text)) for name, text, want in SHOWN]
    for name, text, line, words in REFUSED:
        got = said(text)
        rows.append((f"refused: {name}", got.startswith(f"x.md:{line}: ") and words in got, got))
    french = Page("x.md", "# T\n\n« oui » : `a : b` ; non ?", lambda *_: ("", ""), french=True).html
    rows.append(("French keeps its signs with their words", french == "<p>«\u00a0oui\u00a0»\u00a0: <code>a : b</code>\u00a0; non\u00a0?</p>\n", french))
    bad = hostile()
    rows.append(("nothing hostile becomes a tag", not bad, bad[:3]))
    print(f"1..{len(rows)}")
    for at, (name, good, got) in enumerate(rows, 1):
        print(f"{'ok' if good else 'not ok'} {at} - {name}" + ("" if good else f"\n# {got!r}"))
    return not all(good for _, good, _ in rows)


if __name__ == "__main__":
    sys.exit(main())
