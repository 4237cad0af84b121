/* SPDX-License-Identifier: Apache-2.0 */
#include "api/assets.h"

#include "api/asset_table.h"
#include "api/passage.h"
#include "api/reply.h"

#include <assert.h>

enum { ASSET_URL_MAX = 96 };

static str_t asset_url(const struct asset *a, char text[static ASSET_URL_MAX])
{
    int n = snprintf(text, ASSET_URL_MAX, "/assets/%s/%s", a->hash, a->name);
    assert(n > 0 && n < ASSET_URL_MAX);
    return str_of(text, (size_t)n);
}

void assets_add_url(struct buf *b, enum asset_id id)
{
    char text[ASSET_URL_MAX];
    buf_add(b, asset_url(&asset_table[id], text)); /* in the order that the build gives them */
}

/* The URL names the content: whoever has it need not ask again. */
enum hot_answer assets_hot(const struct hot_ask *ask)
{
    struct http_xchg *x = ask->x;
    char text[ASSET_URL_MAX];
    const struct asset *found = NULL;
    for (size_t i = 0; i < asset_table_n; i++) {
        if (str_eq(x->path, asset_url(&asset_table[i], text)))
            found = &asset_table[i];
    }
    if (found == NULL) {
        edge_refuse(ask->api, x, E_NOT_FOUND, NULL, edge_id(x));
        return HOT_DONE;
    }
    struct buf *head = &edge_loop(ask->api, x)->head;
    buf_clear(head);
    reply_head_common(head, str_from_cz(found->type), edge_id(x), false);
    BUF_ADD(head, "Cache-Control: public, max-age=31536000, immutable\r\n"
                  "Cross-Origin-Resource-Policy: same-origin\r\n");
    edge_reply(ask->api, x, 200, buf_str(head), str_of(found->bytes, found->n));
    return HOT_DONE;
}
