/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client says of the answers that it takes. Oracles: what is chosen was offered, and is
 * chosen as well where nothing else is; a choice without weight that comes last changes nothing; an
 * ETag that a list names is found, whatever stands before it.
 */
#include "api/accept.h"
#include "api/phrase.h"
#include "base/buf.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum { ALL = 1U << CODING_IDENTITY | 1U << CODING_GZIP | 1U << CODING_BROTLI };

static struct http_xchg asked(str_t name, str_t value, struct http_field *room)
{
    *room = (struct http_field){ .name = name, .value = value };
    return (struct http_xchg){ .fields = room, .fields_n = 1 };
}

/* The field with one choice more. */
static str_t longer(struct buf *b, str_t field, str_t choice)
{
    buf_clear(b);
    buf_add(b, field);
    buf_add_byte(b, ',');
    buf_add(b, choice);
    assert(b->err == E_OK);
    return buf_str(b);
}

static void check_choices(str_t field)
{
    struct accept_choice choice;
    size_t n = field.n;
    while (accept_next(&field, &choice)) {
        assert(choice.weight >= 0 && choice.weight <= 1000);
        assert(choice.name.n <= n);
        assert(str_find(choice.name, ',') == choice.name.n);
    }
}

static void check_codings(str_t field)
{
    struct http_field room;
    const struct http_xchg x = asked(STR("Accept-Encoding"), field, &room);
    for (unsigned have = 0; have <= ALL; have++) {
        enum coding c = accept_coding(&x, have);
        assert(c == CODING_IDENTITY || (have >> c & 1U) != 0);
        assert(accept_coding(&x, 1U << c) == c);
    }
}

static void check_language(struct buf *b, str_t field)
{
    enum lang l = lang_accepted(field);
    assert(l < LANG_COUNT);
    assert(lang_accepted(longer(b, field, STR("fr;q=0"))) == l);
    assert(lang_accepted(longer(b, field, STR("en-GB"))) != LANG_NONE);
}

static void check_etag(struct buf *b, str_t field)
{
    struct http_field room;
    const struct http_xchg x = asked(STR("If-None-Match"), field, &room);
    bool named = memmem(field.p, field.n, "\"a\"", 3) != NULL;
    bool any = memchr(field.p, '*', field.n) != NULL;
    assert(named || any || !accept_has(&x, STR("\"a\"")));
    const struct http_xchg more =
        asked(STR("If-None-Match"), longer(b, field, STR("W/\"a\"")), &room);
    assert(accept_has(&more, STR("\"a\"")));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t field = n > 0 ? str_of(p, n) : STR("");
    buf_init(&b, MIB(4));
    check_choices(field);
    check_codings(field);
    check_language(&b, field);
    check_etag(&b, field);
    return 0;
}
