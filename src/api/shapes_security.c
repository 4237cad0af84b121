/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_security.h"

/* clang-format off */
static const struct field limits_in_fields[] = {
#define RATE(code, json, setting, burst, least, text) \
    FIELD_AS(struct limits_in, rates[RATE_##code], json, OPT, .min = RATE_LEAST_##code, .max = RATE_MOST, \
             .doc = text "; null, or not there: as the configuration says"),
#include "domain/identity/rate.def"
#undef RATE
};

static const struct field limit_out_fields[] = {
    FIELD(struct limit_out, per_minute, .doc = "what holds now"),
    FIELD(struct limit_out, configured, .doc = "what the configuration says"),
    FIELD(struct limit_out, set,        .doc = "what was set here; null: nothing"),
    FIELD(struct limit_out, burst,      .doc = "calls that may come at once"),
    FIELD(struct limit_out, least,      .doc = "the lowest that can be set"),
    FIELD(struct limit_out, most),
};
static const struct shape limit_out_shape = SHAPE(struct limit_out, "Limit", limit_out_fields);

static const struct field limits_out_fields[] = {
    FIELD(struct limits_out, enabled,
          .doc = "false: `limits` of the configuration is off, and nothing is counted"),
#define RATE(code, json, setting, burst, least, text) \
    FIELD_AS(struct limits_out, rates[RATE_##code], json, .of = &limit_out_shape, .doc = (text)),
#include "domain/identity/rate.def"
#undef RATE
};

static const struct field refused_day_fields[] = {
    FIELD(struct refused_day_out, day,            .doc = "of UTC"),
    FIELD(struct refused_day_out, login_failures,
          .doc = "wrong passwords and second factors of accounts that exist"),
    FIELD(struct refused_day_out, locks,
          .doc = "tries that came before the wait of an account was over"),
    FIELD(struct refused_day_out, denials,
          .doc = "other refused calls (of somebody known once an hour and call), and every refused call "
                 "of nobody in particular"),
};
static const struct shape refused_day_shape =
    SHAPE(struct refused_day_out, "SecurityDay", refused_day_fields);

static const struct field refused_party_fields[] = {
    FIELD(struct refused_party_out, name),
    FIELD(struct refused_party_out, count),
};
static const struct shape refused_party_shape =
    SHAPE(struct refused_party_out, "SecurityParty", refused_party_fields);

static const struct field cleanup_in_fields[] = {
    FIELD(struct cleanup_in, dry_run, OPT, .doc = "say what would go, and let it stay"),
};

static const struct field cleanup_row_fields[] = {
    FIELD(struct cleanup_row, name),
    FIELD(struct cleanup_row, removed, .doc = "rows; with `dry_run` at most some hundreds are counted"),
    FIELD(struct cleanup_row, more,    .doc = "there are more"),
};
static const struct shape cleanup_row_shape = SHAPE(struct cleanup_row, "CleanupKind", cleanup_row_fields);

static const struct field cleanup_fields[] = {
    FIELD(struct cleanup_out, dry_run,         .doc = "nothing was done: the figures say what would be"),
    FIELD(struct cleanup_out, removed,         .doc = "rows of the store"),
    FIELD(struct cleanup_out, what,            .of = &cleanup_row_shape),
    FIELD(struct cleanup_out, bytes_freed,     .doc = "of the store, given back to the system"),
    FIELD(struct cleanup_out, log_bytes_freed, .doc = "of the kept log"),
    FIELD(struct cleanup_out, complete,
          .doc = "false: its time was over before everything was done, or counted; ask again"),
};

static const struct field security_stats_fields[] = {
    FIELD(struct security_stats_out, at),
    FIELD(struct security_stats_out, complete,
          .doc = "false: the record is so long that the oldest of these days were not reached"),
    FIELD(struct security_stats_out, days,      .of = &refused_day_shape, .doc = "thirty, the newest last"),
    FIELD(struct security_stats_out, addresses, .of = &refused_party_shape,
          .doc = "from which most was refused, at most ten; of nobody in particular a block of addresses"),
    FIELD(struct security_stats_out, names,     .of = &refused_party_shape,
          .doc = "whose accounts were tried, and to whom most was refused; at most ten"),
};
/* clang-format on */

const struct shape security_stats_shape =
    SHAPE(struct security_stats_out, "SecurityStats", security_stats_fields);
const struct shape cleanup_in_shape = SHAPE(struct cleanup_in, "CleanupIn", cleanup_in_fields);
const struct shape cleanup_shape = SHAPE(struct cleanup_out, "Cleanup", cleanup_fields);
const struct shape limits_in_shape = SHAPE(struct limits_in, "LimitsIn", limits_in_fields);
const struct shape limits_out_shape = SHAPE(struct limits_out, "Limits", limits_out_fields);
