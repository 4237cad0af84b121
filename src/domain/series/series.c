/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/series/series.h"

#include "sql/series.h"

/* clang-format off */
const struct series_info series_infos[SERIES_COUNT] = {
#define SERIES(code, name, fold, text) [SERIES_##code] = { name, FOLD_##fold, text },
#include "domain/series/series.def"
#undef SERIES
};
/* clang-format on */

err_t series_parse(str_t name, enum series *ret)
{
    for (size_t i = 0; i < SERIES_COUNT; i++) {
        if (str_eq(name, str_from_cz(series_infos[i].name))) {
            *ret = (enum series)i;
            return E_OK;
        }
    }
    return E_BAD_FIELD;
}

/* A sum of sums never comes near the end of 63 bits: what is counted here is a server's. */
void series_fold(enum series_fold how, struct series_folded *into, int64_t v)
{
    bool first = into->n++ == 0;
    switch (how) {
    case FOLD_SUM:
    case FOLD_MEAN:
        into->v = first ? v : into->v + v;
        return;
    case FOLD_MAX:
        into->v = first || v > into->v ? v : into->v;
        return;
    case FOLD_MIN:
        into->v = first || v < into->v ? v : into->v;
        return;
    case FOLD_LAST:
        into->v = v;
        return;
    }
}

int64_t series_folded(enum series_fold how, const struct series_folded *f)
{
    return how == FOLD_MEAN && f->n > 0 ? f->v / f->n : f->v;
}

static ts_t floor_to(ts_t t, int64_t step_s)
{
    return (ts_t){ t.us - t.us % DUR_S(step_s).us };
}

struct hour {
    enum series_fold fold;
    struct series_folded sum;
};

static err_t hour_point(void *arg, const struct sql_series_points_row *row)
{
    struct hour *h = arg;
    series_fold(h->fold, &h->sum, row->value);
    return E_OK;
}

static err_t point_put(struct db *db, int64_t step, const char *name, ts_t at, int64_t value)
{
    return sql_series_put(db,
                          &(struct sql_series_put){
                              .step = step, .name = str_from_cz(name), .at = at, .value = value });
}

static err_t hour_make(struct db *db, struct arena *a, const struct series_info *info, ts_t hour)
{
    struct hour h = { .fold = info->fold };
    const struct sql_series_points ask = { .step = SERIES_MINUTE_S,
                                           .name = str_from_cz(info->name),
                                           .since = hour,
                                           .until = ts_add(hour, DUR_S(SERIES_HOUR_S)) };
    TRY(sql_series_points(db, &ask, a, hour_point, &h));
    return point_put(db, SERIES_HOUR_S, info->name, hour, series_folded(info->fold, &h.sum));
}

err_t series_put(struct db *db, const struct series_sample *sample)
{
    ts_t minute = floor_to(sample->at, SERIES_MINUTE_S);
    CLEANUP(arena_freep) struct arena *scratch = arena_new(KIB(64));
    if (scratch == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < SERIES_COUNT; i++) {
        const struct series_info *info = &series_infos[i];
        if (!sample->v[i].set)
            continue;
        TRY(point_put(db, SERIES_MINUTE_S, info->name, minute, sample->v[i].v));
        TRY(hour_make(db, scratch, info, floor_to(minute, SERIES_HOUR_S)));
    }
    return E_OK;
}

err_t series_prune(struct db *db, ts_t now, int64_t limit, bool *ret_more)
{
    const struct {
        int64_t step;
        dur_t kept;
    } kinds[] = { { SERIES_MINUTE_S, SERIES_MINUTES_KEPT }, { SERIES_HOUR_S, SERIES_HOURS_KEPT } };
    bool more = false;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        const struct sql_series_drop drop = { .step = kinds[i].step,
                                              .before = { now.us - kinds[i].kept.us },
                                              .limit = limit };
        TRY(sql_series_drop(db, &drop));
        more = more || db_changed(db) == limit;
    }
    *ret_more = more;
    return E_OK;
}

struct reading {
    const struct series_ask *ask;
    enum series_fold fold;
    struct series_folded *sums;
};

static err_t reading_point(void *arg, const struct sql_series_points_row *row)
{
    struct reading *r = arg;
    int64_t i = ts_diff(row->at, r->ask->from).us / DUR_S(r->ask->step_s).us;
    if (i >= 0 && (size_t)i < r->ask->points)
        series_fold(r->fold, &r->sums[i], row->value);
    return E_OK;
}

/* From the minutes where the step is finer than an hour, else from the hours. */
err_t series_read(struct db *db, struct arena *a, const struct series_ask *ask, opt_i64_t **ret)
{
    const struct series_info *info = &series_infos[ask->series];
    CLEANUP(arena_freep) struct arena *scratch = arena_new(KIB(64));
    struct reading r = { .ask = ask,
                         .fold = info->fold,
                         .sums = ARENA_ARRAY(a, struct series_folded, ask->points) };
    opt_i64_t *v = ARENA_ARRAY(a, opt_i64_t, ask->points);
    if (scratch == NULL || r.sums == NULL || v == NULL)
        return E_NO_MEMORY;
    const struct sql_series_points which = {
        .step = ask->step_s < SERIES_HOUR_S ? SERIES_MINUTE_S : SERIES_HOUR_S,
        .name = str_from_cz(info->name),
        .since = ask->from,
        .until = ts_add(ask->from, DUR_S(ask->step_s * (int64_t)ask->points)),
    };
    TRY(sql_series_points(db, &which, scratch, reading_point, &r));
    for (size_t i = 0; i < ask->points; i++)
        v[i] = (opt_i64_t){ .set = r.sums[i].n > 0, .v = series_folded(info->fold, &r.sums[i]) };
    *ret = v;
    return E_OK;
}
