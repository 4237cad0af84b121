/* SPDX-License-Identifier: Apache-2.0 */
#include "api/page.h"

#include "base/num.h"

enum { PAGE_DEFAULT = 100 };

static err_t page_start(struct request *rq, const struct page_in *in, str_t filters,
                        struct page *ret, str_t *ret_position)
{
    *ret = (struct page){
        .limit = in->limit > 0 ? in->limit : PAGE_DEFAULT,
        .filters = filters,
        .before = INT64_MAX,
    };
    *ret_position = STR_NONE;
    return in->cursor.p != NULL ? cursor_open(rq, in->cursor, filters, ret_position) : E_OK;
}

static err_t not_ours(struct request *rq)
{
    return FAIL(&rq->act.why, E_BAD_CURSOR, "this is no cursor of this list");
}

err_t page_open(struct request *rq, const struct page_in *in, str_t filters, struct page *ret)
{
    str_t position;
    TRY(page_start(rq, in, filters, ret, &position));
    if (position.p != NULL && oid_parse(position, &ret->after) != E_OK)
        return not_ours(rq);
    return E_OK;
}

err_t page_open_of(struct request *rq, const struct page_in *in, str_t search, oid_t of,
                   struct page *ret)
{
    char id[OID_TEXT];
    str_t filters;
    oid_format(of, id);
    TRY(str_format(rq->act.arena, &filters, "%.*s\n%.*s", STR_ARG(search), (int)sizeof id, id));
    return page_open(rq, in, filters, ret);
}

err_t page_open_number(struct request *rq, const struct page_in *in, str_t filters,
                       struct page *ret)
{
    str_t position;
    TRY(page_start(rq, in, filters, ret, &position));
    if (position.p != NULL && num_parse_i64(position, &ret->before) != E_OK)
        return not_ours(rq);
    return E_OK;
}

size_t page_shown(const struct page *p, size_t n)
{
    return n > (size_t)p->limit ? (size_t)p->limit : n;
}

static bool has_more(const struct page *p, size_t n)
{
    return n > (size_t)p->limit;
}

err_t page_close(struct request *rq, struct page *p, size_t n, oid_t last)
{
    char text[OID_TEXT];
    oid_format(last, text);
    return has_more(p, n) ? cursor_make(rq, str_of(text, sizeof text), p->filters, &p->next) : E_OK;
}

err_t page_close_number(struct request *rq, struct page *p, size_t n, int64_t last)
{
    str_t text;
    TRY(str_format(rq->act.arena, &text, "%lld", (long long)last));
    return has_more(p, n) ? cursor_make(rq, text, p->filters, &p->next) : E_OK;
}
