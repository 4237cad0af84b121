/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/device_code.h"

/* Long enough that a used or expired one is still known to its client. */
#define KEPT DUR_HOURS(1)

/* It is too short for a bare hash: who has the store could try them all. */
static digest_t user_code_mac(const struct act *act, const struct user_code *c)
{
    const str_t parts[] = { STR("device-user-code"), str_of(c->p, USER_CODE) };
    return hmac_of_parts(&act->keys->by_use[KEY_TOKEN], parts, ARRAY_LEN(parts));
}

static err_t room_check(struct act *act)
{
    struct sql_device_code_count_row count;
    TRY(sql_device_code_count(act->db, act->arena,
                              &(struct sql_device_code_count){ .now = act->now }, &count));
    if (count.n >= DEVICE_CODES_MAX)
        return FAIL(&act->why, E_OVERLOADED, "too many sign-ins wait for a person: try later");
    return E_OK;
}

err_t device_code_make(struct act *act, const struct device_code_in *in,
                       struct device_code_made *ret)
{
    struct device_code_made made = { .code = user_code_make() };
    TRY(room_check(act));
    token_make(STR("sen_v_"), &made.text);
    digest_t hash = sha256_of(str_of(made.text.p, made.text.n));
    digest_t mac = user_code_mac(act, &made.code);
    const struct sql_device_code_add row = { .hash = str_of(hash.b, sizeof hash.b),
                                             .id = oid_make(),
                                             .user_code = str_of(mac.b, sizeof mac.b),
                                             .org = in->org,
                                             .application_id = in->application,
                                             .scope = in->scope,
                                             .resource = in->resource,
                                             .dpop_jkt = in->dpop_jkt,
                                             .interval_s = DEVICE_CODE_INTERVAL_S,
                                             .ip = in->ip,
                                             .agent = str_clip(in->agent, DEVICE_CODE_AGENT_MAX),
                                             .now = act->now,
                                             .expires_at = ts_add(act->now, DEVICE_CODE_LIFE) };
    err_t e = sql_device_code_add(act->db, &row);
    if (e == E_CONFLICT) /* two of 25 milliard at once: the client tries again */
        e = E_OVERLOADED;
    if (e == E_OK)
        *ret = made;
    explicit_bzero(&made.text, sizeof made.text);
    return e;
}

err_t device_code_find(struct act *act, const struct user_code *code, struct row_device_code *ret)
{
    digest_t mac = user_code_mac(act, code);
    const struct sql_device_code_by_user_code in = { .user_code = str_of(mac.b, sizeof mac.b),
                                                     .now = act->now };
    return sql_device_code_by_user_code(act->db, act->arena, &in, ret);
}

err_t device_code_decide(struct act *act, oid_t id, bool approve, oid_t user, int64_t amr)
{
    const struct sql_device_code_decide in = { .id = id,
                                               .state = approve ? DEVICE_APPROVED : DEVICE_DENIED,
                                               .org = act->org,
                                               .user_id = user,
                                               .amr = amr,
                                               .now = act->now };
    TRY(sql_device_code_decide(act->db, &in));
    return db_changed(act->db) > 0 ? E_OK : E_NOT_FOUND;
}

static err_t pending(struct act *act, const struct row_device_code *row, enum device_poll *ret)
{
    const dur_t slack = DEVICE_CODE_SLACK;
    bool soon = ts_is_set(row->polled_at) &&
                act->now.us < ts_add(row->polled_at, DUR_S(row->interval_s)).us - slack.us;
    int64_t interval = row->interval_s + (soon ? DEVICE_CODE_INTERVAL_S : 0);
    const struct sql_device_code_polled in = { .id = row->id,
                                               .interval_s = interval,
                                               .now = act->now };
    TRY(sql_device_code_polled(act->db, &in));
    *ret = soon ? DEVICE_POLL_SLOW : DEVICE_POLL_PENDING;
    return E_OK;
}

static err_t not_good(struct act *act)
{
    return FAIL(&act->why, E_INVALID_GRANT,
                "the device_code is not known, used, or of another client");
}

static err_t spend(struct act *act, const struct row_device_code *row, enum device_poll *ret)
{
    const struct sql_device_code_use in = { .id = row->id, .now = act->now };
    TRY(sql_device_code_use(act->db, &in));
    if (db_changed(act->db) == 0)
        return not_good(act);
    *ret = DEVICE_POLL_GOOD;
    return E_OK;
}

static err_t poll_state(struct act *act, const struct row_device_code *row, enum device_poll *ret)
{
    if (row->state != DEVICE_USED && row->expires_at.us <= act->now.us) {
        *ret = DEVICE_POLL_EXPIRED;
        return E_OK;
    }
    switch ((enum device_code_state)row->state) {
    case DEVICE_ASKED:
        return pending(act, row, ret);
    case DEVICE_APPROVED:
        return spend(act, row, ret);
    case DEVICE_DENIED:
        *ret = DEVICE_POLL_DENIED;
        return E_OK;
    case DEVICE_USED:
        break;
    }
    return not_good(act);
}

err_t device_code_poll(struct act *act, str_t text, oid_t application, enum device_poll *ret_poll,
                       struct row_device_code *ret)
{
    struct row_device_code row;
    enum device_poll poll = DEVICE_POLL_EXPIRED;
    digest_t hash = sha256_of(text);
    const struct sql_device_code_get in = { .hash = str_of(hash.b, sizeof hash.b) };
    err_t e = sql_device_code_get(act->db, act->arena, &in, &row);
    if (e == E_NOT_FOUND || (e == E_OK && !oid_eq(row.application_id, application)))
        return not_good(act);
    TRY(e);
    TRY(poll_state(act, &row, &poll));
    *ret_poll = poll;
    *ret = row;
    return E_OK;
}

err_t device_codes_expire(struct act *act, int64_t limit)
{
    const dur_t kept = KEPT;
    const struct sql_device_code_expire in = { .before = { act->now.us - kept.us },
                                               .limit = limit };
    return sql_device_code_expire(act->db, &in);
}
