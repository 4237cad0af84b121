/* SPDX-License-Identifier: Apache-2.0 */
/* `seneschal-agent`: the agent as a program of its own; `seneschal agent` is the same. */
#include "agent/agent_main.h"

int main(int argc, char **argv)
{
    return agent_main(argc, argv);
}
