/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libseneschal: the device side of Seneschal as a library (installed as <seneschal/agent.h>).
 *
 * A handle enrols this machine, keeps its key and token, fetches its configuration, writes it to a
 * file and says so to the server; when the server revokes or blocks the device, or has not
 * confirmed the configuration for a whole lease, the file holds {"config":{},"enabled":false,...}.
 * Only what the server has signed comes into force: a root key is pinned at enrolment, and an
 * answer that is not genuine, not for this device or not current is refused. A program may be
 * killed at any moment: what it was doing goes on at the next start.
 *
 * Threads: one thread at a time per handle; seneschal_agent_stop and seneschal_agent_rotate may be
 * called from any thread and from a signal handler. A state directory has one handle in the whole
 * system (flock). Ownership: texts that are given are copied; texts that are returned belong to the
 * handle and live until the next call on it.
 */
#ifndef SENESCHAL_AGENT_H
#define SENESCHAL_AGENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SENESCHAL_API __attribute__((visibility("default")))

struct seneschal_agent; /* opaque */

enum seneschal_state {
    SENESCHAL_UNENROLLED,
    SENESCHAL_PENDING,
    SENESCHAL_ACTIVE,
    SENESCHAL_STALE,
    SENESCHAL_DISABLED,
};

/* What a step has come to; the values are those of the command line's exit codes. */
enum seneschal_result {
    SENESCHAL_OK = 0,      /* nothing is left to do until the server has news */
    SENESCHAL_FAILED = 1,  /* this machine: state, disk, memory; `error` says why */
    SENESCHAL_USAGE = 2,   /* the options are wrong: the same the next time */
    SENESCHAL_REFUSED = 4, /* the server said no */
    SENESCHAL_STOPPED = 5, /* seneschal_agent_stop was called */
    SENESCHAL_GO_ON = 6,   /* there is more to do at once */
    SENESCHAL_LATER = 75,  /* waits for approval, or no answer: try again after the wait */
};

/* What the handle tells while it works; each text may be NULL. */
struct seneschal_notice {
    /* "agent-state", "agent-code", "agent-config", "agent-token", "agent-refused",
     * "agent-unreached", "agent-rejected", "agent-failed", "agent-clock", "agent-socket",
     * "agent-secret", "agent-adapter", "agent-drift"; and, for a watchdog, "agent-alive" at least
     * every 100 seconds */
    const char *event;
    const char *state;  /* its state after the event */
    const char *reason; /* the server's code, or what failed; agent-rejected: a word of
                           seneschal_agent_refused */
    const char *code;   /* agent-code: the 8 characters to show to an administrator */
    const char *etag;   /* agent-config */
};

struct seneschal_agent_options {
    size_t size;            /* sizeof this struct: later fields are absent for older callers */
    const char *server;     /* https://HOST[:PORT]; http only for loopback */
    const char *state_dir;  /* made 0700, with what is missing above it */
    const char *config_out; /* the file that is written, 0600 */
    const char *enrollment_key_file; /* NULL: by the lobby */
    const char *machine_id;          /* NULL: from /etc/machine-id, else the host's name */
    const char *ca_file;             /* NULL: the system's */
    int insecure_http;               /* 1: plain http anywhere (a test network) */
    void (*notify)(void *arg, const struct seneschal_notice *notice); /* may be NULL */
    void *arg;
    /* What follows is absent for callers whose `size` ends here. */
    const char *proxy;        /* http://[USER:PASSWORD@]HOST:PORT, "none", or NULL: HTTPS_PROXY and
                                 NO_PROXY; never to loopback */
    const char *socket_path;  /* where programs of this machine may ask; NULL: nowhere */
    const char *socket_group; /* who may, besides root and this user; NULL: nobody */
    int secrets; /* 1: fetch the secrets that the configuration names; a socket does so too */
    const char *adapters; /* files that assistants read: NAME[=PATH], one a line; NULL: none */
    const char *key_file; /* the machine's key and name as an operator minted them, taken by a state
                             that has no key yet; NULL, or an empty file: it makes its own */
};

/* SENESCHAL_OK, SENESCHAL_USAGE, SENESCHAL_FAILED or SENESCHAL_LATER (another process holds the
 * state or the socket); then *ret is untouched and `error` says why. */
SENESCHAL_API int seneschal_agent_open(const struct seneschal_agent_options *options,
                                       struct seneschal_agent **ret, char *error,
                                       size_t error_size);
SENESCHAL_API void seneschal_agent_close(struct seneschal_agent *agent); /* NULL is fine */

/*
 * One question to the server and what follows from its answer. Blocks for at most `poll_max_s` + 15
 * seconds (0: no long poll); *wait_ms is how long to wait before the next step.
 */
SENESCHAL_API int seneschal_agent_step(struct seneschal_agent *agent, unsigned poll_max_s,
                                       int64_t *wait_ms);
/* Step until stopped. SENESCHAL_STOPPED or SENESCHAL_FAILED. */
SENESCHAL_API int seneschal_agent_run(struct seneschal_agent *agent);
/* Step until the configuration is in force and acknowledged, or an answer says that it will not be
 * now. */
SENESCHAL_API int seneschal_agent_once(struct seneschal_agent *agent);

SENESCHAL_API void seneschal_agent_stop(struct seneschal_agent *agent);   /* ends within a second */
SENESCHAL_API void seneschal_agent_rotate(struct seneschal_agent *agent); /* a new token, soon */

SENESCHAL_API enum seneschal_state seneschal_agent_state(const struct seneschal_agent *agent);
SENESCHAL_API const char *seneschal_agent_code(const struct seneschal_agent *agent);
SENESCHAL_API const char *seneschal_agent_device_id(const struct seneschal_agent *agent);
/*
 * A secret that the configuration in force names by {"$secret":"NAME"}, as text with a NUL behind
 * it, into the caller's buffer, who overwrites it after use; the handle keeps its own copy in
 * locked memory and writes it nowhere. SENESCHAL_OK; SENESCHAL_LATER: it is not here (not named,
 * not set, not fetched yet, or nothing is in force); SENESCHAL_USAGE: the buffer is too small.
 * Unlike the others it may be called from any thread.
 */
enum { SENESCHAL_SECRET_MAX = 8192 }; /* bytes, without the NUL */
SENESCHAL_API int seneschal_agent_secret(struct seneschal_agent *agent, const char *name, char *buf,
                                         size_t size);

/* Why it is STALE or DISABLED: "lease-over", "grace-over", "device-blocked", "device-revoked",
 * "not-written"; else "". */
SENESCHAL_API const char *seneschal_agent_reason(const struct seneschal_agent *agent);
/*
 * Why the last answer of the server was refused, and what was in force before goes on until its
 * lease ends; "" once an answer was accepted. One of: "signature-missing", "signature-invalid",
 * "key-unknown", "key-set-invalid", "lease-missing", "lease-invalid", "lease-expired",
 * "lease-device", "sequence-back", "clock-back". Words may be added.
 */
SENESCHAL_API const char *seneschal_agent_refused(const struct seneschal_agent *agent);
/* 1: a signed revocation has wiped key, token and configurations, and the handle asks nobody any
 * more: steps come to SENESCHAL_REFUSED. Only another state directory makes it enrol again. */
SENESCHAL_API int seneschal_agent_wiped(const struct seneschal_agent *agent);
SENESCHAL_API const char *seneschal_agent_error(const struct seneschal_agent *agent);

#ifdef __cplusplus
}
#endif

#endif
