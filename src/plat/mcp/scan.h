/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside plat/mcp: a pull reader of JSON text that takes no memory and builds nothing. It looks at
 * every byte once and says whether RFC 8259 and RFC 7493 allow it: UTF-8, no lone surrogates, no
 * noncharacters, no deeper than JSON_DEPTH_MAX. Whether a member appears twice is asked only of the
 * objects that are walked. Every failure is E_BAD_JSON unless said.
 */
#ifndef PLAT_MCP_SCAN_H
#define PLAT_MCP_SCAN_H

#include "base/arena.h"
#include "base/str.h"

struct mcp_scan {
    const char *p; /* what comes next; borrowed text */
    const char *end;
    unsigned depth; /* brackets that are open around p */
    bool escaped;   /* the last string had a backslash */
};

static inline struct mcp_scan mcp_scan_of(str_t text)
{
    const char *p = text.p != NULL ? text.p : "";
    return (struct mcp_scan){ .p = p, .end = p + text.n };
}

static inline void mcp_scan_blank(struct mcp_scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\t' || *s->p == '\r'))
        s->p++;
}

/* Is this the next byte? It stays there. */
static inline bool mcp_scan_at(const struct mcp_scan *s, char c)
{
    return s->p < s->end && *s->p == c;
}

/* The next byte must be `c`; it is taken. */
static inline err_t mcp_scan_take(struct mcp_scan *s, char c)
{
    if (!mcp_scan_at(s, c))
        return E_BAD_JSON;
    s->p++;
    return E_OK;
}

/* A whole value of any kind; what it is made of, as it stands. */
err_t mcp_scan_value(struct mcp_scan *s, str_t *ret) MUST_USE;
/* A string without its quotes and with its escapes. */
err_t mcp_scan_string(struct mcp_scan *s, str_t *ret) MUST_USE;
/* A string, decoded: as it stands, or, where it has escapes, a copy in the arena. E_BAD_FIELD: it
 * holds U+0000. E_NO_MEMORY. */
err_t mcp_scan_text(struct mcp_scan *s, struct arena *a, str_t *ret) MUST_USE;

/* An object, member by member; the caller takes each value. Declare it MCP_WALK: the compiler would
 * clear all of its names first, which costs more than most messages. */
enum { MCP_MEMBERS_MAX = 64 };
#define MCP_WALK struct mcp_walk __attribute__((uninitialized))
struct mcp_walk {
    struct mcp_scan *s;
    struct arena *a;
    size_t n;
    str_t names[MCP_MEMBERS_MAX];
};
err_t mcp_walk_open(struct mcp_walk *w, struct arena *a, struct mcp_scan *s) MUST_USE;
/*
 * The name of the next member, decoded; absent after the last one. E_BAD_JSON: a name appears
 * twice. E_BAD_FIELD: more than MCP_MEMBERS_MAX members. E_NO_MEMORY.
 */
err_t mcp_walk_next(struct mcp_walk *w, str_t *ret_name) MUST_USE;

#endif
