/* SPDX-License-Identifier: Apache-2.0 */
/* Names for ids: people type `device revoke front-desk-7`. */
#include "app/cli_call.h"

#include "base/id.h"

static const struct {
    const char *kind;
    const char *list;  /* where things of this kind are listed */
    const char *query; /* what narrows the list; NULL: nothing */
    const char *name;  /* the member that is their name */
} kinds[] = {
    { "device", "/devices", "search", "machine_id" },
    { "policy", "/policies", NULL, "name" },
    { "schema", "/schemas", NULL, "namespace" },
    { "application", "/applications", "search", "name" },
    { "access-rule", "/access-rules", NULL, "name" },
    { "group", "/groups", "search", "name" },
    { "user", "/users", "username", "username" },
    { "webhook", "/webhooks", NULL, "name" },
    { "server", "/gateway/servers", NULL, "name" },
    { "service-account", "/service-accounts", "search", "name" },
};

static err_t page_path(struct cli *cli, size_t kind, str_t text, str_t cursor, str_t *ret)
{
    struct buf b;
    buf_init(&b, KIB(8));
    buf_addf(&b, "/api/v1%s?limit=500", kinds[kind].list);
    if (kinds[kind].query != NULL) {
        buf_addf(&b, "&%s=", kinds[kind].query);
        cli_escape(&b, text);
    }
    if (cursor.n > 0) {
        BUF_ADD(&b, "&cursor=");
        cli_escape(&b, cursor);
    }
    err_t e = b.err != E_OK ? b.err : str_copy(cli->arena, buf_str(&b), ret);
    buf_fini(&b);
    return e;
}

static str_t text_of(const struct json *o, str_t name)
{
    const struct json *v = json_member(o, name);
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR("");
}

static err_t search_page(struct cli *cli, const struct json *page, size_t kind, str_t text,
                         str_t *ret)
{
    const struct json *items = json_member(page, STR("items"));
    if (items == NULL || json_type(items) != JSON_ARRAY)
        return FAIL(&cli->why, E_IO, "the answer is no list: is this a Seneschal server?");
    for (size_t i = 0; i < json_count(items); i++) {
        if (str_eq(text_of(json_at(items, i), str_from_cz(kinds[kind].name)), text))
            return str_copy(cli->arena, text_of(json_at(items, i), STR("id")), ret);
    }
    return E_NOT_FOUND;
}

err_t cli_resolve(struct cli *cli, struct cli_client *c, str_t kind, str_t text, str_t *ret)
{
    oid_t id;
    size_t k = 0;
    while (k < ARRAY_LEN(kinds) && !str_eq(kind, str_from_cz(kinds[k].kind)))
        k++;
    if (k == ARRAY_LEN(kinds) || oid_parse(text, &id) == E_OK) {
        *ret = text;
        return E_OK;
    }
    str_t cursor = STR("");
    do {
        CLEANUP(json_freep) struct json *page = NULL;
        str_t path;
        TRY(page_path(cli, k, text, cursor, &path));
        TRY(cli_client_json(cli, c, &(struct cli_send){ .method = "GET", .path = path }, &page));
        if (page == NULL)
            return E_IO;
        err_t e = search_page(cli, page, k, text, ret);
        if (e != E_NOT_FOUND)
            return e;
        TRY(str_copy(cli->arena, text_of(page, STR("next_cursor")), &cursor));
    } while (cursor.n > 0);
    return FAIL(&cli->why, E_NOT_FOUND, "there is no %s `%.*s`", kinds[k].kind, STR_ARG(text));
}
