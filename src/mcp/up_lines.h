/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the up half: what the two kinds of wire over HTTP have in common. */
#ifndef MCP_UP_LINES_H
#define MCP_UP_LINES_H

#include "mcp/up_wire.h"
#include "plat/http/fetch.h"

enum {
    UP_LINES_MAX = 96,
    UP_TOLD_MAX = 64,  /* messages under way that nobody waits for: answers to a flood of pings */
    UP_QUICK_S = 10,   /* for what is answered at once */
    UP_GOOD_BYE_S = 2, /* for the end of a session */
    UP_REFUSAL_MAX = 65536, /* of an answer that refuses, looked at */
    UP_RETRY_S_MAX = 30,    /* how long an upstream may make us wait to take a stream up again */
    UP_RESUMES_MAX = 5,     /* without anything new on it */
    UP_LISTEN_PAUSE_S_MAX = 60,
};

/* Lines of a head. More than there is room for are left out by `add`, and `full` says so. */
struct up_lines {
    const char *row[UP_LINES_MAX];
    size_t n;
    bool full;
};

static inline void up_lines_add(struct up_lines *l, const char *line)
{
    if (line == NULL || line[0] == '\0')
        return;
    if (l->n == UP_LINES_MAX)
        l->full = true;
    else
        l->row[l->n++] = line;
}

static inline void up_lines_add_all(struct up_lines *l, const char *const *lines, size_t n)
{
    for (size_t i = 0; i < n; i++)
        up_lines_add(l, lines[i]);
}

/* The credential and what else the configuration says, as C strings in the arena. E_NO_MEMORY,
 * E_BAD_FIELD: a line with a line break. */
err_t up_lines_of(struct arena *a, const struct up_cfg *cfg, struct diag *why,
                  const char *const **ret) MUST_USE;

/* E_BAD_FIELD, E_NO_MEMORY. */
err_t up_fetcher_new(const struct up_cfg *cfg, struct diag *why, struct fetcher **ret) MUST_USE;

/* What an answer's head says. */
enum up_form {
    UP_FORM_NONE,
    UP_FORM_EMPTY, /* 202: taken */
    UP_FORM_JSON,
    UP_FORM_EVENTS,
    UP_FORM_REFUSED,
};
enum up_form up_form_of(const struct http_answer *head);
bool up_is_json(const struct http_answer *head);
dur_t up_retry_after(const struct http_answer *head); /* 0: none */

#endif
