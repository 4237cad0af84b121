/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

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

static void PRINTF_LIKE(3, 0) diag_vset(struct diag *why, err_t e, const char *fmt, va_list args)
{
    why->err = e;
    (void)vsnprintf(why->text, sizeof why->text, fmt, args); /* cut off where it is too long */
}

err_t diag_set(struct diag *why, err_t e, const char *fmt, ...)
{
    if (why == NULL || why->err != E_OK)
        return e;
    va_list args;
    va_start(args, fmt);
    diag_vset(why, e, fmt, args);
    va_end(args);
    return e;
}

err_t diag_set_field(struct diag *why, err_t e, const char *field, const char *fmt, ...)
{
    if (why == NULL || why->err != E_OK)
        return e;
    va_list args;
    va_start(args, fmt);
    diag_vset(why, e, fmt, args);
    va_end(args);
    (void)snprintf(why->field, sizeof why->field, "%s", field);
    return e;
}

void diag_clear(struct diag *why)
{
    if (why != NULL)
        *why = (struct diag){ 0 };
}
