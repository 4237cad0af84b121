/* SPDX-License-Identifier: Apache-2.0 */
/* Is it alive, is it ready, is it well: answered on the loop, so that it answers under any load. */
#include "api/health.h"

#include "api/passage.h"
#include "api/reply.h"

struct health {
    str_t status;
    str_t version;
    int64_t uptime_s;
    str_t database;
    str_t reason;
};

/* clang-format off */
static const struct field health_fields[] = {
    FIELD(struct health, status,   .doc = "ok, or why it is not"),
    FIELD(struct health, version),
    FIELD(struct health, uptime_s),
    FIELD(struct health, database, .doc = "ok, disk-full, failed or sealed"),
    FIELD(struct health, reason,   .omit = true),
};
/* clang-format on */

const struct shape health_shape = SHAPE(struct health, "Health", health_fields);

static str_t database_state(const struct services *sv)
{
    struct writer_stats stats;
    if (sv->sealed)
        return STR("sealed");
    writer_stats(sv->writer, &stats);
    if (stats.failed)
        return STR("failed");
    return stats.disk_full ? STR("disk-full") : STR("ok");
}

static void answer(const struct hot_ask *ask, int status, str_t type, str_t body)
{
    struct buf *head = &edge_loop(ask->api, ask->x)->head;
    buf_clear(head);
    reply_head_common(head, type, edge_id(ask->x), true);
    edge_reply(ask->api, ask->x, status, buf_str(head), body);
}

enum hot_answer health_hot(const struct hot_ask *ask)
{
    const struct services *sv = ask->api->services;
    struct health h = {
        .status = STR("ok"),
        .version = STR(SENESCHAL_VERSION),
        .uptime_s = ts_diff(clock_now(), sv->started_at).us / 1000000,
        .database = database_state(sv),
    };
    bool well = str_eq(h.database, STR("ok"));
    bool serves =
        well || str_eq(h.database, STR("disk-full")); /* polls and revocations still are */
    if (!well) {
        h.status = STR("degraded");
        h.reason = h.database;
    } else if (clock_guard_behind(&sv->clock)) { /* SAFETY rule 15: no leases, the rest goes on */
        h.status = STR("degraded");
        h.reason = STR("clock-behind");
    }
    if (sv->draining) {
        h.status = STR("draining");
        serves = false;
    }
    struct buf *body = &edge_loop(ask->api, ask->x)->body;
    buf_clear(body);
    struct json_out o = json_out_to(body);
    shape_encode(&o, &health_shape, &h);
    answer(ask, serves ? 200 : 503, STR("application/json"), buf_str(body));
    return HOT_DONE;
}

enum hot_answer livez_hot(const struct hot_ask *ask)
{
    answer(ask, 200, STR("text/plain"), STR("alive\n"));
    return HOT_DONE;
}

enum hot_answer readyz_hot(const struct hot_ask *ask)
{
    const struct services *sv = ask->api->services;
    if (sv->sealed)
        answer(ask, 503, STR("text/plain"),
               STR("sealed: the master key of this store is not there\n"));
    else if (sv->draining)
        answer(ask, 503, STR("text/plain"), STR("draining\n"));
    else
        answer(ask, 200, STR("text/plain"), STR("ready\n"));
    return HOT_DONE;
}
