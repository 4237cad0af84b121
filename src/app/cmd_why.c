/* SPDX-License-Identifier: Apache-2.0 */
/* `device why ID /pointer`: one answer for a person. */
#include "app/cli_call.h"
#include "app/cli_print.h"
#include "app/cli_say.h"
#include "app/near.h"

enum { NEAR_SHOWN_MAX = 5, PATH_MAX_BYTES = 64 * 1024 };

static void say_lock(struct buf *b, const struct json *by, const char *how)
{
    const struct json *lock = json_member(by, STR("locked_by"));
    if (lock == NULL)
        return;
    buf_addf(b, "%s by ", how);
    say_source(b, lock);
    BUF_ADD(b, ", at ");
    str_t at = say_member(lock, "pointer");
    cli_shown(b, at.n > 0 ? at : STR("the whole"));
}

/* A line for each word: where it is about another pointer it says so. */
static void say_words(struct buf *b, const struct json *leaf, const char *list, const char *title)
{
    str_t own = say_member(leaf, "pointer");
    for (size_t i = 0; i < say_count(leaf, list); i++) {
        const struct json *w = say_at(leaf, list, i);
        str_t at = say_member(w, "pointer");
        buf_addf(b, "  %-10s", title);
        if (own.n > 0 && !str_eq(at, own)) {
            cli_shown(b, at);
            BUF_ADD(b, " = ");
        }
        say_value(b, json_member(w, STR("value")));
        BUF_ADD(b, " of ");
        say_source(b, w);
        say_lock(b, w, ", locked");
        buf_add_byte(b, '\n');
    }
}

static void say_leaf(struct buf *b, const struct json *leaf)
{
    const struct json *value = json_member(leaf, STR("value"));
    cli_shown(b, say_member(leaf, "pointer"));
    if (value != NULL) {
        BUF_ADD(b, " = ");
        say_value(b, value);
        buf_addf(b, "\n  %-10s", "said by");
    } else {
        BUF_ADD(b, "\n  removed by ");
    }
    say_source(b, leaf);
    buf_addf(b, ", assignment %.*s\n", STR_ARG(say_member(leaf, "assignment_id")));
    if (json_member(leaf, STR("locked_by")) != NULL) {
        BUF_ADD(b, "  ");
        say_lock(b, leaf, "locked");
        buf_add_byte(b, '\n');
    }
    say_words(b, leaf, "shadowed", "over");
    say_words(b, leaf, "refused", "refused");
}

/* The pointer that was asked for, out of the path of the call. */
static str_t asked_pointer(const struct cli_reply *s)
{
    return say_member(s->answer, "pointer");
}

static bool starts_below(str_t pointer, str_t above)
{
    return str_starts(pointer, above) && (pointer.n == above.n || pointer.p[above.n] == '/');
}

/* Everything of this device, to find what was meant. */
static err_t ask_whole(const struct cli_reply *s, struct json **ret)
{
    struct buf b;
    str_t path = buf_str(&s->request->path);
    str_t at = say_member(s->answer, "at");
    buf_init(&b, PATH_MAX_BYTES);
    buf_add(&b, str_sub(path, 0, str_find(path, '?')));
    if (at.n > 0) {
        BUF_ADD(&b, "?at=");
        cli_escape(&b, at);
    }
    struct cli_send send = { .method = "GET", .path = buf_str(&b) };
    err_t e = b.err != E_OK ? b.err : cli_client_json(s->cli, s->client, &send, ret);
    buf_fini(&b);
    return e;
}

static size_t common(str_t a, str_t b)
{
    size_t n = 0;
    while (n < a.n && n < b.n && a.p[n] == b.p[n])
        n++;
    return n;
}

/* The nearest by spelling, then those that begin alike for the longest. */
static void add_near(struct buf *b, const struct json *whole, str_t pointer)
{
    struct near near = { .wanted = pointer };
    size_t longest = 0;
    size_t shown = 0;
    for (size_t i = 0; i < say_count(whole, "leaves"); i++) {
        str_t p = say_member(say_at(whole, "leaves", i), "pointer");
        near_offer(&near, p);
        size_t n = common(p, pointer);
        longest = n > longest ? n : longest;
    }
    if (near.best.p != NULL) {
        cli_shown(b, near.best);
        shown++;
    }
    for (size_t i = 0; longest > 1 && shown < NEAR_SHOWN_MAX && i < say_count(whole, "leaves");
         i++) {
        str_t p = say_member(say_at(whole, "leaves", i), "pointer");
        bool is_best = near.best.p != NULL && str_eq(p, near.best);
        if (common(p, pointer) < longest || is_best)
            continue;
        if (shown++ > 0)
            BUF_ADD(b, ", ");
        cli_shown(b, p);
    }
}

/* E_IO ends with exit status 1. Nobody minds when what is near cannot be found out. */
static err_t no_such_value(const struct cli_reply *s, str_t pointer)
{
    CLEANUP(json_freep) struct json *whole = NULL;
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t hint = STR_NONE;
    buf_init(&b, KIB(64));
    if (ask_whole(s, &whole) == E_OK && whole != NULL)
        add_near(&b, whole, pointer);
    diag_clear(&s->cli->why);
    if (b.n > 0 && str_format(s->cli->arena, &hint, "there is %.*s", STR_ARG(buf_str(&b))) == E_OK)
        s->cli->hint = str_cz(s->cli->arena, hint);
    return FAIL(&s->cli->why, E_IO, "%.*s: there is no such value in this configuration",
                STR_ARG(pointer));
}

static void say_off(struct buf *b, const struct json *enabled)
{
    BUF_ADD(b, "the configuration is switched off");
    if (say_member(enabled, "policy_id").n > 0) {
        BUF_ADD(b, " by ");
        say_source(b, enabled);
    } else {
        BUF_ADD(b, ": no policy reaches the device");
    }
    say_lock(b, enabled, ", locked");
    buf_add_byte(b, '\n');
}

static err_t why_after(const struct cli_reply *s)
{
    struct buf b;
    str_t pointer = asked_pointer(s);
    const struct json *enabled = json_member(s->answer, STR("enabled"));
    bool found = false;
    buf_init(&b, SAY_MAX);
    if (!say_bool(enabled, "value"))
        say_off(&b, enabled);
    for (size_t i = 0; i < say_count(s->answer, "leaves"); i++) {
        const struct json *leaf = say_at(s->answer, "leaves", i);
        if (!starts_below(say_member(leaf, "pointer"), pointer))
            continue; /* it lies above */
        say_leaf(&b, leaf);
        found = true;
    }
    for (size_t i = 0; i < say_count(s->answer, "removed"); i++)
        say_leaf(&b, say_at(s->answer, "removed", i));
    if (!found)
        say_words(&b, s->answer, "refused", "refused");
    TRY(say_out(&b));
    return found ? E_OK : no_such_value(s, pointer);
}

int cmd_device_why(struct cli *cli, int argc, char **argv)
{
    return cli_call_shown(cli, "device", "why", argc, argv,
                          &(struct cli_show){ .after = why_after });
}
