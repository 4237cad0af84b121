/* SPDX-License-Identifier: Apache-2.0 */
/* What tools and prompts of several servers are called by at one door (plat/mcp/mcp_name.h). */
#include "mcp/names.h"
#include "mcp/call_in.h"

static size_t tools_n(const struct view *view)
{
    size_t n = 0;
    for (size_t i = 0; i < view->n; i++)
        n += view->v[i]->tools_n;
    return n;
}

err_t names_of_tools(struct arena *a, const struct view *view, struct mcp_named **ret,
                     size_t *ret_n)
{
    struct mcp_named *rows = ARENA_ARRAY(a, struct mcp_named, tools_n(view) + 1);
    size_t n = 0;
    if (rows == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < view->n; i++) {
        const struct gate_server *s = view->v[i];
        for (size_t j = 0; j < s->tools_n; j++)
            rows[n++] =
                (struct mcp_named){ .prefix = s->prefix, .name = s->tools[j].name, .of = i };
    }
    TRY(mcp_names_join(a, rows, n));
    *ret = rows;
    *ret_n = n;
    return E_OK;
}

err_t names_of_items(struct arena *a, const struct view *view, const struct listing *l,
                     struct mcp_named **ret, size_t *ret_n)
{
    size_t all = 0;
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++)
        all += l->rows[i].items == NULL ? 0 : l->rows[i].items->n;
    struct mcp_named *rows = ARENA_ARRAY(a, struct mcp_named, all + 1);
    if (rows == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < l->n && i < view->n; i++) {
        const struct list_items *items = l->rows[i].items;
        for (size_t j = 0; items != NULL && j < items->n; j++) {
            if (list_items_find(items, items->v[j].name) ==
                &items->v[j]) /* the first of its name */
                rows[n++] = (struct mcp_named){ .prefix = view->v[i]->prefix,
                                                .name = items->v[j].name,
                                                .of = i };
        }
    }
    TRY(mcp_names_join(a, rows, n));
    *ret = rows;
    *ret_n = n;
    return E_OK;
}

static const struct mcp_named *names_of(const struct mcp_named *rows, size_t n, str_t prefix,
                                        str_t name)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(rows[i].name, name) && str_eq(rows[i].prefix, prefix))
            return &rows[i];
    }
    return NULL;
}

/* As it is called where nobody else is called so; else it is looked for. */
str_t names_joined(struct arena *a, const struct mcp_named *rows, size_t n, str_t prefix,
                   str_t name)
{
    str_t joined;
    if (mcp_name_join(a, prefix, name, &joined) != E_OK)
        return STR_NONE;
    const struct mcp_named *row = mcp_names_find(rows, n, joined);
    if (row == NULL || !str_eq(row->name, name) || !str_eq(row->prefix, prefix))
        row = names_of(rows, n, prefix, name);
    return row == NULL ? STR_NONE : row->joined;
}
