/* SPDX-License-Identifier: Apache-2.0 */
#include "api/request.h"

#include "api/services.h"
#include "base/enc.h"

#include <arpa/inet.h>
#include <assert.h>

static_assert((int)PEER_TEXT_MAX == INET6_ADDRSTRLEN, "as inet_ntop wants it");

err_t request_param_id(struct request *rq, size_t n, oid_t *ret)
{
    if (n >= ROUTE_PARAMS_MAX || oid_parse(rq->params[n], ret) != E_OK)
        return FAIL(&rq->act.why, E_NOT_FOUND, "there is no such object in this organisation");
    return E_OK;
}

err_t request_may(struct request *rq, enum perm p)
{
    if (perms_have(rq->act.actor.perms, p))
        return E_OK;
    if (rq->act.actor.kind == ACTOR_NONE)
        return FAIL(&rq->act.why, E_UNAUTHENTICATED, "send a bearer token that holds %s",
                    perm_name(p));
    return FAIL(&rq->act.why, E_FORBIDDEN, "this needs the permission %s", perm_name(p));
}

str_t request_path(const struct request *rq)
{
    str_t path = rq->xchg->path;
    str_t prefix = STR("/api/v1");
    return str_starts(path, prefix) ? str_sub(path, prefix.n, path.n) : path;
}

str_t peer_text(const struct http_peer *peer, char text[static PEER_TEXT_MAX])
{
    const struct in6_addr *ip = (const struct in6_addr *)(const void *)peer->ip;
    bool v4 = IN6_IS_ADDR_V4MAPPED(ip);
    const void *from = v4 ? (const void *)(peer->ip + 12) : (const void *)ip;
    return str_from_cz(inet_ntop(v4 ? AF_INET : AF_INET6, from, text, PEER_TEXT_MAX));
}

str_t request_peer(struct request *rq)
{
    char text[PEER_TEXT_MAX];
    str_t ret;
    return str_copy(rq->act.arena, peer_text(&rq->xchg->peer, text), &ret) == E_OK ? ret : STR_NONE;
}

void request_leave_store(struct request *rq)
{
    if (rq->act.db != NULL)
        db_read_end(rq->act.db);
    rq->act.db = NULL;
}

void request_target(struct request *rq, const char *kind, oid_t id, str_t name)
{
    rq->event.target_kind = str_from_cz(kind);
    rq->event.target_id = id;
    rq->event.target_name = name;
}

void request_reason(struct request *rq, str_t reason)
{
    rq->event.reason = reason;
}

void request_details(struct request *rq, str_t json_object)
{
    rq->event.details = json_object;
}

err_t request_audit_more(struct request *rq, const struct audit_event *e)
{
    return audit_append(rq->services->audit, rq->act.db, rq->act.arena, e);
}

/* A cursor is its position and 16 bytes of a MAC over row, filters, organisation and position. */
enum { CURSOR_MAC = 16 };

static digest_t cursor_mac(const struct request *rq, str_t position, str_t filters)
{
    const str_t parts[] = { STR("seneschal-cursor-v1"), request_path(rq), oid_bytes(&rq->act.org),
                            filters, position };
    return hmac_of_parts(&rq->services->keys.by_use[KEY_CURSOR], parts, ARRAY_LEN(parts));
}

err_t cursor_make(struct request *rq, str_t position, str_t filters, str_t *ret)
{
    digest_t mac = cursor_mac(rq, position, filters);
    char *bytes = arena_alloc(rq->act.arena, position.n + CURSOR_MAC);
    if (bytes == NULL)
        return E_NO_MEMORY;
    memcpy(bytes, mac.b, CURSOR_MAC);
    if (position.n > 0)
        memcpy(bytes + CURSOR_MAC, position.p, position.n);
    return base64url_make(rq->act.arena, bytes, position.n + CURSOR_MAC, ret);
}

err_t cursor_open(struct request *rq, str_t cursor, str_t filters, str_t *ret_position)
{
    str_t bytes;
    err_t e = base64url_decode(rq->act.arena, cursor, &bytes);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || bytes.n < CURSOR_MAC)
        return FAIL(&rq->act.why, E_BAD_CURSOR, "this is no cursor of this server");
    str_t position = str_sub(bytes, CURSOR_MAC, bytes.n);
    digest_t mac = cursor_mac(rq, position, filters);
    if (!bytes_eq_ct(mac.b, bytes.p, CURSOR_MAC))
        return FAIL(&rq->act.why, E_BAD_CURSOR,
                    "the cursor belongs to another list, other filters or another organisation");
    *ret_position = position;
    return E_OK;
}

err_t etag_make(struct request *rq, oid_t id, int64_t revision, str_t *ret)
{
    char text[OID_TEXT];
    oid_format(id, text);
    return str_format(rq->act.arena, ret, "\"%.*s-%lld\"", OID_TEXT, text, (long long)revision);
}

/* If-Match: a list of strong tags, or "*" (RFC 9110 section 13.1.1). */
err_t etag_check(struct request *rq, str_t current)
{
    str_t rest = http_field(rq->xchg, STR("If-Match"));
    str_t tag;
    if (rest.p == NULL)
        return E_OK;
    while (str_split(&rest, ',', &tag)) {
        tag = str_trim(tag);
        if (str_eq(tag, current) || str_eq(tag, STR("*")))
            return E_OK;
    }
    return FAIL(&rq->act.why, E_STALE, "the object is at %.*s now: read it again",
                STR_ARG(current));
}
