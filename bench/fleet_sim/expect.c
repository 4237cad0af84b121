/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#include "base/num.h"

static const char *const names[TALLIES] = {
    [TALLY_UNENROLLED] = "unenrolled", [TALLY_PENDING] = "pending",
    [TALLY_ENROLLED] = "enrolled",     [TALLY_TURNED_AWAY] = "turned-away",
    [TALLY_BLOCKED] = "blocked",       [TALLY_REVOKED] = "revoked",
    [TALLY_VANISHED] = "vanished",     [TALLY_APPLIED] = "applied",
    [TALLY_FAILED] = "failed",         [TALLY_ROTATED] = "rotated",
    [TALLY_SERVED] = "served",         [TALLY_OUTAGES] = "outages",
    [TALLY_POLLS] = "polls",           [TALLY_UNCHANGED] = "unchanged",
    [TALLY_TURNED] = "told-to-wait",   [TALLY_STREAMS] = "streams",
    [TALLY_NUDGES] = "nudges",
};

static const struct {
    str_t text;
    enum relation relation;
} relations[] = {
    /* The longer ones first: "=" stands in them. */
    { { ">=", 2 }, RELATION_LEAST },
    { { "<=", 2 }, RELATION_MOST },
    { { "=", 1 }, RELATION_IS },
};

const char *tally_name(enum tally t)
{
    return names[t];
}

static err_t tally_parse(str_t text, struct diag *why, enum tally *ret)
{
    for (size_t i = 0; i < TALLIES; i++) {
        if (!str_eq(text, str_from_cz(names[i])))
            continue;
        *ret = (enum tally)i;
        return E_OK;
    }
    return FAIL(why, E_BAD_FIELD, "--expect: nothing is called %.*s", STR_ARG(text));
}

static err_t one_parse(str_t text, struct diag *why, struct expect *ret)
{
    size_t name_n = 0;
    while (name_n < text.n && strchr("<>=", text.p[name_n]) == NULL)
        name_n++;
    str_t rest = str_sub(text, name_n, text.n);
    for (size_t i = 0; i < ARRAY_LEN(relations); i++) {
        if (!str_starts(rest, relations[i].text))
            continue;
        struct expect e = { .relation = relations[i].relation };
        TRY(tally_parse(str_sub(text, 0, name_n), why, &e.tally));
        if (num_parse_u64(str_sub(rest, relations[i].text.n, rest.n), &e.n) != E_OK)
            return FAIL(why, E_BAD_FIELD, "--expect %.*s: a number must follow", STR_ARG(text));
        *ret = e;
        return E_OK;
    }
    return FAIL(why, E_BAD_FIELD, "--expect %.*s: want NAME=N, NAME>=N or NAME<=N", STR_ARG(text));
}

err_t expect_parse(const char *text, struct diag *why, struct expect ret[static EXPECT_MAX],
                   size_t *ret_n)
{
    str_t rest = str_from_cz(text);
    str_t part;
    size_t n = 0;
    while (str_split(&rest, ',', &part)) {
        if (n == EXPECT_MAX)
            return FAIL(why, E_TOO_BIG, "--expect: at most %d of them", EXPECT_MAX);
        TRY(one_parse(str_trim(part), why, &ret[n]));
        n++;
    }
    *ret_n = n;
    return E_OK;
}

bool expect_met(const struct expect *e, uint64_t have)
{
    switch (e->relation) {
    case RELATION_IS:
        return have == e->n;
    case RELATION_LEAST:
        return have >= e->n;
    case RELATION_MOST:
        return have <= e->n;
    }
    return false;
}
