/* SPDX-License-Identifier: Apache-2.0 */
#include "api/gained.h"

#include "api/people.h"

enum { DETAILS_MAX = 128 * 1024 };

err_t gained_write(struct request *rq, const char *action, const struct gained_target *target,
                   const str_t *applications, size_t n)
{
    struct audit_event e = rq->event;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, DETAILS_MAX);
    struct json_out o = json_out_to(&b);
    if (n == 0)
        return E_OK;
    json_out_open(&o, '{');
    json_out_name(&o, STR("applications"));
    json_out_open(&o, '[');
    for (size_t i = 0; i < n; i++)
        json_out_str(&o, applications[i]);
    json_out_close(&o, ']');
    json_out_close(&o, '}');
    TRY(b.err);
    e.org = rq->act.org;
    e.action = str_from_cz(action);
    e.target_kind = str_from_cz(target->kind);
    e.target_id = target->id;
    e.target_name = target->name;
    e.reason = STR_NONE;
    TRY(str_copy(rq->act.arena, buf_str(&b), &e.details));
    return request_audit_more(rq, &e);
}

static err_t settle(struct request *rq, const struct access_watch *watch,
                    struct access_change *change)
{
    TRY(access_settle(&rq->act, watch, change));
    struct gained_target target = { watch->kind == ACTOR_USER ? "user" : "service-account",
                                    watch->id, change->name };
    TRY(gained_write(rq, "access.gained", &target, change->gained, change->gained_n));
    return gained_write(rq, "access.lost", &target, change->lost, change->lost_n);
}

err_t gained_note(struct request *rq, const struct access_watch *watch)
{
    struct access_change change;
    return settle(rq, watch, &change);
}

static err_t names_join(struct request *rq, const struct access_change *change, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, DETAILS_MAX);
    for (size_t i = 0; i < change->gained_n; i++) {
        if (i > 0)
            BUF_ADD(&b, ", ");
        buf_add(&b, change->gained[i]);
    }
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}

err_t gained_tell(struct request *rq, const struct access_watch *watch)
{
    struct access_change change;
    str_t names = STR_NONE;
    str_t link = STR_NONE;
    TRY(settle(rq, watch, &change));
    if (watch->kind != ACTOR_USER || change.gained_n == 0)
        return E_OK;
    TRY(names_join(rq, &change, &names));
    TRY(people_link(rq, STR("/portal"), &link));
    const struct notice_field fields[] = { { "applications", names, false },
                                           { "link", link, false } };
    return people_tell(rq, (struct notice_in){ .kind = NOTICE_ACCESS_GAINED,
                                               .user = watch->id,
                                               .fields = fields,
                                               .fields_n = ARRAY_LEN(fields) });
}
