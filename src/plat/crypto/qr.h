/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes (ISO/IEC 18004) by libqrencode: a link or an otpauth URI to be read by a telephone. Of
 * the server alone. */
#ifndef PLAT_CRYPTO_QR_H
#define PLAT_CRYPTO_QR_H

#include "base/buf.h"

enum {
    QR_TEXT_MAX = 1024, /* bytes: more is no picture that a telephone reads from a screen */
    QR_QUIET = 4        /* light modules around it (ISO/IEC 18004 section 6.3.8) */
};

struct qr {
    size_t side;         /* modules in a row, without the quiet zone */
    const bool *modules; /* side * side, row by row; true: dark */
};
/* E_TOO_BIG: over QR_TEXT_MAX. E_NO_MEMORY. */
err_t qr_make(struct arena *a, str_t text, struct qr *ret) MUST_USE;

/* An <svg> element, dark on white whatever the page's colours are, without script or style.
 * `label`: its name for those who do not see it, escaped here. */
void qr_put_svg(struct buf *b, const struct qr *q, str_t label);
/* Lines of half blocks (UTF-8), light modules drawn: for a terminal with light text on dark. */
void qr_put_text(struct buf *b, const struct qr *q);

#endif
