/* SPDX-License-Identifier: Apache-2.0 */
/* GET /admin/metrics: the text of GET /metrics as JSON. One place makes the figures; here their
 * lines, which are ours, are taken apart. */
#include "api/handlers_operation.h"
#include "api/metrics.h"
#include "api/services.h"
#include "api/shapes_stats.h"

enum { TEXT_MAX = 256 * 1024, JSON_TEXT_MAX = 512 * 1024 };

static bool take_word(str_t *rest, str_t *ret)
{
    return str_split(rest, ' ', ret) && ret->n > 0;
}

/* `a="b",c="d"`: no value of ours has a quote or a backslash. */
static void add_labels(struct json_out *o, str_t labels)
{
    str_t label;
    str_t name;
    json_out_name(o, STR("labels"));
    json_out_open(o, '{');
    while (labels.n > 0 && str_split(&labels, ',', &label)) {
        str_t value = label;
        if (!str_split(&value, '=', &name) || value.n < 2)
            continue;
        json_out_name(o, name);
        json_out_str(o, str_sub(value, 1, value.n - 2));
    }
    json_out_close(o, '}');
}

/* `name{labels} value`; a route among the labels has braces of its own. */
static void add_sample(struct json_out *o, str_t line)
{
    size_t open = str_find(line, '{');
    size_t close = line.n;
    while (close > 0 && line.p[close - 1] != '}')
        close--;
    bool has = open < line.n && close > open;
    str_t name = str_sub(line, 0, has ? open : str_find(line, ' '));
    str_t value = str_trim(str_sub(line, has ? close : name.n, line.n));
    json_out_open(o, '{');
    JSON_OUT(o, "name", str, name);
    add_labels(o, has ? str_sub(line, open + 1, close - open - 2) : STR(""));
    JSON_OUT(o, "value", raw, value);
    json_out_close(o, '}');
}

static void family_end(struct json_out *o, bool *open)
{
    if (*open) {
        json_out_close(o, ']');
        json_out_close(o, '}');
    }
    *open = false;
}

static void add_line(struct json_out *o, str_t line, bool *open)
{
    str_t rest = line;
    str_t mark;
    str_t what;
    str_t name;
    if (!str_starts(line, STR("# "))) {
        add_sample(o, line);
        return;
    }
    if (!take_word(&rest, &mark) || !take_word(&rest, &what) || !take_word(&rest, &name))
        return;
    if (str_eq(what, STR("HELP"))) { /* it comes first */
        family_end(o, open);
        json_out_open(o, '{');
        JSON_OUT(o, "name", str, name);
        JSON_OUT(o, "help", str, rest);
    } else {
        JSON_OUT(o, "type", str, rest);
        json_out_name(o, STR("samples"));
        json_out_open(o, '[');
        *open = true;
    }
}

err_t metrics_families(struct arena *a, str_t text, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct json_out o = json_out_to(&b);
    str_t line;
    bool open = false;
    buf_init(&b, JSON_TEXT_MAX);
    json_out_open(&o, '[');
    while (str_split(&text, '\n', &line)) {
        if (line.n > 0)
            add_line(&o, line, &open);
    }
    family_end(&o, &open);
    json_out_close(&o, ']');
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}

err_t metrics_as_json(struct request *rq)
{
    struct metrics_json *out = ARENA_NEW(rq->act.arena, struct metrics_json);
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (out == NULL)
        return E_NO_MEMORY;
    buf_init(&b, TEXT_MAX);
    TRY(metrics_text(rq, &b));
    out->at = rq->act.now;
    TRY(metrics_families(rq->act.arena, buf_str(&b), &out->families.text));
    return reply_obj(rq, 200, &metrics_json_shape, out);
}
