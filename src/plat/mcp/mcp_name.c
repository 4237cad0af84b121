/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/mcp/mcp_name.h"

#include "base/num.h"
#include "plat/crypto/crypto.h"

#define BETWEEN "__"
enum { HASH_TEXT = 10, HASH_BITS = 5 }; /* 50 bits of base32 (RFC 4648 section 6), lower case */

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

static bool all_plain(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_plain(s.p[i]))
            return false;
    }
    return true;
}

bool mcp_prefix_is_valid(str_t prefix)
{
    return prefix.n > 0 && prefix.n <= MCP_PREFIX_MAX && all_plain(prefix);
}

/* Of prefix and name, with the length of the first, so that nothing moves from one to the other. */
static void put_hash(char out[static HASH_TEXT], str_t prefix, str_t name)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint8_t length[8];
    num_put_be64(length, prefix.n);
    const str_t parts[] = { str_of(length, sizeof length), prefix, name };
    digest_t d = sha256_of_parts(parts, ARRAY_LEN(parts));
    uint64_t bits = num_get_be64(d.b);
    for (size_t i = 0; i < HASH_TEXT; i++) {
        out[i] = digits[bits >> (64 - HASH_BITS)];
        bits <<= HASH_BITS;
    }
}

static err_t join_hashed(struct arena *a, str_t prefix, str_t name, str_t *ret)
{
    char *out = arena_alloc(a, MCP_NAME_MAX);
    size_t n = 0;
    const str_t parts[] = { prefix, STR(BETWEEN), name };
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        for (size_t k = 0; k < parts[i].n && n < MCP_NAME_MAX - HASH_TEXT - 1; k++)
            out[n++] = is_plain(parts[i].p[k]) ? parts[i].p[k] : '_';
    }
    out[n++] = '_';
    put_hash(out + n, prefix, name);
    *ret = str_of(out, n + HASH_TEXT);
    return E_OK;
}

err_t mcp_name_join(struct arena *a, str_t prefix, str_t name, str_t *ret)
{
    size_t n = prefix.n + sizeof BETWEEN - 1 + name.n;
    if (n > MCP_NAME_MAX || name.n == 0 || !all_plain(prefix) || !all_plain(name))
        return join_hashed(a, prefix, name, ret);
    return str_format(a, ret, "%.*s" BETWEEN "%.*s", STR_ARG(prefix), STR_ARG(name));
}

/* By what they are called, those without a name last; equal names by whom they are of, so that the
 * order never depends on that of the rows. */
static int named_order(const void *x, const void *y)
{
    const struct mcp_named *a = x;
    const struct mcp_named *b = y;
    if ((a->joined.p == NULL) != (b->joined.p == NULL))
        return a->joined.p == NULL ? 1 : -1;
    int c = str_cmp(a->joined, b->joined);
    if (c == 0)
        c = str_cmp(a->prefix, b->prefix);
    return c != 0 ? c : str_cmp(a->name, b->name);
}

/* How many from here on are called the same. */
static size_t run_of(const struct mcp_named *rows, size_t n)
{
    size_t run = 1;
    while (run < n && rows[0].joined.p != NULL && str_eq(rows[run].joined, rows[0].joined))
        run++;
    return run;
}

err_t mcp_names_join(struct arena *a, struct mcp_named *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        TRY(mcp_name_join(a, rows[i].prefix, rows[i].name, &rows[i].joined));
    if (n == 0)
        return E_OK;
    qsort(rows, n, sizeof *rows, named_order);
    for (size_t i = 0, run; i < n; i += run) {
        run = run_of(rows + i, n - i);
        for (size_t k = 0; run > 1 && k < run; k++)
            TRY(join_hashed(a, rows[i + k].prefix, rows[i + k].name, &rows[i + k].joined));
    }
    qsort(rows, n, sizeof *rows, named_order);
    for (size_t i = 0, run; i < n; i += run) {
        run = run_of(rows + i, n - i);
        for (size_t k = 0; run > 1 && k < run; k++)
            rows[i + k].joined = STR_NONE;
    }
    qsort(rows, n, sizeof *rows, named_order);
    return E_OK;
}

const struct mcp_named *mcp_names_find(const struct mcp_named *rows, size_t n, str_t joined)
{
    size_t from = 0;
    while (from < n) {
        size_t middle = from + (n - from) / 2;
        const struct mcp_named *row = &rows[middle];
        int c = row->joined.p == NULL ? 1 : str_cmp(row->joined, joined);
        if (c == 0)
            return row;
        if (c < 0)
            from = middle + 1;
        else
            n = middle;
    }
    return NULL;
}
