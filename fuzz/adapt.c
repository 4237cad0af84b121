/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the adapters make of a configuration and of a file that somebody has changed. Whatever the
 * configuration holds, each file is well-formed, holds no null and no reference to a secret, and
 * our own TOML is read back line by line.
 */
#include "agent/adapt_map.h"
#include "agent/diff.h"
#include "agent/toml_out.h"

#include <assert.h>

enum { ARENA_MAX = 1 << 24, TEXT_MAX = 1 << 22 };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check_leaf(void *arg, const struct agent_change *c)
{
    (void)arg;
    assert(json_type(c->to) != JSON_NULL);
    assert(!str_ends(c->pointer, STR("/$secret")));
}

/* Every line is one of ours: none stands under its number. */
static void check_toml(struct arena *a, const struct json *mapped, str_t text)
{
    CLEANUP(json_freep) struct json *lines = NULL;
    struct json_pair *pairs;
    size_t n = 0;
    if (toml_lines(a, text, &lines) != E_OK || json_members(a, lines, &pairs, &n) != E_OK)
        return;
    for (size_t i = 0; i < n; i++)
        assert(!str_starts(pairs[i].name, STR("line ")) ||
               json_member(mapped, pairs[i].name) != NULL);
}

static void check_product(struct arena *a, const struct adapt_product *product,
                          const struct json *doc)
{
    CLEANUP(json_freep) struct json *out = NULL;
    CLEANUP(json_freep) struct json *back = NULL;
    struct adapt_notes notes = { 0 };
    struct buf b;
    const struct adapt_ask ask = { product, STR(""), doc, NULL };
    if (adapt_map(a, &ask, &notes, &out) != E_OK)
        return; /* memory */
    if (product->rows_n > 0)
        err_ignore(agent_diff(a, NULL, out, check_leaf, NULL)); /* memory */
    buf_init(&b, TEXT_MAX);
    err_t e = adapt_encode(a, product->format, out, &b);
    assert(e == E_OK || e == E_NO_MEMORY || e == E_TOO_BIG);
    if (e == E_OK && product->format == ADAPT_TOML)
        check_toml(a, out, buf_str(&b));
    else if (e == E_OK)
        assert(json_parse(buf_str(&b), NULL, &back) == E_OK);
    buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
    CLEANUP(json_freep) struct json *lines = NULL;
    CLEANUP(json_freep) struct json *config = NULL;
    CLEANUP(json_freep) struct json *doc = json_new_object();
    const str_t text = str_of(p, n);
    size_t products_n = 0;
    const struct adapt_product *products = adapt_products(&products_n);
    if (a == NULL || doc == NULL)
        return 0;
    if (toml_lines(a, n > 0 ? text : STR(""), &lines) == E_OK)
        assert(json_type(lines) == JSON_OBJECT);
    if (json_parse(text, NULL, &config) != E_OK ||
        json_set(doc, STR("config"), json_clone(config)) != E_OK ||
        json_set(doc, STR("enabled"), json_new_bool(true)) != E_OK)
        return 0;
    for (size_t i = 0; i < products_n; i++)
        check_product(a, &products[i], doc);
    struct adapt_notes notes = { 0 };
    err_ignore(adapt_strangers(a, doc, &notes)); /* likewise */
    return 0;
}
