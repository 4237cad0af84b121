/* SPDX-License-Identifier: Apache-2.0 */
/* The C ABI: open and close. */
#include "agent/agent.h"
#include "agent/device_key.h"
#include "agent/local.h"
#include "base/enc.h"
#include "base/rng.h"
#include "plat/crypto/crypto.h"
#include "plat/os/file.h"

#include <assert.h>
#include <sys/utsname.h>

enum { AGENT_ROUND = 16 /* an arena rounds up */ };

static_assert((int)SENESCHAL_UNENROLLED == (int)AGENT_UNENROLLED, "one numbering");
static_assert((int)SENESCHAL_PENDING == (int)AGENT_PENDING, "one numbering");
static_assert((int)SENESCHAL_ACTIVE == (int)AGENT_ACTIVE, "one numbering");
static_assert((int)SENESCHAL_STALE == (int)AGENT_STALE, "one numbering");
static_assert((int)SENESCHAL_DISABLED == (int)AGENT_DISABLED, "one numbering");

static err_t agent_set(char *to, size_t size, const char *from)
{
    int n = snprintf(to, size, "%s", from != NULL ? from : "");
    return n >= 0 && (size_t)n < size ? E_OK : E_BAD_FIELD;
}

static bool agent_host_is_local(str_t host)
{
    if (str_eq(host, STR("localhost")) || str_eq(host, STR("[::1]")))
        return true;
    for (size_t i = 0; i < host.n; i++) {
        if (host.p[i] != '.' && (host.p[i] < '0' || host.p[i] > '9'))
            return false; /* 127.example.org is a name like any other */
    }
    return str_starts(host, STR("127."));
}

/* A token must not cross a network in the clear: http only to this machine, unless it is asked for.
 */
static bool agent_server_is_safe(const char *server, bool insecure)
{
    str_t url = str_from_cz(server);
    str_t plain = STR("http://");
    if (str_find(url, '@') < url.n)
        return false; /* the URL is shown: no place for a password */
    if (str_starts(url, STR("https://")))
        return true;
    if (!str_starts(url, plain))
        return false;
    str_t authority = str_sub(url, plain.n, url.n);
    authority.n = str_find(authority, '/');
    str_t host = authority;
    if (!str_starts(host, STR("["))) /* no colons inside but in an IPv6 address */
        host.n = str_find(host, ':');
    else if (str_find(host, ']') < host.n)
        host.n = str_find(host, ']') + 1;
    return insecure || agent_host_is_local(host);
}

/* The options as this version knows them, from a caller of this one or an older one. */
static err_t agent_options_fit(struct seneschal_agent *g, const struct seneschal_agent_options *o,
                               struct seneschal_agent_options *ret)
{
    struct seneschal_agent_options full = { 0 };
    if (o->size < offsetof(struct seneschal_agent_options, proxy) || o->size > sizeof full)
        return FAIL(&g->why, E_USAGE, "size: want that of struct seneschal_agent_options");
    memcpy(&full, o, o->size);
    *ret = full;
    return E_OK;
}

static err_t agent_options(struct seneschal_agent *g, const struct seneschal_agent_options *o)
{
    if (o->server == NULL || o->state_dir == NULL || o->config_out == NULL)
        return FAIL(&g->why, E_USAGE, "server, state_dir and config_out are wanted");
    if (!agent_server_is_safe(o->server, o->insecure_http != 0))
        return FAIL(&g->why, E_USAGE, "want https, or http to this machine, and no user: %s",
                    o->server);
    if (agent_set(g->server, sizeof g->server, o->server) != E_OK ||
        agent_set(g->dir, sizeof g->dir, o->state_dir) != E_OK ||
        agent_set(g->out, sizeof g->out, o->config_out) != E_OK ||
        agent_set(g->key_file, sizeof g->key_file, o->enrollment_key_file) != E_OK ||
        agent_set(g->ca_file, sizeof g->ca_file, o->ca_file) != E_OK ||
        agent_set(g->proxy, sizeof g->proxy, o->proxy) != E_OK)
        return FAIL(&g->why, E_USAGE, "a path or URL is longer than %d bytes", AGENT_PATH_MAX);
    for (size_t n = strlen(g->server); n > 0 && g->server[n - 1] == '/'; n--)
        g->server[n - 1] = '\0';
    g->secrets.wanted = o->socket_path != NULL || o->secrets != 0;
    g->notify = o->notify;
    g->arg = o->arg;
    return E_OK;
}

/* Where the configuration goes: before anybody is asked to approve a machine that could not write
 * it. */
static err_t agent_make_room(struct seneschal_agent *g)
{
    char dir[AGENT_PATH_MAX + 1];
    (void)snprintf(dir, sizeof dir, "%s", g->out);
    char *end = strrchr(dir, '/');
    if (end == NULL || end == dir)
        return E_OK;
    *end = '\0';
    return file_make_dirs(dir, 0755, &g->why);
}

static err_t agent_know_host(struct seneschal_agent *g, const char *machine_id)
{
    struct utsname u;
    char *id = g->store.machine_id;
    if (uname(&u) != 0)
        return E_IO;
    (void)snprintf(g->hostname, sizeof g->hostname, "%s", u.nodename);
    (void)snprintf(g->os, sizeof g->os, "%s %s", u.sysname, u.release);
    if (machine_id != NULL && machine_id[0] != '\0')
        TRY(agent_text_set(id, str_from_cz(machine_id)));
    else if (id[0] == '\0') /* once chosen it stays: a host that is renamed is the same machine */
        TRY(machine_id_default(g->arena, g->hostname, id));
    g->host = (struct agent_host){ id, g->hostname, g->os, SENESCHAL_VERSION };
    return E_OK;
}

/* A key that somebody minted for this machine, with its name. E_NOT_FOUND: nobody did. */
static err_t agent_take_key(struct seneschal_agent *g, const char *path)
{
    CLEANUP(device_key_wipe) struct device_key k = { 0 };
    str_t text = STR_NONE;
    if (path == NULL || path[0] == '\0')
        return E_NOT_FOUND;
    TRY(device_key_read(g->arena, path, &g->why, &k));
    TRY(base64url_make(g->arena, k.seed.b, k.seed.n, &text));
    TRY(agent_text_set(g->store.machine_id, str_from_cz(k.machine_id)));
    return agent_text_set(g->store.seed, text);
}

/* The key is the machine's identity: made first, and in both generations before anybody hears of
 * it. */
static err_t agent_make_key(struct seneschal_agent *g)
{
    uint8_t seed[ED25519_SEED];
    str_t text;
    rng_bytes(seed, sizeof seed);
    err_t e = base64url_make(g->arena, seed, sizeof seed, &text);
    explicit_bzero(seed, sizeof seed);
    TRY(e);
    return agent_text_set(g->store.seed, text);
}

static err_t agent_load(struct seneschal_agent *g, const struct seneschal_agent_options *o)
{
    err_t e = agent_store_load(g->dir, &g->why, &g->store);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    diag_clear(&g->why);
    char before[AGENT_TEXT];
    memcpy(before, g->store.machine_id, sizeof before);
    bool fresh = g->store.seed[0] == '\0' && g->store.wiped == 0;
    if (fresh) {
        e = agent_take_key(g, o->key_file);
        if (e == E_NOT_FOUND) {
            diag_clear(&g->why);
            e = agent_make_key(g);
        }
        TRY(e);
    }
    TRY(agent_know_host(g, o->machine_id));
    if (g->store.wiped != 0)
        return agent_wipe_again(g);
    if (fresh)
        TRY(agent_store_save_both(g->dir, &g->store, &g->why));
    else if (strcmp(before, g->store.machine_id) != 0)
        TRY(agent_store_save(g->dir, &g->store, &g->why));
    TRY(agent_seed_read(&g->store, &g->seed));
    TRY(trust_load(g));
    TRY(lease_resume(g));
    agent_plan_heartbeat(g);
    return agent_force_load(g);
}

/* Last: nobody is told anything before there is something to tell. */
static err_t agent_start_local(struct seneschal_agent *g, const struct seneschal_agent_options *o)
{
    if (o->socket_path == NULL)
        return o->socket_group == NULL
                   ? E_OK
                   : FAIL(&g->why, E_USAGE, "a group of the socket is no use without its path");
    TRY(agent_local_open(o->socket_path, o->socket_group, &g->secrets, &g->why, &g->local));
    agent_show(g);
    return agent_local_start(g->local, &g->why);
}

static void agent_tell_of(void *arg, const char *event, const char *reason)
{
    agent_tell(arg, event, reason);
}

/* From the thread that watches the adapters' files; before there is a client there is no question
 * to interrupt. */
static void agent_wake(void *arg)
{
    struct seneschal_agent *g = arg;
    if (atomic_load(&g->asks))
        http_client_interrupt(g->http);
}

static err_t agent_start(struct seneschal_agent *g, const struct seneschal_agent_options *given)
{
    char path[AGENT_PATH_MAX + 8];
    struct seneschal_agent_options full = { 0 };
    const struct seneschal_agent_options *o = &full;
    TRY(agent_options_fit(g, given, &full));
    TRY(crypto_init());
    TRY(agent_options(g, o));
    g->arena = arena_new(AGENT_ARENA_MAX);
    if (g->arena == NULL)
        return E_NO_MEMORY;
    TRY(file_make_dirs(g->dir, 0700, &g->why));
    TRY(agent_make_room(g));
    (void)snprintf(path, sizeof path, "%s/lock", g->dir);
    TRY(file_lock(path, &g->why, &g->lock));
    const struct adapt_caller adapters = {
        .dir = g->dir,
        .spec = o->adapters,
        .tell = agent_tell_of,
        .wake = agent_wake,
        .arg = g,
    };
    TRY(adapt_open(&adapters, &g->why, &g->adapt));
    TRY(agent_load(g, o));
    const struct http_client_cfg http = {
        .ca_file = g->ca_file[0] != '\0' ? g->ca_file : NULL,
        .user_agent = "seneschal-agent/" SENESCHAL_VERSION,
        .proxy = g->proxy[0] != '\0' ? g->proxy : NULL,
    };
    TRY(http_client_new(&http, &g->http));
    atomic_store(&g->asks, true);
    TRY(agent_start_local(g, o));
    agent_tell(g, "agent-state", g->store.reason[0] != '\0' ? g->store.reason : "start");
    return E_OK;
}

int seneschal_agent_open(const struct seneschal_agent_options *options,
                         struct seneschal_agent **ret, char *error, size_t error_size)
{
    struct arena *life = arena_new(sizeof(struct seneschal_agent) + AGENT_ROUND);
    struct seneschal_agent *g = life == NULL ? NULL : ARENA_NEW(life, struct seneschal_agent);
    if (g == NULL) {
        arena_free(life);
        (void)snprintf(error, error_size, "out of memory");
        return SENESCHAL_FAILED;
    }
    g->life = life;
    g->lock = -1;
    buf_init(&g->force, (size_t)AGENT_ANSWER_MAX + AGENT_TEXT);
    agent_secrets_init(&g->secrets);
    atomic_init(&g->stopped, false);
    atomic_init(&g->asks, false);
    atomic_init(&g->rotate, false);
    err_t e = agent_start(g, options);
    if (e == E_OK) {
        *ret = g;
        return SENESCHAL_OK;
    }
    (void)snprintf(error, error_size, "%s",
                   g->why.text[0] != '\0' ? g->why.text : err_info(e)->text);
    seneschal_agent_close(g);
    return e == E_CONFLICT ? SENESCHAL_LATER : e == E_USAGE ? SENESCHAL_USAGE : SENESCHAL_FAILED;
}

void seneschal_agent_close(struct seneschal_agent *agent)
{
    if (agent == NULL)
        return;
    struct arena *life = agent->life;
    agent_local_close(agent->local);
    agent_secrets_fini(&agent->secrets);
    adapt_close(agent->adapt); /* its thread may interrupt the client */
    http_client_free(agent->http);
    arena_free(agent->arena);
    buf_fini(&agent->force);
    file_unlock(agent->lock);
    explicit_bzero(agent, sizeof *agent); /* key and token */
    arena_free(life);
}
