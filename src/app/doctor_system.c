/* SPDX-License-Identifier: Apache-2.0 */
/* doctor: limits of the process, ports, and the server that runs. */
#include "app/doctor.h"
#include "app/listen.h"
#include "base/num.h"
#include "plat/os/machine.h"
#include "plat/os/net.h"

enum { FILES_BESIDE = 256, MEMORY_LEAST_MIB = 256, BYTES_A_DEVICE = 400 };

void doctor_limits(struct doctor *d)
{
    uint64_t files = machine_files_max();
    uint64_t want = (uint64_t)config_int(&d->config, CONF_CONNECTIONS_MAX) + FILES_BESIDE;
    uint64_t memory = machine_memory();
    size_t before = d->n;
    if (files < want)
        doctor_say(d, SEVERITY_WARNING,
                   "raise it (LimitNOFILE= of the unit), or lower `connections`",
                   "%llu open files at most, %llu wanted for `connections`",
                   (unsigned long long)files, (unsigned long long)want);
    if (memory > 0 && memory < MIB(MEMORY_LEAST_MIB))
        doctor_say(d, SEVERITY_WARNING, "give it more, or lower memory.devices",
                   "%llu MiB of memory may be used", (unsigned long long)(memory / MIB(1)));
    if (machine_strict_overcommit())
        doctor_say(d, SEVERITY_INFO, "mind it where many devices are kept in memory",
                   "vm.overcommit_memory is 2: memory is promised only once");
    if (d->n == before)
        doctor_say(d, SEVERITY_OK, NULL, "%llu open files, %llu MiB of memory",
                   (unsigned long long)files, (unsigned long long)(memory / MIB(1)));
}

static void say_taken(struct doctor *d, str_t address)
{
    struct machine_holder h = { 0 };
    uint16_t port = 0;
    int64_t n = 0;
    str_t host = listen_host(address);
    if (host.n < address.n && num_parse_i64(str_sub(address, host.n + 1, address.n), &n) == E_OK &&
        n > 0 && n <= 65535)
        port = (uint16_t)n;
    err_t e = machine_port_holder(port, &h);
    if (e == E_OK && h.pid != 0 && h.pid == d->server_pid)
        doctor_say(d, SEVERITY_OK, NULL, "%.*s: held by the server of this directory, pid %d",
                   STR_ARG(address), (int)h.pid);
    else if (e == E_OK && h.pid != 0)
        doctor_say(d, SEVERITY_ERROR, "end that program, or listen elsewhere",
                   "%.*s: held by pid %d (%s)", STR_ARG(address), (int)h.pid, h.name);
    else if (d->server_pid != 0)
        doctor_say(d, SEVERITY_INFO, "run doctor as root to see who",
                   "%.*s: held, probably by the server of this directory, pid %d", STR_ARG(address),
                   (int)d->server_pid);
    else
        doctor_say(d, SEVERITY_ERROR, "end who holds it (`ss -ltnp` as root), or listen elsewhere",
                   "%.*s: is taken", STR_ARG(address));
}

void doctor_ports(struct doctor *d)
{
    const str_t *list;
    size_t n;
    if (config_list(&d->config, CONF_LISTEN, &list, &n) != E_OK)
        return;
    for (size_t i = 0; i < n; i++) {
        struct diag why = { 0 };
        err_t e = net_probe(list[i].p, &why);
        if (e == E_OK)
            doctor_say(d, SEVERITY_OK, NULL, "%.*s: free", STR_ARG(list[i]));
        else if (e == E_CONFLICT)
            say_taken(d, list[i]);
        else
            doctor_say(d, SEVERITY_ERROR,
                       e == E_FORBIDDEN ? "take a port from 1024 on, or give it "
                                          "AmbientCapabilities=CAP_NET_BIND_SERVICE"
                                        : "mend the setting `listen`",
                       "%s", why.text);
    }
}

/* Where the server of this configuration would be: --server, else its first address. */
static void server_url(struct doctor *d)
{
    const str_t *list;
    size_t n;
    str_t url;
    bool tls = config_cz(&d->config, CONF_TLS_CERT) != NULL;
    if (d->server_named || config_list(&d->config, CONF_LISTEN, &list, &n) != E_OK || n == 0 ||
        str_ends(list[0], STR(":0")))
        return;
    if (str_format(d->cli->arena, &url, "http%s://%.*s", tls ? "s" : "", STR_ARG(list[0])) == E_OK)
        d->options.server = url.p;
}

static err_t ask(struct doctor *d, str_t path, struct http_answer *ret)
{
    struct cli_client client = { 0 };
    diag_clear(&d->cli->why);
    err_t e = cli_client_open(d->cli, &d->options, &client);
    if (e == E_OK)
        e = cli_client_send(d->cli, &client, &(struct cli_send){ .method = "GET", .path = path },
                            ret);
    cli_client_close(&client);
    d->cli->hint = NULL;
    return e;
}

static void check_version(struct doctor *d)
{
    CLEANUP(json_freep) struct json *health = NULL;
    struct http_answer answer = { 0 };
    if (ask(d, STR("/health"), &answer) != E_OK || json_parse(answer.body, NULL, &health) != E_OK)
        return;
    const struct json *v = json_member(health, STR("version"));
    if (v != NULL && json_type(v) == JSON_STRING && !str_eq(json_string(v), STR(SENESCHAL_VERSION)))
        doctor_say(d, SEVERITY_WARNING, "restart it", "it runs version %.*s, this is %s",
                   STR_ARG(json_string(v)), SENESCHAL_VERSION);
}

void doctor_server(struct doctor *d)
{
    struct http_answer answer = { 0 };
    server_url(d);
    d->options.data = NULL; /* no token is needed, and none is asked for */
    d->options.token_file = NULL;
    err_t e = ask(d, STR("/readyz"), &answer);
    if (e == E_OK) {
        doctor_say(d, SEVERITY_OK, NULL, "%s: ready", d->options.server);
        check_version(d);
    } else if (answer.status != 0) {
        doctor_say(d, SEVERITY_ERROR, "its log says why", "%s: answers %d: %.*s", d->options.server,
                   answer.status, STR_ARG(str_sub(answer.body, 0, str_find(answer.body, '\n'))));
    } else {
        bool wanted = d->server_named || d->server_pid != 0;
        doctor_say(d, wanted ? SEVERITY_WARNING : SEVERITY_INFO,
                   "start it with `seneschal serve`, or name it with --server URL", "%s: %s",
                   d->options.server, d->cli->why.text);
    }
}
