/* SPDX-License-Identifier: Apache-2.0 */
/*
 * {"schema":...,"value":...}. Oracles: a schema is taken for a layer when it is taken for the
 * whole, and what is valid as a whole is valid as a layer; a fault points into the value.
 */
#include "plat/json/schema.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* 0: valid, -1: not decided. */
static int faults_of(const struct json *doc, enum schema_mode mode, const struct json *value)
{
    struct arena *a = arena_new(MIB(4));
    struct schema *s = NULL;
    struct schema_faults faults = { .n = 0 };
    struct diag why = { 0 };
    int result = -1;
    assert(a != NULL);
    err_t e = schema_compile(doc, mode, &why, &s);
    assert(e == E_OK || e == E_BAD_FIELD);
    assert((e == E_OK) == (s != NULL));
    if (e == E_OK)
        e = schema_validate(a, s, value, &faults);
    if (e == E_OK)
        result = (int)faults.n;
    for (size_t i = 0; i < faults.n; i++) {
        str_t pointer = faults.v[i].pointer;
        str_t want;
        assert(pointer.n == 0 || pointer.p[0] == '/');
        assert(faults.v[i].keyword != NULL);
        assert(schema_fault_want(a, &faults.v[i], NULL, &want) == E_OK && want.n > 0);
    }
    schema_free(s);
    arena_free(a);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct json *v = NULL;
    if (n > KIB(16) || json_parse(str_of(p, n), NULL, &v) != E_OK)
        return 0;
    const struct json *doc = json_type(v) == JSON_OBJECT ? json_member(v, STR("schema")) : NULL;
    const struct json *value = doc != NULL ? json_member(v, STR("value")) : NULL;
    if (value != NULL) {
        int whole = faults_of(doc, SCHEMA_WHOLE, value);
        int part = faults_of(doc, SCHEMA_PART, value);
        assert(whole != 0 || part <= 0);
    }
    json_free(v);
    return 0;
}
