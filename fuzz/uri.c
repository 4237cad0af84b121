/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request targets. Oracles: the parts of a split are the whole; what a path decodes to has nothing
 * that was to be refused, and encoded again in full it decodes to the same.
 */
#include "plat/http/uri.h"
#include "base/buf.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check_split(str_t target)
{
    struct uri u;
    if (uri_split(target, true, NULL, &u) != E_OK)
        return;
    assert(u.target.n + u.authority.n <= target.n);
    size_t path_n = u.target.n == 0 || u.target.p[0] == '?' ? 0 : u.path.n;
    assert(path_n + (u.query.p == NULL ? 0 : u.query.n + 1) == u.target.n);
    assert(u.path.n > 0);
}

/* No segment is "." or "..": looked for in another way than the decoder does. */
static bool climbs(str_t path)
{
    struct buf b;
    buf_init(&b, path.n + 3);
    BUF_ADD(&b, "/");
    buf_add(&b, path);
    BUF_ADD(&b, "/");
    buf_add_byte(&b, '\0');
    bool found = strstr(b.p, "/./") != NULL || strstr(b.p, "/../") != NULL;
    buf_fini(&b);
    return found;
}

static void check_path(str_t path)
{
    static const char hex[] = "0123456789abcdef";
    struct buf b;
    str_t again;
    buf_init(&b, 3 * path.n + 1);
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        assert(c >= 0x20 && c != 0x7f && c != '\\' && c != ';');
        if (c == '/') {
            buf_add_byte(&b, '/');
        } else {
            buf_add_byte(&b, '%');
            buf_add_byte(&b, hex[c >> 4]);
            buf_add_byte(&b, hex[c & 15]);
        }
    }
    assert(!climbs(path));
    assert(str_is_utf8(path));
    char *room = malloc(b.n + 1);
    if (room == NULL)
        abort();
    assert(uri_decode_path(buf_str(&b), room, NULL, &again) == E_OK);
    assert(str_eq(again, path));
    free(room);
    buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    str_t in = str_of(p, n);
    str_t path;
    char *room = malloc(n + 1);
    if (room == NULL)
        abort();
    check_split(in);
    (void)uri_is_host(in);
    if (uri_decode_path(in, room, NULL, &path) == E_OK) {
        assert(path.n <= in.n);
        check_path(path);
    }
    free(room);
    return 0;
}
