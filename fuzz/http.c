/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Head, framing and body of a request. Oracles: whole and byte by byte the verdict, what was used
 * and the decoded body are the same; a head that was accepted, written out again from what was
 * understood, is understood the same.
 */
#include "base/buf.h"
#include "plat/http/frame.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct reading {
    err_t err;
    struct http_field fields[HTTP_FIELDS_MAX];
    struct head head;
    struct uri uri;
    struct frame frame;
    struct buf body;
    size_t used;
};

static err_t read_head(struct reading *r, str_t in, size_t step)
{
    err_t e = E_AGAIN;
    size_t n = 0;
    head_init(&r->head, r->fields);
    while (e == E_AGAIN && n < in.n) {
        n = n + step < in.n ? n + step : in.n;
        e = head_parse(&r->head, str_sub(in, 0, n), NULL);
    }
    TRY(e);
    TRY(uri_split(r->head.target, r->head.method == HTTP_OPTIONS, NULL, &r->uri));
    TRY(frame_read(&r->head, &r->uri, NULL, &r->frame));
    r->used = r->head.line;
    return E_OK;
}

static err_t read_body(struct reading *r, str_t in, size_t step)
{
    struct body *b = &r->frame.body;
    for (;;) {
        str_t piece = str_sub(in, r->used, step);
        size_t had = piece.n;
        str_t data;
        err_t e = body_next(b, &piece, NULL, &data);
        r->used += had - piece.n;
        if (e == E_OK)
            buf_add(&r->body, data);
        if (e == E_OK && body_has_ended(b) && data.n == 0)
            return E_OK;
        if (e != E_OK && (e != E_AGAIN || had == 0))
            return e;
    }
}

static void read_all(struct reading *r, str_t in, size_t step)
{
    *r = (struct reading){ 0 };
    buf_init(&r->body, in.n);
    r->err = read_head(r, in, step);
    if (r->err == E_OK)
        r->err = read_body(r, in, step);
    assert(r->used <= in.n);
}

/* Up to the target the head stands as it came; the rest is written from what was understood. */
static void check_again(const struct reading *r, str_t in)
{
    static struct reading again;
    struct buf b;
    buf_init(&b, KIB(64));
    buf_add(&b, str_of(in.p, (size_t)(r->head.target.p - in.p) + r->head.target.n));
    buf_addf(&b, " HTTP/1.%u\r\n", r->head.minor);
    for (size_t i = 0; i < r->head.fields_n; i++) {
        buf_add(&b, r->head.fields[i].name);
        BUF_ADD(&b, ":");
        buf_add(&b, r->head.fields[i].value);
        BUF_ADD(&b, "\r\n");
    }
    BUF_ADD(&b, "\r\n");
    assert(b.err == E_OK);
    again = (struct reading){ 0 };
    assert(read_head(&again, buf_str(&b), b.n) == E_OK);
    assert(again.head.method == r->head.method);
    assert(again.head.fields_n == r->head.fields_n);
    for (size_t i = 0; i < r->head.fields_n; i++) {
        assert(str_eq(again.fields[i].name, r->fields[i].name));
        assert(str_eq(again.fields[i].value, r->fields[i].value));
    }
    assert(str_eq(again.frame.host, r->frame.host));
    assert(again.frame.chunked == r->frame.chunked);
    assert(again.frame.keep_alive == r->frame.keep_alive);
    buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct reading whole;
    static struct reading slow;
    str_t in = str_of(p, n);
    read_all(&whole, in, n > 0 ? n : 1);
    read_all(&slow, in, 1);
    assert(whole.err == slow.err);
    assert(whole.head.fields_n == slow.head.fields_n);
    if (whole.err == E_OK) {
        check_again(&whole, in);
        assert(whole.used == slow.used);
        assert(str_eq(buf_str(&whole.body), buf_str(&slow.body)));
        assert(whole.frame.keep_alive == slow.frame.keep_alive);
        assert(!whole.frame.has_length || whole.used == whole.head.line + whole.body.n);
    }
    buf_fini(&whole.body);
    buf_fini(&slow.body);
    return 0;
}
