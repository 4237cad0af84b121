/* SPDX-License-Identifier: Apache-2.0 */
/* What a text has that nobody sees: the ways in which a tool's description has lied (escape
 * sequences that hide lines, characters of no width, letters of the tag block). */
#include "plat/mcp/mcp_pin.h"

#include <assert.h>

enum { ESC = 0x1b, CSI = 0x9b, DEL = 0x7f };

static const char *const words[] = {
    [MCP_FIND_ANSI] = "an escape sequence of a terminal",
    [MCP_FIND_CONTROL] = "a control character",
    [MCP_FIND_INVISIBLE] = "a character that cannot be seen",
};

static const struct {
    uint32_t first;
    uint32_t last;
} invisible[] = {
    { 0x00ad, 0x00ad },   /* soft hyphen */
    { 0x061c, 0x061c },   /* Arabic letter mark */
    { 0x180e, 0x180e },   /* Mongolian vowel separator */
    { 0x200b, 0x200f },   /* of no width; marks of direction */
    { 0x202a, 0x202e },   /* embedding and overriding of direction */
    { 0x2060, 0x2064 },   /* word joiner, invisible operators */
    { 0x2066, 0x206f },   /* isolates of direction */
    { 0xfeff, 0xfeff },   /* byte order mark */
    { 0xfff9, 0xfffb },   /* interlinear annotation */
    { 0xe0000, 0xe007f }, /* tags: ASCII that no font shows */
};

const char *mcp_find_text(enum mcp_find kind)
{
    assert((size_t)kind < ARRAY_LEN(words));
    return words[kind];
}

/* The code point at the head of text that is UTF-8; its length. */
static size_t point_at(str_t s, uint32_t *ret)
{
    unsigned char lead = (unsigned char)s.p[0];
    size_t n = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (n == 1 || n > s.n) {
        *ret = lead;
        return 1;
    }
    uint32_t c = lead & (0x7fU >> n);
    for (size_t i = 1; i < n; i++)
        c = c << 6 | ((unsigned char)s.p[i] & 0x3fU);
    *ret = c;
    return n;
}

static bool point_find(uint32_t c, enum mcp_find *ret)
{
    if (c == ESC || c == CSI)
        *ret = MCP_FIND_ANSI;
    else if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= DEL && c < 0xa0))
        *ret = MCP_FIND_CONTROL;
    else
        *ret = MCP_FIND_INVISIBLE;
    if (*ret != MCP_FIND_INVISIBLE)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(invisible); i++) {
        if (c >= invisible[i].first && c <= invisible[i].last)
            return true;
    }
    return false;
}

bool mcp_text_find(str_t text, enum mcp_find *ret)
{
    while (text.n > 0) {
        uint32_t c;
        size_t n = point_at(text, &c);
        if (point_find(c, ret))
            return true;
        text = str_sub(text, n, text.n);
    }
    return false;
}

/* The rest of an escape sequence behind its first character (ECMA-48 section 5.4): parameters,
 * intermediate bytes and a final one; of a string (OSC and its like) all up to BEL or ST. */
static size_t sequence_length(str_t s, bool csi)
{
    size_t i = 0;
    if (!csi && s.n > 0 && strchr("]PX^_", s.p[0]) != NULL && s.p[0] != '\0') {
        while (i < s.n && s.p[i] != '\a' && s.p[i] != ESC)
            i++;
        if (i == s.n)
            return i;
        bool st = s.p[i] == ESC && i + 1 < s.n && s.p[i + 1] == '\\';
        return s.p[i] == ESC && !st ? i : i + (st ? 2 : 1);
    }
    if (!csi && s.n > 0 && s.p[0] == '[') {
        csi = true;
        i = 1;
    }
    while (i < s.n && s.p[i] >= 0x20 && s.p[i] <= (csi ? 0x3f : 0x2f))
        i++;
    return i < s.n && s.p[i] >= 0x30 && s.p[i] <= 0x7e ? i + 1 : i;
}

void mcp_clean_text(struct buf *b, str_t text)
{
    while (text.n > 0) {
        uint32_t c;
        enum mcp_find kind;
        size_t n = point_at(text, &c);
        bool found = point_find(c, &kind);
        if (!found)
            buf_add(b, str_sub(text, 0, n));
        text = str_sub(text, n, text.n);
        if (found && kind == MCP_FIND_ANSI)
            text = str_sub(text, sequence_length(text, c == CSI), text.n);
    }
}
