/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/audit/audit_refused.h"

#include "base/map.h"
#include "base/num.h"
#include "sql/audit.h"

/* A party beyond PARTIES_MAX others is not told of: a flood of addresses has no memory here. */
enum { CHAINS_AT_ONCE = 500, PARTIES_MAX = 4096, SCRATCH_MAX = 4 * 1024 * 1024 };

struct parties {
    struct map by_name;
    struct refused_party *v;
    size_t n;
};

struct looking {
    struct db *db;
    struct arena *a;
    struct arena *scratch;
    struct refused_sums *sums;
    struct parties addresses;
    struct parties names;
    oid_t chain;
    ts_t begin; /* of the first day */
    size_t looked;
};

static bool party_is(const void *rows, uint32_t row, const void *key)
{
    const struct refused_party *v = rows;
    return str_eq(v[row].name, *(const str_t *)key);
}

static err_t party_count(struct looking *l, struct parties *p, str_t name, int64_t n)
{
    if (name.n == 0)
        return E_OK;
    uint64_t hash = map_hash(name.p, name.n);
    uint32_t row = map_get(&p->by_name, hash, party_is, p->v, &name);
    if (row == MAP_NONE) {
        if (p->n == PARTIES_MAX)
            return E_OK;
        row = (uint32_t)p->n;
        TRY(str_copy(l->a, name, &p->v[row].name));
        TRY(map_put(&p->by_name, hash, row));
        p->n++;
    }
    p->v[row].n += n;
    return E_OK;
}

/* What follows `name` in a text of ours, up to the next quote or comma. */
static str_t member_of(str_t text, str_t name)
{
    const char *at = text.n == 0 ? NULL : memmem(text.p, text.n, name.p, name.n);
    if (at == NULL)
        return STR_NONE;
    str_t rest = str_sub(text, (size_t)(at - text.p) + name.n, text.n);
    size_t end = 0;
    while (end < rest.n && rest.p[end] != '"' && rest.p[end] != ',' && rest.p[end] != '}')
        end++;
    return str_sub(rest, 0, end);
}

static struct refused_day *day_of(struct looking *l, ts_t at)
{
    int64_t n = (at.us - l->begin.us) / DUR_DAYS(1).us;
    return &l->sums->days[n < REFUSED_DAYS ? n : REFUSED_DAYS - 1]; /* the clock was set back */
}

static err_t refusal_count_in(struct looking *l, const struct audit_view *v)
{
    struct refused_day *day = day_of(l, v->at);
    bool session = str_eq(v->action, STR("session.refused")) ||
                   str_eq(v->action, STR("session.factor-refused"));
    bool summary = str_eq(v->action, STR("request.refused"));
    str_t block = summary ? member_of(v->details, STR("\"block\":\"")) : STR_NONE;
    str_t address = block.p != NULL ? block : v->ip;
    int64_t n = 1;
    if (summary && num_parse_i64(member_of(v->details, STR("\"count\":")), &n) != E_OK)
        n = 1; /* erased */
    if (session && str_eq(v->reason, STR("too-early")))
        day->locks += n;
    else if (session)
        day->failures += n;
    else
        day->denials += n;
    TRY(party_count(l, &l->addresses, address, n));
    return party_count(l, &l->names, session ? v->target_name : v->actor_name, n);
}

static err_t private_of(struct looking *l, int64_t seq, str_t *ret)
{
    const struct sql_audit_private_at which = { .chain = l->chain, .seq = seq };
    struct sql_audit_private_at_row row;
    err_t e = sql_audit_private_at(l->db, l->scratch, &which, &row);
    if (e == E_NOT_FOUND) {
        *ret = STR_NONE;
        return E_OK;
    }
    TRY(e);
    *ret = row.private;
    return E_OK;
}

static err_t body_see(void *arg, const struct sql_audit_bodies_down_row *row)
{
    struct looking *l = arg;
    struct audit_view v;
    str_t private;
    ts_t at;
    if (l->looked++ == REFUSED_LOOK_MAX)
        return E_AGAIN;
    /* The body is canonical, and nothing before its time is anybody's text. */
    if (ts_parse(member_of(row->body, STR(",\"at\":\"")), &at) != E_OK)
        return E_CORRUPT;
    if (at.us < l->begin.us)
        return E_AGAIN;
    if (memmem(row->body.p, row->body.n, "\"result\":\"refused\"", 18) == NULL)
        return E_OK;
    TRY(private_of(l, row->seq, &private));
    TRY(audit_view_read(l->scratch, row->body, private, &v));
    return refusal_count_in(l, &v);
}

static err_t chain_look(struct looking *l, oid_t chain)
{
    const struct sql_audit_bodies_down from = { .chain = chain, .n = REFUSED_LOOK_MAX + 1 };
    l->chain = chain;
    err_t e = sql_audit_bodies_down(l->db, &from, l->scratch, body_see, l);
    return e == E_AGAIN ? E_OK : e;
}

static err_t chains_look(struct looking *l)
{
    struct sql_audit_chains from = { .n = CHAINS_AT_ONCE };
    struct sql_audit_chains_row *rows = NULL;
    size_t n = CHAINS_AT_ONCE;
    while (n == CHAINS_AT_ONCE && l->looked <= REFUSED_LOOK_MAX) {
        TRY(sql_audit_chains(l->db, l->a, &from, &rows, &n));
        for (size_t i = 0; i < n && l->looked <= REFUSED_LOOK_MAX; i++)
            TRY(chain_look(l, rows[i].id));
        if (n > 0)
            from.after = rows[n - 1].id;
    }
    return E_OK;
}

static size_t top_take(struct parties *p, struct refused_party ret[static REFUSED_TOP])
{
    size_t taken = 0;
    while (taken < REFUSED_TOP && taken < p->n) {
        size_t most = taken;
        for (size_t i = taken + 1; i < p->n; i++)
            most = p->v[i].n > p->v[most].n ? i : most;
        ret[taken] = p->v[most];
        p->v[most] = p->v[taken];
        taken++;
    }
    return taken;
}

static err_t sums_make(struct looking *l, ts_t now)
{
    struct refused_sums *s = l->sums;
    ts_t today = { now.us - now.us % DUR_DAYS(1).us };
    l->begin = (ts_t){ today.us - (REFUSED_DAYS - 1) * DUR_DAYS(1).us };
    for (size_t i = 0; i < REFUSED_DAYS; i++)
        s->days[i].day = (ts_t){ l->begin.us + (int64_t)i * DUR_DAYS(1).us };
    TRY(chains_look(l));
    s->addresses_n = top_take(&l->addresses, s->addresses);
    s->names_n = top_take(&l->names, s->names);
    s->complete = l->looked <= REFUSED_LOOK_MAX;
    return E_OK;
}

err_t audit_refused(struct db *db, struct arena *a, ts_t now, struct refused_sums *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_MAX);
    struct refused_sums sums = { 0 };
    struct looking l = { .db = db, .a = a, .scratch = scratch, .sums = &sums };
    l.addresses.v = ARENA_ARRAY(a, struct refused_party, PARTIES_MAX);
    l.names.v = ARENA_ARRAY(a, struct refused_party, PARTIES_MAX);
    if (scratch == NULL || l.addresses.v == NULL || l.names.v == NULL)
        return E_NO_MEMORY;
    map_init(&l.addresses.by_name);
    map_init(&l.names.by_name);
    err_t e = sums_make(&l, now);
    map_fini(&l.addresses.by_name);
    map_fini(&l.names.by_name);
    TRY(e);
    *ret = sums;
    return E_OK;
}
