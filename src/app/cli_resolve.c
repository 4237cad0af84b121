/* SPDX-License-Identifier: Apache-2.0 */
/* Names for ids: people type `device revoke front-desk-7`. */
#include "app/cli_call.h"

#include "app/near.h"
#include "base/id.h"

static const struct {
    const char *kind;
    const char *list;  /* where things of this kind are listed */
    const char *query; /* what narrows the list; NULL: nothing */
    const char *name;  /* the member that is their name */
    const char *id;    /* and the one that is their id; NULL: "id" */
} kinds[] = {
    { "device", "/devices", "search", "machine_id", NULL },
    { "policy", "/policies", NULL, "name", NULL },
    { "schema", "/schemas", NULL, "namespace", NULL },
    { "application", "/applications", "search", "name", NULL },
    { "access-rule", "/access-rules", NULL, "name", NULL },
    { "group", "/groups", "search", "name", NULL },
    { "user", "/users", "username", "username", NULL },
    { "webhook", "/webhooks", NULL, "name", NULL },
    { "server", "/gateway/servers", NULL, "name", NULL },
    /* Those that a person may show something to; of the others he knows nothing. */
    { "wanting-server", "/gateway/credentials", NULL, "name", "server_id" },
    { "homeassistant", "/config/homeassistant", NULL, "name", NULL },
    { "service-account", "/service-accounts", "search", "name", NULL },
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

/* The id of what has the name that is wanted; E_NOT_FOUND: what is near it is kept. */
static err_t search_page(struct cli *cli, const struct json *page, size_t kind, struct near *n,
                         str_t *ret)
{
    const struct json *items = json_member(page, STR("items"));
    if (items == NULL || json_type(items) != JSON_ARRAY)
        return FAIL(&cli->why, E_IO, "the answer is no list: is this a Seneschal server?");
    str_t before = n->best;
    const char *id = kinds[kind].id != NULL ? kinds[kind].id : "id";
    for (size_t i = 0; i < json_count(items); i++) {
        str_t name = text_of(json_at(items, i), str_from_cz(kinds[kind].name));
        if (str_eq(name, n->wanted))
            return str_copy(cli->arena, text_of(json_at(items, i), str_from_cz(id)), ret);
        near_offer(n, name);
    }
    if (n->best.p != before.p) /* the page goes */
        TRY(str_copy(cli->arena, n->best, &n->best));
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
    struct near near = { .wanted = text };
    str_t hint;
    str_t cursor = STR("");
    do {
        CLEANUP(json_freep) struct json *page = NULL;
        str_t path;
        TRY(page_path(cli, k, text, cursor, &path));
        TRY(cli_client_json(cli, c, &(struct cli_send){ .method = "GET", .path = path }, &page));
        if (page == NULL)
            return E_IO;
        err_t e = search_page(cli, page, k, &near, ret);
        if (e != E_NOT_FOUND)
            return e;
        TRY(str_copy(cli->arena, text_of(page, STR("next_cursor")), &cursor));
    } while (cursor.n > 0);
    if (near.best.p != NULL &&
        str_format(cli->arena, &hint, "did you mean %.*s?", STR_ARG(near.best)) == E_OK)
        cli->hint = str_cz(cli->arena, hint);
    return FAIL(&cli->why, E_NOT_FOUND, "there is no %s `%.*s`", kinds[k].kind, STR_ARG(text));
}
