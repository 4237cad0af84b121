/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_NET_H
#define PROBE_NET_H

/* What the test tells of itself, in the environment of no secret kind; "" nothing. */
const char *probe_told(const char *name);

int p_netlink(void);
int p_raw(void);
int p_packet(void);
int p_vsock(void);
int p_loopback(void);
int p_listen(void);
int p_listen_unbound(void);
int p_protocols(void);
int p_fast_open(void);
int p_udp(void);
int p_abstract(void);
int p_unix_path(void);

#endif
