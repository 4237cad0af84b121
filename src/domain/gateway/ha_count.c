/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/ha_count.h"

static void in_text(struct ha_count *c, char b)
{
    if (c->escaped)
        c->escaped = false;
    else if (b == '\\')
        c->escaped = true;
    else if (b == '"')
        c->text = false;
}

static bool is_blank(char b)
{
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
}

/* Outside of strings: brackets of both kinds nest alike. */
static void outside_text(struct ha_count *c, char b)
{
    if (c->depth == 0 && !is_blank(b) && (c->begun || b != '[')) {
        c->bad = true;
        return;
    }
    if (b == '"') {
        c->text = true;
    } else if (b == '[' || b == '{') {
        if (c->depth == 1 && b == '{')
            c->n++;
        c->depth++;
        c->begun = true;
    } else if (b == ']' || b == '}') {
        c->depth--;
    }
}

bool ha_count_feed(struct ha_count *c, str_t bytes)
{
    for (size_t i = 0; i < bytes.n && !c->bad; i++) {
        if (c->text)
            in_text(c, bytes.p[i]);
        else
            outside_text(c, bytes.p[i]);
    }
    return !c->bad;
}

bool ha_count_is_whole(const struct ha_count *c)
{
    return c->begun && !c->bad && c->depth == 0;
}
