/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted has one canonical text: it reads back as an equal value and is written the same
 * again. */
#include "plat/json/json.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct json *first = NULL;
    struct diag why = { 0 };
    err_t e = json_parse(str_of(p, n), &why, &first);
    assert((e == E_OK) == (first != NULL));
    if (e != E_OK) {
        assert(e == E_BAD_JSON || e == E_BAD_FIELD);
        assert(why.err == e && why.text[0] != '\0');
        return 0;
    }
    assert(str_is_utf8(str_of(p, n)));
    struct buf canonical;
    struct buf again;
    struct json *second = NULL;
    buf_init(&canonical, MIB(16));
    buf_init(&again, MIB(16));
    json_write(&canonical, first);
    assert(canonical.err == E_OK);
    e = json_parse(buf_str(&canonical), NULL, &second);
    assert(e == E_OK);
    assert(json_equal(first, second));
    json_write(&again, second);
    assert(str_eq(buf_str(&canonical), buf_str(&again)));
    buf_fini(&canonical);
    buf_fini(&again);
    json_free(first);
    json_free(second);
    return 0;
}
