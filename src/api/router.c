/* SPDX-License-Identifier: Apache-2.0 */
#include "api/router.h"

#include "base/buf.h"

#include <assert.h>

enum { METHODS = HTTP_OPTIONS + 1, LENGTHS = 16 };

static const char *const method_names[METHODS] = { "",    "GET",   "HEAD",   "POST",
                                                   "PUT", "PATCH", "DELETE", "OPTIONS" };

/* One segment of a path. */
struct node {
    str_t segment;
    struct node *sibling;           /* another segment at this place */
    struct node *children[LENGTHS]; /* literal segments below, by how long they are */
    struct node *param;             /* {any} segment below */
    const struct route *routes[METHODS];
    uint32_t methods;
};

struct router {
    struct node *root;
};

static struct node *node_child(const struct node *n, str_t segment)
{
    for (struct node *c = n->children[segment.n % LENGTHS]; c != NULL; c = c->sibling) {
        if (str_eq(c->segment, segment))
            return c;
    }
    return NULL;
}

static bool is_param(str_t segment)
{
    return str_starts(segment, STR("{"));
}

static err_t node_reach(struct arena *a, struct node *from, str_t segment, struct node **ret)
{
    struct node *next = is_param(segment) ? from->param : node_child(from, segment);
    if (next == NULL) {
        next = ARENA_NEW(a, struct node);
        if (next == NULL)
            return E_NO_MEMORY;
        next->segment = segment;
        if (is_param(segment)) {
            from->param = next;
        } else {
            next->sibling = from->children[segment.n % LENGTHS];
            from->children[segment.n % LENGTHS] = next;
        }
    }
    *ret = next;
    return E_OK;
}

/* The segments of "/a/b" are "a" and "b"; of "/" one empty segment. */
static str_t path_rest(str_t path)
{
    return str_sub(path, 1, path.n);
}

static err_t router_add_path(struct arena *a, struct node *root, str_t path,
                             const struct route *route)
{
    str_t rest = path_rest(path);
    str_t segment;
    struct node *n = root;
    while (str_split(&rest, '/', &segment))
        TRY(node_reach(a, n, segment, &n));
    assert(n->routes[route->method] == NULL);
    n->routes[route->method] = route;
    n->methods |= 1U << route->method | 1U << HTTP_OPTIONS;
    if (route->method == HTTP_GET)
        n->methods |= 1U << HTTP_HEAD;
    return E_OK;
}

static err_t router_add(struct arena *a, struct router *r, const struct route *route)
{
    str_t path = str_from_cz(route->path);
    str_t versioned;
    if (route->root || route->both)
        TRY(router_add_path(a, r->root, path, route));
    if (route->root)
        return E_OK;
    TRY(str_format(a, &versioned, "/api/v1%.*s", STR_ARG(path)));
    return router_add_path(a, r->root, versioned, route);
}

err_t router_new(struct arena *a, const struct route_table *const *parts, size_t n,
                 struct router **ret)
{
    struct router *r = ARENA_NEW(a, struct router);
    if (r == NULL)
        return E_NO_MEMORY;
    r->root = ARENA_NEW(a, struct node);
    if (r->root == NULL)
        return E_NO_MEMORY;
    for (size_t t = 0; t < n; t++) {
        for (size_t i = 0; i < parts[t]->n; i++)
            TRY(router_add(a, r, &parts[t]->rows[i]));
    }
    *ret = r;
    return E_OK;
}

/* Literal first; the way back to a {param} is needed only one level up, since no two rows differ
 * later than that. */
static const struct node *node_walk(const struct node *n, str_t rest)
{
    str_t segment;
    while (n != NULL && str_split(&rest, '/', &segment)) {
        const struct node *literal = node_child(n, segment);
        bool deeper = literal != NULL && (rest.p == NULL ? literal->methods != 0 : true);
        n = deeper ? literal : segment.n > 0 ? n->param : NULL;
    }
    return n;
}

struct route_match router_match(const struct router *r, enum http_method method, str_t path)
{
    const struct node *n = path.n == 0 ? NULL : node_walk(r->root, path_rest(path));
    if (n == NULL || n->methods == 0)
        return (struct route_match){ .err = E_NOT_FOUND };
    enum http_method as = method == HTTP_HEAD ? HTTP_GET : method;
    struct route_match m = { .route = n->routes[as], .methods = n->methods };
    if (m.route == NULL)
        m.err = E_METHOD_NOT_ALLOWED;
    return m;
}

size_t route_params(const struct route *route, str_t path, str_t params[static ROUTER_PARAMS_MAX])
{
    str_t pattern = path_rest(str_from_cz(route->path));
    str_t rest = path_rest(path);
    str_t want;
    str_t segment;
    size_t n = 0;
    if (!route->root && str_starts(path, STR("/api/v1/")))
        rest = str_sub(path, sizeof "/api/v1/" - 1, path.n);
    while (str_split(&pattern, '/', &want) && str_split(&rest, '/', &segment)) {
        if (!is_param(want))
            continue;
        assert(n < ROUTER_PARAMS_MAX);
        params[n++] = segment;
    }
    return n;
}

err_t methods_text(struct arena *a, uint32_t methods, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, 64);
    for (size_t m = 1; m < METHODS; m++) {
        if ((methods >> m & 1U) == 0)
            continue;
        if (b.n > 0)
            BUF_ADD(&b, ", ");
        buf_add(&b, str_from_cz(method_names[m]));
    }
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}

const char *method_name(enum http_method m)
{
    return method_names[m];
}
