/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli_say.h"

#include "app/cli_print.h"

enum { VALUE_SHOWN_MAX = 200 };

void say_value(struct buf *b, const struct json *v)
{
    struct buf text;
    if (v == NULL) {
        BUF_ADD(b, "nothing");
        return;
    }
    buf_init(&text, SAY_MAX);
    json_write(&text, v);
    str_t whole = buf_str(&text);
    cli_shown(b, str_clip(whole, VALUE_SHOWN_MAX));
    if (whole.n > VALUE_SHOWN_MAX)
        buf_addf(b, "... (%zu bytes)", whole.n);
    buf_fini(&text);
}

static const struct json *member(const struct json *object, const char *name, enum json_type type)
{
    const struct json *v = object != NULL ? json_member(object, str_from_cz(name)) : NULL;
    return v != NULL && json_type(v) == type ? v : NULL;
}

str_t say_member(const struct json *object, const char *name)
{
    const struct json *v = member(object, name, JSON_STRING);
    return v != NULL ? json_string(v) : STR("");
}

bool say_bool(const struct json *object, const char *name)
{
    const struct json *v = member(object, name, JSON_BOOL);
    return v != NULL && json_bool(v);
}

int64_t say_int(const struct json *object, const char *name)
{
    const struct json *v = member(object, name, JSON_INT);
    return v != NULL ? json_int(v) : 0;
}

size_t say_count(const struct json *object, const char *name)
{
    const struct json *v = member(object, name, JSON_ARRAY);
    return v != NULL ? json_count(v) : 0;
}

const struct json *say_at(const struct json *object, const char *name, size_t i)
{
    return json_at(member(object, name, JSON_ARRAY), i);
}

/* A policy that was deleted before it published anything has only its id. */
void say_source(struct buf *b, const struct json *by)
{
    str_t name = say_member(by, "policy_name");
    str_t version = say_member(by, "version");
    BUF_ADD(b, "policy ");
    cli_shown(b, name.n > 0 ? name : say_member(by, "policy_id"));
    if (version.n > 0)
        buf_addf(b, " (version %lld, %.*s)", (long long)say_int(by, "number"), STR_ARG(version));
    buf_addf(b, " at level %.*s", STR_ARG(say_member(by, "level")));
}

void say_changes(struct buf *b, const struct json *changes, const char *indent)
{
    for (size_t i = 0; changes != NULL && i < json_count(changes); i++) {
        const struct json *c = json_at(changes, i);
        const struct json *from = json_member(c, STR("from"));
        const struct json *to = json_member(c, STR("to"));
        buf_addf(b, "%s%c ", indent, from == NULL ? '+' : to == NULL ? '-' : '~');
        cli_shown(b, say_member(c, "pointer"));
        buf_add_byte(b, ' ');
        say_value(b, from != NULL ? from : to);
        if (from != NULL && to != NULL) {
            BUF_ADD(b, " -> ");
            say_value(b, to);
        }
        buf_add_byte(b, '\n');
    }
}

err_t say_out(struct buf *b)
{
    err_t e = b->err;
    if (e == E_OK && b->n > 0 && (fwrite(b->p, 1, b->n, stdout) != b->n || fflush(stdout) != 0))
        e = E_IO;
    buf_fini(b);
    return e;
}
