/* SPDX-License-Identifier: Apache-2.0 */
/* seneschal.yaml onto the table of settings: "tls: {cert: x}" and "tls.cert: x" say the same. */
#include "app/config.h"

#include "plat/conf/conf.h"

static err_t origin_of(const struct config *c, const struct conf_file *f, struct conf_at at,
                       str_t *ret)
{
    return str_format(c->arena, ret, "%s:%d:%d", f->name, at.line, at.column);
}

/* Items of a list are set one by one under the list's own place, so that they grow one value. */
static err_t set_list(struct config *c, const struct conf_file *f, size_t list, struct diag *why)
{
    const struct conf_node *n = &f->nodes[list];
    str_t origin;
    TRY(origin_of(c, f, n->name_at, &origin));
    TRY(config_set(c, n->path, STR(""), origin, why));
    for (size_t i = list + 1; i < f->n && f->nodes[i].parent == list; i++) {
        if (f->nodes[i].kind != CONF_SCALAR)
            return conf_refuse(f, f->nodes[i].at, why, "want a text");
        TRY(config_set(c, n->path, f->nodes[i].text, origin, why));
    }
    return E_OK;
}

static err_t set_node(struct config *c, const struct conf_file *f, size_t i, struct diag *why)
{
    const struct conf_node *n = &f->nodes[i];
    str_t origin;
    bool item = i > 0 && f->nodes[n->parent].kind == CONF_LIST;
    if (i == 0 || item || n->kind == CONF_MAP)
        return E_OK; /* its members speak for themselves */
    if (n->kind == CONF_LIST)
        return set_list(c, f, i, why);
    TRY(origin_of(c, f, n->name_at, &origin));
    return config_set(c, n->path, n->kind == CONF_NULL ? STR("") : n->text, origin, why);
}

err_t config_from_file(struct config *c, const char *path, struct diag *why)
{
    struct conf_file f;
    TRY(conf_read(c->arena, path, why, &f));
    for (size_t i = 0; i < f.n; i++)
        TRY(set_node(c, &f, i, why));
    return E_OK;
}
