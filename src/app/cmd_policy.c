/* SPDX-License-Identifier: Apache-2.0 */
/* Differences of versions, previews of drafts, and what a rollback would change, for people. */
#include "app/cli_call.h"
#include "app/cli_print.h"
#include "app/cli_say.h"

enum { PATH_MAX_BYTES = 64 * 1024, SAMPLE_SHOWN = 3 };

static const char *enabled_word(const struct json *d, const char *name)
{
    const struct json *v = json_member(d, str_from_cz(name));
    if (v == NULL || json_type(v) != JSON_BOOL)
        return "not said";
    return json_bool(v) ? "true" : "false";
}

static void say_locks(struct buf *b, const struct json *d, const char *list, char sign)
{
    for (size_t i = 0; i < say_count(d, list); i++) {
        buf_addf(b, "%c locked ", sign);
        str_t lock = json_string(say_at(d, list, i));
        cli_shown(b, lock.n > 0 ? lock : STR("the whole"));
        buf_add_byte(b, '\n');
    }
}

static void say_version(struct buf *b, const struct json *d, const char *number, const char *text)
{
    str_t version = say_member(d, text);
    buf_addf(b, "%lld (%.*s)", (long long)say_int(d, number),
             STR_ARG(version.n > 0 ? version : STR("a draft")));
}

static void say_diff(struct buf *b, const struct json *d)
{
    const char *from = enabled_word(d, "enabled_from");
    const char *to = enabled_word(d, "enabled_to");
    BUF_ADD(b, "version ");
    say_version(b, d, "from", "from_version");
    BUF_ADD(b, " -> ");
    say_version(b, d, "to", "to_version");
    buf_add_byte(b, '\n');
    size_t start = b->n;
    say_changes(b, json_member(d, STR("diff")), "");
    say_locks(b, d, "unlocked", '-');
    say_locks(b, d, "locked", '+');
    if (strcmp(from, to) != 0)
        buf_addf(b, "~ enabled %s -> %s\n", from, to);
    if (b->n == start)
        BUF_ADD(b, "nothing changes\n");
}

static err_t diff_after(const struct cli_reply *s)
{
    struct buf b;
    buf_init(&b, SAY_MAX);
    say_diff(&b, s->answer);
    return say_out(&b);
}

static void say_sample(struct buf *b, const struct json *r)
{
    size_t n = say_count(r, "sample");
    for (size_t i = 0; i < n && i < SAMPLE_SHOWN; i++) {
        buf_add(b, i == 0 ? STR(", such as ") : STR(", "));
        cli_shown(b, say_member(say_at(r, "sample", i), "machine_id"));
    }
}

static void say_result(struct buf *b, const struct json *r)
{
    int64_t n = say_int(r, "devices");
    int64_t shown = (int64_t)say_count(r, "diff");
    buf_addf(b, "\n%lld device%s", (long long)n, n == 1 ? "" : "s");
    say_sample(b, r);
    BUF_ADD(b, ":\n");
    if (say_bool(r, "enabled_from") != say_bool(r, "enabled_to"))
        buf_addf(b, "  ~ enabled %s -> %s\n", enabled_word(r, "enabled_from"),
                 enabled_word(r, "enabled_to"));
    say_changes(b, json_member(r, STR("diff")), "  ");
    if (shown < say_int(r, "changes"))
        buf_addf(b, "  ... and %lld more changes\n", (long long)(say_int(r, "changes") - shown));
}

static err_t preview_after(const struct cli_reply *s)
{
    const struct json *p = s->answer;
    struct buf b;
    buf_init(&b, SAY_MAX);
    buf_addf(&b, "reaches %lld devices, changes %lld of them\n", (long long)say_int(p, "devices"),
             (long long)say_int(p, "changed"));
    for (size_t i = 0; i < say_count(p, "results"); i++)
        say_result(&b, say_at(p, "results", i));
    if (say_bool(p, "truncated"))
        buf_addf(&b, "\na limit was met: %lld devices were looked at, and not all is shown\n",
                 (long long)say_int(p, "looked_at"));
    return say_out(&b);
}

static err_t get_json(const struct cli_reply *s, str_t path, struct json **ret)
{
    TRY(cli_client_json(s->cli, s->client, &(struct cli_send){ .method = "GET", .path = path },
                        ret));
    return *ret != NULL ? E_OK : E_IO;
}

/* What the newest version would become, on standard error: the answer stays what it was. */
static err_t rollback_before(const struct cli_reply *s)
{
    CLEANUP(json_freep) struct json *policy = NULL;
    CLEANUP(json_freep) struct json *diff = NULL;
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t of = buf_str(&s->request->path);
    str_t diff_path;
    buf_init(&b, SAY_MAX);
    of = str_sub(of, 0, of.n - (sizeof "/rollback" - 1));
    int64_t number = s->request->body != NULL ? say_int(s->request->body, "number") : 0;
    if (number == 0)
        return FAIL(&s->cli->why, E_USAGE, "policy rollback: want --number N");
    TRY(get_json(s, of, &policy));
    if (say_int(policy, "newest_number") == 0)
        return E_OK; /* nothing was published: the server says so */
    TRY(str_format(s->cli->arena, &diff_path, "%.*s/diff?from=%lld&to=%lld", STR_ARG(of),
                   (long long)say_int(policy, "newest_number"), (long long)number));
    TRY(get_json(s, diff_path, &diff));
    say_diff(&b, diff);
    TRY(b.err);
    (void)fwrite(b.p, 1, b.n, stderr);
    return E_OK;
}

int cmd_policy_diff(struct cli *cli, int argc, char **argv)
{
    return cli_call_shown(cli, "policy", "diff", argc, argv,
                          &(struct cli_show){ .after = diff_after });
}

int cmd_policy_preview(struct cli *cli, int argc, char **argv)
{
    return cli_call_shown(cli, "policy", "preview", argc, argv,
                          &(struct cli_show){ .after = preview_after });
}

int cmd_policy_rollback(struct cli *cli, int argc, char **argv)
{
    return cli_call_shown(cli, "policy", "rollback", argc, argv,
                          &(struct cli_show){ .before = rollback_before });
}
