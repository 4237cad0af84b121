/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/http: what the two clients, the blocking one and the one on loops, have in common. */
#ifndef PLAT_HTTP_CLIENT_PARTS_H
#define PLAT_HTTP_CLIENT_PARTS_H

#include "plat/http/client.h"

#include <curl/curl.h>

enum { CLIENT_FIELDS_MAX = 64, CLIENT_HEAD_MAX = 32 * 1024 };

/* The head of an answer, line by line. */
struct client_head {
    struct arena *a;
    struct http_answer_field *fields;
    size_t fields_n;
    size_t n; /* bytes of all heads */
    bool no_memory;
};

err_t client_head_init(struct client_head *head, struct arena *a) MUST_USE;
/* One line as libcurl gives it. An interim answer (100) begins a head of its own, which replaces
 * what came before. False: too much of it, or no memory. */
bool client_head_line(struct client_head *head, str_t line);

/* What a code of libcurl is called here; E_IO for anything between us and the answer. */
err_t client_err_of(CURLcode code);

/* These lines, and no Expect. NULL: no memory. */
struct curl_slist *client_lines_make(const char *const *lines, size_t n);
static inline void client_lines_freep(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

#endif
