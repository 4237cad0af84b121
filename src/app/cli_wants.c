/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli_wants.h"

#include "app/cli_call.h"

#include "api/route.h"
#include "api/router.h"
#include "base/buf.h"

/* {device} here and {id} there are the same place. */
static bool same_path(str_t a, str_t b)
{
    str_t x;
    str_t y;
    bool more = true;
    while (more) {
        more = str_split(&a, '/', &x);
        if (more != str_split(&b, '/', &y))
            return false;
        bool both = more && str_starts(x, STR("{")) && str_starts(y, STR("{"));
        if (more && !both && !str_eq(x, y))
            return false;
    }
    return true;
}

static const struct route *route_of(const struct cli_command *cmd)
{
    for (size_t t = 0; t < route_parts_n && cmd->path != NULL; t++) {
        for (size_t i = 0; i < route_parts[t]->n; i++) {
            const struct route *r = &route_parts[t]->rows[i];
            bool method = str_eq(str_from_cz(method_name(r->method)), str_from_cz(cmd->method));
            if (method && !r->root && same_path(str_from_cz(r->path), str_from_cz(cmd->path)))
                return r;
        }
    }
    return NULL;
}

const struct field *cli_shape_field(const struct shape *s, str_t name)
{
    for (size_t i = 0; s != NULL && i < s->n; i++) {
        if (str_eq(str_from_cz(s->fields[i].name), name))
            return &s->fields[i];
    }
    return NULL;
}

const struct field *cli_flag_field(const struct cli_command *cmd, const struct cli_flag *flag)
{
    const struct route *r = route_of(cmd);
    const struct shape *s = r == NULL ? NULL : flag->query ? r->query : r->in;
    const struct field *f = NULL;
    str_t path = flag->member;
    str_t name;
    while (str_split(&path, '.', &name)) {
        f = cli_shape_field(s, name);
        s = f != NULL ? f->of : NULL;
    }
    return f;
}

/* A command that takes only some of the common options names them itself; a file of its own may
 * have the name of one. */
static const struct cli_option_info *option_of(const struct cli_command *cmd,
                                               const struct cli_flag *flag)
{
    for (size_t i = 0; cmd->takes != TAKES_CALL && i < cli_options_n; i++) {
        str_t values = str_from_cz(cli_options_table[i].values);
        bool file = flag->type == FLAG_FILE && cli_wants_words(values);
        if (!file && str_eq(flag->name, str_from_cz(cli_options_table[i].name)))
            return &cli_options_table[i];
    }
    return NULL;
}

static err_t join_words(struct arena *a, const char *const *words, str_t *ret)
{
    struct buf b;
    buf_init(&b, KIB(4));
    for (size_t i = 0; words[i] != NULL; i++) {
        if (i > 0)
            buf_add_byte(&b, '|');
        buf_add(&b, str_from_cz(words[i]));
    }
    err_t e = b.err != E_OK ? b.err : str_copy(a, buf_str(&b), ret);
    buf_fini(&b);
    return e;
}

/* A thing is named by its id or its name: in capitals, as `device` is DEVICE. */
static err_t upper(struct arena *a, str_t kind, str_t *ret)
{
    struct buf b;
    buf_init(&b, KIB(1));
    for (size_t i = 0; i < kind.n; i++)
        buf_add_byte(
            &b, (char)(kind.p[i] >= 'a' && kind.p[i] <= 'z' ? kind.p[i] - 'a' + 'A' : kind.p[i]));
    err_t e = b.err != E_OK ? b.err : str_copy(a, buf_str(&b), ret);
    buf_fini(&b);
    return e;
}

err_t cli_flag_wants(struct arena *a, const struct cli_command *cmd, const struct cli_flag *flag,
                     str_t *ret)
{
    static const char *const by_type[] = {
        [FLAG_TEXT] = "TEXT", [FLAG_NUMBER] = "N",
        [FLAG_YES] = "",      [FLAG_BOOL] = "true|false",
        [FLAG_LIST] = "TEXT", [FLAG_PAIRS] = "NAME=VALUE",
        [FLAG_JSON] = "FILE", [FLAG_FILE] = "FILE",
        [FLAG_FIXED] = "",    [FLAG_ROWS] = "N%,NAME=VALUE,...",
    };
    const struct field *f = cli_flag_field(cmd, flag);
    if (flag->values.p != NULL) {
        *ret = flag->values;
        return E_OK;
    }
    if (f != NULL && f->oneof != NULL)
        return join_words(a, f->oneof, ret);
    if (flag->kind.p != NULL)
        return upper(a, flag->kind, ret);
    const struct cli_option_info *option = option_of(cmd, flag);
    if (f != NULL && f->kind == K_TIME)
        *ret = STR("TIME");
    else if (option != NULL)
        *ret = str_from_cz(option->values);
    else
        *ret = str_from_cz(by_type[flag->type]);
    return E_OK;
}

const char *cli_flag_doc(const struct cli_command *cmd, const struct cli_flag *flag)
{
    static const struct {
        const char *name;
        const char *doc;
    } own[] = {
        { "config", "settings, as seneschal.yaml(5) has them" },
        { "body", "what to send, - for standard input" },
        { "output", "the file to write, which must not be there yet" },
        { "against", "checkpoints that were kept elsewhere, lines of the log" },
        { "value-file", "a file that holds the value; one line break at its end is left out" },
        { "type", "what the key signs with; EdDSA where nobody says it" },
        { "follow", "go on with what comes, until Ctrl-C" },
        { "tables", "the tables of this program, as JSON" },
    };
    const struct field *f = cli_flag_field(cmd, flag);
    const struct cli_option_info *option = option_of(cmd, flag);
    if (f != NULL)
        return f->doc != NULL ? f->doc : "";
    for (size_t i = 0; option == NULL && i < ARRAY_LEN(own); i++) {
        if (str_eq(flag->name, str_from_cz(own[i].name)))
            return own[i].doc;
    }
    return option != NULL ? option->text : "";
}

bool cli_wants_take(str_t wants, str_t value)
{
    str_t word;
    if (!cli_wants_words(wants))
        return true;
    while (str_split(&wants, '|', &word)) {
        if (str_eq(word, value))
            return true;
    }
    return false;
}
