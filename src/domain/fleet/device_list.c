/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/device_list.h"

#include "base/num.h"

#include <assert.h>

const char *const device_sort_names[] = {
    [SORT_NEWEST] = "-created_at", [SORT_OLDEST] = "created_at",
    [SORT_MACHINE] = "machine_id", [SORT_MACHINE_BACK] = "-machine_id",
    [SORT_SEEN] = "last_seen_at",  [SORT_SEEN_BACK] = "-last_seen_at",
    [SORT_HOST] = "hostname",      [SORT_HOST_BACK] = "-hostname",
    [SORT_STATUS] = "status",      [SORT_STATUS_BACK] = "-status",
    [SORT_COUNT] = NULL,
};

/* After every text that begins with the same bytes: U+10FFFF behind them. */
static const char last_char[] = "\xf4\x8f\xbf\xbf";

/* The filter as the statements take it, and where the page begins. */
struct query {
    opt_i64_t statuses;
    int64_t status; /* the only one of that set; 0: there is none, or there are several */
    oid_t user_id;
    oid_t grp;
    str_t label;
    str_t label_value;
    str_t search;
    str_t search_end;
    bool nothing; /* a group that is not there: no device is in it */
    oid_t from_id;
    str_t machine_key;
    str_t machine_id;
    str_t host_key;
    int64_t state;
    ts_t at;
    int64_t first;
    int64_t limit;
};

typedef err_t page_f(struct act *act, const struct query *q, struct row_device **ret,
                     size_t *ret_n);

err_t device_sort_parse(str_t name, enum device_sort *ret)
{
    if (name.p == NULL) {
        *ret = SORT_NEWEST;
        return E_OK;
    }
    for (int i = 0; i < SORT_COUNT; i++) {
        if (str_eq(name, str_from_cz(device_sort_names[i]))) {
            *ret = (enum device_sort)i;
            return E_OK;
        }
    }
    return E_BAD_FIELD;
}

err_t device_statuses_parse(str_t names, int64_t *ret)
{
    int64_t set = 0;
    for (size_t at = 0; at <= names.n;) {
        str_t rest = str_sub(names, at, names.n);
        str_t name = str_sub(rest, 0, str_find(rest, ','));
        enum device_status one;
        TRY(device_status_parse(name, &one));
        set |= INT64_C(1) << one;
        at += name.n + 1;
    }
    *ret = set;
    return E_OK;
}

static err_t query_group(struct act *act, str_t group, struct query *q)
{
    struct row_device_group row;
    struct sql_fleet_group_by_name by = { .org = act->org };
    if (group.p == NULL || oid_parse(group, &q->grp) == E_OK)
        return E_OK;
    TRY(fleet_lower(act->arena, group, &by.name_key));
    err_t e = sql_fleet_group_by_name(act->db, act->arena, &by, &row);
    q->nothing = e == E_NOT_FOUND;
    if (e == E_OK)
        q->grp = row.id;
    return e == E_NOT_FOUND ? E_OK : e;
}

static void query_label(str_t label, struct query *q)
{
    size_t eq = str_find(label, '=');
    size_t colon = str_find(label, ':');
    size_t at = eq < colon ? eq : colon;
    if (label.p == NULL)
        return;
    q->label = str_sub(label, 0, at);
    if (at < label.n)
        q->label_value = str_sub(label, at + 1, label.n);
}

static err_t query_make(struct act *act, const struct device_filter *f, struct query *q)
{
    q->statuses = (opt_i64_t){ f->statuses != 0, f->statuses };
    for (int64_t one = DEVICE_PENDING; one < DEVICE_STATUS_COUNT; one++) {
        if (f->statuses == INT64_C(1) << one)
            q->status = one;
    }
    q->user_id = f->user_id;
    query_label(f->label, q);
    if (f->search.n > 0) {
        TRY(fleet_lower(act->arena, f->search, &q->search));
        TRY(str_format(act->arena, &q->search_end, "%.*s%s", STR_ARG(q->search), last_char));
    }
    return query_group(act, f->group, q);
}

/* clang-format off */
#define FILTER_REST .user_id = q->user_id, .grp = q->grp, .label = q->label, .label_value = q->label_value, \
    .search = q->search, .search_end = q->search_end
#define FILTER .org = act->org, .statuses = q->statuses, FILTER_REST
#define FILTER_STATUS .org = act->org, .status = q->status, FILTER_REST
#define LIST(name, filter, ...)                                                                       \
    static err_t name(struct act *act, const struct query *q, struct row_device **ret, size_t *ret_n) \
    {                                                                                                 \
        struct sql_device_##name in = { filter, .limit = q->limit, __VA_ARGS__ };                     \
        return sql_device_##name(act->db, act->arena, &in, ret, ret_n);                               \
    }
/* clang-format on */

LIST(page_new, FILTER, .from_id = q->from_id)
LIST(page_old, FILTER, .from_id = q->from_id)
LIST(page_status_new, FILTER_STATUS, .from_id = q->from_id)
LIST(page_status_old, FILTER_STATUS, .from_id = q->from_id)
LIST(page_machine, FILTER, .machine_key = q->machine_key, .machine_id = q->machine_id)
LIST(page_machine_back, FILTER, .machine_key = q->machine_key, .machine_id = q->machine_id)
LIST(page_seen, FILTER, .at = q->at, .from_id = q->from_id)
LIST(page_seen_back, FILTER, .at = q->at, .from_id = q->from_id)
LIST(page_host, FILTER, .host_key = q->host_key, .from_id = q->from_id)
LIST(page_host_back, FILTER, .host_key = q->host_key, .from_id = q->from_id)
LIST(page_state, FILTER, .state = q->state, .from_id = q->from_id)
LIST(page_state_back, FILTER, .state = q->state, .from_id = q->from_id)

LIST(jump_new, FILTER, .first = q->first)
LIST(jump_old, FILTER, .first = q->first)
LIST(jump_machine, FILTER, .first = q->first)
LIST(jump_machine_back, FILTER, .first = q->first)
LIST(jump_seen, FILTER, .first = q->first)
LIST(jump_seen_back, FILTER, .first = q->first)
LIST(jump_host, FILTER, .first = q->first)
LIST(jump_host_back, FILTER, .first = q->first)
LIST(jump_state, FILTER, .first = q->first)
LIST(jump_state_back, FILTER, .first = q->first)

enum by { BY_ID, BY_MACHINE, BY_SEEN, BY_HOST, BY_STATUS };

/* clang-format off */
static const struct {
    page_f *page;      /* behind a position */
    page_f *by_status; /* the same, where one status is wanted */
    page_f *jump;      /* from a number on */
    enum by by;
    bool back; /* from the end of the order */
} sorts[SORT_COUNT] = {
    [SORT_NEWEST]       = { page_new,          page_status_new,   jump_new,          BY_ID,      true },
    [SORT_OLDEST]       = { page_old,          page_status_old,   jump_old,          BY_ID,      false },
    [SORT_MACHINE]      = { page_machine,      page_machine,      jump_machine,      BY_MACHINE, false },
    [SORT_MACHINE_BACK] = { page_machine_back, page_machine_back, jump_machine_back, BY_MACHINE, true },
    [SORT_SEEN]         = { page_seen,         page_seen,         jump_seen,         BY_SEEN,    false },
    [SORT_SEEN_BACK]    = { page_seen_back,    page_seen_back,    jump_seen_back,    BY_SEEN,    true },
    [SORT_HOST]         = { page_host,         page_host,         jump_host,         BY_HOST,    false },
    [SORT_HOST_BACK]    = { page_host_back,    page_host_back,    jump_host_back,    BY_HOST,    true },
    [SORT_STATUS]       = { page_state,        page_state,        jump_state,        BY_STATUS,  false },
    [SORT_STATUS_BACK]  = { page_state_back,   page_state_back,   jump_state_back,   BY_STATUS,  true },
};
/* clang-format on */

/* Before the first row: an id, a text, a number that stand before or behind all others. */
static void query_from_start(enum device_sort sort, struct query *q)
{
    bool back = sorts[sort].back;
    q->machine_key = back ? str_from_cz(last_char) : STR("");
    q->machine_id = q->machine_key;
    q->host_key = q->machine_key;
    q->at = (ts_t){ back ? INT64_MAX : INT64_MIN };
    q->state = back ? INT64_MAX : INT64_MIN;
    if (back)
        memset(q->from_id.b, 0xff, sizeof q->from_id.b);
}

/* "MACHINE", or an id behind what it is sorted by: "MICROSECONDS.ID", "HOST.ID", "STATUS.ID". */
static err_t query_from(struct act *act, enum device_sort sort, str_t position, struct query *q)
{
    if (position.p == NULL) {
        query_from_start(sort, q);
        return E_OK;
    }
    if (sorts[sort].by == BY_MACHINE) {
        q->machine_id = position;
        return fleet_lower(act->arena, position, &q->machine_key);
    }
    if (position.n < OID_TEXT)
        return E_BAD_CURSOR;
    size_t at = position.n - OID_TEXT;
    str_t key = str_sub(position, 0, at > 0 ? at - 1 : 0);
    err_t e = oid_parse(str_sub(position, at, position.n), &q->from_id);
    if (e == E_OK && sorts[sort].by == BY_SEEN)
        e = num_parse_i64(key, &q->at.us);
    if (e == E_OK && sorts[sort].by == BY_STATUS)
        e = num_parse_i64(key, &q->state);
    q->host_key = key;
    return e == E_OK ? E_OK : E_BAD_CURSOR;
}

static err_t position_of(struct arena *a, enum device_sort sort, const struct row_device *d,
                         str_t *ret)
{
    char text[OID_TEXT];
    str_t id = str_of(text, sizeof text);
    str_t host;
    oid_format(d->id, text);
    switch (sorts[sort].by) {
    case BY_ID:
        return str_copy(a, id, ret);
    case BY_MACHINE:
        return str_copy(a, d->machine_id, ret);
    case BY_SEEN:
        return str_format(a, ret, "%lld.%.*s", (long long)d->last_seen_at.us, STR_ARG(id));
    case BY_STATUS:
        return str_format(a, ret, "%lld.%.*s", (long long)d->status, STR_ARG(id));
    case BY_HOST:
        TRY(fleet_lower(a, d->hostname, &host));
        return str_format(a, ret, "%.*s.%.*s", STR_ARG(host), STR_ARG(id));
    }
    return E_BAD_CURSOR;
}

/* `q` wants one row more than the page has: it tells whether there are more. */
static err_t page_read(struct act *act, enum device_sort sort, page_f *read, const struct query *q,
                       struct device_page *ret)
{
    struct device_page p = { .next = STR_NONE };
    if (!q->nothing)
        TRY(read(act, q, &p.rows, &p.n));
    if (p.n > 1 && p.n == (size_t)q->limit) {
        p.n--;
        TRY(position_of(act->arena, sort, &p.rows[p.n - 1], &p.next));
    }
    *ret = p;
    return E_OK;
}

err_t device_page_cut(struct act *act, enum device_sort sort, size_t n, struct device_page *page)
{
    assert(n > 0);
    if (n >= page->n)
        return E_OK;
    TRY(position_of(act->arena, sort, &page->rows[n - 1], &page->next));
    page->n = n;
    return E_OK;
}

err_t device_list(struct act *act, const struct device_filter *f, str_t position, int64_t limit,
                  struct device_page *ret)
{
    struct query q = { .limit = limit + 1 };
    TRY(query_make(act, f, &q));
    TRY(query_from(act, f->sort, position, &q));
    return page_read(act, f->sort, q.status != 0 ? sorts[f->sort].by_status : sorts[f->sort].page,
                     &q, ret);
}

err_t device_jump(struct act *act, const struct device_filter *f, int64_t first, int64_t limit,
                  struct device_page *ret)
{
    struct query q = { .limit = limit + 1, .first = first };
    TRY(query_make(act, f, &q));
    return page_read(act, f->sort, sorts[f->sort].jump, &q, ret);
}

err_t device_count(struct act *act, const struct device_filter *f, int64_t *ret)
{
    struct query query = { .limit = DEVICE_COUNT_MAX };
    const struct query *q = &query;
    struct sql_device_count_row row = { 0 };
    TRY(query_make(act, f, &query));
    struct sql_device_count in = { FILTER, .limit = q->limit };
    if (!q->nothing)
        TRY(sql_device_count(act->db, act->arena, &in, &row));
    *ret = row.n;
    return E_OK;
}

err_t device_counts(struct act *act, const struct device_filter *f,
                    int64_t ret[DEVICE_STATUS_COUNT])
{
    struct query query = { 0 };
    const struct query *q = &query;
    struct sql_device_counts_row *rows = NULL;
    size_t n = 0;
    memset(ret, 0, DEVICE_STATUS_COUNT * sizeof *ret);
    TRY(query_make(act, f, &query));
    struct sql_device_counts in = { FILTER };
    if (!q->nothing)
        TRY(sql_device_counts(act->db, act->arena, &in, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (rows[i].status >= DEVICE_PENDING && rows[i].status < DEVICE_STATUS_COUNT)
            ret[rows[i].status] = rows[i].n;
    }
    return E_OK;
}
