/* SPDX-License-Identifier: Apache-2.0 */
/* What lives as long as the server and every handler may use. Owned by app/serve; never changed by
 * a handler. */
#ifndef API_SERVICES_H
#define API_SERVICES_H

#include "api/admin_tokens.h"
#include "api/spans.h"
#include "base/cidr.h"
#include "base/clock_guard.h"
#include "base/opt.h"
#include "domain/audit/audit.h"
#include "domain/gateway/command.h"
#include "domain/gateway/memory.h"
#include "domain/hooks/hook_watch.h"
#include "domain/hooks/notice.h"
#include "domain/hooks/webhook_send.h"
#include "domain/identity/keys.h"
#include "domain/identity/rates.h"
#include "domain/live/live.h"
#include "domain/oauth/issuer.h"
#include "domain/signin/session.h"
#include "mcp/settings.h"
#include "plat/http/outbound.h"
#include "plat/http/smtp.h"

#include <stdatomic.h>

struct dpop_guard;
struct logbook;
struct sampler;
struct mcp_hub;
struct remote_docs;

/* Which answers the log has. */
enum access { ACCESS_OFF, ACCESS_ERRORS, ACCESS_ALL };

/* From the configuration. Never changed: SIGHUP makes a new one, readers of the old one go on. */
struct settings {
    opt_bool_t fleet_locked;     /* by the environment or the file: API "fleet/lock" */
    const char *fleet_locked_by; /* the name that said it */
    int64_t enrol_open;          /* open requests of an organisation at most */
    int64_t enrol_open_per_machine;
    bool metrics_open;
    dur_t lease_life;  /* how long a device may go on without asking */
    dur_t lease_grace; /* and for how long after that it may go on with old content */
    enum access access;
    str_t public_url; /* absent: from the listen address */
    str_t issuer;     /* how this server calls itself: public_url, or the first address that it
                         listens on; without a slash at its end */
    bool https;       /* so people reach it: cookies are Secure */
    const str_t *cors_origins;
    size_t cors_origins_n;
    const struct cidr *proxies; /* that name whom they were called by (forwarded.h) */
    size_t proxies_n;
    const str_t *hosts; /* Host allow-list, "name:port" */
    size_t hosts_n;
    int64_t spread_s;            /* clients that were cut off come back within this time */
    bool registration_open;      /* accounts without an invitation, which wait */
    str_t access_contact;        /* whom to ask for access; absent: nobody is named */
    struct session_life session; /* how long a signing-in lasts */
    dur_t token_access_life;     /* of POST /auth/login */
    dur_t token_refresh_life;
    bool clients_open;           /* clients register without a token (RFC 7591) */
    bool client_documents;       /* a client_id may be the URL of its metadata */
    const str_t *clients_groups; /* that may open what has registered itself */
    size_t clients_groups_n;
    int64_t log_days;                    /* for which lines of the log are kept */
    int64_t history_days;                /* for which `explain ?at=` is answered */
    bool any_ip_host;                    /* wildcard bind without public_url */
    struct outbound_rules outbound;      /* whom it may call */
    struct outbound_rules upstreams;     /* and for MCP servers that administrators have named */
    struct outbound_rules homeassistant; /* and for those that a person has */
    const struct gate_command *commands; /* that may be run as MCP servers */
    size_t commands_n;
    struct notice_cfg notices;
    struct smtp_cfg mail; /* .url NULL: none is sent */
    struct webhook_retry webhooks;
    struct mcp_settings gateway;
    struct otlp_cfg otlp;
};

/* What moves a rollout counts up; the job notes how far it has looked, and whether any is open. */
struct rollout_pulse {
    _Atomic uint64_t moved;
    _Atomic uint64_t looked;
    _Atomic bool open;
};

struct services {
    const char *dir; /* the data directory */
    const struct settings *_Atomic settings;
    struct keys keys;
    struct live *live;
    struct rates rates;
    struct gate_memory *gate; /* who may call what, and what there is */
    struct mcp_hub *mcp;
    struct spans *spans;   /* that wait to be exported */
    struct issuer *issuer; /* signs tokens */
    struct dpop_guard *dpop;
    struct remote_docs *remote_docs; /* of clients: key sets, metadata */
    struct audit *audit;
    struct writer *writer;
    struct http_server *http;
    struct workers *workers;
    struct workers *hashers; /* two threads for rows that hash passwords (.hashes) */
    struct api *api;
    struct sampler *sampler; /* app: figures over time */
    struct logbook *logbook; /* NULL: the log cannot be kept */
    struct refusals *refusals;
    size_t streams_max;
    size_t live_max;     /* streams of what changed */
    bool sealed;         /* the master key is not there: only /livez and /readyz answer */
    _Atomic bool reseal; /* the data keys of secrets were rotated: the job need not wait */
    _Atomic bool draining;
    _Atomic bool leaving; /* a successor comes: what would wait is answered at once */
    _Atomic int64_t certificate_until_us; /* of TLS, since 1970; 0: plain HTTP */
    ts_t started_at;
    oid_t default_org;
    struct admin_tokens admin_tokens;
    struct rollout_pulse rollouts;
    struct hook_watch hooks;
    struct remote_docs *upstreams; /* what other issuers publish */
    _Atomic int outside;           /* prepare steps in outside_call now */
    _Atomic int outside_all;       /* workers that call outside now */
    int outside_max;               /* of them: one worker is always left for the rest */
    struct clock_guard clock;
    _Atomic uint64_t logins; /* people who signed in since the start */
    _Atomic uint64_t logins_failed;
};

static inline const struct settings *services_settings(const struct services *sv)
{
    return atomic_load_explicit(&sv->settings, memory_order_acquire);
}

/* After COMMIT: memory forgets what is no longer true (write.c). */
void services_apply(const struct services *sv, const struct effects *effects);

void services_rates(struct services *sv); /* with the lock of `rates`: memory counts by them */

/* Nothing shall wait any more. */
static inline bool services_stop(const struct services *sv)
{
    return sv->draining || sv->leaving;
}

#endif
