/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli_print.h"
#include "app/doctor.h"
#include "app/options.h"
#include "base/buf.h"
#include "plat/crypto/crypto.h"
#include "plat/json/out.h"
#include "plat/os/machine.h"

#include <stdarg.h>

enum { OUT_MAX = 256 * 1024 };

/* In this order: what later ones need is found by earlier ones. */
static const struct {
    const char *name;
    doctor_f *run;
} checks[] = {
    { "configuration", doctor_configuration },
    { "environment", doctor_environment },
    { "data", doctor_data },
    { "keys", doctor_keys },
    { "store", doctor_store },
    { "disk", doctor_disk },
    { "clock", doctor_clock },
    { "limits", doctor_limits },
    { "certificate", doctor_certificate },
    { "ports", doctor_ports },
    { "server", doctor_server },
};

static const char *const severities[] = {
    [SEVERITY_OK] = "ok",
    [SEVERITY_INFO] = "info",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
};

void doctor_say(struct doctor *d, enum severity severity, const char *mend, const char *fmt, ...)
{
    va_list args;
    if (d->n == FINDINGS_MAX)
        return;
    struct finding *f = &d->list[d->n++];
    *f = (struct finding){ .check = d->check, .severity = severity, .mend = mend };
    va_start(args, fmt);
    (void)vsnprintf(f->text, sizeof f->text, fmt, args);
    va_end(args);
}

const char *doctor_below(const struct doctor *d, const char *name)
{
    str_t path;
    return str_format(d->cli->arena, &path, "%s/%s", d->dir, name) == E_OK ? path.p : NULL;
}

/* --server, --ca-file and -o are ours; the rest are settings, as `serve` takes them. */
static err_t take_own(struct doctor *d, int *argc, char **argv)
{
    static const char *const own[] = { "server", "ca-file", "output" };
    int kept = 0;
    int used = 0;
    for (int i = 0; i < *argc; i += used) {
        bool ours = str_eq(str_from_cz(argv[i]), STR("-o"));
        for (size_t k = 0; k < ARRAY_LEN(own); k++)
            ours = ours || cli_is_flag(argv[i], str_from_cz(own[k]));
        used = 1;
        if (!ours) {
            argv[kept++] = argv[i];
            continue;
        }
        d->server_named = d->server_named || cli_is_flag(argv[i], STR("server"));
        TRY(cli_option_take(d->cli, &d->options, *argc, argv, i, &used));
    }
    *argc = kept;
    if (d->options.output == OUTPUT_TABLE || d->options.output == OUTPUT_JSON)
        return E_OK;
    return FAIL(&d->cli->why, E_USAGE, "-o: want table or json here");
}

static void print_table(const struct doctor *d, struct buf *b)
{
    for (size_t i = 0; i < d->n; i++) {
        const struct finding *f = &d->list[i];
        buf_addf(b, "%-8s %-14s ", severities[f->severity], f->check);
        cli_shown(b, str_from_cz(f->text));
        if (f->mend != NULL)
            buf_addf(b, "\n%24smend: %s", "", f->mend);
        buf_add_byte(b, '\n');
    }
}

static void print_json(const struct doctor *d, struct buf *b)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '[');
    for (size_t i = 0; i < d->n; i++) {
        const struct finding *f = &d->list[i];
        json_out_open(&o, '{');
        JSON_OUT(&o, "check", str, str_from_cz(f->check));
        JSON_OUT(&o, "severity", str, str_from_cz(severities[f->severity]));
        JSON_OUT(&o, "finding", str, str_from_cz(f->text));
        JSON_OUT(&o, "mend", str, str_from_cz(f->mend));
        json_out_close(&o, '}');
    }
    json_out_close(&o, ']');
    buf_add_byte(b, '\n');
}

static int print(struct doctor *d)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    enum severity worst = SEVERITY_OK;
    buf_init(&b, OUT_MAX);
    if (d->options.output == OUTPUT_JSON)
        print_json(d, &b);
    else
        print_table(d, &b);
    if (b.err != E_OK)
        return cli_fail(d->cli, b.err);
    for (size_t i = 0; i < d->n; i++)
        worst = d->list[i].severity > worst ? d->list[i].severity : worst;
    int said = cli_print_raw(d->cli, buf_str(&b), false);
    return said != CLI_OK ? said : worst == SEVERITY_ERROR ? CLI_FAILED : CLI_OK;
}

int cmd_doctor(struct cli *cli, int argc, char **argv)
{
    struct doctor *d = ARENA_NEW(cli->arena, struct doctor);
    struct machine_holder holder;
    if (d == NULL)
        return cli_fail(cli, E_NO_MEMORY);
    d->cli = cli;
    cli_options_init(&d->options);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs here */
    d->server_named = getenv("SENESCHAL_URL") != NULL;
    err_t e = take_own(d, &argc, argv);
    if (e == E_OK)
        e = crypto_init();
    if (e != E_OK)
        return cli_fail(cli, e);
    d->read = options_read(&d->config, cli->arena, argc, argv, &d->why);
    if (d->read == E_NO_MEMORY)
        return cli_fail(cli, d->read);
    const char *dir = config_cz(&d->config, CONF_DATA);
    d->dir = dir != NULL ? dir : "";
    const char *lock = doctor_below(d, "lock");
    if (lock != NULL && machine_lock_holder(lock, &holder) == E_OK)
        d->server_pid = holder.pid;
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        d->check = checks[i].name;
        checks[i].run(d);
    }
    return print(d);
}
