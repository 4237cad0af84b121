/* SPDX-License-Identifier: Apache-2.0 */
/* POST /agents/verify: whose token is this? Asked for every call of a fleet's own services, so it
 * is answered from memory; what memory lacks a worker asks the store for, and remembers. */
#include "api/handlers_fleet.h"

#include "api/passage.h"
#include "api/reply.h"
#include "api/shapes_agents.h"
#include "domain/fleet/agents.h"

static void answer_name(const struct hot_ask *ask, str_t machine_id)
{
    struct api_loop *loop = edge_loop(ask->api, ask->x);
    struct verify_out out = { .machine_id = machine_id };
    buf_clear(&loop->head);
    buf_clear(&loop->body);
    struct json_out o = json_out_to(&loop->body);
    shape_encode(&o, &verify_out_shape, &out);
    reply_head_common(&loop->head, STR("application/json"), edge_id(ask->x), true);
    edge_reply(ask->api, ask->x, 200, buf_str(&loop->head), buf_str(&loop->body));
}

/* Only the plain case is answered here: the right to ask, its own organisation, a body in order. */
static bool asks_plainly(const struct hot_ask *ask, const struct verify_in **ret)
{
    struct arena *a = http_arena(ask->x);
    void *in;
    if (ask->who == NULL || !perms_have(ask->who->who.actor.perms, PERM_DEVICE_READ) || a == NULL)
        return false;
    if (ask->x->query.n > 0 || http_field(ask->x, STR("Seneschal-Org")).p != NULL)
        return false;
    if (shape_decode(a, ask->route->in, ask->x->body, NULL, &in) != E_OK)
        return false;
    *ret = in;
    return true;
}

enum hot_answer agents_verify_hot(const struct hot_ask *ask)
{
    const struct verify_in *in;
    struct live_hit hit;
    dur_t wait;
    if (!asks_plainly(ask, &in))
        return HOT_PASS;
    struct live_ask look = { .token = sha256_of(in->token), .now = clock_now(), .name = true };
    if (live_find(ask->api->services->live, &look, &hit, &wait) != LIVE_HIT ||
        hit.who.name.p == NULL)
        return HOT_PASS;
    const struct actor *device = &hit.who.actor;
    bool good = device->kind == ACTOR_DEVICE && hit.who.refuse == E_OK;
    bool ours = oid_eq(device->org, ask->who->who.actor.org);
    answer_name(ask, good && ours ? hit.who.name : STR_NONE);
    return HOT_DONE;
}

/* What was not remembered is asked for again. */
static void remember(struct request *rq, str_t token)
{
    struct actor_loaded loaded;
    struct act act = rq->act;
    digest_t hash = sha256_of(token);
    if (actor_load(&act, &hash, &loaded) == E_OK && loaded.state == TOKEN_CURRENT)
        err_ignore(live_fill_token(rq->services->live, rq->guard, &hash, &loaded.who));
}

err_t agents_verify(struct request *rq)
{
    const struct verify_in *in = rq->in;
    struct verify_out *out = ARENA_NEW(rq->act.arena, struct verify_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(agent_verify(&rq->act, in->token, &out->machine_id));
    if (out->machine_id.p != NULL)
        remember(rq, in->token);
    return reply_obj(rq, 200, &verify_out_shape, out);
}
