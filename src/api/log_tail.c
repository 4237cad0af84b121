/* SPDX-License-Identifier: Apache-2.0 */
#include "api/log_tail.h"

#include "api/passage.h"
#include "api/tail.h"
#include "api/whole_server.h"
#include "base/num.h"
#include "plat/os/logbook.h"

/* A line in an event is longer by its names and an id. */
enum { OUT_MAX = 4 * LOGBOOK_LINE_MAX };

struct log_tail {
    struct tail tail;
    struct log_filter filter; /* its texts lie in the two below */
    char q[LOG_Q_MAX];
    char request_id[OID_TEXT];
    struct logbook_mark mark;
    char block[LOGBOOK_LINE_MAX];
};

/* "start.byte.line" of the same process: where it was left off. */
static bool mark_parse(const struct services *sv, str_t text, struct logbook_mark *ret)
{
    str_t rest = text;
    str_t parts[2];
    int64_t start = 0;
    struct logbook_mark mark = { 0 };
    if (rest.p == NULL || !str_split(&rest, '.', &parts[0]) || rest.p == NULL ||
        !str_split(&rest, '.', &parts[1]) || rest.p == NULL)
        return false;
    if (num_parse_i64(parts[0], &start) != E_OK || start != sv->started_at.us ||
        num_parse_u64(parts[1], &mark.byte) != E_OK || num_parse_u64(rest, &mark.line) != E_OK)
        return false;
    *ret = mark;
    return true;
}

static void add_line(struct log_tail *t, str_t text)
{
    struct log_line line;
    struct log_out out;
    if (!log_line_parse(text, &line) || !log_line_is_wanted(&t->filter, &line, text))
        return;
    static const char *const names[] = { "debug", "info", "warning", "error" };
    out = (struct log_out){ .at = line.at,
                            .level = str_from_cz(names[line.level]),
                            .event = line.event };
    if (line.request_id.p != NULL)
        err_ignore(oid_parse(line.request_id, &out.request_id)); /* else it is of none */
    struct json_out o = json_out_to(&t->tail.out);
    BUF_ADD(&t->tail.out, "event: line\ndata: ");
    json_out_open(&o, '{');
    JSON_OUT(&o, "at", ts, out.at);
    JSON_OUT(&o, "level", str, out.level);
    JSON_OUT(&o, "event", str, out.event);
    JSON_OUT(&o, "request_id", id, out.request_id);
    json_out_name(&o, STR("fields"));
    BUF_ADD(&t->tail.out, "{");
    buf_add(&t->tail.out, line.fields);
    BUF_ADD(&t->tail.out, "}");
    json_out_close(&o, '}');
    BUF_ADD(&t->tail.out, "\n\n");
}

static struct log_tail *log_tail_of(struct tail *tail)
{
    return CONTAINER_OF(tail, struct log_tail, tail);
}

static void log_tail_mark(struct tail *tail)
{
    const struct log_tail *t = log_tail_of(tail);
    buf_addf(&tail->out, "id: %lld.%llu.%llu\n\n", (long long)tail->api->services->started_at.us,
             (unsigned long long)t->mark.byte, (unsigned long long)t->mark.line);
}

/* A block of new lines. */
static bool log_tail_tell(struct tail *tail)
{
    struct log_tail *t = log_tail_of(tail);
    uint64_t lost = 0;
    size_t n =
        logbook_follow(tail->api->services->logbook, &t->mark, t->block, sizeof t->block, &lost);
    if (lost > 0)
        buf_addf(&tail->out, "event: lost\ndata: {\"lines\":%llu}\n\n", (unsigned long long)lost);
    str_t rest = str_of(t->block, n);
    while (rest.n > 0) {
        size_t end = str_find(rest, '\n');
        add_line(t, str_sub(rest, 0, end));
        rest = str_sub(rest, end + 1, rest.n);
    }
    return n > 0;
}

static bool log_tail_may(struct tail *tail, const struct actor *actor)
{
    return perms_have(actor->perms, PERM_AUDIT_READ) && whole_server(tail->api->services, actor);
}

static const struct tail_kind log_tail_kind = {
    .of = TAIL_OF_LOG,
    .full = N_("so many follow the log already: close one of them"),
    .tell = log_tail_tell,
    .add_mark = log_tail_mark,
    .may = log_tail_may,
};

err_t log_tail_make(struct request *rq, const struct log_filter *f)
{
    struct services *sv = rq->services;
    struct tail *tail;
    TRY(tail_new(rq, &log_tail_kind, sizeof(struct log_tail), OUT_MAX, &tail));
    struct log_tail *t = log_tail_of(tail);
    t->filter = *f;
    if (f->q.p != NULL)
        t->filter.q = str_of(memcpy(t->q, f->q.p, f->q.n), f->q.n);
    if (f->request_id.p != NULL)
        t->filter.request_id = str_of(memcpy(t->request_id, f->request_id.p, OID_TEXT), OID_TEXT);
    if (!mark_parse(sv, http_field(rq->xchg, STR("Last-Event-ID")), &t->mark))
        logbook_mark(sv->logbook, &t->mark);
    rq->tail = tail;
    return E_OK;
}
