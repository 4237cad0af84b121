/* SPDX-License-Identifier: Apache-2.0 */
/* The tools that a server has shown, written down by the writer. */
#include "api/mcp_port.h"

void mcp_port_sight(void *arg, struct mcp_sight *job)
{
    (void)arg;
    job->e = E_OK;
    loop_post(job->hub, &job->msg);
}
