/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: err_t decides, struct diag explains, the first cause wins (STYLE 15). */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/attr.h"
#include "base/message.h"

#include <stdbool.h>

typedef enum err {
#define ERR(code, status, slug, oauth, retry, text) E_##code,
#include "base/err.def"
#undef ERR
    E_COUNT
} err_t;

struct err_info {
    int status;        /* HTTP status, RFC 9110 section 15 */
    const char *slug;  /* `code` of problem+json */
    const char *oauth; /* `error` of RFC 6749 section 5.2 */
    bool retry;        /* may succeed later unchanged */
    const char *text;  /* `title` of problem+json */
};

enum { DIAG_TEXT_MAX = 256, DIAG_SAID_MAX = 384, DIAG_FIELD_MAX = 96 };

/* Why something was refused; caller's memory, may be NULL everywhere. Never holds a secret. */
struct diag {
    err_t err;
    char field[DIAG_FIELD_MAX];      /* which field of the request, "" = none */
    char text[DIAG_TEXT_MAX];        /* one sentence for the honest caller, in English */
    const struct messages *messages; /* of his language (base/message.h); NULL: English */
    char said[DIAG_SAID_MAX];        /* the sentence in that language */
};

/* Never NULL; an unknown code gives the row of E_INTERNAL. */
const struct err_info *err_info(err_t e);

/* Record the first cause in `why` (may be NULL) and return `e`. The format is a message, or "%s"
 * and a message. */
err_t diag_set(struct diag *why, err_t e, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same, and which field it concerns; `field` is a NUL-terminated name. */
err_t diag_set_field(struct diag *why, err_t e, const char *field, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
bool diag_is_taken(const struct diag *why); /* by an earlier cause, or NULL: nothing is recorded */
/* After one of the two: the sentence in the language of the caller alone, where an argument is a
 * message itself. */
void diag_say(struct diag *why, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The cause that another one holds, in both languages. Nothing where that has none. */
err_t diag_pass(struct diag *why, err_t e, const char *field, const struct diag *cause);
void diag_clear(struct diag *why); /* the language stays */
/* None yet, in the language of `why` (may be NULL). */
struct diag diag_like(const struct diag *why);
/* The sentence in the language of the caller. */
const char *diag_said(const struct diag *why);

#define FAIL(why, e, ...) diag_set((why), (e), __VA_ARGS__)

/* A deliberate ignore: gcc is deaf to a cast to void here. Say why beside it. */
static inline void err_ignore(err_t e)
{
    (void)e;
}

/* The only macro that returns. */
#define TRY(expr)                                                                                  \
    do {                                                                                           \
        err_t try_err_ = (expr);                                                                   \
        if (try_err_ != E_OK)                                                                      \
            return try_err_;                                                                       \
    } while (0)

#endif
