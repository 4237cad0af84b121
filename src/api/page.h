/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists that go forward by the id of their last row, or downward by a number. A handler asks for
 * limit + 1 rows; the one too many says that there is a next page.
 */
#ifndef API_PAGE_H
#define API_PAGE_H

#include "api/request.h"

struct page {
    int64_t limit;
    str_t filters;
    oid_t after;    /* zero: from the start */
    int64_t before; /* INT64_MAX: from the newest */
    str_t next;     /* absent: this was the last page */
};

/* `filters`: what else makes it this list, of the request's arena. E_BAD_CURSOR. */
err_t page_open(struct request *rq, const struct page_in *in, str_t filters,
                struct page *ret) MUST_USE;
/* The list of a search in what belongs to `of`; zero: in all. */
err_t page_open_of(struct request *rq, const struct page_in *in, str_t search, oid_t of,
                   struct page *ret) MUST_USE;
err_t page_open_number(struct request *rq, const struct page_in *in, str_t filters,
                       struct page *ret) MUST_USE;

/* How many of `n` rows that were read are shown. */
size_t page_shown(const struct page *p, size_t n);

/* Make the next cursor from the last row that is shown, where there are more. */
err_t page_close(struct request *rq, struct page *p, size_t n, oid_t last) MUST_USE;
err_t page_close_number(struct request *rq, struct page *p, size_t n, int64_t last) MUST_USE;

#endif
