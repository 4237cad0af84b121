/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head of an answer. Oracles: its end is the same whole and byte by byte; what was accepted has
 * a status, as many fields as lines, and texts that lie in it.
 */
#include "plat/http/answer.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool lies_in(str_t part, str_t whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_read(str_t head)
{
    struct answer a;
    struct diag why = { 0 };
    size_t lines = 0;
    if (answer_read(head, &why, &a) != E_OK) {
        assert(why.text[0] != '\0');
        return;
    }
    for (size_t i = 0; i < head.n; i++)
        lines += head.p[i] == '\n';
    assert(answer_may_begin(head));
    assert(a.status >= 100 && a.status <= 999);
    assert(a.fields_n + 2 == lines);
    assert(!a.to_close || !a.keep_alive);
    for (size_t i = 0; i < a.fields_n; i++)
        assert(lies_in(a.fields[i].name, head) && lies_in(a.fields[i].value, head));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    str_t in = str_of((const char *)p, n);
    size_t seen = 0;
    size_t end = answer_end(in, &seen);
    size_t step_seen = 0;
    size_t step_end = 0;
    for (size_t i = 0; i <= n && step_end == 0; i++)
        step_end = answer_end(str_sub(in, 0, i), &step_seen);
    assert(end == step_end);
    if (end > 0)
        check_read(str_sub(in, 0, end));
    return 0;
}
