/* SPDX-License-Identifier: Apache-2.0 */
/* What a caged program has asked its proxy for: counted, and on the record where it was refused. A
 * program that asks for everything there is fills neither the record nor memory. */
#include "mcp/hub_in.h"
#include "mcp/node.h"
#include "plat/json/out.h"

enum { RECORD_ARENA_MAX = 64 * 1024, TARGET_MAX = 260 };
#define QUIET DUR_S(3600) /* for which one target is not recorded again */

/* Has it been recorded of late? Else it is, while there is room. */
static bool is_known(struct node_net *net, str_t target)
{
    dur_t now = clock_mono();
    digest_t d = sha256_of(target);
    uint64_t mark;
    size_t free_at = NODE_NET_TARGETS;
    memcpy(&mark, d.b, sizeof mark);
    for (size_t i = 0; i < NODE_NET_TARGETS; i++) {
        bool over = net->at[i].us == 0 || now.us - net->at[i].us >= QUIET.us;
        if (!over && net->mark[i] == mark)
            return true;
        if (over)
            free_at = i;
    }
    if (free_at == NODE_NET_TARGETS)
        return true;
    net->mark[free_at] = mark;
    net->at[free_at] = now;
    return false;
}

static err_t record_make(const struct node *n, str_t target, const char *why,
                         struct mcp_record *job)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(4));
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "to", str, str_sub(target, 0, TARGET_MAX));
    json_out_close(&o, '}');
    TRY(b.err);
    TRY(str_copy(job->arena, buf_str(&b), &job->details));
    TRY(str_copy(job->arena, n->server->name, &job->target));
    return str_copy(job->arena, str_from_cz(why), &job->reason);
}

void node_net_joined(void *arg)
{
    struct node *n = arg;
    HUB_COUNT(n->hub, net_total, 1);
}

void node_net_refused(void *arg, str_t target, const char *why)
{
    struct node *n = arg;
    struct mcp_hub *h = n->hub;
    HUB_COUNT(h, net_refused_total, 1);
    if (is_known(&n->net, target) || !h->ports.may_record(h->ports.arg))
        return;
    struct arena *a = arena_new(RECORD_ARENA_MAX);
    struct mcp_record *job = a == NULL ? NULL : ARENA_NEW(a, struct mcp_record);
    if (job != NULL)
        *job = (struct mcp_record){ .hub = h->loop,
                                    .arena = a,
                                    .event = MCP_NETWORK_REFUSED,
                                    .actor = { .kind = ACTOR_SYSTEM },
                                    .org = n->org,
                                    .server = n->id };
    if (job == NULL || record_make(n, target, why, job) != E_OK) {
        arena_free(a);
        return;
    }
    h->ports.record(h->ports.arg, job);
}
