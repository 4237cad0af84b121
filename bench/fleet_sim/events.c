/* SPDX-License-Identifier: Apache-2.0 */
#include "events.h"

#include "base/enc.h"
#include "base/num.h"

enum { STATUS_AT = 9, STATUS_DIGITS = 3, CHUNK_MAX = 1024 * 1024 };

void events_init(struct events *e)
{
    int64_t id = e->id; /* what was seen is not forgotten with the connection */
    *e = (struct events){ .id = id };
}

/* A line without its end; false: longer than any of ours. */
static bool line_put(struct events *e, char c, str_t *ret_line)
{
    *ret_line = STR_NONE;
    if (c == '\n') {
        size_t n = e->line_n;
        if (n > 0 && e->line[n - 1] == '\r')
            n--;
        *ret_line = str_of(e->line, n);
        e->line_n = 0;
        return true;
    }
    if (e->line_n == sizeof e->line)
        return false;
    e->line[e->line_n++] = c;
    return true;
}

static enum events_found head_line(struct events *e, str_t line)
{
    static const str_t retry = { "Retry-After:", 12 };
    uint64_t n = 0;
    if (e->status == 0) {
        if (num_parse_u64(str_sub(line, STATUS_AT, STATUS_DIGITS), &n) != E_OK || n == 0)
            return EVENTS_BROKEN;
        e->status = (int)n;
        return EVENTS_NOTHING;
    }
    if (line.n == 0) {
        e->part = EVENTS_SIZE;
        return EVENTS_BEGUN;
    }
    if (str_eq_nocase(str_sub(line, 0, retry.n), retry) &&
        num_parse_u64(str_trim(str_sub(line, retry.n, line.n)), &n) == E_OK && n < 100000)
        e->retry_after_s = (int64_t)n;
    return EVENTS_NOTHING;
}

/* chunk-size [ chunk-ext ] CRLF */
static enum events_found size_byte(struct events *e, char c)
{
    int digit = hex_digit(c);
    if (c == '\n') {
        e->part = e->left > 0 ? EVENTS_DATA : EVENTS_OVER;
        return EVENTS_NOTHING;
    }
    if (c == '\r')
        return EVENTS_NOTHING;
    if (digit < 0 || e->left > CHUNK_MAX)
        return EVENTS_BROKEN;
    e->left = e->left * 16U + (size_t)digit;
    return EVENTS_NOTHING;
}

static void text_take(char *out, size_t room, str_t text)
{
    size_t n = text.n < room ? text.n : room - 1;
    memcpy(out, text.p, n);
    out[n] = '\0';
}

/* "name: value"; an empty line ends the event, ":" begins a comment. */
static enum events_found field_line(struct events *e, str_t line, uint64_t *ret_ms)
{
    size_t colon = str_find(line, ':');
    str_t name = str_sub(line, 0, colon);
    str_t value = str_sub(line, colon + 1, line.n);
    uint64_t n;
    if (line.n == 0) {
        e->told = e->event[0] != '\0';
        return e->told ? EVENTS_EVENT : EVENTS_NOTHING;
    }
    if (str_starts(value, STR(" ")))
        value = str_sub(value, 1, value.n);
    if (str_eq(name, STR("event")))
        text_take(e->event, sizeof e->event, value);
    if (str_eq(name, STR("data")))
        text_take(e->data, sizeof e->data, value);
    if (str_eq(name, STR("id")) && num_parse_u64(value, &n) == E_OK && n <= INT64_MAX)
        e->id = (int64_t)n;
    if (!str_eq(name, STR("retry")) || num_parse_u64(value, &n) != E_OK)
        return EVENTS_NOTHING;
    *ret_ms = n;
    return EVENTS_RETRY;
}

static enum events_found one_byte(struct events *e, char c, uint64_t *ret_ms)
{
    enum events_part part = e->part;
    str_t line;
    if (part == EVENTS_OVER)
        return EVENTS_NOTHING;
    if (part == EVENTS_SIZE)
        return size_byte(e, c);
    if (part == EVENTS_CRLF) {
        if (c == '\n')
            e->part = EVENTS_SIZE;
        return EVENTS_NOTHING;
    }
    if (part == EVENTS_DATA && --e->left == 0)
        e->part = EVENTS_CRLF;
    if (!line_put(e, c, &line))
        return EVENTS_BROKEN;
    if (line.p == NULL)
        return EVENTS_NOTHING;
    return part == EVENTS_HEAD ? head_line(e, line) : field_line(e, line, ret_ms);
}

enum events_found events_read(struct events *e, str_t *in, uint64_t *ret_ms)
{
    if (e->told) {
        e->event[0] = '\0';
        e->data[0] = '\0';
        e->told = false;
    }
    while (in->n > 0) {
        enum events_found found = one_byte(e, in->p[0], ret_ms);
        *in = str_sub(*in, 1, in->n);
        if (found != EVENTS_NOTHING)
            return found;
    }
    return EVENTS_NOTHING;
}
