/* SPDX-License-Identifier: Apache-2.0 */
/* A machine that is set up by shell commands, here or over ssh: the same ones. */
#include "app/enrol.h"

#include "agent/device_key.h"
#include "app/cli_say.h"
#include "plat/json/out.h"
#include "plat/os/file.h"
#include "plat/os/proc.h"

#include <sys/stat.h>

enum { ARGV_MAX = 12 };
enum {
    SCRIPT_MAX = 16 * 1024,
    SAID_MAX = 64 * 1024,
    PROGRAM_MAX = 64 * 1024 * 1024,
    SHELL_S = 300
};

#define AGENT_PATH  "/usr/bin/seneschal-agent"
#define UNIT_PATH   "/etc/systemd/system/seneschal-agent.service"
#define GROUPS_PATH "/usr/lib/sysusers.d/seneschal-agent.conf"
#define KEY_PATH    "/etc/seneschal/device-key"
#define ENV_PATH    "/etc/default/seneschal-agent"
#define STATE_PATH  "/var/lib/seneschal-agent"

struct target {
    struct cli *cli;
    const struct enrol_how *how;
    const char *ssh; /* NULL: this machine */
};

/* '…' of sh: every byte but the quote stands for itself. */
static void quote(struct buf *b, str_t s)
{
    buf_add_byte(b, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\'')
            BUF_ADD(b, "'\\''");
        else
            buf_add_byte(b, s.p[i]);
    }
    buf_add_byte(b, '\'');
}

/* `sh -c TEXT` here, or ssh to the host: never a question, for there is nobody to answer it. */
static err_t argv_of(struct target *t, const char *text, char *ret[static ARGV_MAX])
{
    const char *const here[] = { "sh", "-c", text };
    const char *const there[] = { "ssh", "-T", "-o", "BatchMode=yes" };
    const char *const config[] = { "-F", t->how->ssh_config };
    const char *const host[] = { "--", t->ssh, text };
    const char *words[ARGV_MAX] = { NULL };
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(here) && t->ssh == NULL; i++)
        words[n++] = here[i];
    for (size_t i = 0; i < ARRAY_LEN(there) && t->ssh != NULL; i++)
        words[n++] = there[i];
    for (size_t i = 0; i < ARRAY_LEN(config) && t->ssh != NULL && config[1] != NULL; i++)
        words[n++] = config[i];
    for (size_t i = 0; i < ARRAY_LEN(host) && t->ssh != NULL; i++)
        words[n++] = host[i];
    for (size_t i = 0; i < n; i++) {
        ret[i] = str_cz(t->cli->arena, str_from_cz(words[i]));
        if (ret[i] == NULL)
            return E_NO_MEMORY;
    }
    ret[n] = NULL;
    return E_OK;
}

/* R='' first: the root that every path stands below. */
static err_t shell(struct target *t, str_t script, str_t input, str_t *ret_said)
{
    CLEANUP(buf_fini) struct buf with = { 0 };
    CLEANUP(buf_fini) struct buf line = { 0 };
    CLEANUP(buf_fini) struct buf said = { 0 };
    buf_init(&with, SCRIPT_MAX);
    buf_init(&line, SCRIPT_MAX);
    buf_init(&said, SAID_MAX);
    BUF_ADD(&with, "set -eu; R=");
    quote(&with, str_from_cz(t->how->root));
    BUF_ADD(&with, "; ");
    buf_add(&with, script);
    buf_addf(&line, "%ssh -c ", t->how->sudo ? "sudo -n " : "");
    quote(&line, buf_str(&with));
    TRY(line.err);
    char *text = str_cz(t->cli->arena, buf_str(&line));
    if (text == NULL)
        return E_NO_MEMORY;
    char *argv[ARGV_MAX] = { NULL };
    TRY(argv_of(t, text, argv));
    const struct proc_talk what = { .input = input, .out = &said, .in = DUR_S(SHELL_S) };
    TRY(proc_talk(argv[0], argv, &what, &t->cli->why));
    TRY(said.err);
    return str_copy(t->cli->arena, buf_str(&said), ret_said);
}

/* Whole or not at all; `keep`: never over what stands there. */
static err_t put(struct target *t, const char *path, const char *mode, bool keep, str_t bytes)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t said = STR_NONE;
    buf_init(&b, SCRIPT_MAX);
    buf_addf(&b, "P=\"$R%s\"; umask 077; mkdir -p -m 755 \"${P%%/*}\"; ", path);
    if (keep)
        BUF_ADD(&b,
                "if [ -e \"$P\" ]; then cmp -s - \"$P\" || { echo \"$P: stands already\" >&2; exit "
                "1; }; exit 0; fi; ");
    buf_addf(&b, "cat >\"$P.new\"; chmod %s \"$P.new\"; sync \"$P.new\"; mv \"$P.new\" \"$P\"",
             mode);
    TRY(b.err);
    return shell(t, buf_str(&b), bytes, &said);
}

static err_t agent_file(struct target *t, const char *arch, const char *name, str_t *ret)
{
    str_t path = STR_NONE;
    TRY(str_format(t->cli->arena, &path, "%s%s%s/%s", t->how->agent_dir, arch[0] != '\0' ? "/" : "",
                   arch, name));
    const char *cz = str_cz(t->cli->arena, path);
    if (cz == NULL)
        return E_NO_MEMORY;
    err_t e = file_read(t->cli->arena, cz, PROGRAM_MAX, &t->cli->why, ret);
    if (e == E_NOT_FOUND)
        t->cli->hint = "--agent-dir DIR holds ARCH/seneschal-agent and seneschal-agent.service";
    return e;
}

static err_t arch_of(struct target *t, str_t machine, const char **ret)
{
    static const struct {
        str_t machine;
        const char *arch;
    } known[] = { { { "x86_64", 6 }, "amd64" }, { { "aarch64", 7 }, "arm64" } };
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (!str_eq(known[i].machine, machine))
            continue;
        *ret = known[i].arch;
        return E_OK;
    }
    return FAIL(&t->cli->why, E_NOT_IMPLEMENTED, "there is no agent for a machine that is %.*s",
                STR_ARG(str_sub(machine, 0, 32)));
}

static bool has_line(str_t text, str_t line)
{
    str_t one;
    while (str_split(&text, '\n', &one)) {
        if (str_eq(one, line))
            return true;
    }
    return false;
}

/* The agent with its unit, where there is none. */
static err_t install(struct target *t)
{
    str_t said = STR_NONE;
    str_t bytes = STR_NONE;
    const char *arch = "";
    TRY(shell(t,
              STR("uname -m; if [ -x \"$R" AGENT_PATH "\" ]; then echo agent; fi; "
                  "if [ -e \"$R" UNIT_PATH
                  "\" ] || [ -e /usr/lib/systemd/system/seneschal-agent.service "
                  "]; then echo unit; fi"),
              STR(""), &said));
    if (!has_line(said, STR("agent"))) {
        TRY(arch_of(t, str_sub(said, 0, str_find(said, '\n')), &arch));
        TRY(agent_file(t, arch, "seneschal-agent", &bytes));
        TRY(put(t, AGENT_PATH, "755", false, bytes));
    }
    if (has_line(said, STR("unit")))
        return E_OK;
    TRY(agent_file(t, "", "seneschal-agent.service", &bytes));
    TRY(put(t, UNIT_PATH, "644", false, bytes));
    TRY(agent_file(t, "", "seneschal-agent.sysusers", &bytes));
    return put(t, GROUPS_PATH, "644", false, bytes);
}

/* The key is minted on the machine, by its agent: the private half never leaves it. */
static err_t mint(struct target *t, const struct enrol_machine *m, str_t *ret_said)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, SCRIPT_MAX);
    BUF_ADD(&b, "umask 077; mkdir -p -m 755 \"$R/etc/seneschal\"; \"$R" AGENT_PATH
                "\" key --out \"$R" KEY_PATH "\" --server ");
    quote(&b, t->how->server);
    if (m->machine_id.n > 0) {
        BUF_ADD(&b, " --machine-id ");
        quote(&b, m->machine_id);
    }
    if (m->begun)
        BUF_ADD(&b, " --keep");
    TRY(b.err);
    return shell(t, buf_str(&b), STR(""), ret_said);
}

/* A key that was minted before: the same bytes on the machine. */
static err_t bring(struct target *t, const struct enrol_machine *m, str_t *ret_said)
{
    CLEANUP(device_key_wipe) struct device_key k = { 0 };
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t text = STR_NONE;
    TRY(file_read(t->cli->arena, t->how->key_file, DEVICE_KEY_FILE_MAX, &t->cli->why, &text));
    TRY(device_key_parse(text, &t->cli->why, &k));
    if (m->machine_id.n > 0 && !str_eq(m->machine_id, str_from_cz(k.machine_id)))
        return FAIL(&t->cli->why, E_USAGE, "%s: is the key of %s", t->how->key_file, k.machine_id);
    TRY(put(t, KEY_PATH, "600", true, text));
    buf_init(&b, DEVICE_KEY_FILE_MAX);
    BUF_ADD(&b, "{\"machine_id\":");
    struct json_out o = json_out_to(&b);
    json_out_str(&o, str_from_cz(k.machine_id));
    BUF_ADD(&b, ",\"public_key\":");
    device_key_write_public(&b, &k);
    BUF_ADD(&b, "}");
    TRY(b.err);
    return str_copy(t->cli->arena, buf_str(&b), ret_said);
}

static err_t admit(struct target *t, struct cli_client *client, str_t said, struct enrol_machine *m)
{
    CLEANUP(json_freep) struct json *v = NULL;
    CLEANUP(buf_fini) struct buf key = { 0 };
    struct enrol_ask ask = { .how = t->how, .machine = m };
    if (json_parse(said, NULL, &v) != E_OK || json_member(v, STR("public_key")) == NULL)
        return FAIL(&t->cli->why, E_IO, "the machine's agent gave no key");
    buf_init(&key, DEVICE_KEY_FILE_MAX);
    json_write(&key, json_member(v, STR("public_key")));
    TRY(key.err);
    TRY(str_copy(t->cli->arena, say_member(v, "machine_id"), &ask.machine_id));
    ask.public_key = buf_str(&key);
    m->machine_id = ask.machine_id;
    return enrol_let_in(t->cli, client, &ask, &m->device_id);
}

/* Without systemd it runs until the machine stops. */
static err_t start(struct target *t)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t said = STR_NONE;
    buf_init(&b, SCRIPT_MAX);
    BUF_ADD(&b, "if [ -z \"$R\" ] && [ -d /run/systemd/system ]; then systemd-sysusers; systemctl "
                "daemon-reload; systemctl enable --quiet seneschal-agent; systemctl restart "
                "seneschal-agent; exit 0; fi; set -a; . \"$R" ENV_PATH
                "\"; set +a; mkdir -p \"$R" STATE_PATH "\"; setsid \"$R" AGENT_PATH
                "\" --state \"$R" STATE_PATH "\" --config-out \"$R" STATE_PATH
                "/config.json\" --key-file \"$R" KEY_PATH "\" </dev/null >>\"$R" STATE_PATH
                "/agent.log\" 2>&1 & echo $!");
    TRY(b.err);
    return shell(t, buf_str(&b), STR(""), &said);
}

err_t enrol_target(struct cli *cli, struct cli_client *client, const struct enrol_how *how,
                   struct enrol_machine *m)
{
    struct target t = { .cli = cli, .how = how };
    str_t settings = STR_NONE;
    str_t said = STR_NONE;
    if (m->ssh.n > 0) {
        t.ssh = str_cz(cli->arena, m->ssh);
        if (t.ssh == NULL || t.ssh[0] == '-')
            return FAIL(&cli->why, E_USAGE, "`%.*s`: want a host", STR_ARG(m->ssh));
    }
    TRY(enrol_settings(cli, how, &settings));
    TRY(install(&t));
    TRY(how->key_file != NULL ? bring(&t, m, &said) : mint(&t, m, &said));
    TRY(admit(&t, client, said, m));
    TRY(put(&t, ENV_PATH, "644", false, settings));
    return how->no_start ? E_OK : start(&t);
}

static err_t overlay_path(struct cli *cli, const struct enrol_how *how,
                          const struct enrol_machine *m, const char *path, const char **ret)
{
    str_t full = STR_NONE;
    TRY(str_format(cli->arena, &full, "%s/%.*s%s", how->out, STR_ARG(m->machine_id), path));
    char *cz = str_cz(cli->arena, full);
    if (cz == NULL)
        return E_NO_MEMORY;
    char *slash = strrchr(cz, '/');
    *slash = '\0';
    TRY(file_make_dirs(cz, 0700, &cli->why));
    *slash = '/';
    *ret = cz;
    return E_OK;
}

err_t enrol_overlay(struct cli *cli, struct cli_client *client, const struct enrol_how *how,
                    struct enrol_machine *m)
{
    CLEANUP(device_key_wipe) struct device_key k = { 0 };
    CLEANUP(buf_fini) struct buf key = { 0 };
    struct enrol_ask ask = { .how = how, .machine = m, .machine_id = m->machine_id };
    const char *path = NULL;
    str_t settings = STR_NONE;
    err_t e = E_NOT_FOUND;
    TRY(enrol_settings(cli, how, &settings));
    TRY(overlay_path(cli, how, m, KEY_PATH, &path));
    if (m->begun)
        e = device_key_read(cli->arena, path, &cli->why, &k);
    if (e == E_NOT_FOUND) {
        diag_clear(&cli->why);
        TRY(device_key_mint(how->server, m->machine_id, &cli->why, &k));
        e = device_key_create(path, &k, &cli->why);
    }
    TRY(e);
    buf_init(&key, DEVICE_KEY_FILE_MAX);
    device_key_write_public(&key, &k);
    TRY(key.err);
    ask.public_key = buf_str(&key);
    TRY(enrol_let_in(cli, client, &ask, &m->device_id));
    TRY(overlay_path(cli, how, m, ENV_PATH, &path));
    return file_write(path, 0644, settings, &cli->why);
}
