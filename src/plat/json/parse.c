/* SPDX-License-Identifier: Apache-2.0 */
/* jansson reads; what RFC 7493 or this product forbids beyond RFC 8259 is added here. */
#include "plat/json/jansson_api.h"

enum { PARSE_FLAGS = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY };

/* What a look at the bytes, before any memory is taken, tells. */
struct parse_scan {
    bool too_deep;
    bool suspect; /* may hold a noncharacter: worth a walk */
};

/* One sentence per kind of refusal: jansson's own text quotes the input, which may be a secret. */
static const char *const sentences[] = {
    [json_error_unknown] = N_("the text is not JSON"),
    [json_error_invalid_utf8] = N_("a string is not UTF-8"),
    [json_error_premature_end_of_input] = N_("the text ends too early"),
    [json_error_end_of_input_expected] = N_("something stands after the value"),
    [json_error_invalid_syntax] = N_("the text is not JSON"),
    [json_error_null_character] = N_("U+0000 in a string"),
    [json_error_null_byte_in_key] = N_("U+0000 in the name of a member"),
    [json_error_duplicate_key] = N_("a member appears twice"),
    [json_error_numeric_overflow] = N_("a number is out of range"),
};

static struct parse_scan parse_look(str_t text);
static bool parse_has_noncharacter(const struct json *v);
static err_t parse_refuse(str_t text, json_error_t *error, struct diag *why) MUST_USE;

err_t json_parse(str_t text, struct diag *why, struct json **ret)
{
    struct parse_scan scan = parse_look(text);
    /* No JSON text holds the byte; jansson would take one after the value for the end. */
    if (memchr(text.p != NULL ? text.p : "", '\0', text.n) != NULL)
        return FAIL(why, E_BAD_JSON, "a NUL byte");
    if (scan.too_deep)
        return FAIL(why, E_BAD_JSON, "nested deeper than %d", JSON_DEPTH_MAX);
    json_error_t error = { 0 };
    jansson_forget_failure();
    json_t *v = json_loadb(text.p != NULL ? text.p : "", text.n, PARSE_FLAGS, &error);
    if (jansson_failed()) {
        json_decref(v);
        return E_NO_MEMORY;
    }
    if (v == NULL)
        return parse_refuse(text, &error, why);
    if (scan.suspect && parse_has_noncharacter(jansson_wrap(v))) {
        json_decref(v);
        return FAIL(why, E_BAD_JSON, "a noncharacter in a string (RFC 7493 section 2.1)");
    }
    *ret = jansson_wrap(v);
    return E_OK;
}

/* Brackets outside strings tell the depth; whether they match is jansson's question. */
static struct parse_scan parse_look(str_t text)
{
    struct parse_scan scan = { 0 };
    bool quoted = false;
    size_t depth = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (quoted && c == '\\') {
            i++;
            scan.suspect = scan.suspect || (i < text.n && text.p[i] == 'u');
        } else if (c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            scan.suspect = scan.suspect || c >= 0xef; /* U+FDD0 is EF B7 90, the first of them */
        } else if (c == '[' || c == '{') {
            depth++;
            if (depth > JSON_DEPTH_MAX) {
                scan.too_deep = true;
                return scan;
            }
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return scan;
}

/* U+FDD0..U+FDEF and the last two code points of each plane, in text that is UTF-8. */
static bool text_has_noncharacter(str_t s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0; i + 2 < s.n; i++) {
        if (p[i] == 0xef && p[i + 1] == 0xb7 && p[i + 2] >= 0x90 && p[i + 2] <= 0xaf)
            return true;
        if (p[i] == 0xef && p[i + 1] == 0xbf && p[i + 2] >= 0xbe)
            return true;
        if (p[i] >= 0xf0 && (p[i + 1] & 0x0f) == 0x0f && p[i + 2] == 0xbf && p[i + 3] >= 0xbe)
            return true;
    }
    return false;
}

/* Recursion is bounded: parse_look() has counted the brackets. */
static bool parse_has_noncharacter(const struct json *v)
{
    enum json_type type = json_type(v);
    if (type == JSON_STRING)
        return text_has_noncharacter(json_string(v));
    if (type == JSON_ARRAY) {
        for (size_t i = 0; i < json_count(v); i++) {
            if (parse_has_noncharacter(json_at(v, i)))
                return true;
        }
    }
    if (type != JSON_OBJECT)
        return false;
    json_t *o = jansson_of(v);
    for (void *i = json_object_iter(o); i != NULL; i = json_object_iter_next(o, i)) {
        if (text_has_noncharacter(str_of(json_object_iter_key(i), json_object_iter_key_len(i))) ||
            parse_has_noncharacter(jansson_wrap(json_object_iter_value(i))))
            return true;
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * The text without what jansson refuses though it is well-formed: U+0000 becomes another character,
 * and a run of digits outside strings keeps its first two (whether a number is well-formed does not
 * depend on more).
 */
static void parse_soften(str_t text, struct buf *out)
{
    static const char nul[] = "\\u0000";
    bool quoted = false;
    size_t digits = 0;
    for (size_t i = 0; i < text.n; i++) {
        str_t rest = str_sub(text, i, text.n);
        digits = !quoted && is_digit(*rest.p) ? digits + 1 : 0;
        if (digits > 2)
            continue;
        if (*rest.p == '"')
            quoted = !quoted;
        if (!quoted || *rest.p != '\\') {
            buf_add_byte(out, *rest.p);
        } else if (str_starts(rest, str_of(nul, sizeof nul - 1))) {
            BUF_ADD(out, "\\uf8ff");
            i += sizeof nul - 2;
        } else {
            buf_add(out, str_sub(rest, 0, 2)); /* so that \" does not end the string */
            i++;
        }
    }
}

/* Well-formed but for values that this product does not take is another refusal than not JSON
 * (API.md, Conventions). */
static err_t parse_refuse(str_t text, json_error_t *error, struct diag *why)
{
    enum json_error_code code = json_error_code(error);
    err_t e = E_BAD_JSON;
    if (code == json_error_null_character || code == json_error_null_byte_in_key ||
        code == json_error_numeric_overflow) {
        struct buf soft;
        buf_init(&soft, text.n);
        parse_soften(text, &soft);
        json_error_t other = { 0 };
        json_t *v = soft.err == E_OK ? json_loadb(soft.p, soft.n, PARSE_FLAGS, &other) : NULL;
        bool failed = soft.err != E_OK || jansson_failed();
        e = v != NULL ? E_BAD_FIELD : E_BAD_JSON;
        if (v == NULL)
            *error = other; /* its columns are those of the softened text: near enough to find it */
        json_decref(v);
        buf_fini(&soft);
        if (failed)
            return E_NO_MEMORY;
    }
    size_t row = (size_t)json_error_code(error);
    const char *sentence = row < ARRAY_LEN(sentences) ? sentences[row] : NULL;
    if (sentence == NULL)
        sentence = sentences[json_error_unknown];
    if (diag_is_taken(why))
        return e;
    (void)FAIL(why, e, "line %d, column %d: %s", error->line, error->column, sentence);
    diag_say(why, "line %d, column %d: %s", error->line, error->column,
             message_in(why->messages, sentence));
    return e;
}
