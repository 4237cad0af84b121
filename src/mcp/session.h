/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions of legacy clients (2024-11-05 to 2025-11-25): 128 random bits that name what was agreed
 * at initialize. A session belongs to the principal and the client that it was made for; to anybody
 * else it does not exist. Its permissions are not kept here: each request brings those of now.
 */
#ifndef MCP_SESSION_H
#define MCP_SESSION_H

#include "base/map.h"
#include "base/slab.h"
#include "mcp/in.h"
#include "mcp/replay.h"

enum { SESSION_ID = 32, SESSIONS_ROOM = 1000000, SESSION_ASKS_MAX = 64, SESSION_URIS_MAX = 64 };

struct call;
struct call_ask;
struct talk;
struct watched;
struct mcp_version;

/* A request of ours that the client has not answered yet. */
struct asked {
    struct asked *next;
    uint64_t id;
    struct call *call;
    uint64_t ask; /* of the call */
};

struct session {
    struct session *prev; /* by last use, the newest first */
    struct session *next;
    uint32_t row;
    bool used;
    char id[SESSION_ID];
    enum actor_kind kind;
    oid_t principal;
    oid_t client;
    oid_t org;
    enum mcp_face face;
    str_t server; /* in `block`, as the next two */
    str_t capabilities;
    str_t client_info;
    char *block; /* counted */
    const struct mcp_version *version;
    const char *log_level; /* what it set; NULL: nothing */
    bool sse;              /* of HTTP+SSE: its stream is the session */
    dur_t seen;
    struct talk *stream; /* its GET stream; NULL: none is open */
    unsigned char owed;  /* bit 1 << enum up_list: it was not told of a change */
    struct asked *asked;
    size_t asked_n;
    uint64_t asked_last;
    struct call *calls; /* under way */
    struct watched *watched;
    struct replay replay; /* what its streams have carried */
};

struct sessions {
    struct slab rows;
    struct map by_id;
    struct session ends; /* of the ring */
    struct replay_all kept;
    _Atomic size_t n;
};

err_t sessions_init(struct sessions *all) MUST_USE;
void sessions_fini(struct sessions *all);

/* E_OVERLOADED: `max` are there, all of them in use. E_NO_MEMORY. */
err_t session_new(struct sessions *all, const struct mcp_in *in, size_t max,
                  struct session **ret) MUST_USE;
/* NULL: there is none of this name for whoever asks. */
struct session *session_find(struct sessions *all, const struct mcp_in *in, str_t id);
void session_touch(struct sessions *all, struct session *s, dur_t now);
/* What was said at initialize. E_NO_MEMORY. */
err_t session_agree(struct session *s, str_t server, str_t capabilities,
                    str_t client_info) MUST_USE;
bool session_is_of(const struct session *s, oid_t principal_or_org);
bool session_is_idle(const struct session *s);
/* Nothing of it is open any more. */
void session_free(struct sessions *all, struct session *s);
/* The one that nobody has used for longest; NULL: there is none. */
struct session *session_oldest(struct sessions *all);

/* Note a request of ours; its id, 0: too many wait already, or memory is short. */
uint64_t session_ask(struct session *s, struct call *c, uint64_t ask);
/* Take one back by its id: false: nobody waits for it. */
bool session_answered(struct session *s, uint64_t id, struct call **ret, uint64_t *ret_ask);
/* The call is over: nobody waits for its answers. */
void session_forget(struct session *s, const struct call *c);

#endif
