/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/crypto/qr.h"

#include "base/fault.h"

#include <qrencode.h>

static void qrcode_freep(QRcode **code)
{
    QRcode_free(*code);
}

err_t qr_make(struct arena *a, str_t text, struct qr *ret)
{
    if (text.n == 0 || text.n > QR_TEXT_MAX)
        return E_TOO_BIG;
    CLEANUP(qrcode_freep)
    QRcode *code = fault_here() ? NULL
                                : QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0,
                                                    QR_ECLEVEL_M);
    if (code == NULL)
        return E_NO_MEMORY; /* QR_TEXT_MAX bytes fit a symbol of level M */
    size_t side = (size_t)code->width;
    bool *modules = ARENA_ARRAY(a, bool, side *side);
    if (modules == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < side * side; i++)
        modules[i] = (code->data[i] & 1) != 0; /* the lowest bit: 1 is dark (qrencode.h) */
    *ret = (struct qr){ .side = side, .modules = modules };
    return E_OK;
}

/* The five characters that end a text or an attribute in markup. */
static void put_escaped(struct buf *b, str_t text)
{
    for (size_t i = 0; i < text.n; i++) {
        switch (text.p[i]) {
        case '&':
            BUF_ADD(b, "&amp;");
            break;
        case '<':
            BUF_ADD(b, "&lt;");
            break;
        case '>':
            BUF_ADD(b, "&gt;");
            break;
        case '"':
            BUF_ADD(b, "&quot;");
            break;
        case '\'':
            BUF_ADD(b, "&#39;");
            break;
        default:
            buf_add_byte(b, text.p[i]);
        }
    }
}

/* One stroke for each run of dark modules in a row. */
static void put_row(struct buf *b, const struct qr *q, size_t y)
{
    const bool *row = q->modules + y * q->side;
    for (size_t x = 0; x < q->side;) {
        size_t end = x;
        while (end < q->side && row[end])
            end++;
        if (end > x)
            buf_addf(b, "M%zu %zuh%zuv1h-%zuz", x + QR_QUIET, y + QR_QUIET, end - x, end - x);
        x = end > x ? end : x + 1;
    }
}

void qr_put_svg(struct buf *b, const struct qr *q, str_t label)
{
    size_t side = q->side + 2 * (size_t)QR_QUIET;
    buf_addf(b,
             "<svg class=\"qr\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\" "
             "viewBox=\"0 0 %zu %zu\" width=\"%zu\" height=\"%zu\" shape-rendering=\"crispEdges\" "
             "aria-label=\"",
             side, side, 4 * side, 4 * side);
    put_escaped(b, label);
    buf_addf(b, "\"><rect width=\"%zu\" height=\"%zu\" fill=\"#fff\"/><path fill=\"#000\" d=\"",
             side, side);
    for (size_t y = 0; y < q->side; y++)
        put_row(b, q, y);
    BUF_ADD(b, "\"/></svg>");
}

/* With the quiet zone around: what lies outside the symbol is light. */
static bool is_light(const struct qr *q, size_t x, size_t y)
{
    if (x < QR_QUIET || y < QR_QUIET || x >= q->side + QR_QUIET || y >= q->side + QR_QUIET)
        return true;
    return !q->modules[(y - QR_QUIET) * q->side + (x - QR_QUIET)];
}

void qr_put_text(struct buf *b, const struct qr *q)
{
    static const str_t halves[2][2] = { { { " ", 1 }, { "\u2584", 3 } },
                                        { { "\u2580", 3 }, { "\u2588", 3 } } };
    size_t side = q->side + 2 * (size_t)QR_QUIET;
    for (size_t y = 0; y < side; y += 2) {
        for (size_t x = 0; x < side; x++)
            buf_add(b, halves[is_light(q, x, y)][y + 1 < side && is_light(q, x, y + 1)]);
        buf_add_byte(b, '\n');
    }
}
