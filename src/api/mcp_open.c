/* SPDX-License-Identifier: Apache-2.0 */
/* What a server is opened with: headers or environment, unsealed on a worker. */
#include "api/mcp_port.h"

void mcp_port_open(void *arg, struct mcp_open *job)
{
    (void)arg;
    job->e = FAIL(&job->why, E_NOT_FOUND, "there is no credential for this server");
    loop_post(job->hub, &job->msg);
}
