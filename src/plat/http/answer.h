/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head of an answer (RFC 9112 sections 4 to 6): its status, its fields, and where its body
 * ends. Pure. An answer is believed no more than a request, but for line ends: a bare LF is taken
 * for one (section 2.2), since the connection serves one credential of one origin, and whoever
 * could be deceived by it is the origin itself.
 */
#ifndef PLAT_HTTP_ANSWER_H
#define PLAT_HTTP_ANSWER_H

#include "plat/http/body.h"
#include "plat/http/client.h"

enum { ANSWER_FIELDS_MAX = 64, ANSWER_HEAD_MAX = 32 * 1024 };

struct answer {
    int status; /* 100 to 999 */
    struct http_answer_field fields[ANSWER_FIELDS_MAX];
    size_t fields_n;
    struct body body;
    bool to_close;   /* no length: the body ends with the connection */
    bool keep_alive; /* another request may follow on the connection */
};

/*
 * Where the head ends that `in` begins with: its length, 0 while it is not whole. *seen is where to
 * go on looking, 0 at first.
 */
size_t answer_end(str_t in, size_t *seen);
/* Can `in` be the beginning of an answer? */
bool answer_may_begin(str_t in);
/* A whole head, its empty line too; what it gives borrows from it. E_IO: it is none that HTTP/1
 * has. E_TOO_BIG: too many fields. */
err_t answer_read(str_t head, struct diag *why, struct answer *ret) MUST_USE;

#endif
