/* SPDX-License-Identifier: Apache-2.0 */
#include "api/audit_tail.h"

#include "api/passage.h"
#include "api/tail.h"
#include "base/num.h"
#include "plat/loop/workers.h"

#include <assert.h>

/* A part ends early once it is long enough, and is never longer than a stream may queue. */
enum { PART_ROWS = 100, PART_ENOUGH = 128 * 1024, PART_MAX = 768 * 1024, WORD_MAX = 128 };

struct audit_tail {
    struct tail tail;
    struct audit_filter filter; /* its texts lie below */
    char words[4][WORD_MAX];
    int64_t sent;   /* the mark: seq up to which everything has gone out */
    uint64_t moved; /* audit_moved() when the store was last asked */
    bool asked;
    err_t result;
    bool more;
    struct work work; /* from here on, and the result: the worker's while `busy` */
    struct loop_msg msg;
    int64_t seq; /* of the last event that was looked at */
    struct buf part;
};

static struct audit_tail *audit_tail_of(struct tail *tail)
{
    return CONTAINER_OF(tail, struct audit_tail, tail);
}

/* ---- on a worker ---- */

static err_t event_write(struct arena *a, struct buf *b, const struct audit_row *row)
{
    struct audit_out out;
    TRY(audit_view_make(a, row, &out));
    buf_addf(b, "event: audit\nid: %lld\ndata: ", (long long)row->seq);
    struct json_out o = json_out_to(b);
    shape_encode(&o, &audit_out_shape, &out);
    BUF_ADD(b, "\n\n");
    return b->err;
}

/* One event that is too long for a stream is passed over like one that was lost. */
static err_t events_write(struct audit_tail *t, struct arena *a, const struct audit_page *page)
{
    size_t i = 0;
    while (i < page->n && t->part.n < PART_ENOUGH) {
        size_t good = t->part.n;
        err_t e = event_write(a, &t->part, &page->rows[i]);
        if (e == E_TOO_BIG) {
            t->part.n = good;
            t->part.err = E_OK;
            BUF_ADD(&t->part, "event: lost\ndata: {\"events\":1}\n\n");
            e = t->part.err;
        }
        TRY(e);
        t->seq = page->rows[i++].seq;
    }
    t->more = i < page->n || page->next != 0;
    if (i == page->n)
        t->seq = page->seen > t->seq ? page->seen : t->seq;
    return E_OK;
}

static err_t part_read(struct audit_tail *t, struct db *db, struct arena *a)
{
    struct audit_page page;
    int64_t last;
    TRY(audit_page_last(db, a, t->filter.org, &last));
    if (last - t->seq > AUDIT_TAIL_BEHIND_MAX) {
        int64_t from = last - AUDIT_TAIL_BEHIND_MAX;
        buf_addf(&t->part, "event: lost\ndata: {\"events\":%lld}\n\n", (long long)(from - t->seq));
        t->seq = from;
    }
    TRY(audit_page_read(db, a, &t->filter, t->seq, PART_ROWS, &page));
    return events_write(t, a, &page);
}

static void audit_tail_work(struct work *work, void *worker)
{
    struct audit_tail *t = CONTAINER_OF(work, struct audit_tail, work);
    struct db *db = api_worker_db(worker);
    CLEANUP(arena_freep) struct arena *a = arena_new(REQUEST_ARENA_MAX);
    int64_t from = t->seq;
    buf_clear(&t->part);
    err_t e = a == NULL ? E_NO_MEMORY : db_read_begin(db);
    if (e == E_OK) {
        e = part_read(t, db, a);
        db_read_end(db);
    }
    if (e != E_OK) { /* nothing of it goes out, and all of it is read again */
        buf_clear(&t->part);
        t->seq = from;
    }
    t->result = e;
    loop_post(t->tail.loop, &t->msg);
}

/* ---- on its loop ---- */

static void audit_tail_done(struct loop_msg *msg)
{
    struct audit_tail *t = CONTAINER_OF(msg, struct audit_tail, msg);
    tail_back(&t->tail);
}

/* What was read goes out; what was not, and what came meanwhile, is asked for again. */
static bool audit_tail_tell(struct tail *tail)
{
    struct audit_tail *t = audit_tail_of(tail);
    uint64_t moved = audit_moved(tail->api->services->audit);
    if (tail->busy)
        return false;
    buf_add(&tail->out, buf_str(&t->part));
    buf_clear(&t->part);
    t->sent = t->seq;
    if (t->result != E_OK) { /* a quarter of a second later, then */
        t->result = E_OK;
        t->asked = false;
        return false;
    }
    if (t->asked && !t->more && moved == t->moved)
        return false;
    t->work = (struct work){ .run = audit_tail_work, .class = LOAD_BULK, .known = true };
    t->msg.run = audit_tail_done;
    tail->busy = workers_submit(tail->api->services->workers, &t->work) == E_OK;
    if (tail->busy) {
        t->asked = true;
        t->moved = moved;
    }
    return false; /* the worker says when */
}

static void audit_tail_mark(struct tail *tail)
{
    buf_addf(&tail->out, "id: %lld\n\n", (long long)audit_tail_of(tail)->sent);
}

static bool audit_tail_may(struct tail *tail, const struct actor *actor)
{
    oid_t org = audit_tail_of(tail)->filter.org;
    bool own = oid_is_set(org) && oid_eq(org, actor->org);
    return perms_have(actor->perms, PERM_AUDIT_READ) &&
           (own || perms_have(actor->perms, PERM_SYSTEM_ADMIN));
}

static void audit_tail_fini(struct tail *tail)
{
    buf_fini(&audit_tail_of(tail)->part);
}

static const struct tail_kind audit_tail_kind = {
    .of = TAIL_OF_AUDIT,
    .full = N_("so many follow the record already: close one of them"),
    .tell = audit_tail_tell,
    .add_mark = audit_tail_mark,
    .may = audit_tail_may,
    .fini = audit_tail_fini,
};

static void filter_keep(struct audit_tail *t, const struct audit_filter *f)
{
    t->filter = *f;
    t->filter.oldest_first = true;
    str_t *texts[] = { &t->filter.action, &t->filter.actor, &t->filter.target, &t->filter.result };
    static_assert(ARRAY_LEN(texts) == ARRAY_LEN(t->words), "a place for each");
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert(texts[i]->n <= WORD_MAX);
        if (texts[i]->p != NULL)
            *texts[i] = str_of(memcpy(t->words[i], texts[i]->p, texts[i]->n), texts[i]->n);
    }
}

/* Where a reader left off; what is no place of this chain is its end. */
static int64_t place_of(const struct request *rq, int64_t last)
{
    int64_t seq = 0;
    str_t text = http_field(rq->xchg, STR("Last-Event-ID"));
    bool good = text.p != NULL && num_parse_i64(text, &seq) == E_OK;
    return good && seq >= 0 && seq < last ? seq : last;
}

err_t audit_tail_make(struct request *rq, const struct audit_filter *f)
{
    struct tail *tail;
    int64_t last;
    TRY(audit_page_last(rq->act.db, rq->act.arena, f->org, &last));
    TRY(tail_new(rq, &audit_tail_kind, sizeof(struct audit_tail), PART_MAX + PART_MAX / 2, &tail));
    struct audit_tail *t = audit_tail_of(tail);
    buf_init(&t->part, PART_MAX);
    filter_keep(t, f);
    t->seq = place_of(rq, last);
    t->sent = t->seq;
    rq->tail = tail;
    return E_OK;
}
