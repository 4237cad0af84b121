/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/body.h"
#include "base/enc.h"
#include "plat/http/chars.h"

#include <assert.h>

enum { CHUNK_DIGITS_MAX = 16 };

static err_t body_step(struct body *b, char c, struct diag *why);

struct body body_of_length(uint64_t n)
{
    return (struct body){ .state = n == 0 ? BODY_END : BODY_DATA, .left = n };
}

struct body body_of_chunks(void)
{
    return (struct body){ .state = CHUNK_SIZE };
}

static str_t body_take(struct body *b, str_t *in)
{
    size_t n = in->n < b->left ? in->n : (size_t)b->left;
    str_t data = str_sub(*in, 0, n);
    *in = str_sub(*in, n, in->n);
    b->left -= n;
    if (b->left == 0)
        b->state = b->state == CHUNK_DATA ? CHUNK_DATA_CR : BODY_END;
    return data;
}

err_t body_next(struct body *b, str_t *in, struct diag *why, str_t *ret_data)
{
    while (!body_has_ended(b) && in->n > 0) {
        if (b->state == BODY_DATA || b->state == CHUNK_DATA) {
            *ret_data = body_take(b, in);
            return E_OK;
        }
        TRY(body_step(b, in->p[0], why));
        *in = str_sub(*in, 1, in->n);
    }
    *ret_data = STR("");
    return body_has_ended(b) ? E_OK : E_AGAIN;
}

static err_t chunk_add_digit(struct body *b, int digit, struct diag *why)
{
    if (b->digits == CHUNK_DIGITS_MAX)
        return FAIL(why, E_BAD_REQUEST, "a chunk size has over %d digits", CHUNK_DIGITS_MAX);
    b->size = b->size << 4 | (uint64_t)digit;
    b->digits++;
    return E_OK;
}

static err_t body_count(struct body *b, unsigned max, struct diag *why)
{
    b->extra++;
    if (b->extra > max)
        return FAIL(why, E_BAD_REQUEST, "chunk extensions or trailers are over %u bytes", max);
    return E_OK;
}

/* chunk-size [ chunk-ext ] CRLF, section 7.1: 1*HEXDIG, then CR, ';' or blanks that lead to ';'. */
static err_t chunk_step_size(struct body *b, char c, struct diag *why)
{
    int digit = b->state == CHUNK_SIZE ? hex_digit(c) : -1;
    if (digit >= 0)
        return chunk_add_digit(b, digit, why);
    if (b->digits == 0)
        return FAIL(why, E_BAD_REQUEST, "a chunk size is not hexadecimal");
    if (c == ';')
        b->state = CHUNK_EXTENSION;
    else if (c == ' ' || c == '\t')
        b->state = CHUNK_BLANK;
    else if (c == '\r' && b->state == CHUNK_SIZE)
        b->state = CHUNK_SIZE_LF;
    else
        return FAIL(why, E_BAD_REQUEST,
                    "a chunk size is followed by something else than CRLF or ';'");
    return c == '\r' ? E_OK : body_count(b, BODY_EXTENSION_MAX, why);
}

static err_t chunk_step_extension(struct body *b, char c, struct diag *why)
{
    if (c == '\r') {
        b->state = CHUNK_SIZE_LF;
        return E_OK;
    }
    if (!char_is(c, CHAR_VALUE))
        return FAIL(why, E_BAD_REQUEST, "a chunk extension has a control character");
    return body_count(b, BODY_EXTENSION_MAX, why);
}

static void chunk_begin(struct body *b)
{
    b->left = b->size;
    b->state = b->size == 0 ? TRAILER_START : CHUNK_DATA;
    b->size = 0;
    b->digits = 0;
    b->extra = 0;
}

/* trailer-section CRLF, section 7.1.2: field lines, checked and discarded. */
static err_t trailer_step(struct body *b, char c, struct diag *why)
{
    if (b->state == TRAILER_START && c == '\r')
        b->state = TRAILER_END_LF;
    else if (b->state == TRAILER_VALUE && c == '\r')
        b->state = TRAILER_LF;
    else if (b->state == TRAILER_NAME && c == ':')
        b->state = TRAILER_VALUE;
    else if (b->state != TRAILER_VALUE && char_is(c, CHAR_TOKEN))
        b->state = TRAILER_NAME;
    else if (b->state != TRAILER_VALUE || !char_is(c, CHAR_VALUE))
        return FAIL(why, E_BAD_REQUEST, "a trailer is not a field line");
    return body_count(b, BODY_TRAILERS_MAX, why);
}

/* Where nothing but one certain byte may stand. */
static err_t line_end_step(struct body *b, char c, struct diag *why)
{
    static const struct {
        char want;
        enum body_state next;
    } rows[] = {
        [CHUNK_SIZE_LF] = { '\n', CHUNK_DATA }, /* or the trailers: chunk_begin decides */
        [CHUNK_DATA_CR] = { '\r', CHUNK_DATA_LF }, [CHUNK_DATA_LF] = { '\n', CHUNK_SIZE },
        [TRAILER_LF] = { '\n', TRAILER_START },    [TRAILER_END_LF] = { '\n', BODY_END },
    };
    enum body_state was = b->state;
    if (c != rows[was].want)
        return FAIL(why, E_BAD_REQUEST, "chunked coding wants CRLF here");
    b->state = rows[was].next;
    if (was == CHUNK_SIZE_LF)
        chunk_begin(b);
    return E_OK;
}

static err_t body_step(struct body *b, char c, struct diag *why)
{
    static err_t (*const steps[])(struct body * b, char c, struct diag *why) = {
        [CHUNK_SIZE] = chunk_step_size,           [CHUNK_BLANK] = chunk_step_size,
        [CHUNK_EXTENSION] = chunk_step_extension, [CHUNK_SIZE_LF] = line_end_step,
        [CHUNK_DATA_CR] = line_end_step,          [CHUNK_DATA_LF] = line_end_step,
        [TRAILER_START] = trailer_step,           [TRAILER_NAME] = trailer_step,
        [TRAILER_VALUE] = trailer_step,           [TRAILER_LF] = line_end_step,
        [TRAILER_END_LF] = line_end_step,
    };
    assert(steps[b->state] != NULL); /* data is taken in pieces, not by steps */
    return steps[b->state](b, c, why);
}
