/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/answer.h"

#include "base/num.h"
#include "plat/http/chars.h"
#include "plat/http/head.h"

struct framing {
    bool has_length;
    bool chunked;
    bool close;
    bool keep_alive;
    uint64_t length;
};

static err_t answer_status_line(struct answer *a, str_t line, unsigned *ret_minor,
                                struct diag *why);
static err_t answer_field(struct answer *a, struct framing *f, str_t line, struct diag *why);
static err_t answer_frame(struct answer *a, const struct framing *f, unsigned minor,
                          struct diag *why);

size_t answer_end(str_t in, size_t *seen)
{
    while (*seen < in.n) {
        const char *lf = memchr(in.p + *seen, '\n', in.n - *seen);
        if (lf == NULL) {
            *seen = in.n;
            return 0;
        }
        size_t next = (size_t)(lf - in.p) + 1;
        if (next < in.n && in.p[next] == '\n')
            return next + 1;
        if (next + 1 < in.n && in.p[next] == '\r' && in.p[next + 1] == '\n')
            return next + 2;
        if (next == in.n || (next + 1 == in.n && in.p[next] == '\r')) {
            *seen = next - 1; /* what follows will tell */
            return 0;
        }
        *seen = next;
    }
    return 0;
}

bool answer_may_begin(str_t in)
{
    str_t want = STR("HTTP/1.");
    return str_eq(str_sub(in, 0, want.n), str_sub(want, 0, in.n));
}

/* The next line, without its end. */
static str_t next_line(str_t *rest)
{
    size_t lf = str_find(*rest, '\n');
    size_t n = lf > 0 && rest->p[lf - 1] == '\r' ? lf - 1 : lf;
    str_t line = str_sub(*rest, 0, n);
    *rest = str_sub(*rest, lf + 1, rest->n);
    return line;
}

err_t answer_read(str_t head, struct diag *why, struct answer *ret)
{
    struct framing f = { 0 };
    unsigned minor = 0;
    str_t rest = head;
    ret->fields_n = 0;
    TRY(answer_status_line(ret, next_line(&rest), &minor, why));
    for (;;) {
        str_t line = next_line(&rest);
        if (line.n == 0)
            return answer_frame(ret, &f, minor, why);
        TRY(answer_field(ret, &f, line, why));
    }
}

/* HTTP-version SP status-code SP [ reason-phrase ] (section 4); the last SP is often forgotten. */
static err_t answer_status_line(struct answer *a, str_t line, unsigned *ret_minor, struct diag *why)
{
    uint64_t status;
    str_t code = str_sub(line, 9, 3);
    bool shaped = line.n >= 12 && answer_may_begin(line) && line.p[8] == ' ' &&
                  (line.p[7] == '0' || line.p[7] == '1') && (line.n == 12 || line.p[12] == ' ');
    if (!shaped || num_parse_u64(code, &status) != E_OK || status < 100)
        return FAIL(why, E_IO, "it does not answer HTTP/1");
    a->status = (int)status;
    *ret_minor = line.p[7] == '1';
    return E_OK;
}

/* Equal lengths count as one (section 6.3). */
static err_t note_length(struct framing *f, str_t value, struct diag *why)
{
    uint64_t n;
    if (num_parse_u64(value, &n) != E_OK || n > INT64_MAX || (f->has_length && n != f->length))
        return FAIL(why, E_IO, "its answer has no Content-Length that can be believed");
    f->has_length = true;
    f->length = n;
    return E_OK;
}

static err_t note_coding(struct framing *f, str_t value, struct diag *why)
{
    if (f->chunked || !str_eq_nocase(value, STR("chunked")))
        return FAIL(why, E_IO, "its answer has a Transfer-Encoding that nobody asked for");
    f->chunked = true;
    return E_OK;
}

static err_t note_connection(struct framing *f, str_t value, struct diag *why)
{
    str_t option;
    (void)why;
    while (str_split(&value, ',', &option)) {
        option = str_trim(option);
        f->close |= str_eq_nocase(option, STR("close"));
        f->keep_alive |= str_eq_nocase(option, STR("keep-alive"));
    }
    return E_OK;
}

static err_t answer_field(struct answer *a, struct framing *f, str_t line, struct diag *why)
{
    static const struct {
        str_t name;
        err_t (*note)(struct framing *f, str_t value, struct diag *why);
    } rows[] = {
        { { "content-length", 14 }, note_length },
        { { "transfer-encoding", 17 }, note_coding },
        { { "connection", 10 }, note_connection },
    };
    struct http_field field;
    if (a->fields_n == ANSWER_FIELDS_MAX)
        return FAIL(why, E_TOO_BIG, "the head of the answer is too large");
    if (head_parse_field(line, NULL, &field) != E_OK)
        return FAIL(why, E_IO, "its answer has a field line that HTTP/1 has not");
    a->fields[a->fields_n++] = (struct http_answer_field){ field.name, field.value };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq_nocase(field.name, rows[i].name))
            return rows[i].note(f, field.value, why);
    }
    return E_OK;
}

/* Section 6.3. Of a length beside chunks the chunks count, and the connection ends: somebody on the
 * way may have read it otherwise. */
static err_t answer_frame(struct answer *a, const struct framing *f, unsigned minor,
                          struct diag *why)
{
    bool bare = a->status < 200 || a->status == 204 || a->status == 304;
    if (f->chunked && minor == 0)
        return FAIL(why, E_IO, "its answer has chunks in HTTP/1.0");
    a->to_close = !bare && !f->chunked && !f->has_length;
    a->body = !bare && f->chunked ? body_of_chunks() : body_of_length(bare ? 0 : f->length);
    a->keep_alive = !f->close && !a->to_close && !(f->chunked && f->has_length) &&
                    (minor == 1 || f->keep_alive);
    return E_OK;
}
