/* SPDX-License-Identifier: Apache-2.0 */
#include "api/html.h"

#include "api/cookie.h"
#include "api/page_html.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define EVIL STR("\"'><script>alert(1)</script>&amp;\0x")

/* What an attacker would need: a tag, an attribute's end, or an entity of his own. */
static void assert_tame(struct html *h)
{
    str_t out = buf_str(&h->b);
    assert_int_equal(h->b.err, E_OK);
    assert_null(memmem(out.p, out.n, "<script", 7));
    assert_null(memmem(out.p, out.n, "\"'>", 3));
    assert_non_null(memmem(out.p, out.n, "&amp;amp;", 9)); /* it is there, as it was */
}

typedef void write_f(struct html *h);

static void as_text(struct html *h)
{
    html_text(h, EVIL);
}
static void as_attribute(struct html *h)
{
    HTML(h, "<p");
    html_attr(h, "title", EVIL);
    HTML(h, ">");
}
static void in_a_phrase(struct html *h)
{
    const str_t with[] = { EVIL };
    html_para_with(h, PHRASE_REFUSED_TITLE, with, 1);
    html_text(h, EVIL);
}
static void as_a_value(struct html *h)
{
    html_field(h, &(struct html_field){ .name = "n", .label = PHRASE_GO_ON, .value = EVIL });
}
static void hidden(struct html *h)
{
    html_hidden(h, "state", EVIL);
}
static void as_the_label_of_a_box(struct html *h)
{
    html_tick(h, "groups", EVIL, EVIL, true);
}
static void as_a_link(struct html *h)
{
    html_link_text(h, EVIL, EVIL);
}
static void as_a_fact(struct html *h)
{
    html_facts(h);
    html_fact(h, PHRASE_REFUSED_REQUEST_ID, EVIL);
    html_facts_end(h);
}
static void where_a_form_goes(struct html *h)
{
    h->csrf = EVIL;
    html_form_to(h, EVIL);
    html_form_end(h, PHRASE_GO_ON);
}

static void nothing_from_outside_becomes_markup(void **state)
{
    (void)state;
    static write_f *const ways[] = { as_text,    as_attribute, in_a_phrase,
                                     as_a_value, hidden,       as_the_label_of_a_box,
                                     as_a_link,  as_a_fact,    where_a_form_goes };
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        struct html h = { .lang = LANG_EN };
        buf_init(&h.b, HTML_MAX);
        ways[i](&h);
        assert_tame(&h);
        buf_fini(&h.b);
    }
}

static void escaped_text_is_exact(void **state)
{
    (void)state;
    struct html h = { .lang = LANG_EN };
    buf_init(&h.b, HTML_MAX);
    html_text(&h, STR("a<b>&\"'é"));
    html_text(&h, STR_NONE);
    assert_true(str_eq(buf_str(&h.b), STR("a&lt;b&gt;&amp;&quot;&#39;é")));
    buf_fini(&h.b);
}

static void a_refusal_shows_its_cause_escaped(void **state)
{
    (void)state;
    struct html h = { .lang = LANG_FR };
    struct diag why = { 0 };
    buf_init(&h.b, HTML_MAX);
    err_t e = diag_set_field(&why, E_BAD_FIELD, "<i>", "want no <script>");
    page_refusal(&h, e, &why, (oid_t){ { 1 } });
    assert_null(memmem(h.b.p, h.b.n, "<script", 7));
    assert_null(memmem(h.b.p, h.b.n, "<i>", 3));
    assert_non_null(memmem(h.b.p, h.b.n, "lang=\"fr\"", 9));
    assert_non_null(memmem(h.b.p, h.b.n, "&lt;script&gt;", 14));
    buf_fini(&h.b);
}

static void french_marks_stay_with_their_word(void **state)
{
    (void)state;
    struct html h = { .lang = LANG_FR };
    buf_init(&h.b, HTML_MAX);
    html_say(&h, PHRASE_LOGIN_FORGOTTEN);
    html_say_with(&h, PHRASE_ACCESS_CONTACT, &(str_t){ "a : b", 5 },
                  1); /* his own words: as they are */
    assert_true(
        str_eq(buf_str(&h.b), STR("Mot de passe oublié&nbsp;?À qui demander&nbsp;: a : b")));
    buf_fini(&h.b);
}

static void every_phrase_is_there_in_each_language(void **state)
{
    (void)state;
    for (enum phrase p = 0; p < PHRASE_COUNT; p++) {
        str_t en = phrase_in(LANG_EN, p);
        str_t fr = phrase_in(LANG_FR, p);
        assert_true(en.n > 0 && fr.n > 0);
        assert_true(str_is_utf8(en) && str_is_utf8(fr));
        for (char slot = '0'; slot <= '9'; slot++) { /* both fill in the same */
            char name[] = { '{', slot, '}' };
            assert_true((memmem(en.p, en.n, name, 3) == NULL) ==
                        (memmem(fr.p, fr.n, name, 3) == NULL));
        }
        assert_true(str_eq(phrase_in(LANG_NONE, p), en));
    }
}

static const struct {
    const char *accept;
    enum lang want;
} languages[] = {
    { "fr", LANG_FR },
    { "fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5", LANG_FR },
    { "de, en;q=0.5, fr;q=0.6", LANG_FR },
    { "en-GB,en;q=0.5", LANG_EN },
    { "fr;q=0", LANG_NONE },
    { "fr;q=nonsense, en", LANG_EN },
    { "fr;q=9, en;q=0.1", LANG_EN },
    { "EN", LANG_EN },
    { "frisian", LANG_NONE },
    { "", LANG_NONE },
    { ";;,,", LANG_NONE },
};

static void the_browser_says_which_language(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(languages); i++)
        assert_int_equal(lang_accepted(str_from_cz(languages[i].accept)), languages[i].want);
    struct http_field accept = { STR("Accept-Language"), STR("fr") };
    struct http_xchg x = { .fields = &accept, .fields_n = 1 };
    assert_int_equal(lang_of(&x), LANG_FR);
    x.query = STR("a=b&lang=en");
    assert_int_equal(lang_of(&x), LANG_EN);
    x.query = STR("lang=xx");
    assert_int_equal(lang_of(&x), LANG_FR);
}

static const struct {
    const char *name;
    const char *cookie;
    bool https;
    const char *want; /* NULL: none */
} cookies[] = {
    { "alone", "__Host-seneschal=v", true, "v" },
    { "among others", "a=b; __Host-seneschal=v; c=d", true, "v" },
    { "one that a neighbour may have planted", "seneschal=v", true, NULL },
    { "without HTTPS", "seneschal=v", false, "v" },
    { "twice", "__Host-seneschal=v; __Host-seneschal=w", true, NULL },
    { "twice the same", "__Host-seneschal=v; __Host-seneschal=v", true, NULL },
    { "empty", "__Host-seneschal=", true, NULL },
    { "a longer name", "__Host-seneschal-pre=v", true, NULL },
    { "another case", "__host-seneschal=v", true, NULL },
    { "no value", "__Host-seneschal", true, NULL },
    { "with '=' inside", "__Host-seneschal=a=b", true, "a=b" },
};

static void a_cookie_that_is_not_alone_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cookies); i++) {
        struct http_field field = { STR("Cookie"), str_from_cz(cookies[i].cookie) };
        struct http_xchg x = { .fields = &field, .fields_n = 1 };
        str_t got = cookie_find(&x, COOKIE_SESSION, cookies[i].https);
        if (!str_eq(got, str_from_cz(cookies[i].want)) ||
            (got.p == NULL) != (cookies[i].want == NULL))
            fail_msg("%s: got '%.*s'", cookies[i].name, STR_ARG(got));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_from_outside_becomes_markup),
        cmocka_unit_test(escaped_text_is_exact),
        cmocka_unit_test(a_refusal_shows_its_cause_escaped),
        cmocka_unit_test(french_marks_stay_with_their_word),
        cmocka_unit_test(every_phrase_is_there_in_each_language),
        cmocka_unit_test(the_browser_says_which_language),
        cmocka_unit_test(a_cookie_that_is_not_alone_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
