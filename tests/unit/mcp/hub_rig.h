/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hub behind a real HTTP server. What it gives away is done by a clerk of the test's own: at
 * once, or when the test says so. There is one MCP server, `demo`, whose tools are `echo` (READ),
 * `add` (WRITE), `ask` (READ) and `time` (READ, and needs a person's yes); everything is allowed.
 */
#ifndef TESTS_MCP_HUB_RIG_H
#define TESTS_MCP_HUB_RIG_H

#include "mcp/hub.h"
#include "plat/http/server.h"

enum clerk { CLERK_LOOK, CLERK_OPEN, CLERK_RECORD, CLERK_APPROVE, CLERK_SIGHT, CLERKS };

extern struct mcp_hub *rig_hub;

void rig_up(void);
void rig_down(void);
/* Another hub behind the same server: the one before has ended and is gone. */
void rig_renew(void);
/* On the hub's thread: the n-th step from now fails there. */
void rig_fault_arm(long n);
bool rig_fault_used(void); /* and no further one fails */

void clerk_keep(enum clerk c, bool keep);
size_t clerk_asked(enum clerk c);         /* jobs that there were, since the rig is up */
void clerk_await(enum clerk c, size_t n); /* until so many jobs were given */
void clerk_release(enum clerk c);         /* what was kept is done now */
void rig_credential(bool sealed);         /* the server is opened with one, from now on */

/* A POST to /mcp on a connection of its own; `more`: header lines, each with its CRLF. */
int post(const char *more, const char *body);
int get(const char *more);
/* All until the peer closes, or the 64 KiB are full; closes fd. Returns the status; 0: none, or it
 * was heard before. */
int answer_of(int fd, char text[static 65536]);
/* Until `text` has come; false: it ended before. */
bool hears(int fd, const char *text);
/* A session of 2025-11-25: "Mcp-Session-Id: ...\r\n". */
const char *session_line(void);

#define MODERN(name)                                                                               \
    "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: " name "\r\n"
#define CALL(name, arguments)                                                                      \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"demo__" name   \
    "\",\"arguments\":" arguments "}}"
#define MODERN_CALL(name, arguments)                                                               \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"demo__" name   \
    "\",\"arguments\":" arguments                                                                  \
    ",\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","                      \
    "\"io.modelcontextprotocol/clientCapabilities\":{\"elicitation\":{}}}}}"

#endif
