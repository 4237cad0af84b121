/* SPDX-License-Identifier: Apache-2.0 */
/* `seneschal agent`: the device side as a program. */
#ifndef AGENT_AGENT_MAIN_H
#define AGENT_AGENT_MAIN_H

/* argv[0] is "agent". Exit codes: 0, 1 failed, 2 usage, 4 refused, 75 try later. */
int agent_main(int argc, char **argv);
/* `seneschal agent status --state DIR [-o table|json]`; argv[0] is its last word. */
int status_main(int argc, char **argv);
/* `seneschal agent key --server URL --machine-id ID --out FILE`; argv[0] is its last word. */
int key_main(int argc, char **argv);

#endif
