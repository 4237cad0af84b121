/* SPDX-License-Identifier: Apache-2.0 */
#include "api/permission_view.h"

#include "plat/json/out.h"

enum { DETAILS_MAX = 8 * 1024 };

err_t permission_out_make(struct request *rq, const struct server_names *names,
                          const struct permission_of *of, const struct row_permission *row,
                          struct permission_out *ret)
{
    struct gate_place place = { row->server_id, row->tool };
    *ret = (struct permission_out){ .id = row->id,
                                    .subject_kind = str_from_cz(gate_subject_name(of->kind)),
                                    .subject_id = of->id,
                                    .subject_name = of->name,
                                    .can_read = row->can_read,
                                    .can_write = row->can_write,
                                    .can_execute = row->can_execute,
                                    .is_enabled = row->is_enabled,
                                    .approval = row->approval,
                                    .arguments = { row->arguments },
                                    .device = { row->device },
                                    .created_at = row->created_at,
                                    .updated_at = row->updated_at };
    if (!oid_eq(row->server_id, gate_own_homeassistant))
        ret->server_id = row->server_id;
    TRY(tool_text(rq->act.arena, names, &place, &ret->tool));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static void out_flag(struct json_out *o, str_t name, opt_bool_t flag)
{
    if (!flag.set)
        return;
    json_out_name(o, name);
    json_out_bool(o, flag.v);
}

err_t permission_details(struct request *rq, const struct permission_out *row, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, DETAILS_MAX + 2 * GATE_CONDITIONS_TEXT);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "tool", str, row->tool);
    out_flag(&o, STR("can_read"), row->can_read);
    out_flag(&o, STR("can_write"), row->can_write);
    out_flag(&o, STR("can_execute"), row->can_execute);
    out_flag(&o, STR("is_enabled"), row->is_enabled);
    out_flag(&o, STR("approval"), row->approval);
    if (row->arguments.text.p != NULL)
        JSON_OUT(&o, "arguments", raw, row->arguments.text);
    if (row->device.text.p != NULL)
        JSON_OUT(&o, "device", raw, row->device.text);
    json_out_close(&o, '}');
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}
