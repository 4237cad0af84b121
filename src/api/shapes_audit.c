/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_audit.h"

#include "base/enc.h"

enum { LIMIT_MAX = 500, CURSOR_MAX = 512, WORD_MAX = 128, SLUG_MAX = 63 };

/* clang-format off */
static const char *const results[] = { "ok", "refused", NULL };
static const char *const orders[]  = { "desc", "asc", NULL };
static const char *const formats[] = { "json", "ndjson", "csv", NULL };

/* Which events: the same for a page, for an export and for who follows. */
#define FILTERS \
    FIELD(struct audit_query, from,   OPT, .doc = "not before"), \
    FIELD(struct audit_query, to,     OPT, .doc = "before"), \
    FIELD(struct audit_query, actor,  OPT, .min = 1, .max = WORD_MAX, .text = TEXT_LINE, \
          .doc = "id, kind or name"), \
    FIELD(struct audit_query, action, OPT, .min = 1, .max = WORD_MAX, .text = TEXT_SLUG, \
          .doc = "such as device.enrolled"), \
    FIELD(struct audit_query, target, OPT, .min = 1, .max = WORD_MAX, .text = TEXT_LINE, \
          .doc = "id, kind or name"), \
    FIELD(struct audit_query, result, OPT, .oneof = results), \
    FIELD(struct audit_query, org,    OPT, .min = 1, .max = SLUG_MAX, .text = TEXT_SLUG, \
          .doc = "slug; another's, and system, want system:admin")

static const struct field audit_query_fields[] = {
    FIELD_AS(struct audit_query, page.limit,  "limit",  OPT, .min = 1, .max = LIMIT_MAX),
    FIELD_AS(struct audit_query, page.cursor, "cursor", OPT, .max = CURSOR_MAX, .text = TEXT_TOKEN),
    FILTERS,
    FIELD(struct audit_query, order,  OPT, .oneof = orders, .doc = "default desc: newest first"),
    FIELD(struct audit_query, format, OPT, .oneof = formats,
          .doc = "ndjson and csv stream all that the filters leave, and want audit:export"),
};

static const struct field audit_stream_query_fields[] = {
    FILTERS,
};

static const struct field audit_own_query_fields[] = {
    FIELD_AS(struct audit_query, page.limit,  "limit",  OPT, .min = 1, .max = LIMIT_MAX),
    FIELD_AS(struct audit_query, page.cursor, "cursor", OPT, .max = CURSOR_MAX, .text = TEXT_TOKEN),
    FIELD(struct audit_query, from,   OPT, .doc = "not before"),
    FIELD(struct audit_query, to,     OPT, .doc = "before"),
    FIELD(struct audit_query, action, OPT, .min = 1, .max = WORD_MAX, .text = TEXT_SLUG,
          .doc = "such as tool.called"),
    FIELD(struct audit_query, result, OPT, .oneof = results),
};

static const struct field actor_fields[] = {
    FIELD(struct audit_actor_out, kind),
    FIELD(struct audit_actor_out, id),
    FIELD(struct audit_actor_out, name),
};
static const struct shape actor_shape = SHAPE(struct audit_actor_out, "AuditParty", actor_fields);

static const struct field audit_out_fields[] = {
    FIELD(struct audit_out, chain),
    FIELD(struct audit_out, seq),
    FIELD(struct audit_out, at),
    FIELD(struct audit_out, actor, .of = &actor_shape),
    FIELD(struct audit_out, action),
    FIELD(struct audit_out, target, .of = &actor_shape),
    FIELD(struct audit_out, result, .doc = "ok or refused"),
    FIELD(struct audit_out, reason),
    FIELD(struct audit_out, ip),
    FIELD(struct audit_out, request_id),
    FIELD(struct audit_out, details),
    FIELD(struct audit_out, erased, .omit = true,
          .doc = "names, address and details were erased; the chain holds"),
    FIELD(struct audit_out, hash),
    FIELD(struct audit_out, prev_hash),
};

static const struct field audit_bytes_query_fields[] = {
    FIELD_AS(struct audit_bytes_query, page.limit,  "limit",  OPT, .min = 1, .max = LIMIT_MAX),
    FIELD_AS(struct audit_bytes_query, page.cursor, "cursor", OPT, .max = CURSOR_MAX, .text = TEXT_TOKEN),
    FIELD(struct audit_bytes_query, org, OPT, .min = 1, .max = SLUG_MAX, .text = TEXT_SLUG,
          .doc = "slug; another's, and system, want system:admin"),
};

static const struct field audit_bytes_fields[] = {
    FIELD(struct audit_bytes_out, chain),
    FIELD(struct audit_bytes_out, seq),
    FIELD(struct audit_bytes_out, body, .doc = "as it is stored: what the hash covers"),
    FIELD(struct audit_bytes_out, hash, .doc = "as it is stored, in hex"),
    FIELD(struct audit_bytes_out, salt, .doc = "hex, in front of `private` in detail_digest; null: erased"),
    FIELD(struct audit_bytes_out, private, .doc = "names, address and details as they are stored; null: erased"),
};

static const struct field audit_lost_fields[] = {
    FIELD(struct audit_lost, events,
          .doc = "that were written while the reader did not read, whatever the filters say"),
};
/* clang-format on */

const struct shape audit_query_shape = SHAPE(struct audit_query, "AuditQuery", audit_query_fields);
const struct shape audit_own_query_shape =
    SHAPE(struct audit_query, "OwnAuditQuery", audit_own_query_fields);
const struct shape audit_stream_query_shape =
    SHAPE(struct audit_query, "AuditStreamQuery", audit_stream_query_fields);
const struct shape audit_bytes_query_shape =
    SHAPE(struct audit_bytes_query, "AuditBytesQuery", audit_bytes_query_fields);
const struct shape audit_bytes_shape =
    SHAPE(struct audit_bytes_out, "AuditBytes", audit_bytes_fields);
const struct shape audit_lost_shape = SHAPE(struct audit_lost, "AuditLost", audit_lost_fields);
const struct shape audit_out_shape = SHAPE(struct audit_out, "AuditEvent", audit_out_fields);

static err_t hex_make(struct arena *a, str_t bytes, str_t *ret)
{
    char *text = (char *)arena_alloc(a, 2 * bytes.n);
    if (text == NULL)
        return E_NO_MEMORY;
    hex_encode(bytes.p, bytes.n, text);
    *ret = str_of(text, 2 * bytes.n);
    return E_OK;
}

static err_t digest_make(struct arena *a, const digest_t *d, str_t *ret)
{
    return hex_make(a, str_of(d->b, sizeof d->b), ret);
}

err_t audit_view_make(struct arena *a, const struct audit_row *row, struct audit_out *ret)
{
    const struct audit_view *v = &row->view;
    struct audit_actor_out *parties = ARENA_ARRAY(a, struct audit_actor_out, 2);
    if (parties == NULL)
        return E_NO_MEMORY;
    parties[0] = (struct audit_actor_out){ v->actor_kind, v->actor_id, v->actor_name };
    parties[1] = (struct audit_actor_out){ v->target_kind, v->target_id, v->target_name };
    struct audit_out out = {
        .chain = row->chain,
        .seq = row->seq,
        .at = v->at,
        .actor = { &parties[0] },
        .action = v->action,
        .target = { &parties[1] },
        .result = v->result,
        .reason = v->reason,
        .ip = v->ip,
        .request_id = v->request_id,
        .details = { v->details },
        .erased = { v->erased, v->erased },
    };
    TRY(digest_make(a, &row->hash, &out.hash));
    TRY(digest_make(a, &row->prev_hash, &out.prev_hash));
    *ret = out;
    return E_OK;
}

err_t audit_bytes_make(struct arena *a, oid_t chain, const struct audit_stored *row,
                       struct audit_bytes_out *ret)
{
    *ret = (struct audit_bytes_out){
        .chain = chain, .seq = row->seq, .body = row->body, .private = row->private
    };
    if (row->salt.p != NULL)
        TRY(hex_make(a, row->salt, &ret->salt));
    return hex_make(a, row->hash, &ret->hash);
}
