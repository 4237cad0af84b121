/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory in front of the store (HOUSE): token -> principal, device -> effective configuration,
 * scope -> its last change.
 *
 * The store is the truth; memory is filled from it and only ever forgets. Effects (effect.h) are
 * applied by the writer after COMMIT and before the replies of its group, so an acknowledged change
 * is what every later request sees. Who fills takes a guard before his read transaction; if an
 * effect touched his shard meanwhile, what he read is dropped. Every table has a maximum; the
 * principals that nobody asked for longest make room. Unknown tokens are not remembered.
 */
#ifndef DOMAIN_LIVE_LIVE_H
#define DOMAIN_LIVE_LIVE_H

#include "base/gcra.h"
#include "domain/live/effect.h"
#include "plat/crypto/crypto.h"

/* Shared by every device of an organisation with the same plan. Counted (base/ref.h), never
 * changed. */
struct effective {
    digest_t plan; /* of the policy versions that it was made from, and the key that signed it */
    digest_t etag; /* SHA-256 of body */
    char version[24];
    size_t version_n;    /* 0: no policy took part */
    char signature[256]; /* detached JWS over body */
    size_t signature_n;
    size_t n;
    char body[];
};

struct live;
enum { LIVE_SHARDS = 64, LIVE_NAME_MAX = 129 };

/* What is parked may have something to say: of `device`, where it was parked with this `where`;
 * NULL: anybody's, anywhere. */
typedef void live_wake_f(void *arg, const oid_t *device, unsigned where);

struct live_cfg {
    size_t principals_max;
    size_t tokens_max;
    size_t scopes_max;
    size_t effectives_max;
    size_t signers_max;
    int64_t seq;                              /* the store's newest number at start */
    struct gcra_rate rates[ACTOR_SYSTEM + 1]; /* by kind of actor; zero: no limit */
    live_wake_f *wake;                        /* called by the writer, and by who parks */
    void *wake_arg;
};

err_t live_new(const struct live_cfg *cfg, struct live **ret) MUST_USE;
void live_free(struct live *l);
void live_set_rate(struct live *l, enum actor_kind kind, struct gcra_rate rate); /* any thread */

/* What a load from the store found. */
struct live_principal {
    struct actor actor; /* with the token's join_seq */
    str_t name;         /* whole; of a device its machine_id */
    bool bounded; /* the credential gives less than its principal has: only what is in `mask` */
    perms_t mask;
    err_t refuse;    /* E_OK: active; E_DEVICE_BLOCKED, E_DEVICE_REVOKED, E_DISABLED ... */
    ts_t expires_at; /* of the token; absent: never */
};

struct live_scope {
    enum scope_kind kind;
    oid_t org;
    oid_t id;
};

/* The answer to a token. */
struct live_hit {
    struct live_principal who; /* its name lies in `name` */
    char name[LIVE_NAME_MAX];
    uint64_t stamp;              /* of this principal's row: it changes with every load */
    bool fresh;                  /* its configuration is here and nothing changed since */
    digest_t etag;               /* where fresh */
    int64_t seq;                 /* where fresh */
    struct effective *effective; /* where fresh and asked for: one reference, the caller drops it */
};

/* Who acts by this credential: its principal, with what the credential gives of his rights. */
static inline struct actor live_actor(const struct live_principal *who)
{
    struct actor actor = who->actor;
    if (who->bounded)
        actor.perms.bits &= who->mask.bits;
    return actor;
}

enum live_found { LIVE_MISS, LIVE_HIT, LIVE_LIMITED };

struct live_ask {
    digest_t token;
    ts_t now;
    dur_t mono;
    bool charge; /* count this request against the principal's rate */
    bool seen;   /* the principal's own call: device and session count as seen */
    bool body;   /* the effective configuration is wanted, not only its ETag */
    bool name;   /* a device's name is wanted: most of its calls do without */
};

/* LIVE_LIMITED: *ret_wait says how long. */
enum live_found live_find(struct live *l, const struct live_ask *ask, struct live_hit *ret,
                          dur_t *ret_wait);

struct live_guard {
    uint64_t shards[LIVE_SHARDS];
    uint64_t scopes;
    uint64_t signers;
};
void live_guard_take(struct live *l, struct live_guard *ret);

/* E_AGAIN: the tables moved since the guard was taken: load again. E_NO_MEMORY. */
err_t live_fill_token(struct live *l, const struct live_guard *g, const digest_t *token,
                      const struct live_principal *who) MUST_USE;
/* The principal must be in already (E_AGAIN). Takes a reference of its own to `e`. */
struct live_config {
    struct effective *effective;
    const struct live_scope *scopes;
    size_t scopes_n;
    int64_t seq;
};
err_t live_fill_config(struct live *l, const struct live_guard *g, oid_t device,
                       const struct live_config *config) MUST_USE;

/* One reference, or NULL. */
struct effective *live_effective_find(struct live *l, const digest_t *plan);
/* Remember it for others with the same plan; takes a reference of its own where it has room. */
void live_effective_keep(struct live *l, struct effective *e);

int64_t live_seq(const struct live *l); /* of the newest change that this node knows */

/* The writer, after COMMIT: forget what is no longer true. Wakes parked polls that may be
 * concerned. */
void live_apply(struct live *l, const struct effects *effects);

/* Did anything touch this principal since `stamp` was taken? For the writer, before it trusts an
 * actor that was resolved earlier. */
uint64_t live_shard_stamp(struct live *l, oid_t principal);

struct live_stats {
    size_t principals;
    size_t tokens;
    size_t scopes;
    size_t effectives;
};
void live_stats(struct live *l, struct live_stats *ret);

#endif
