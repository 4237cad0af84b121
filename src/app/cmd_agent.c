/* SPDX-License-Identifier: Apache-2.0 */
/* `agent`: the device side has a main of its own, whose argv[0] is the command's word. */
#include "app/cli.h"

#include "agent/agent_main.h"

int cmd_agent(struct cli *cli, int argc, char **argv)
{
    (void)cli;
    return agent_main(argc + 1, argv - 1);
}
