/* SPDX-License-Identifier: Apache-2.0 */
#include "api/log_view.h"

#include "plat/json/json.h"

/* What stands between two quotes, none of which is escaped: so it is with times, levels, events and
 * ids. */
static bool take(str_t *rest, str_t head, str_t *ret)
{
    if (!str_starts(*rest, head))
        return false;
    str_t text = str_sub(*rest, head.n, rest->n);
    size_t n = str_find(text, '"');
    if (n == text.n)
        return false;
    *ret = str_sub(text, 0, n);
    *rest = str_sub(text, n + 1, text.n);
    return true;
}

static str_t find(str_t in, str_t what)
{
    const char *at = what.n > in.n ? NULL : memmem(in.p, in.n, what.p, what.n);
    return at == NULL ? STR_NONE : str_sub(in, (size_t)(at - in.p), in.n);
}

bool log_line_parse(str_t text, struct log_line *ret)
{
    struct log_line line = { 0 };
    str_t rest = text;
    str_t at;
    str_t level;
    if (!take(&rest, STR("{\"at\":\""), &at) || !take(&rest, STR(",\"level\":\""), &level) ||
        !take(&rest, STR(",\"event\":\""), &line.event) || !str_ends(rest, STR("}")))
        return false;
    if (ts_parse(at, &line.at) != E_OK || log_level_parse(level, &line.level) != E_OK)
        return false;
    rest.n--;
    line.fields = str_starts(rest, STR(",")) ? str_sub(rest, 1, rest.n) : rest;
    /* A quote inside a value is escaped, so this is no part of one. */
    str_t id = find(line.fields, STR("\"request_id\":\""));
    if (id.p != NULL && take(&id, STR("\"request_id\":\""), &line.request_id) &&
        line.request_id.n != OID_TEXT)
        line.request_id = STR_NONE;
    *ret = line;
    return true;
}

static bool holds(str_t text, str_t q)
{
    const int first = (unsigned char)q.p[0] | 0x20; /* most places fail at once */
    for (size_t i = 0; i + q.n <= text.n; i++) {
        if (((unsigned char)text.p[i] | 0x20) == first && bytes_eq_nocase(text.p + i, q.p, q.n))
            return true;
    }
    return false;
}

bool log_line_is_wanted(const struct log_filter *f, const struct log_line *line, str_t text)
{
    if (line->level < f->least)
        return false;
    if ((ts_is_set(f->from) && line->at.us < f->from.us) ||
        (ts_is_set(f->to) && line->at.us >= f->to.us))
        return false;
    if (f->request_id.p != NULL && !str_eq(line->request_id, f->request_id))
        return false;
    return f->q.p == NULL || holds(text, f->q);
}

err_t log_filter_make(struct request *rq, const struct log_query *q, struct log_filter *ret)
{
    struct log_filter f = { .from = q->from, .to = q->to, .q = q->q };
    if (ts_is_set(q->from) && ts_is_set(q->to) && q->from.us >= q->to.us)
        return FAIL(&rq->act.why, E_BAD_FIELD, "to: want a time after `from`");
    if (q->level.p != NULL)
        TRY(log_level_parse(q->level, &f.least)); /* one of the shape's */
    if (oid_is_set(q->request_id)) {
        char *text = arena_alloc(rq->act.arena, OID_TEXT);
        if (text == NULL)
            return E_NO_MEMORY;
        oid_format(q->request_id, text);
        f.request_id = str_of(text, OID_TEXT);
    }
    *ret = f;
    return E_OK;
}

err_t log_view_make(struct arena *a, const struct log_line *line, struct log_out *ret)
{
    static const char *const names[] = { "debug", "info", "warning", "error" };
    CLEANUP(json_freep) struct json *fields = NULL;
    struct log_out out = { .at = line->at, .level = str_from_cz(names[line->level]) };
    struct diag why = { 0 };
    TRY(str_copy(a, line->event, &out.event));
    TRY(str_format(a, &out.fields.text, "{%.*s}", STR_ARG(line->fields)));
    err_t e = json_parse(out.fields.text, &why, &fields);
    if (e != E_OK)
        return e == E_NO_MEMORY ? e : E_CORRUPT;
    if (line->request_id.p != NULL)
        err_ignore(oid_parse(line->request_id, &out.request_id)); /* else it is of none */
    *ret = out;
    return E_OK;
}
