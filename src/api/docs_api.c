/* SPDX-License-Identifier: Apache-2.0 */
#include "api/docs_api.h"

#include "api/docs_frame.h"
#include "api/phrase.h"
#include "api/router.h"

enum { GROUPS_MAX = 96 };

struct groups {
    str_t v[GROUPS_MAX]; /* in the order of the alphabet */
    size_t n;
};

/* "/devices/{id}" is of "devices", "/.well-known/x" of "well-known", "/" of "root". */
static str_t group_of(const struct route *r)
{
    str_t rest = str_from_cz(r->path + 1);
    str_t segment;
    (void)str_split(&rest, '/', &segment);
    if (segment.n == 0)
        return STR("root");
    return str_starts(segment, STR(".")) ? str_sub(segment, 1, segment.n) : segment;
}

static void group_note(struct groups *g, str_t name)
{
    size_t at = g->n;
    for (size_t i = 0; i < g->n; i++) {
        if (str_eq(g->v[i], name))
            return;
    }
    if (g->n == GROUPS_MAX)
        return; /* a test finds each row on some page */
    for (; at > 0 && str_cmp(g->v[at - 1], name) > 0; at--)
        g->v[at] = g->v[at - 1];
    g->v[at] = name;
    g->n++;
}

static void groups_make(struct groups *g)
{
    g->n = 0;
    for (size_t t = 0; t < route_parts_n; t++) {
        for (size_t i = 0; i < route_parts[t]->n; i++)
            group_note(g, group_of(&route_parts[t]->rows[i]));
    }
}

typedef void row_f(struct html *h, const struct route *r, void *to);

static void each_row(struct html *h, str_t group, row_f *f, void *to)
{
    for (size_t t = 0; t < route_parts_n; t++) {
        for (size_t i = 0; i < route_parts[t]->n; i++) {
            if (str_eq(group_of(&route_parts[t]->rows[i]), group))
                f(h, &route_parts[t]->rows[i], to);
        }
    }
}

static void put_line(struct html *h, const struct route *r, void *to)
{
    const str_t *group = to;
    HTML(h, "<tr><td><a href=\"/docs/api/");
    html_text(h, *group);
    HTML(h, "#");
    docs_api_put_anchor(h, r);
    HTML(h, "\"><code>");
    docs_api_put_name(h, r);
    HTML(h, "</code></a></td><td lang=\"en\">");
    docs_api_put_doc(h, str_from_cz(r->doc));
    HTML(h, "</td></tr>\n");
}

static void put_para(struct html *h, enum phrase p)
{
    HTML(h, "<p>");
    docs_api_put_doc(h, phrase_in(h->lang, p));
    HTML(h, "</p>\n");
}

static void put_heads(struct html *h, const enum phrase *names, size_t n)
{
    HTML(h, "<div class=\"wide\" tabindex=\"0\"><table class=\"blocks\">\n<thead><tr>");
    for (size_t i = 0; i < n; i++) {
        HTML(h, "<th>");
        html_say(h, names[i]);
        HTML(h, "</th>");
    }
    HTML(h, "</tr></thead>\n<tbody>\n");
}

static void put_errors(struct html *h)
{
    static const enum phrase heads[] = { PHRASE_DOCS_API_STATUS, PHRASE_DOCS_API_CODE,
                                         PHRASE_DOCS_API_MEANING, PHRASE_DOCS_API_RETRY };
    HTML(h, "<h2 id=\"errors\">");
    html_say(h, PHRASE_DOCS_API_ERRORS);
    HTML(h, "</h2>\n");
    put_para(h, PHRASE_DOCS_API_PROBLEM);
    put_heads(h, heads, ARRAY_LEN(heads));
    for (err_t e = E_OK + 1; e < E_AGAIN; e++) { /* from there on they stay inside the house */
        const struct err_info *info = err_info(e);
        HTML(h, "<tr><td class=\"end\">");
        buf_add_i64(&h->b, info->status);
        HTML(h, "</td><td><code>");
        html_text(h, str_from_cz(info->slug));
        HTML(h, "</code></td><td lang=\"en\">");
        html_text(h, str_from_cz(info->text));
        HTML(h, "</td><td");
        html_attr(h, "data-label", phrase_in(h->lang, PHRASE_DOCS_API_RETRY));
        HTML(h, ">");
        html_say(h, info->retry ? PHRASE_DOCS_API_YES : PHRASE_DOCS_API_NO);
        HTML(h, "</td></tr>\n");
    }
    HTML(h, "</tbody></table></div>\n");
}

static void put_group(struct html *h, str_t group)
{
    HTML(h, "<h2");
    html_attr(h, "id", group);
    HTML(h, ">");
    html_text(h, group);
    HTML(h, "</h2>\n<div class=\"wide\" tabindex=\"0\"><table class=\"blocks\">\n<tbody>\n");
    each_row(h, group, put_line, &group);
    HTML(h, "</tbody></table></div>\n");
}

static void put_contents(struct html *h, str_t anchor, str_t title)
{
    HTML(h, "<li><a href=\"#");
    html_text(h, anchor);
    HTML(h, "\">");
    html_text(h, title);
    HTML(h, "</a></li>\n");
}

err_t docs_api_index(struct request *rq)
{
    enum lang lang = lang_of(rq->xchg);
    str_t title = phrase_in(lang, PHRASE_DOCS_API_TITLE);
    struct groups *groups = ARENA_NEW(rq->act.arena, struct groups);
    struct html *h;
    if (groups == NULL)
        return E_NO_MEMORY;
    TRY(docs_begin(rq, &(struct docs_shell){ "api", title, rq->xchg->path, STR("") }, &h));
    groups_make(groups);
    docs_contents_begin(h);
    put_contents(h, STR("errors"), phrase_in(lang, PHRASE_DOCS_API_ERRORS));
    for (size_t i = 0; i < groups->n; i++)
        put_contents(h, groups->v[i], groups->v[i]);
    docs_contents_end(h);
    docs_main(h, title);
    put_para(h, PHRASE_DOCS_API_LEAD);
    html_heading(h, PHRASE_DOCS_API_HOW);
    put_para(h, PHRASE_DOCS_API_TOKEN);
    put_errors(h);
    for (size_t i = 0; i < groups->n; i++)
        put_group(h, groups->v[i]);
    return docs_reply(rq, h, "api");
}

static void put_row_contents(struct html *h, const struct route *r, void *to)
{
    (void)to;
    HTML(h, "<li><a href=\"#");
    docs_api_put_anchor(h, r);
    HTML(h, "\">");
    html_text(h, str_from_cz(method_name(r->method)));
    HTML(h, " ");
    html_text(h, str_from_cz(r->path)); /* what they all begin with would leave no room */
    HTML(h, "</a></li>\n");
}

static void put_row(struct html *h, const struct route *r, void *to)
{
    docs_api_put_row(h, r, to);
}

err_t docs_api_group(struct request *rq)
{
    str_t group = rq->params[0];
    str_t title;
    struct groups *groups = ARENA_NEW(rq->act.arena, struct groups);
    struct docs_shapes *shapes = ARENA_NEW(rq->act.arena, struct docs_shapes);
    struct html *h;
    bool known = false;
    if (groups == NULL || shapes == NULL)
        return E_NO_MEMORY;
    groups_make(groups);
    for (size_t i = 0; i < groups->n; i++)
        known = known || str_eq(groups->v[i], group);
    if (!known)
        return E_NOT_FOUND;
    TRY(str_format(rq->act.arena, &title, "%.*s · %.*s",
                   STR_ARG(phrase_in(lang_of(rq->xchg), PHRASE_DOCS_API_TITLE)), STR_ARG(group)));
    TRY(docs_begin(rq, &(struct docs_shell){ "api", title, rq->xchg->path, STR("") }, &h));
    docs_contents_begin(h);
    each_row(h, group, put_row_contents, NULL);
    docs_contents_end(h);
    docs_main(h, title);
    each_row(h, group, put_row, shapes);
    docs_api_put_shapes(h, shapes);
    return docs_reply(rq, h, "api");
}
