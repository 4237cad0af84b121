/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include "base/str.h"

#include <assert.h>
#include <stdarg.h>

static const struct err_info infos[] = {
#define ERR(code, status, slug, oauth, retry, text) { (status), slug, oauth, (retry) != 0, text },
#include "base/err.def"
#undef ERR
};

static_assert(ARRAY_LEN(infos) == E_COUNT, "one row per error");

const struct err_info *err_info(err_t e)
{
    size_t i = (size_t)e;
    return i < ARRAY_LEN(infos) ? &infos[i] : &infos[E_INTERNAL];
}

/* What is too long is cut off between two characters. */
static void text_put(char *out, size_t size, const char *text)
{
    str_t shown = str_clip(str_from_cz(text), size - 1);
    memcpy(out, shown.p, shown.n);
    out[shown.n] = '\0';
}

static void PRINTF_LIKE(3, 0) text_format(char *out, size_t size, const char *fmt, va_list args)
{
    char text[DIAG_SAID_MAX + 1]; /* the byte after the longest shows where it may be cut */
    static_assert(DIAG_TEXT_MAX <= DIAG_SAID_MAX, "either fits");
    (void)vsnprintf(text, sizeof text, fmt, args);
    text_put(out, size, text);
}

/* A text alone ("%s") is the message itself. */
static void PRINTF_LIKE(2, 0) diag_vsay(struct diag *why, const char *fmt, va_list args)
{
    if (strcmp(fmt, "%s") == 0)
        text_put(why->said, sizeof why->said, message_in(why->messages, why->text));
    else
        text_format(why->said, sizeof why->said, message_in(why->messages, fmt), args);
}

static void PRINTF_LIKE(3, 0) diag_vset(struct diag *why, err_t e, const char *fmt, va_list args)
{
    va_list again;
    why->err = e;
    va_copy(again, args);
    text_format(why->text, sizeof why->text, fmt, args);
    if (why->messages != NULL)
        diag_vsay(why, fmt, again);
    va_end(again);
}

bool diag_is_taken(const struct diag *why)
{
    return why == NULL || why->err != E_OK;
}

err_t diag_set(struct diag *why, err_t e, const char *fmt, ...)
{
    if (diag_is_taken(why))
        return e;
    va_list args;
    va_start(args, fmt);
    diag_vset(why, e, fmt, args);
    va_end(args);
    return e;
}

err_t diag_set_field(struct diag *why, err_t e, const char *field, const char *fmt, ...)
{
    if (diag_is_taken(why))
        return e;
    va_list args;
    va_start(args, fmt);
    diag_vset(why, e, fmt, args);
    va_end(args);
    text_put(why->field, sizeof why->field, field);
    return e;
}

void diag_say(struct diag *why, const char *fmt, ...)
{
    if (why == NULL || why->messages == NULL)
        return;
    va_list args;
    va_start(args, fmt);
    text_format(why->said, sizeof why->said, message_in(why->messages, fmt), args);
    va_end(args);
}

err_t diag_pass(struct diag *why, err_t e, const char *field, const struct diag *cause)
{
    if (diag_is_taken(why))
        return e;
    (void)diag_set_field(why, e, field, "%s", cause->text);
    if (why->messages != NULL)
        text_put(why->said, sizeof why->said, diag_said(cause));
    return e;
}

void diag_clear(struct diag *why)
{
    if (why != NULL)
        *why = diag_like(why);
}

struct diag diag_like(const struct diag *why)
{
    return (struct diag){ .messages = why == NULL ? NULL : why->messages };
}

const char *diag_said(const struct diag *why)
{
    return why->messages == NULL ? why->text : why->said;
}
