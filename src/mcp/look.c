/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for the snapshots of a principal as they are now. */
#include "base/ref.h"
#include "mcp/call_in.h"
#include "mcp/hub_in.h"

struct mcp_look *mcp_look_new(struct mcp_hub *h, const struct actor *who)
{
    struct mcp_look *job = ref_new(sizeof *job);
    if (job == NULL)
        return NULL;
    job->hub = h->loop;
    job->who = (struct gate_who){ .kind = who->kind, .id = who->id, .org = who->org };
    return job;
}

void mcp_look_free(struct mcp_look *job)
{
    ref_drop(job->access);
    ref_drop(job->catalogue);
    ref_drop(job);
}
