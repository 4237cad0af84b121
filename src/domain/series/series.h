/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures over time: a point each minute for a day, and one each hour for thirty days. A point of
 * an hour is made anew of its minutes with each of them, so it is right at any moment, and after a
 * crash. What was not measured has no row: a gap.
 */
#ifndef DOMAIN_SERIES_SERIES_H
#define DOMAIN_SERIES_SERIES_H

#include "base/opt.h"
#include "plat/db/db.h"

enum series {
#define SERIES(code, name, fold, text) SERIES_##code,
#include "domain/series/series.def"
#undef SERIES
    SERIES_COUNT
};

/* How points that fall together become one. */
enum series_fold { FOLD_SUM, FOLD_MEAN, FOLD_MAX, FOLD_MIN, FOLD_LAST };

struct series_info {
    const char *name;
    enum series_fold fold;
    const char *text;
};
extern const struct series_info series_infos[SERIES_COUNT];

enum { SERIES_MINUTE_S = 60, SERIES_HOUR_S = 3600, SERIES_POINTS_MAX = 1500 };
#define SERIES_MINUTES_KEPT DUR_HOURS(24)
#define SERIES_HOURS_KEPT   DUR_DAYS(30)

/* What was measured at the end of one minute. */
struct series_sample {
    ts_t at; /* the begin of that minute */
    opt_i64_t v[SERIES_COUNT];
};

/* E_BAD_FIELD: there is no such figure. */
err_t series_parse(str_t name, enum series *ret) MUST_USE;
/* Points in the order of their time, one after the other. */
struct series_folded {
    int64_t v;
    int64_t n; /* of them; 0: none, and v means nothing */
};
void series_fold(enum series_fold how, struct series_folded *into, int64_t v);
int64_t series_folded(enum series_fold how, const struct series_folded *f);

/* On the writer: the minute and its hour. Said twice it is the same. */
err_t series_put(struct db *db, const struct series_sample *sample) MUST_USE;
/* On the writer: forget at most `limit` points of either kind; *ret_more: there are more. */
err_t series_prune(struct db *db, ts_t now, int64_t limit, bool *ret_more) MUST_USE;

struct series_ask {
    enum series series;
    ts_t from; /* a multiple of step_s since 1970 */
    int64_t step_s;
    size_t points;
};
/* `points` of them, in the arena; one that is not set is a gap. */
err_t series_read(struct db *db, struct arena *a, const struct series_ask *ask,
                  opt_i64_t **ret) MUST_USE;

#endif
