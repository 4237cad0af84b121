/* SPDX-License-Identifier: Apache-2.0 */
/* What a server is opened with: headers or environment, unsealed on a worker. */
#include "api/mcp_job.h"
#include "api/mcp_port.h"
#include "domain/gateway/credential.h"

#include <assert.h>

static_assert((int)GATE_LINES_MAX <= (int)MCP_CREDENTIALS_MAX, "room for all");

static err_t open_read(struct services *sv, struct act *act, const struct mcp_gates *gates,
                       void *arg)
{
    struct mcp_open *job = arg;
    struct gate_lines lines;
    (void)sv;
    (void)gates;
    act->org = job->org;
    err_t e = gate_credential_open(act, job->server, job->user, &lines);
    if (e != E_OK) {
        job->why = act->why;
        return e;
    }
    for (size_t i = 0; i < lines.n; i++)
        TRY(str_copy(job->arena, lines.v[i], &job->lines[i]));
    job->lines_n = lines.n;
    return E_OK;
}

static void open_done(void *arg, err_t e)
{
    struct mcp_open *job = arg;
    job->e = e;
    loop_post(job->hub, &job->msg);
}

void mcp_port_open(void *arg, struct mcp_open *job)
{
    static const struct mcp_task_kind kind = { .read = open_read,
                                               .done = open_done,
                                               .wipes = true };
    mcp_task_start(arg, &kind, job);
}
