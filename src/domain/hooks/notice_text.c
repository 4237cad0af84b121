/* SPDX-License-Identifier: Apache-2.0 */
/* A notice in words. */
#include "domain/hooks/notice_kinds.h"

#include "base/buf.h"

enum { NOTICE_TEXT_MAX = 16 * 1024 };

/* clang-format off */
const struct notice_info notice_infos[NOTICE_KINDS] = {
#define NOTICE(code, name, mail, subject_en, text_en, subject_fr, text_fr) \
    [NOTICE_##code] = { name, mail, { [LANG_EN] = { subject_en, text_en }, [LANG_FR] = { subject_fr, text_fr } } },
#include "domain/hooks/notice.def"
#undef NOTICE
};
/* clang-format on */

const char *notice_name(enum notice_kind kind)
{
    return notice_infos[kind].name;
}

/* A value stands in one line, whatever it is: nothing of it can begin a header, or look like
 * another paragraph. */
static void add_value(struct buf *b, str_t v)
{
    v = str_clip(v, NOTICE_FIELD_MAX);
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        buf_add_byte(b, c < ' ' || c == 0x7f ? ' ' : v.p[i]);
    }
}

static void add_field(struct buf *b, str_t name, const struct notice_field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(name, str_from_cz(fields[i].name)) && str_is_utf8(fields[i].value)) {
            add_value(b, fields[i].value);
            return;
        }
    }
}

static err_t fill(struct arena *a, const char *words, const struct notice_field *fields, size_t n,
                  str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, NOTICE_TEXT_MAX);
    b.secret = true;
    str_t rest = str_from_cz(words);
    while (rest.n > 0) {
        size_t open = str_find(rest, '{');
        buf_add(&b, str_sub(rest, 0, open));
        rest = str_sub(rest, open, rest.n);
        size_t close = str_find(rest, '}');
        if (close == rest.n)
            break; /* notice.def closes what it opens */
        add_field(&b, str_sub(rest, 1, close - 1), fields, n);
        rest = str_sub(rest, close + 1, rest.n);
    }
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}

err_t notice_render(struct arena *a, enum notice_kind kind, enum lang lang,
                    const struct notice_field *fields, size_t n, struct notice_text *ret)
{
    const struct notice_words *w =
        &notice_infos[kind].words[lang == LANG_NONE ? LANG_EN : (size_t)lang];
    struct notice_text out;
    TRY(fill(a, w->subject, fields, n, &out.subject));
    TRY(fill(a, w->text, fields, n, &out.text));
    *ret = out;
    return E_OK;
}
