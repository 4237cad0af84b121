/* SPDX-License-Identifier: Apache-2.0 */
/* Counting objects of an array: however it is cut the same, and of what JSON takes for an array the
 * number that JSON counts. The first byte says how long the pieces are. */
#include "domain/gateway/ha_count.h"
#include "plat/json/json.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct ha_count count(str_t bytes, size_t piece)
{
    struct ha_count c = { .n = 0 };
    bool good = true;
    while (bytes.n > 0 && good) {
        good = ha_count_feed(&c, str_sub(bytes, 0, piece));
        bytes = str_sub(bytes, piece, bytes.n);
    }
    assert(good == !c.bad);
    return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct json *v = NULL;
    int64_t want = 0;
    if (n == 0)
        return 0;
    str_t bytes = str_of(p + 1, n - 1);
    struct ha_count whole = count(bytes, bytes.n + 1);
    struct ha_count cut = count(bytes, (size_t)p[0] % 7 + 1);
    assert(ha_count_is_whole(&whole) == ha_count_is_whole(&cut));
    assert(whole.bad || whole.n == cut.n);
    if (json_parse(bytes, NULL, &v) != E_OK)
        return 0;
    assert(ha_count_is_whole(&whole) == (json_type(v) == JSON_ARRAY));
    for (size_t i = 0; json_type(v) == JSON_ARRAY && i < json_count(v); i++)
        want += json_type(json_at(v, i)) == JSON_OBJECT ? 1 : 0;
    assert(json_type(v) != JSON_ARRAY || whole.n == want);
    json_free(v);
    return 0;
}
