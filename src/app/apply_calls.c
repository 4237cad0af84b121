/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of `apply`: each says that a file is behind it, so that the server remembers. */
#include "app/apply.h"

enum { CALL_BODY_MAX = 8 * 1024 * 1024, CALL_PATH_MAX = 8 * 1024 };

err_t apply_get(struct apply *p, str_t path, struct json **ret)
{
    str_t whole;
    TRY(str_format(p->cli->arena, &whole, "/api/v1%.*s", STR_ARG(path)));
    TRY(cli_client_json(p->cli, &p->client, &(struct cli_send){ .method = "GET", .path = whole },
                        ret));
    return *ret != NULL ? E_OK : FAIL(&p->cli->why, E_IO, "the server answered nothing");
}

err_t apply_send(struct apply *p, const char *method, str_t path, const struct json *body,
                 struct json **ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    CLEANUP(json_freep) struct json *unwanted = NULL;
    struct cli_send send = { .method = method };
    buf_init(&b, CALL_BODY_MAX);
    TRY(str_format(p->cli->arena, &send.path, "/api/v1%.*s", STR_ARG(path)));
    if (body != NULL) {
        json_write(&b, body);
        TRY(b.err);
        send.body = buf_str(&b);
    }
    return cli_client_json(p->cli, &p->client, &send, ret != NULL ? ret : &unwanted);
}

static err_t page_path(struct apply *p, str_t path, str_t cursor, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, CALL_PATH_MAX);
    buf_add(&b, path);
    BUF_ADD(&b, "?limit=500");
    if (cursor.n > 0) {
        BUF_ADD(&b, "&cursor=");
        cli_escape(&b, cursor);
    }
    TRY(b.err);
    return str_copy(p->cli->arena, buf_str(&b), ret);
}

static err_t page_rows(struct apply *p, const struct json *page, const struct file_kind *k,
                       apply_row_f *row, str_t *ret_cursor)
{
    const struct json *items = json_member(page, STR("items"));
    const struct json *next = json_member(page, STR("next_cursor"));
    if (items == NULL || json_type(items) != JSON_ARRAY)
        return FAIL(&p->cli->why, E_IO, "the answer is no list: is this a Seneschal server?");
    for (size_t i = 0; i < json_count(items); i++)
        TRY(row(p, k, json_at(items, i)));
    *ret_cursor = STR("");
    bool more = next != NULL && json_type(next) == JSON_STRING && json_count(items) > 0;
    return more ? str_copy(p->cli->arena, json_string(next), ret_cursor) : E_OK;
}

err_t apply_each(struct apply *p, str_t path, const struct file_kind *k, apply_row_f *row)
{
    str_t cursor = STR("");
    do {
        CLEANUP(json_freep) struct json *page = NULL;
        str_t at;
        TRY(page_path(p, path, cursor, &at));
        TRY(apply_get(p, at, &page));
        TRY(page_rows(p, page, k, row, &cursor));
    } while (cursor.n > 0);
    return E_OK;
}
