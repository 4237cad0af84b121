/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/device_list.h"

#include "base/num.h"

const char *const device_sort_names[] = {
    [SORT_NEWEST] = "-created_at", [SORT_OLDEST] = "created_at",
    [SORT_MACHINE] = "machine_id", [SORT_MACHINE_BACK] = "-machine_id",
    [SORT_SEEN] = "last_seen_at",  [SORT_SEEN_BACK] = "-last_seen_at",
    [SORT_COUNT] = NULL,
};

/* After every text that begins with the same bytes: U+10FFFF behind them. */
static const char last_char[] = "\xf4\x8f\xbf\xbf";

/* The filter as the statements take it, and where the page begins. */
struct query {
    opt_i64_t status;
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
    ts_t at;
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
    q->status = (opt_i64_t){ f->status != DEVICE_NONE, f->status };
    q->user_id = f->user_id;
    query_label(f->label, q);
    if (f->search.n > 0) {
        TRY(fleet_lower(act->arena, f->search, &q->search));
        TRY(str_format(act->arena, &q->search_end, "%.*s%s", STR_ARG(q->search), last_char));
    }
    return query_group(act, f->group, q);
}

/* clang-format off */
#define FILTER .org = act->org, .status = q->status, .user_id = q->user_id, .grp = q->grp, .label = q->label, \
    .label_value = q->label_value, .search = q->search, .search_end = q->search_end, .limit = q->limit
#define FILTER_STATUS .org = act->org, .status = q->status.v, .user_id = q->user_id, .grp = q->grp, \
    .label = q->label, .label_value = q->label_value, .search = q->search, .search_end = q->search_end, \
    .limit = q->limit
#define PAGE(name, filter, ...)                                                                            \
    static err_t page_##name(struct act *act, const struct query *q, struct row_device **ret, size_t *ret_n) \
    {                                                                                                      \
        struct sql_device_page_##name in = { filter, __VA_ARGS__ };                                         \
        return sql_device_page_##name(act->db, act->arena, &in, ret, ret_n);                               \
    }
/* clang-format on */

PAGE(new, FILTER, .from_id = q->from_id)
PAGE(old, FILTER, .from_id = q->from_id)
PAGE(status_new, FILTER_STATUS, .from_id = q->from_id)
PAGE(status_old, FILTER_STATUS, .from_id = q->from_id)
PAGE(machine, FILTER, .machine_key = q->machine_key, .machine_id = q->machine_id)
PAGE(machine_back, FILTER, .machine_key = q->machine_key, .machine_id = q->machine_id)
PAGE(seen, FILTER, .at = q->at, .from_id = q->from_id)
PAGE(seen_back, FILTER, .at = q->at, .from_id = q->from_id)

static const struct {
    page_f *page;
    page_f *by_status; /* where one status is wanted */
    bool back;         /* from the end of the order */
} sorts[SORT_COUNT] = {
    [SORT_NEWEST] = { page_new, page_status_new, true },
    [SORT_OLDEST] = { page_old, page_status_old, false },
    [SORT_MACHINE] = { page_machine, page_machine, false },
    [SORT_MACHINE_BACK] = { page_machine_back, page_machine_back, true },
    [SORT_SEEN] = { page_seen, page_seen, false },
    [SORT_SEEN_BACK] = { page_seen_back, page_seen_back, true },
};

/* Before the first row: an id, a text, a time that stand before or behind all others. */
static void query_from_start(enum device_sort sort, struct query *q)
{
    if (!sorts[sort].back) {
        q->machine_key = STR("");
        q->machine_id = STR("");
        q->at = (ts_t){ INT64_MIN };
        return;
    }
    memset(q->from_id.b, 0xff, sizeof q->from_id.b);
    q->machine_key = str_from_cz(last_char);
    q->machine_id = str_from_cz(last_char);
    q->at = (ts_t){ INT64_MAX };
}

/* "ID", "MACHINE" or "MICROSECONDS.ID", by the order. */
static err_t query_from(struct act *act, enum device_sort sort, str_t position, struct query *q)
{
    if (position.p == NULL) {
        query_from_start(sort, q);
        return E_OK;
    }
    if (sort == SORT_MACHINE || sort == SORT_MACHINE_BACK) {
        q->machine_id = position;
        return fleet_lower(act->arena, position, &q->machine_key);
    }
    if (sort == SORT_SEEN || sort == SORT_SEEN_BACK) {
        size_t dot = str_find(position, '.');
        if (num_parse_i64(str_sub(position, 0, dot), &q->at.us) != E_OK)
            return E_BAD_CURSOR;
        position = str_sub(position, dot + 1, position.n);
    }
    return oid_parse(position, &q->from_id) == E_OK ? E_OK : E_BAD_CURSOR;
}

static err_t position_of(struct arena *a, enum device_sort sort, const struct row_device *d,
                         str_t *ret)
{
    char id[OID_TEXT];
    oid_format(d->id, id);
    if (sort == SORT_MACHINE || sort == SORT_MACHINE_BACK)
        return str_copy(a, d->machine_id, ret);
    if (sort == SORT_SEEN || sort == SORT_SEEN_BACK)
        return str_format(a, ret, "%lld.%.*s", (long long)d->last_seen_at.us, OID_TEXT, id);
    return str_copy(a, str_of(id, sizeof id), ret);
}

err_t device_list(struct act *act, const struct device_filter *f, str_t position, int64_t limit,
                  struct device_page *ret)
{
    struct query q = { .limit = limit + 1 }; /* one more tells whether there are more */
    struct device_page p = { .next = STR_NONE };
    TRY(query_make(act, f, &q));
    TRY(query_from(act, f->sort, position, &q));
    if (!q.nothing)
        TRY((q.status.set ? sorts[f->sort].by_status : sorts[f->sort].page)(act, &q, &p.rows,
                                                                            &p.n));
    if (p.n > (size_t)limit) {
        p.n = (size_t)limit;
        TRY(position_of(act->arena, f->sort, &p.rows[p.n - 1], &p.next));
    }
    *ret = p;
    return E_OK;
}

err_t device_count(struct act *act, const struct device_filter *f, int64_t *ret)
{
    struct query query = { .limit = DEVICE_COUNT_MAX };
    const struct query *q = &query;
    struct sql_device_count_row row = { 0 };
    TRY(query_make(act, f, &query));
    struct sql_device_count in = { FILTER };
    if (!q->nothing)
        TRY(sql_device_count(act->db, act->arena, &in, &row));
    *ret = row.n;
    return E_OK;
}
