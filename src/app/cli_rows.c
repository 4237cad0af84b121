/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli_rows.h"

#include "app/cli_wants.h"
#include "app/near.h"
#include "base/num.h"

static err_t no_such_member(struct cli *cli, const struct shape *shape, str_t name)
{
    struct near near = { .wanted = name };
    str_t hint;
    for (size_t i = 0; i < shape->n; i++)
        near_offer(&near, str_from_cz(shape->fields[i].name));
    if (near.best.p != NULL &&
        str_format(cli->arena, &hint, "did you mean %.*s?", STR_ARG(near.best)) == E_OK)
        cli->hint = str_cz(cli->arena, hint);
    return FAIL(&cli->why, E_USAGE, "`%.*s`: there is no such member", STR_ARG(name));
}

static err_t bad_value(struct cli *cli, str_t name, str_t value, const char *want)
{
    return FAIL(&cli->why, E_USAGE, "%.*s=%.*s: want %s", STR_ARG(name), STR_ARG(value), want);
}

/* Numbers, texts and switches are all that an object on a command line can have. */
static err_t value_read(struct cli *cli, const struct field *f, str_t value, struct json **ret)
{
    str_t name = str_from_cz(f->name);
    int64_t number = 0;
    bool yes = str_eq(value, STR("true"));
    switch (f->kind) {
    case K_I64:
    case K_OPT_I64:
        if (num_parse_i64(value, &number) != E_OK)
            return bad_value(cli, name, value, "a whole number");
        *ret = json_new_int(number);
        return E_OK;
    case K_OPT_MILLI:
        if (num_parse_milli(value, &number) != E_OK)
            return bad_value(cli, name, value, "a number with up to three decimals");
        return json_parse(value, &cli->why, ret);
    case K_BOOL:
    case K_OPT_BOOL:
        if (!yes && !str_eq(value, STR("false")))
            return bad_value(cli, name, value, "true or false");
        *ret = json_new_bool(yes);
        return E_OK;
    case K_STR:
    case K_TIME:
    case K_ID:
        *ret = json_new_string(value);
        return E_OK;
    case K_JSON:
    case K_STRS:
    case K_ROWS:
    case K_OBJ:
        break;
    }
    return bad_value(cli, name, value, "it in a file");
}

static err_t member_add(struct cli *cli, const struct shape *shape, str_t text, struct json *row)
{
    bool percent = str_ends(text, STR("%")) && str_find(text, '=') == text.n;
    size_t at = str_find(text, '=');
    str_t name = percent ? STR("percent") : str_sub(text, 0, at);
    str_t value = percent ? str_sub(text, 0, text.n - 1) : str_sub(text, at + 1, text.n);
    struct json *v = NULL;
    const struct field *f = cli_shape_field(shape, name);
    if (f == NULL)
        return no_such_member(cli, shape, name);
    if (!percent && at == text.n)
        value = STR("true");
    TRY(value_read(cli, f, value, &v));
    return v != NULL ? json_set(row, name, v) : E_NO_MEMORY;
}

err_t cli_row_read(struct cli *cli, const struct shape *shape, str_t text, struct json **ret)
{
    CLEANUP(json_freep) struct json *row = json_new_object();
    str_t part;
    if (row == NULL)
        return E_NO_MEMORY;
    while (str_split(&text, ',', &part))
        TRY(member_add(cli, shape, part, row));
    *ret = row;
    row = NULL;
    return E_OK;
}
