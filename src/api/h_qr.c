/* SPDX-License-Identifier: Apache-2.0 */
/* POST /qr: a text as the modules of a QR code. The console may show no data: URI, and draws them
 * itself. Nothing of it is kept. */
#include "api/handlers_console.h"

#include "plat/crypto/qr.h"

static const struct field qr_in_fields[] = {
    FIELD(struct qr_in, text, REQ, .min = 1, .max = QR_TEXT_MAX, .secret = true),
};
static const struct field qr_out_fields[] = {
    FIELD(struct qr_out, size,
          .doc = "modules in a row, without the quiet zone of four around them"),
    FIELD(struct qr_out, rows, .doc = "from the top, a letter a module: 1 is dark"),
};
const struct shape qr_in_shape = SHAPE(struct qr_in, "QrText", qr_in_fields);
const struct shape qr_out_shape = SHAPE(struct qr_out, "QrCode", qr_out_fields);

static err_t row_text(struct arena *a, const bool *modules, size_t side, str_t *ret)
{
    char *text = (char *)arena_alloc(a, side);
    if (text == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < side; i++)
        text[i] = modules[i] ? '1' : '0';
    *ret = str_of(text, side);
    return E_OK;
}

err_t qr_draw(struct request *rq)
{
    const struct qr_in *in = rq->in;
    struct arena *a = rq->act.arena;
    enum actor_kind kind = rq->act.actor.kind;
    struct qr_out *out = ARENA_NEW(a, struct qr_out);
    struct qr qr;
    if (out == NULL)
        return E_NO_MEMORY;
    if (kind != ACTOR_USER && kind != ACTOR_SYSTEM)
        return FAIL(&rq->act.why, E_FORBIDDEN, "this is for people who are signed in");
    TRY(qr_make(a, in->text, &qr));
    str_t *rows = ARENA_ARRAY(a, str_t, qr.side);
    if (rows == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < qr.side; i++)
        TRY(row_text(a, qr.modules + i * qr.side, qr.side, &rows[i]));
    out->size = (int64_t)qr.side;
    out->rows = (struct strs){ rows, qr.side };
    return reply_obj(rq, 200, &qr_out_shape, out);
}
