/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/hooks/notice.h"

#include "domain/hooks/hook_seal.h"
#include "domain/hooks/mail.h"
#include "domain/hooks/notice_kinds.h"
#include "domain/identity/account.h"
#include "plat/json/json.h"
#include "plat/json/out.h"

#include <assert.h>

enum { NOTICE_JSON_MAX = 64 * 1024 };

/* To whom, and how. */
struct told {
    oid_t user; /* zero: by mail alone */
    str_t email;
    enum lang lang;
    struct notice_field fields[NOTICE_FIELDS_MAX + 1];
    size_t fields_n;
};

static err_t find_user(struct act *act, const struct notice_in *in, struct told *told)
{
    struct sql_user_lang_get_row row;
    TRY(sql_user_lang_get(act->db, act->arena,
                          &(struct sql_user_lang_get){ .org = act->org, .id = in->user }, &row));
    told->user = in->user;
    if (told->email.p == NULL)
        told->email = row.email;
    if (told->lang == LANG_NONE)
        told->lang = lang_parse(row.lang);
    return E_OK;
}

/* What stands where somebody gave no reason. */
static const str_t unsaid = { "–", 3 };

/* What the portal keeps: without secrets. */
static err_t fields_write(struct act *act, const struct told *told, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, NOTICE_JSON_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    for (size_t i = 0; i < told->fields_n; i++) {
        const struct notice_field *f = &told->fields[i];
        if (f->secret)
            continue;
        json_out_name(&o, str_from_cz(f->name));
        json_out_str(&o, str_sub(f->value, 0, NOTICE_FIELD_MAX));
    }
    json_out_close(&o, '}');
    TRY(b.err);
    return str_copy(act->arena, buf_str(&b), ret);
}

static err_t portal_add(struct act *act, enum notice_kind kind, const struct told *told)
{
    str_t fields = STR_NONE;
    TRY(fields_write(act, told, &fields));
    TRY(sql_notice_put(act->db, &(struct sql_notice_put){ .id = oid_make(),
                                                          .org = act->org,
                                                          .user_id = told->user,
                                                          .kind = str_from_cz(notice_name(kind)),
                                                          .fields = fields,
                                                          .now = act->now }));
    TRY(act_effect(act, (struct effect){ .kind = EFFECT_NOTICE, .id = told->user }));
    return sql_notice_trim(
        act->db, &(struct sql_notice_trim){ .user_id = told->user, .keep = NOTICE_USER_MAX });
}

static err_t mail_it(struct act *act, enum notice_kind kind, const struct told *told)
{
    struct notice_text text;
    TRY(notice_render(act->arena, kind, told->lang, told->fields, told->fields_n, &text));
    err_t e = mail_add(act, told->email, kind, &text);
    hook_wipe(text.text);
    return e;
}

err_t notice_add(struct act *act, const struct notice_in *in)
{
    const struct notice_info *info = &notice_infos[in->kind];
    struct told told = { .email = in->email, .lang = in->lang };
    assert(in->fields_n <= NOTICE_FIELDS_MAX);
    for (size_t i = 0; i < in->fields_n; i++) {
        assert(!str_eq(str_from_cz(in->fields[i].name), STR("server"))); /* it is ours, once */
        told.fields[told.fields_n] = in->fields[i];
        if (in->fields[i].value.p == NULL)
            told.fields[told.fields_n].value = unsaid;
        told.fields_n++;
    }
    told.fields[told.fields_n++] = (struct notice_field){ "server", in->cfg->server, false };
    if (oid_is_set(in->user))
        TRY(find_user(act, in, &told));
    if (told.lang == LANG_NONE)
        told.lang = in->cfg->lang;
    if (oid_is_set(told.user) && info->mail != NOTICE_BY_MAIL_ALONE)
        TRY(portal_add(act, in->kind, &told));
    if (!in->cfg->mail || info->mail == 0 || told.email.n == 0)
        return E_OK;
    return mail_it(act, in->kind, &told);
}

err_t notice_tell(struct act *act, const struct notice_in *in)
{
    err_t e = notice_add(act, in);
    if (e != E_OVERLOADED && e != E_BAD_FIELD)
        return e;
    act_clear_why(act);
    return E_OK;
}

/* Strangers can make some of them come about: one of the administrators stands for all. */
static err_t told_enough(struct act *act, const struct notice_in *in, oid_t admin, bool *ret)
{
    const struct sql_notice_nth nth = { .user_id = admin,
                                        .kind = str_from_cz(notice_name(in->kind)),
                                        .skip = (int64_t)in->hour_max - 1 };
    struct sql_notice_nth_row row = { .created_at.us = 0 };
    err_t e = in->hour_max > 0 ? sql_notice_nth(act->db, act->arena, &nth, &row) : E_NOT_FOUND;
    *ret = e == E_OK && ts_add(row.created_at, DUR_HOURS(1)).us > act->now.us;
    return e == E_NOT_FOUND ? E_OK : e;
}

err_t notice_tell_admins(struct act *act, const struct notice_in *in)
{
    bool enough = false;
    struct sql_user_ids_of_role_row *rows = NULL;
    size_t n = 0;
    TRY(sql_user_ids_of_role(act->db, act->arena,
                             &(struct sql_user_ids_of_role){ .org = act->org,
                                                             .role = ROLES_ADMINISTER,
                                                             .active = ACCOUNT_ACTIVE,
                                                             .kind = ACTOR_USER,
                                                             .limit = NOTICE_ADMINS_MAX },
                             &rows, &n));
    if (n > 0)
        TRY(told_enough(act, in, rows[0].id, &enough));
    for (size_t i = 0; i < n && !enough; i++) {
        struct notice_in one = *in;
        one.user = rows[i].id;
        one.email = STR_NONE;
        TRY(notice_tell(act, &one));
    }
    return E_OK;
}

err_t user_lang(struct act *act, oid_t user, enum lang *ret)
{
    struct sql_user_lang_get_row row;
    TRY(sql_user_lang_get(act->db, act->arena,
                          &(struct sql_user_lang_get){ .org = act->org, .id = user }, &row));
    *ret = lang_parse(row.lang);
    return E_OK;
}

err_t user_lang_set(struct act *act, oid_t user, enum lang lang)
{
    return sql_user_lang_set(
        act->db, &(struct sql_user_lang_set){
                     .org = act->org,
                     .id = user,
                     .lang = lang == LANG_NONE ? STR_NONE : str_from_cz(lang_name(lang)) });
}

/* A kind that a later program knew is shown by its name. */
static err_t kind_of(str_t name, enum notice_kind *ret)
{
    for (size_t k = 0; k < NOTICE_KINDS; k++) {
        if (str_eq(name, str_from_cz(notice_infos[k].name))) {
            *ret = (enum notice_kind)k;
            return E_OK;
        }
    }
    return E_NOT_FOUND;
}

static err_t fields_read(struct act *act, str_t text, struct notice_field *ret, size_t *ret_n)
{
    CLEANUP(json_freep) struct json *root = NULL;
    struct json_pair *pairs = NULL;
    size_t n = 0;
    TRY(json_parse(text, NULL, &root));
    TRY(json_members(act->arena, root, &pairs, &n));
    if (n > NOTICE_FIELDS_MAX + 1)
        return E_CORRUPT;
    for (size_t i = 0; i < n; i++) {
        const struct json *value = pairs[i].value;
        /* Older programs wrote null for what was not said. */
        str_t said = json_type(value) == JSON_STRING ? json_string(value) : unsaid;
        str_t name;
        TRY(str_copy(act->arena, pairs[i].name, &name));
        TRY(str_copy(act->arena, said, &ret[i].value));
        ret[i].name = str_cz(act->arena, name);
        if (ret[i].name == NULL)
            return E_NO_MEMORY;
    }
    *ret_n = n;
    return E_OK;
}

static err_t notice_show(struct act *act, const struct row_notice *row, enum lang lang,
                         struct notice_view *ret)
{
    struct notice_field fields[NOTICE_FIELDS_MAX + 1] = { 0 };
    enum notice_kind kind = NOTICE_INVITATION;
    struct notice_text text = { .subject = row->kind, .text = STR("") };
    size_t n = 0;
    if (kind_of(row->kind, &kind) == E_OK) {
        TRY(fields_read(act, row->fields, fields, &n));
        TRY(notice_render(act->arena, kind, lang, fields, n, &text));
    }
    *ret = (struct notice_view){ .id = row->id,
                                 .kind = row->kind,
                                 .subject = text.subject,
                                 .text = text.text,
                                 .created_at = row->created_at,
                                 .read_at = row->read_at };
    return E_OK;
}

err_t notice_page(struct act *act, const struct notice_ask *ask, struct notice_view **ret,
                  size_t *ret_n)
{
    static const oid_t last = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff } };
    struct row_notice *rows = NULL;
    size_t n = 0;
    TRY(sql_notice_newest(
        act->db, act->arena,
        &(struct sql_notice_newest){ .org = act->org,
                                     .user_id = ask->user,
                                     .before = oid_is_set(ask->before) ? ask->before : last,
                                     .limit = ask->limit },
        &rows, &n));
    struct notice_view *out = ARENA_ARRAY(act->arena, struct notice_view, n);
    if (n > 0 && out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(notice_show(act, &rows[i], ask->lang, &out[i]));
    *ret = out;
    *ret_n = n;
    return E_OK;
}

err_t notice_read(struct act *act, oid_t user, oid_t id)
{
    struct sql_notice_mark_read_row row;
    err_t e =
        sql_notice_mark_read(act->db, act->arena,
                             &(struct sql_notice_mark_read){
                                 .org = act->org, .user_id = user, .id = id, .now = act->now },
                             &row);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such notice") : e;
}
