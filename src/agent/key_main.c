/* SPDX-License-Identifier: Apache-2.0 */
/* `seneschal agent key`: mint this machine's key where it belongs, and print its public half for
 * who lets the machine in. */
#include "agent/agent_main.h"

#include "agent/agent_options.h"
#include "agent/device_key.h"
#include "base/arena.h"
#include "plat/crypto/crypto.h"
#include "plat/json/out.h"
#include "plat/os/proc.h"

static const char usage[] =
    "usage: seneschal agent key --server URL --machine-id ID --out FILE [--keep]\n"
    "  mints a key for this machine, 0600, and prints its public half; --keep: the one that is "
    "there\n";

struct key_words {
    const char *server;
    const char *machine_id;
    const char *out;
    bool keep;
};

static bool words_read(struct key_words *w, int argc, char **argv)
{
    const struct {
        const char *flag;
        const char **to;
    } flags[] = { { "--server", &w->server },
                  { "--machine-id", &w->machine_id },
                  { "--out", &w->out } };
    for (int i = 1; i < argc; i++) {
        bool known = strcmp(argv[i], "--keep") == 0;
        w->keep = w->keep || known;
        for (size_t k = 0; k < ARRAY_LEN(flags) && !known; k++) {
            known = strcmp(argv[i], flags[k].flag) == 0 && i + 1 < argc;
            if (known)
                *flags[k].to = argv[++i];
        }
        if (!known)
            return false;
    }
    return w->server != NULL && w->machine_id != NULL && w->out != NULL;
}

static err_t key_print(const struct device_key *k)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, DEVICE_KEY_FILE_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "server", str, str_from_cz(k->server));
    JSON_OUT(&o, "machine_id", str, str_from_cz(k->machine_id));
    json_out_name(&o, STR("public_key"));
    device_key_write_public(&b, k);
    o.comma = true;
    json_out_close(&o, '}');
    TRY(b.err);
    return printf("%.*s\n", STR_ARG(buf_str(&b))) > 0 && fflush(stdout) == 0 ? E_OK : E_IO;
}

static err_t key_do(const struct key_words *w, struct diag *why)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    CLEANUP(device_key_wipe) struct device_key k = { 0 };
    str_t id = str_from_cz(w->machine_id);
    err_t e = E_NOT_FOUND;
    if (a == NULL)
        return E_NO_MEMORY;
    TRY(proc_harden());
    TRY(crypto_init());
    if (w->keep)
        e = device_key_read(a, w->out, why, &k);
    if (e == E_OK && !str_eq(str_from_cz(k.machine_id), id))
        return FAIL(why, E_CONFLICT, "%s: is the key of %s", w->out, k.machine_id);
    if (e == E_NOT_FOUND) {
        diag_clear(why);
        TRY(device_key_mint(str_from_cz(w->server), id, why, &k));
        e = device_key_create(w->out, &k, why);
    }
    TRY(e);
    return key_print(&k);
}

int key_main(int argc, char **argv)
{
    struct key_words w = { 0 };
    struct diag why = { 0 };
    if (!words_read(&w, argc, argv)) {
        (void)fputs(usage, stderr);
        return AGENT_EXIT_USAGE;
    }
    err_t e = key_do(&w, &why);
    if (e == E_OK)
        return AGENT_EXIT_OK;
    (void)fprintf(stderr, "seneschal agent: %s\n",
                  why.text[0] != '\0' ? why.text : err_info(e)->text);
    return AGENT_EXIT_FAILED;
}
