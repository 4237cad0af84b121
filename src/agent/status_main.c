/* SPDX-License-Identifier: Apache-2.0 */
/* `seneschal agent status`: what the state says, whether or not the agent runs. Never a secret. */
#include "agent/agent_main.h"

#include "agent/agent_words.h"
#include "agent/store.h"
#include "agent/verify.h"
#include "plat/crypto/crypto.h"
#include "plat/json/json.h"
#include "plat/json/out.h"

enum { STATUS_MAX = 16 * 1024, STATUS_NAME = 14 };

static const char usage[] = "usage: seneschal agent status --state DIR [-o table|json]\n";

static void status_text(struct json_out *o, const char *name, const char *text)
{
    json_out_name(o, str_from_cz(name));
    json_out_str(o, text[0] != '\0' ? str_from_cz(text) : STR_NONE);
}

static const char *status_explained(const char *word)
{
    for (int i = 0; i < VERIFY_REFUSALS; i++) {
        if (strcmp(word, verify_word((enum verify_refusal)i)) == 0)
            return verify_text((enum verify_refusal)i);
    }
    return "";
}

static void status_write(struct json_out *o, const struct agent_store *s)
{
    json_out_open(o, '{');
    status_text(o, "state", agent_state_name((enum agent_state)s->state));
    status_text(o, "reason", s->reason);
    JSON_OUT(o, "wiped", bool, s->wiped != 0);
    status_text(o, "refused", s->refused);
    status_text(o, "refused_why", status_explained(s->refused));
    status_text(o, "refused_etag", s->refused_etag);
    JSON_OUT(o, "refused_at", ts, ((ts_t){ s->refused_us }));
    status_text(o, "device_id", s->device_id);
    status_text(o, "machine_id", s->machine_id);
    status_text(o, "version", s->version);
    status_text(o, "etag", s->etag);
    JSON_OUT(o, "lease_from", ts, ((ts_t){ s->lease_iat_s * 1000000 }));
    JSON_OUT(o, "lease_until", ts, ((ts_t){ s->lease_exp_s * 1000000 }));
    JSON_OUT(o, "lease_seq", i64, s->seen_seq);
    JSON_OUT(o, "key_set", i64, s->keys_n);
    status_text(o, "organisation", s->org);
    json_out_close(o, '}');
}

/* In the order of their names; nothing is there that is not known. */
static err_t status_table(struct arena *a, str_t text)
{
    CLEANUP(json_freep) struct json *v = NULL;
    struct json_pair *members;
    size_t n;
    TRY(json_parse(text, NULL, &v));
    TRY(json_members(a, v, &members, &n));
    for (size_t i = 0; i < n; i++) {
        struct buf b;
        if (json_type(members[i].value) == JSON_NULL)
            continue;
        buf_init(&b, STATUS_MAX);
        json_write(&b, members[i].value); /* quoted: no control character reaches the terminal */
        (void)printf("%-*.*s%.*s\n", STATUS_NAME, STR_ARG(members[i].name), STR_ARG(buf_str(&b)));
        buf_fini(&b);
    }
    return E_OK;
}

static err_t status_print(const char *dir, bool as_json, struct diag *why)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(STATUS_MAX);
    CLEANUP(buf_fini) struct buf b = { 0 };
    CLEANUP(agent_store_wipe) struct agent_store s = { 0 };
    buf_init(&b, STATUS_MAX);
    if (a == NULL)
        return E_NO_MEMORY;
    TRY(crypto_init()); /* the state carries its hash */
    err_t e = agent_store_load(dir, why, &s);
    if (e == E_NOT_FOUND)
        return FAIL(why, e, "%s: no agent has ever kept a state here", dir);
    TRY(e);
    struct json_out o = json_out_to(&b);
    status_write(&o, &s);
    TRY(b.err);
    if (!as_json)
        return status_table(a, buf_str(&b));
    (void)printf("%.*s\n", STR_ARG(buf_str(&b)));
    return E_OK;
}

int status_main(int argc, char **argv)
{
    static const char *const outputs[] = { "table", "json", NULL };
    struct agent_words w = { .usage = usage, .outputs = outputs, .has_state = true };
    struct diag why = { 0 };
    enum agent_exit over;
    if (!agent_words_read(&w, argc, argv, &over))
        return (int)over;
    err_t e = status_print(w.dir, w.output == 1, &why);
    if (e == E_OK)
        return fflush(stdout) == 0 ? AGENT_EXIT_OK : AGENT_EXIT_FAILED;
    (void)fprintf(stderr, "seneschal agent: %s\n",
                  why.text[0] != '\0' ? why.text : err_info(e)->text);
    return AGENT_EXIT_FAILED;
}
