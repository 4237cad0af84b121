/* SPDX-License-Identifier: Apache-2.0 */
#include "hub_rig.h"

#include "base/fault.h"
#include "base/num.h"
#include "base/ref.h"
#include "plat/http/leave.h"

#include "../../check.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KEPT_MAX = 256, REQUEST_MAX = 8192, ANSWER_MAX = 65536 };

struct mcp_hub *rig_hub;
static struct http_server *server;

/* ---- what there is ---- */

static const oid_t org = { { 1 } };
static const oid_t person = { { 2 } };

/* clang-format off */
static const struct gate_tool tools[] = {
    { .name = { "add", 3 },  .state = GATE_TOOL_ACTIVE, .class = GATE_WRITE },
    { .name = { "ask", 3 },  .state = GATE_TOOL_ACTIVE, .class = GATE_READ },
    { .name = { "echo", 4 }, .state = GATE_TOOL_ACTIVE, .class = GATE_READ },
    { .name = { "time", 4 }, .state = GATE_TOOL_ACTIVE, .class = GATE_READ, .approval = true },
};
/* clang-format on */

static const struct gate_rule rule = {
    .source = "default",
    .tool = { "*", 1 },
    .can = { [GATE_READ] = { true, true }, [GATE_WRITE] = { true, true } },
};

static struct gate_server the_server = {
    .org = { { 1 } },
    .id = { { 3 } },
    .name = { "demo", 4 },
    .prefix = { "demo", 4 },
    .kind = GATE_KIND_ANY,
    .transport = GATE_DEMO,
    .pinning = GATE_PIN_NEW,
    .active = true,
    .tools = tools,
    .tools_n = ARRAY_LEN(tools),
};

static const struct mcp_settings settings = {
    .message_max = 64 * 1024,
    .sessions_max = 1000,
    .session_idle = { 60000000 },
    .queue_max = 10,
    .parallel_max = 10,
    .call_timeout = { 400000 },
    .list_ttl = { 60000000 },
    .breaker_failures = 1000,
    .breaker_pause = { 1000000 },
    .approval_ttl = { 60000000 },
    .approval_hold = { 60000000 },
};

static struct gate_access *access_make(void)
{
    struct gate_access *a = ref_new(sizeof *a);
    if (a != NULL)
        *a = (struct gate_access){ .org = org,
                                   .kind = ACTOR_USER,
                                   .id = person,
                                   .person = person,
                                   .rules = &rule,
                                   .rules_n = 1 };
    return a;
}

static struct gate_catalogue *catalogue_make(void)
{
    struct gate_catalogue *c = ref_new(sizeof *c);
    if (c != NULL)
        *c = (struct gate_catalogue){ .org = org, .servers = &the_server, .servers_n = 1 };
    return c;
}

void rig_credential(bool sealed)
{
    the_server.sealed = sealed;
}

/* ---- the clerk ---- */

struct kept {
    struct loop *hub;
    struct loop_msg *msg;
};

static struct desk {
    bool keeps;
    size_t asked;
    size_t n;
    struct kept v[KEPT_MAX];
} desks[CLERKS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t given = PTHREAD_COND_INITIALIZER;

static void clerk_take(enum clerk c, struct loop *hub, struct loop_msg *msg)
{
    struct desk *d = &desks[c];
    (void)pthread_mutex_lock(&lock);
    bool keeps = d->keeps;
    d->asked++;
    assert_true(d->n < KEPT_MAX);
    if (keeps)
        d->v[d->n++] = (struct kept){ hub, msg };
    (void)pthread_cond_broadcast(&given);
    (void)pthread_mutex_unlock(&lock);
    if (!keeps)
        loop_post(hub, msg);
}

void clerk_keep(enum clerk c, bool keep)
{
    (void)pthread_mutex_lock(&lock);
    desks[c].keeps = keep;
    (void)pthread_mutex_unlock(&lock);
}

size_t clerk_asked(enum clerk c)
{
    (void)pthread_mutex_lock(&lock);
    size_t n = desks[c].asked;
    (void)pthread_mutex_unlock(&lock);
    return n;
}

void clerk_await(enum clerk c, size_t n)
{
    (void)pthread_mutex_lock(&lock);
    while (desks[c].asked < n)
        (void)pthread_cond_wait(&given, &lock);
    (void)pthread_mutex_unlock(&lock);
}

void clerk_release(enum clerk c)
{
    struct desk *d = &desks[c];
    (void)pthread_mutex_lock(&lock);
    d->keeps = false;
    for (size_t i = 0; i < d->n; i++)
        loop_post(d->v[i].hub, d->v[i].msg);
    d->n = 0;
    (void)pthread_mutex_unlock(&lock);
}

static void do_look(void *arg, struct mcp_look *job)
{
    (void)arg;
    job->access = access_make();
    job->catalogue = catalogue_make();
    job->e = job->access == NULL || job->catalogue == NULL ? E_NO_MEMORY : E_OK;
    clerk_take(CLERK_LOOK, job->hub, &job->msg);
}

static void do_open(void *arg, struct mcp_open *job)
{
    (void)arg;
    job->e = str_copy(job->arena, STR("Authorization: Bearer x"), &job->lines[0]);
    job->lines_n = 1;
    clerk_take(CLERK_OPEN, job->hub, &job->msg);
}

static void do_record(void *arg, struct mcp_record *job)
{
    (void)arg;
    job->e = E_OK;
    clerk_take(CLERK_RECORD, job->hub, &job->msg);
}

static void do_approve(void *arg, struct mcp_approve *job)
{
    (void)arg;
    job->e = E_OK;
    if (!oid_is_set(job->id))
        job->id = oid_make();
    clerk_take(CLERK_APPROVE, job->hub, &job->msg);
}

static void do_sight(void *arg, struct mcp_sight *job)
{
    (void)arg;
    job->e = E_OK;
    clerk_take(CLERK_SIGHT, job->hub, &job->msg);
}

static const struct mcp_settings *get_settings(void *arg)
{
    (void)arg;
    return &settings;
}

static const struct outbound_rules *get_rules(void *arg, const struct gate_server *s)
{
    static const struct outbound_rules near = { .loopback = true };
    (void)arg;
    (void)s;
    return &near;
}

static const struct gate_command *get_command(void *arg, str_t name)
{
    (void)arg;
    (void)name;
    return NULL;
}

static bool may_record(void *arg)
{
    (void)arg;
    return true;
}

static const struct mcp_hub_cfg hub_cfg = { .ports = { .settings = get_settings,
                                                       .outbound = get_rules,
                                                       .command = get_command,
                                                       .may_record = may_record,
                                                       .look = do_look,
                                                       .open = do_open,
                                                       .record = do_record,
                                                       .approve = do_approve,
                                                       .sight = do_sight } };

/* ---- the edge ---- */

static err_t in_make(struct http_xchg *x, struct arena *a, struct mcp_in **ret)
{
    struct mcp_in *in = ARENA_NEW(a, struct mcp_in);
    struct http_field *fields = ARENA_ARRAY(a, struct http_field, x->fields_n + 1);
    if (in == NULL || fields == NULL)
        return E_NO_MEMORY;
    *in = (struct mcp_in){ .arena = a,
                           .who = { .actor = { .kind = ACTOR_USER, .id = person, .org = org } },
                           .access = access_make(),
                           .catalogue = catalogue_make(),
                           .request_id = oid_make(),
                           .ip = STR("127.0.0.1"),
                           .method = x->method,
                           .face = FACE_ALL,
                           .server = STR(""),
                           .path = STR("/mcp"),
                           .fields = fields,
                           .fields_n = x->fields_n };
    for (size_t i = 0; i < x->fields_n; i++) {
        TRY(str_copy(a, x->fields[i].name, &fields[i].name));
        TRY(str_copy(a, x->fields[i].value, &fields[i].value));
    }
    TRY(str_copy(a, x->body, &in->body));
    TRY(hatch_open(x, mcp_hub_loop(rig_hub), 1, STR("X-Common: yes\r\n"), &in->hatch));
    *ret = in;
    return E_OK;
}

static struct http_take on_head(void *app, struct http_xchg *x)
{
    (void)app;
    (void)x;
    return (struct http_take){ .body_max = REQUEST_MAX };
}

static void on_message(void *app, struct http_xchg *x)
{
    struct mcp_in *in = NULL;
    struct arena *a = arena_new(MIB(1));
    (void)app;
    assert_non_null(a);
    assert_int_equal(in_make(x, a, &in), E_OK);
    http_park(x);
    mcp_hub_take(rig_hub, in);
}

static void on_refuse(void *app, struct http_xchg *x, err_t e, const struct diag *why)
{
    (void)app;
    http_reply(
        x, &(struct http_reply){ .status = err_info(e)->status, .body = str_from_cz(why->text) });
}

static void on_gone(void *app, struct http_xchg *x)
{
    (void)app;
    hatch_gone(x->user);
}

static void on_drain(void *app, struct http_xchg *x)
{
    (void)app;
    hatch_drained(x->user);
}

static void on_done(void *app, struct http_xchg *x, int status, size_t bytes)
{
    (void)app;
    (void)x;
    (void)status;
    (void)bytes;
}

static const struct http_app calls = { .on_head = on_head,
                                       .on_message = on_message,
                                       .on_refuse = on_refuse,
                                       .on_gone = on_gone,
                                       .on_drain = on_drain,
                                       .on_done = on_done };

/* ---- up and down ---- */

void rig_renew(void)
{
    mcp_hub_free(rig_hub);
    assert_int_equal(mcp_hub_new(&hub_cfg, NULL, &rig_hub), E_OK);
}

void rig_up(void)
{
    static const struct http_listen anywhere = { .address = "127.0.0.1:0", .fd = -1 };
    const struct http_server_cfg cfg = {
        .calls = &calls, .listen = &anywhere, .listen_n = 1, .loops = 1, .conns_max = 64
    };
    assert_int_equal(crypto_init(), E_OK);
    memset(desks, 0, sizeof desks);
    the_server.sealed = false;
    rig_hub = NULL;
    rig_renew();
    assert_int_equal(http_server_new(&cfg, NULL, &server), E_OK);
    assert_int_equal(http_server_start(server, NULL), E_OK);
}

/* As the server does it: the hub, then the loops, and the hub's memory last. */
void rig_down(void)
{
    mcp_hub_stop(rig_hub);
    http_server_drain(server, DUR_S(5));
    http_server_free(server);
    for (size_t c = 0; c < CLERKS; c++)
        clerk_release((enum clerk)c);
    mcp_hub_free(rig_hub);
    rig_hub = NULL;
}

struct fault_msg {
    struct loop_msg msg;
    sem_t done;
    long n; /* -1: look and disarm */
    bool used;
};

static void on_fault(struct loop_msg *msg)
{
    struct fault_msg *m = CONTAINER_OF(msg, struct fault_msg, msg);
    m->used = fault_used();
    if (m->n < 0)
        fault_disarm();
    else
        fault_arm(m->n);
    (void)sem_post(&m->done);
}

static bool fault_tell(long n)
{
    struct fault_msg m = { .msg.run = on_fault, .n = n };
    (void)sem_init(&m.done, 0, 0);
    loop_post(mcp_hub_loop(rig_hub), &m.msg);
    while (sem_wait(&m.done) != 0)
        continue;
    return m.used;
}

void rig_fault_arm(long n)
{
    (void)fault_tell(n);
}

bool rig_fault_used(void)
{
    return fault_tell(-1);
}

/* ---- a client ---- */

static int dial(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons(http_server_port(server, 0)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval patience = { .tv_sec = 20 };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

static int ask(const char *method, const char *more, const char *body)
{
    char text[REQUEST_MAX];
    int fd = dial();
    int n = snprintf(text, sizeof text,
                     "%s /mcp HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                     "Accept: application/json, text/event-stream\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n%s",
                     method, strlen(body), more, body);
    assert_true(n > 0 && (size_t)n < sizeof text);
    assert_int_equal(send(fd, text, (size_t)n, MSG_NOSIGNAL), n);
    return fd;
}

int post(const char *more, const char *body)
{
    return ask("POST", more, body);
}

int get(const char *more)
{
    return ask("GET", more, "");
}

int answer_of(int fd, char text[static ANSWER_MAX])
{
    size_t n = 0;
    ssize_t got;
    uint64_t status = 0;
    while ((got = recv(fd, text + n, ANSWER_MAX - 1 - n, 0)) > 0)
        n += (size_t)got;
    if (got < 0 && errno == EAGAIN)
        fail_msg("no answer after 20 s; so far: %.*s", (int)n, text);
    text[n] = '\0';
    (void)close(fd);
    if (str_starts(str_of(text, n), STR("HTTP/1.1 ")))
        assert_int_equal(num_parse_u64(str_of(text + sizeof "HTTP/1.1", 3), &status), E_OK);
    return (int)status;
}

bool hears(int fd, const char *text)
{
    static char heard[ANSWER_MAX];
    size_t n = 0;
    ssize_t got;
    while ((got = recv(fd, heard + n, sizeof heard - 1 - n, 0)) > 0) {
        n += (size_t)got;
        heard[n] = '\0';
        if (strstr(heard, text) != NULL)
            return true;
    }
    if (got < 0 && errno == EAGAIN)
        fail_msg("nothing with \"%s\" after 20 s; so far: %.*s", text, (int)n, heard);
    return false;
}

const char *session_line(void)
{
    static char text[ANSWER_MAX];
    static char line[128];
    int status = answer_of(
        post("", "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{"
                 "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"elicitation\":{}},"
                 "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}"),
        text);
    const char *at = strstr(text, "Mcp-Session-Id: ");
    line[0] = '\0';
    if (status != 200 || at == NULL)
        return line;
    (void)snprintf(line, sizeof line, "%.*s", (int)(strcspn(at, "\r") + 2), at);
    return line;
}
