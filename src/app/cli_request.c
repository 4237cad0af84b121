/* SPDX-License-Identifier: Apache-2.0 */
/* From words to a request, by the row of the command. */
#include "app/cli_call.h"

#include "app/cli_rows.h"
#include "app/cli_wants.h"
#include "app/near.h"
#include "base/num.h"
#include "plat/os/file.h"

#include <assert.h>

enum { PATH_TEXT_MAX = 64 * 1024, JSON_FILE_MAX = 4 * 1024 * 1024 };

struct reading {
    struct cli *cli;
    const struct cli_command *cmd;
    struct cli_client *client;
    struct cli_request *to;
    str_t words; /* that are still wanted */
    str_t path;  /* the rest of the row's path, from the next {word} on */
    bool scoped; /* --scope is given, or implied */
};

static err_t read_words(struct reading *r, int argc, char **argv) MUST_USE;
static err_t read_flags(struct reading *r, int argc, char **argv) MUST_USE;
static err_t read_flag(struct reading *r, int argc, char **argv, int i, int *ret_used) MUST_USE;
static err_t read_word(struct reading *r, str_t text) MUST_USE;
static bool find_flag(const struct cli_command *cmd, const char *word, struct cli_flag *ret);
static err_t no_such_flag(struct reading *r, const char *word) MUST_USE;

void cli_request_fini(struct cli_request *r)
{
    buf_fini(&r->path);
    json_free(r->body);
}

void cli_request_query(struct cli_request *r, str_t name, str_t value)
{
    buf_add_byte(&r->path, r->query ? '&' : '?');
    r->query = true;
    buf_add(&r->path, name);
    buf_add_byte(&r->path, '=');
    cli_escape(&r->path, value);
}

/* The member of an object, made where it is missing. */
static struct json *object_of(struct json *parent, str_t name)
{
    if (json_member_mut(parent, name) == NULL && json_set(parent, name, json_new_object()) != E_OK)
        return NULL;
    return json_member_mut(parent, name);
}

/* A member of the body, "a.b" one of its member; the object takes the value over. */
static err_t body_set(struct reading *r, str_t name, struct json *value)
{
    size_t dot = str_find(name, '.');
    if (value == NULL)
        return E_NO_MEMORY;
    if (r->to->body == NULL)
        r->to->body = json_new_object();
    struct json *to = r->to->body;
    if (to != NULL && dot < name.n) {
        to = object_of(to, str_sub(name, 0, dot));
        name = str_sub(name, dot + 1, name.n);
    }
    if (to == NULL) {
        json_free(value);
        return E_NO_MEMORY;
    }
    return json_set(to, name, value);
}

/* What the row sends always; and its path up to the first {word}. */
static err_t read_start(struct reading *r)
{
    str_t flags = str_from_cz(r->cmd->flags);
    struct cli_flag f;
    size_t at = str_find(r->path, '{');
    BUF_ADD(&r->to->path, "/api/v1");
    buf_add(&r->to->path, str_sub(r->path, 0, at));
    r->path = str_sub(r->path, at, r->path.n);
    while (cli_flag_next(&flags, &f)) {
        struct json *value = NULL;
        if (f.type != FLAG_FIXED)
            continue;
        TRY(json_parse(f.value, &r->cli->why, &value));
        TRY(body_set(r, f.member, value));
    }
    return E_OK;
}

static err_t help_hint(struct cli *cli, const struct cli_command *cmd)
{
    str_t hint;
    TRY(str_format(cli->arena, &hint, "`seneschal help %s %s` shows what is wanted", cmd->noun,
                   cmd->verb));
    cli->hint = str_cz(cli->arena, hint);
    return E_OK;
}

err_t cli_request_read(struct cli *cli, const struct cli_command *cmd, struct cli_client *c,
                       int argc, char **argv, struct cli_request *ret)
{
    struct reading r = { .cli = cli, .cmd = cmd, .client = c, .to = ret };
    r.words = str_from_cz(cmd->words);
    r.path = str_from_cz(cmd->path);
    *ret = (struct cli_request){ 0 };
    buf_init(&ret->path, PATH_TEXT_MAX);
    TRY(read_start(&r));
    TRY(read_words(&r, argc, argv));
    TRY(read_flags(&r, argc, argv));
    str_t missing = r.words;
    if (missing.n > 0) {
        TRY(help_hint(cli, cmd));
        return FAIL(&cli->why, E_USAGE, "%s %s: want %.*s", cmd->noun, cmd->verb, STR_ARG(missing));
    }
    return ret->path.err;
}

static bool is_a_flag(const char *word)
{
    return word[0] == '-' && word[1] != '\0';
}

/* The words first: they make the path; what stands in the query comes after it. */
static err_t read_words(struct reading *r, int argc, char **argv)
{
    struct cli_flag f;
    int used = 1;
    for (int i = 0; i < argc; i += used) {
        used = is_a_flag(argv[i]) ? cli_flag_words(r->cmd, argv[i]) : 1;
        if (is_a_flag(argv[i]) && !find_flag(r->cmd, argv[i], &f))
            return no_such_flag(r, argv[i]);
        if (!is_a_flag(argv[i]))
            TRY(read_word(r, str_from_cz(argv[i])));
    }
    return E_OK;
}

/* Where a row takes a scope and its target, a group as the target is the scope `group` too. */
static err_t imply_scope(struct reading *r, const struct cli_flag *target)
{
    struct cli_flag scope;
    if (r->scoped || !str_eq(target->member, STR("target_id")) ||
        !find_flag(r->cmd, "--scope", &scope))
        return E_OK;
    r->scoped = true;
    if (scope.query) {
        cli_request_query(r->to, scope.member, target->kind);
        return E_OK;
    }
    return body_set(r, scope.member, json_new_string(target->kind));
}

static err_t read_flags(struct reading *r, int argc, char **argv)
{
    int used = 1;
    for (int i = 0; i < argc; i++)
        r->scoped = r->scoped || cli_is_flag(argv[i], STR("scope"));
    for (int i = 0; i < argc; i += used) {
        used = 1;
        if (is_a_flag(argv[i]))
            TRY(read_flag(r, argc, argv, i, &used));
    }
    return E_OK;
}

/* The next {word} of the path is `text`; then the path up to the one after it. */
static void path_take(struct reading *r, str_t text)
{
    size_t end = str_find(r->path, '}');
    cli_escape(&r->to->path, text);
    r->path = str_sub(r->path, end + 1, r->path.n);
    size_t at = str_find(r->path, '{');
    buf_add(&r->to->path, str_sub(r->path, 0, at));
    r->path = str_sub(r->path, at, r->path.n);
}

static err_t read_word(struct reading *r, str_t text)
{
    str_t word;
    if (r->words.n == 0 || !str_split(&r->words, ' ', &word))
        return FAIL(&r->cli->why, E_USAGE, "`%.*s`: one word too many", STR_ARG(text));
    str_t name = str_sub(r->path, 1, word.n);
    bool in_path = str_eq(name, word);
    TRY(cli_resolve(r->cli, r->client, word, text, &text));
    if (in_path) {
        path_take(r, text);
        return E_OK;
    }
    if (str_eq(str_from_cz(r->cmd->method), STR("GET"))) {
        cli_request_query(r->to, word, text);
        return E_OK;
    }
    return body_set(r, word, json_new_string(text));
}

/* Which flag of the row a word is. */
static bool find_flag(const struct cli_command *cmd, const char *word, struct cli_flag *ret)
{
    str_t rest = str_from_cz(cmd->flags);
    while (cli_flag_next(&rest, ret)) {
        if (ret->type != FLAG_FIXED && cli_is_flag(word, ret->name))
            return true;
    }
    return false;
}

int cli_flag_words(const struct cli_command *cmd, const char *word)
{
    struct cli_flag f;
    bool alone = strchr(word, '=') != NULL;
    return !alone && find_flag(cmd, word, &f) && f.type != FLAG_YES ? 2 : 1;
}

static err_t no_such_flag(struct reading *r, const char *word)
{
    str_t w = str_from_cz(word);
    struct near near = { .wanted = str_sub(w, 2, str_find(w, '=') - 2) };
    str_t rest = str_from_cz(r->cmd->flags);
    struct cli_flag f;
    str_t hint;
    while (cli_flag_next(&rest, &f)) {
        if (f.type != FLAG_FIXED)
            near_offer(&near, f.name);
    }
    for (size_t i = 0; i < cli_options_n; i++)
        near_offer(&near, str_from_cz(cli_options_table[i].name));
    TRY(help_hint(r->cli, r->cmd));
    if (near.best.p != NULL &&
        str_format(r->cli->arena, &hint, "did you mean --%.*s?", STR_ARG(near.best)) == E_OK)
        r->cli->hint = str_cz(r->cli->arena, hint);
    return FAIL(&r->cli->why, E_USAGE, "%s %s has no flag %s", r->cmd->noun, r->cmd->verb, word);
}

static err_t list_add(struct reading *r, str_t member, struct json *item)
{
    struct json *list = r->to->body != NULL ? json_member_mut(r->to->body, member) : NULL;
    if (list == NULL) {
        TRY(body_set(r, member, json_new_array()));
        list = json_member_mut(r->to->body, member);
    }
    return item != NULL ? json_push(list, item) : E_NO_MEMORY;
}

static err_t pair_add(struct reading *r, str_t member, str_t text)
{
    size_t at = str_find(text, '=');
    struct json *pairs = r->to->body != NULL ? json_member_mut(r->to->body, member) : NULL;
    if (at == 0 || at == text.n)
        return FAIL(&r->cli->why, E_USAGE, "`%.*s`: want NAME=VALUE", STR_ARG(text));
    if (pairs == NULL) {
        TRY(body_set(r, member, json_new_object()));
        pairs = json_member_mut(r->to->body, member);
    }
    struct json *value = json_new_string(str_sub(text, at + 1, text.n));
    return value != NULL ? json_set(pairs, str_sub(text, 0, at), value) : E_NO_MEMORY;
}

static err_t file_add(struct reading *r, str_t member, const char *path)
{
    bool standard = str_eq(str_from_cz(path), STR("-"));
    struct diag why = { 0 };
    struct json *value = NULL;
    str_t text;
    TRY(file_read(r->cli->arena, standard ? "/dev/stdin" : path, JSON_FILE_MAX, &r->cli->why,
                  &text));
    if (json_parse(text, &why, &value) != E_OK)
        return FAIL(&r->cli->why, E_USAGE, "%s: %s", path, why.text);
    return body_set(r, member, value);
}

static err_t number_set(struct reading *r, const struct cli_flag *f, str_t text)
{
    const struct field *field = cli_flag_field(r->cmd, f);
    bool decimals = field != NULL && field->kind == K_OPT_MILLI;
    struct json *value = NULL;
    int64_t number = 0;
    bool good =
        decimals ? num_parse_milli(text, &number) == E_OK : num_parse_i64(text, &number) == E_OK;
    if (!good)
        return FAIL(&r->cli->why, E_USAGE, "--%.*s %.*s: want a %s", STR_ARG(f->name),
                    STR_ARG(text), decimals ? "number with up to three decimals" : "whole number");
    if (!decimals)
        return body_set(r, f->member, json_new_int(number));
    TRY(json_parse(text, &r->cli->why, &value));
    return body_set(r, f->member, value);
}

static err_t row_add(struct reading *r, const struct cli_flag *f, str_t text)
{
    const struct field *field = cli_flag_field(r->cmd, f);
    struct json *row = NULL;
    assert(field != NULL && field->of != NULL);
    TRY(cli_row_read(r->cli, field->of, text, &row));
    return list_add(r, f->member, row);
}

/* Of a field that takes several, each of them. */
static bool value_is_wanted(const struct field *field, str_t wants, str_t value)
{
    str_t word;
    if (field == NULL || !field->several)
        return cli_wants_take(wants, value);
    while (str_split(&value, ',', &word)) {
        if (!cli_wants_take(wants, word))
            return false;
    }
    return true;
}

/* What the API's table would refuse need not travel there. */
static err_t value_check(struct reading *r, const struct cli_flag *f, str_t value)
{
    struct arena *a = r->cli->arena;
    str_t wants;
    str_t flag;
    if (f->type == FLAG_YES)
        return E_OK;
    TRY(cli_flag_wants(a, r->cmd, f, &wants));
    if (value_is_wanted(cli_flag_field(r->cmd, f), wants, value))
        return E_OK;
    TRY(str_format(a, &flag, "--%.*s", STR_ARG(f->name)));
    const char *cz[] = { str_cz(a, flag), str_cz(a, value), str_cz(a, wants) };
    if (cz[0] == NULL || cz[1] == NULL || cz[2] == NULL)
        return E_NO_MEMORY;
    return cli_no_such_value(r->cli, cz[0], cz[1], cz[2]);
}

/* "null" where the row of the command lists it: the member is set back. */
static bool is_null(const struct cli_flag *f, str_t text)
{
    return str_eq(text, STR("null")) && f->values.p != NULL && cli_wants_take(f->values, text);
}

static err_t flag_set(struct reading *r, const struct cli_flag *f, const char *value)
{
    str_t text = str_from_cz(value);
    TRY(value_check(r, f, text));
    if (f->kind.p != NULL)
        TRY(cli_resolve(r->cli, r->client, f->kind, text, &text));
    if (f->kind.p != NULL)
        TRY(imply_scope(r, f));
    if (f->query) {
        cli_request_query(r->to, f->member, text);
        return E_OK;
    }
    switch (f->type) {
    case FLAG_NUMBER:
        return number_set(r, f, text);
    case FLAG_BOOL:
        return body_set(r, f->member, json_new_bool(str_eq(text, STR("true"))));
    case FLAG_YES:
        return body_set(r, f->member, json_new_bool(true));
    case FLAG_LIST:
        return list_add(r, f->member, json_new_string(text));
    case FLAG_PAIRS:
        return pair_add(r, f->member, text);
    case FLAG_JSON:
        return file_add(r, f->member, value);
    case FLAG_ROWS:
        return row_add(r, f, text);
    case FLAG_TEXT:
    case FLAG_FILE:
    case FLAG_FIXED:
        break;
    }
    return body_set(r, f->member, is_null(f, text) ? json_new_null() : json_new_string(text));
}

static err_t read_flag(struct reading *r, int argc, char **argv, int i, int *ret_used)
{
    struct cli_flag f;
    const char *value = NULL;
    if (!find_flag(r->cmd, argv[i], &f))
        return no_such_flag(r, argv[i]);
    if (f.type != FLAG_YES)
        TRY(cli_value(r->cli, argc, argv, i, &value, ret_used));
    return flag_set(r, &f, value);
}
