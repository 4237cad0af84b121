/* SPDX-License-Identifier: Apache-2.0 */
/* Invitations as administrators see them. */
#include "api/handlers_identity.h"
#include "api/handlers_people.h"
#include "api/page.h"
#include "api/people.h"
#include "api/services.h"
#include "plat/crypto/qr.h"

enum { DETAILS_MAX = 16 * 1024, QR_SVG_MAX = 256 * 1024 };

static err_t names_shown(struct request *rq, const struct row_invitation_group *groups, size_t n,
                         struct strs *ret)
{
    str_t *names = ARENA_ARRAY(rq->act.arena, str_t, n + 1);
    if (names == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        names[i] = groups[i].name;
    *ret = (struct strs){ names, n };
    return E_OK;
}

static err_t invitation_view(struct request *rq, const struct row_invitation *row,
                             struct invitation_out *ret)
{
    struct invitation_prefill *prefill = ARENA_NEW(rq->act.arena, struct invitation_prefill);
    struct invitation_maker *maker = ARENA_NEW(rq->act.arena, struct invitation_maker);
    struct row_invitation_group *groups = NULL;
    enum invitation_state state = INVITATION_OPEN;
    size_t n = 0;
    if (prefill == NULL || maker == NULL)
        return E_NO_MEMORY;
    *prefill = (struct invitation_prefill){ row->username, row->display_name };
    *maker = (struct invitation_maker){ str_from_cz(actor_kind_name((enum actor_kind)row->by_kind)),
                                        row->by_id, row->by_name };
    TRY(invitation_state(&rq->act, row, &state));
    *ret = (struct invitation_out){
        .id = row->id,
        .email = row->email,
        .uses = row->uses,
        .uses_left = row->uses_left,
        .expires_at = row->expires_at,
        .prefill = { prefill },
        .lang = row->lang,
        .mailed = row->mailed != 0,
        .state = str_from_cz(invitation_state_name(state)),
        .created_by = { maker },
        .created_at = row->created_at,
        .used_at = row->used_at,
    };
    TRY(invitation_groups(&rq->act, row->id, &groups, &n));
    TRY(names_shown(rq, groups, n, &ret->groups));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t qr_of(struct request *rq, str_t url, str_t *ret)
{
    CLEANUP(buf_fini) struct buf svg = { 0 };
    struct qr qr = { 0 };
    buf_init(&svg, QR_SVG_MAX);
    TRY(qr_make(rq->act.arena, url, &qr));
    qr_put_svg(&svg, &qr, STR("invitation"));
    TRY(svg.err);
    return str_copy(rq->act.arena, buf_str(&svg), ret);
}

/* The link, which is shown this once. */
static err_t link_put(struct request *rq, const struct token_text *token, bool qr,
                      struct invitation_out *out)
{
    str_t path = STR_NONE;
    TRY(str_copy(rq->act.arena, str_of(token->p, token->n), &out->token));
    TRY(str_format(rq->act.arena, &path, "/invite/%.*s%s%.*s", STR_ARG(out->token),
                   out->lang.n > 0 ? "?lang=" : "", STR_ARG(out->lang)));
    TRY(people_link(rq, path, &out->url));
    return qr ? qr_of(rq, out->url, &out->qr) : E_OK;
}

static struct invitation_in invitation_words(const struct invitation_body *b)
{
    const struct invitation_prefill *prefill = b->prefill.v;
    return (struct invitation_in){
        .email = b->email,
        .username = prefill != NULL ? prefill->username : STR_NONE,
        .display_name = prefill != NULL ? prefill->display_name : STR_NONE,
        .lang = b->lang,
        .groups = names_of(b->groups),
        .uses = b->uses,
        .expires_at = b->expires_at,
    };
}

/* The link goes to its address by mail where that is set up, unless somebody said otherwise. */
static err_t mail_wanted(struct request *rq, const struct invitation_body *b, bool *ret)
{
    bool on = services_settings(rq->services)->notices.mail;
    if (b->mail.set && b->mail.v && !on)
        return diag_set_field(&rq->act.why, E_CONFLICT, "mail",
                              "mail is not set up on this server: hand the link over");
    *ret = b->mail.set ? b->mail.v : on && b->email.n > 0;
    return E_OK;
}

static err_t mail_link(struct request *rq, const struct row_invitation *row,
                       const struct invitation_out *out)
{
    char day[TS_DAY_TEXT];
    ts_format_day(row->expires_at, day);
    const struct notice_field fields[] = { { "inviter", row->by_name, false },
                                           { "link", out->url, true },
                                           { "expires", str_of(day, sizeof day), false } };
    return notice_add(&rq->act,
                      &(struct notice_in){ .kind = NOTICE_INVITATION,
                                           .email = row->email,
                                           .lang = lang_parse(row->lang),
                                           .cfg = &services_settings(rq->services)->notices,
                                           .fields = fields,
                                           .fields_n = ARRAY_LEN(fields) });
}

/* What is wrong with a line stops that line alone; a fault of ours stops them all. */
static bool line_fault(err_t e)
{
    return err_info(e)->status < 500;
}

static err_t invitation_do(struct request *rq, const struct invitation_body *b,
                           struct invitation_out *ret)
{
    struct invitation_in in = invitation_words(b);
    struct row_invitation row;
    struct token_text token = { 0 };
    TRY(mail_wanted(rq, b, &in.mailed));
    TRY(invitation_make(&rq->act, &in, &row, &token));
    TRY(invitation_view(rq, &row, ret));
    err_t e = link_put(rq, &token, b->qr, ret);
    explicit_bzero(&token, sizeof token);
    TRY(e);
    if (!in.mailed)
        return E_OK;
    e = mail_link(rq, &row, ret);
    if (e != E_OK && line_fault(e)) /* in a batch other lines go on: this one leaves nothing */
        TRY(invitation_delete(&rq->act, row.id));
    return e;
}

/* {"groups":[...],"uses":1}: for the record. */
static err_t details_of(struct request *rq, const struct invitation_out *out, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, DETAILS_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    json_out_name(&o, STR("groups"));
    json_out_open(&o, '[');
    for (size_t i = 0; i < out->groups.n; i++)
        json_out_str(&o, out->groups.v[i]);
    json_out_close(&o, ']');
    JSON_OUT(&o, "uses", i64, out->uses);
    json_out_close(&o, '}');
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}

err_t invitations_create(struct request *rq)
{
    struct invitation_out *out = ARENA_NEW(rq->act.arena, struct invitation_out);
    str_t details = STR_NONE;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(invitation_do(rq, rq->in, out));
    TRY(details_of(rq, out, &details));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "invitation", out->id, out->email);
    request_details(rq, details);
    return reply_obj(rq, 201, &invitation_out_shape, out);
}

/* Each invitation of a batch is an event of its own. */
static err_t batch_record(struct request *rq, const struct invitation_out *out)
{
    struct audit_event e = rq->event;
    e.action = STR("invitation.created");
    e.result = AUDIT_OK;
    e.target_kind = STR("invitation");
    e.target_id = out->id;
    e.target_name = out->email;
    TRY(details_of(rq, out, &e.details));
    return request_audit_more(rq, &e);
}

static err_t batch_line(struct request *rq, const struct invitation_body *in,
                        struct invitation_line_out *ret)
{
    struct invitation_out *out = ARENA_NEW(rq->act.arena, struct invitation_out);
    struct diag *why = &rq->act.why;
    if (out == NULL)
        return E_NO_MEMORY;
    err_t e = invitation_do(rq, in, out);
    if (e == E_OK) {
        ret->invitation.v = out;
        return batch_record(rq, out);
    }
    if (!line_fault(e))
        return e;
    ret->code = str_from_cz(err_info(e)->slug);
    TRY(str_format(rq->act.arena, &ret->detail, "%s%s%s", why->field,
                   why->field[0] != '\0' ? ": " : "",
                   why->text[0] != '\0' ? why->text : err_info(e)->text));
    act_clear_why(&rq->act);
    return E_OK;
}

err_t invitations_batch(struct request *rq)
{
    const struct invitations_body *in = rq->in;
    const struct invitation_body *lines = in->invitations.v;
    struct invitations_out *out = ARENA_NEW(rq->act.arena, struct invitations_out);
    struct invitation_line_out *results =
        ARENA_ARRAY(rq->act.arena, struct invitation_line_out, in->invitations.n + 1);
    str_t details = STR_NONE;
    if (out == NULL || results == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < in->invitations.n; i++) {
        results[i] =
            (struct invitation_line_out){ .line = (int64_t)i + 1, .email = lines[i].email };
        TRY(batch_line(rq, &lines[i], &results[i]));
        out->created += results[i].invitation.v != NULL;
        out->refused += results[i].invitation.v == NULL;
    }
    out->results = (struct rows){ results, in->invitations.n };
    TRY(str_format(rq->act.arena, &details, "{\"created\":%lld,\"refused\":%lld}",
                   (long long)out->created, (long long)out->refused));
    request_details(rq, details);
    rq->quiet = out->created == 0; /* nothing was changed */
    return reply_obj(rq, 200, &invitations_out_shape, out);
}

err_t invitations_list(struct request *rq)
{
    const struct invitation_query *q = rq->query;
    struct row_invitation *rows = NULL;
    struct page page;
    size_t n = 0;
    TRY(page_open(rq, &q->page, q->state, &page));
    TRY(invitation_page(&rq->act, q->state.n > 0, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct invitation_out *out = ARENA_ARRAY(rq->act.arena, struct invitation_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(invitation_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &invitation_out_shape, out, shown, page.next);
}

err_t invitations_get(struct request *rq)
{
    struct invitation_out *out = ARENA_NEW(rq->act.arena, struct invitation_out);
    struct row_invitation row;
    oid_t id;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(request_param_id(rq, 0, &id));
    TRY(invitation_get(&rq->act, id, &row));
    TRY(invitation_view(rq, &row, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "invitation", row.id, row.email);
    return reply_obj(rq, 200, &invitation_out_shape, out);
}

err_t invitations_delete(struct request *rq)
{
    struct row_invitation row;
    oid_t id;
    str_t etag;
    TRY(request_param_id(rq, 0, &id));
    TRY(invitation_get(&rq->act, id, &row));
    request_target(rq, "invitation", row.id, row.email);
    TRY(etag_make(rq, id, row.revision, &etag));
    TRY(etag_check(rq, etag));
    TRY(invitation_delete(&rq->act, id));
    return reply_empty(rq, 204);
}
