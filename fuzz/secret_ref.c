/* SPDX-License-Identifier: Apache-2.0 */
/* References to secrets: any bytes end the search, and in canonical JSON it finds what a walk
 * through the value finds. */
#include "plat/json/secret_ref.h"
#include "plat/json/json.h"

#include <assert.h>

/* Names by a walk: the plain meaning of the rule. Depth is the parser's, at most JSON_DEPTH_MAX. */
static size_t walk(const struct json *v, struct arena *a)
{
    size_t n = 0;
    if (json_type(v) == JSON_ARRAY) {
        for (size_t i = 0; i < json_count(v); i++)
            n += walk(json_at(v, i), a);
    }
    if (json_type(v) != JSON_OBJECT)
        return n;
    struct json_pair *pairs;
    size_t pairs_n;
    err_t e = json_members(a, v, &pairs, &pairs_n);
    assert(e == E_OK);
    if (pairs_n == 1 && str_eq(pairs[0].name, STR("$secret")) &&
        json_type(pairs[0].value) == JSON_STRING && secret_name_obeys(json_string(pairs[0].value)))
        return 1;
    for (size_t i = 0; i < pairs_n; i++)
        n += walk(pairs[i].value, a);
    return n;
}

static size_t search(str_t text)
{
    str_t name;
    size_t n = 0;
    for (str_t rest = text; secret_ref_next(&rest, &name); n++) {
        assert(secret_name_obeys(name));
        assert(secret_ref_holds(text, name));
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    CLEANUP(json_freep) struct json *v = NULL;
    CLEANUP(buf_fini) struct buf b = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(64));
    buf_init(&b, MIB(4));
    (void)search(str_of(p, n));
    if (a == NULL || json_parse(str_of(p, n), NULL, &v) != E_OK)
        return 0;
    json_write(&b, v);
    if (b.err == E_OK)
        assert(search(buf_str(&b)) == walk(v, a));
    return 0;
}
