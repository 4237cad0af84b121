/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/frame.h"
#include "base/num.h"

struct reading {
    struct frame f;
    bool close;
    bool keep_alive;
};

static err_t frame_note_host(struct reading *r, str_t value, struct diag *why)
{
    if (r->f.host.p != NULL)
        return FAIL(why, E_BAD_REQUEST, "there are two Host fields"); /* RFC 9112 section 3.2 */
    if (!uri_is_host(value))
        return FAIL(why, E_BAD_REQUEST, "Host is not host[:port]");
    r->f.host = value;
    return E_OK;
}

/* RFC 9112 section 6.3 would let equal ones pass; nobody honest sends two. */
static err_t frame_note_length(struct reading *r, str_t value, struct diag *why)
{
    uint64_t n;
    if (r->f.has_length)
        return FAIL(why, E_BAD_REQUEST, "there are two Content-Length fields");
    if (num_parse_u64(value, &n) != E_OK || n > INT64_MAX)
        return FAIL(why, E_BAD_REQUEST, "Content-Length is not a number below 2^63");
    r->f.has_length = true;
    r->f.body = body_of_length(n);
    return E_OK;
}

/* Section 6.1: the one coding that a sender may rely on; any list or other spelling is an attempt
 * to be read in two ways. */
static err_t frame_note_coding(struct reading *r, str_t value, struct diag *why)
{
    if (r->f.chunked)
        return FAIL(why, E_BAD_REQUEST, "there are two Transfer-Encoding fields");
    if (!str_eq(value, STR("chunked")))
        return FAIL(why, E_BAD_REQUEST, "Transfer-Encoding is not exactly: chunked");
    r->f.chunked = true;
    return E_OK;
}

/* Section 9.3. Other options name hop-by-hop fields; none of ours is one. */
static err_t frame_note_connection(struct reading *r, str_t value, struct diag *why)
{
    (void)why;
    str_t option;
    while (str_split(&value, ',', &option)) {
        option = str_trim(option);
        r->close |= str_eq_nocase(option, STR("close"));
        r->keep_alive |= str_eq_nocase(option, STR("keep-alive"));
    }
    return E_OK;
}

static err_t frame_note_expect(struct reading *r, str_t value, struct diag *why)
{
    (void)why; /* RFC 9110 section 10.1.1: refused with 417, but the framing still holds */
    if (str_eq_nocase(value, STR("100-continue")))
        r->f.wants_100 = true;
    else
        r->f.expects_other = true;
    return E_OK;
}

static err_t frame_note(struct reading *r, const struct http_field *field, struct diag *why)
{
    static const struct {
        str_t name;
        err_t (*note)(struct reading *r, str_t value, struct diag *why);
    } rows[] = {
        { { "host", 4 }, frame_note_host },
        { { "content-length", 14 }, frame_note_length },
        { { "transfer-encoding", 17 }, frame_note_coding },
        { { "connection", 10 }, frame_note_connection },
        { { "expect", 6 }, frame_note_expect },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq_nocase(field->name, rows[i].name))
            return rows[i].note(r, field->value, why);
    }
    return E_OK;
}

static err_t frame_check_host(struct frame *f, const struct head *h, const struct uri *u,
                              struct diag *why)
{
    if (u->authority.p != NULL && !uri_is_host(u->authority))
        return FAIL(why, E_BAD_REQUEST, "the target's authority is not host[:port]");
    if (f->host.p == NULL && h->minor == 1)
        return FAIL(why, E_BAD_REQUEST, "there is no Host field");
    if (u->authority.p == NULL)
        return E_OK;
    /* RFC 9112 section 3.2.2 would ignore Host here; two names for one request are refused instead.
     */
    if (f->host.p != NULL && !str_eq_nocase(f->host, u->authority))
        return FAIL(why, E_BAD_REQUEST, "the target names another host than Host");
    f->host = u->authority;
    return E_OK;
}

err_t frame_read(const struct head *h, const struct uri *u, struct diag *why, struct frame *ret)
{
    struct reading r = { .f.host = STR_NONE };
    for (size_t i = 0; i < h->fields_n; i++)
        TRY(frame_note(&r, &h->fields[i], why));
    TRY(frame_check_host(&r.f, h, u, why));
    if (r.f.chunked && (r.f.has_length || h->minor == 0))
        return FAIL(why, E_BAD_REQUEST, "Transfer-Encoding next to Content-Length or in HTTP/1.0");
    if (r.f.chunked)
        r.f.body = body_of_chunks();
    r.f.keep_alive = !r.close && (h->minor == 1 || r.keep_alive);
    r.f.wants_100 = r.f.wants_100 && h->minor == 1; /* RFC 9110 section 10.1.1: not in 1.0 */
    *ret = r.f;
    return E_OK;
}
