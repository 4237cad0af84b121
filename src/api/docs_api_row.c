/* SPDX-License-Identifier: Apache-2.0 */
/* One row of the API, and the shapes of its bodies. What it says comes from struct route and struct
 * shape. */
#include "api/docs_api.h"

#include "api/router.h"

static const char *prefix_of(const struct route *r)
{
    return r->root ? "" : "/api/v1";
}

void docs_api_put_name(struct html *h, const struct route *r)
{
    html_text(h, str_from_cz(method_name(r->method)));
    HTML(h, " ");
    html_text(h, str_from_cz(prefix_of(r)));
    html_text(h, str_from_cz(r->path));
}

void docs_api_put_doc(struct html *h, str_t sentence)
{
    str_t part;
    for (bool code = false; str_split(&sentence, '`', &part); code = !code) {
        if (code)
            HTML(h, "<code>");
        html_text(h, part);
        if (code)
            HTML(h, "</code>");
    }
}

/* Letters and digits as they are, the rest a dash. */
static void put_plain(struct html *h, const char *text)
{
    for (; *text != '\0'; text++) {
        char c = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        buf_add_byte(&h->b, plain ? c : '-');
    }
}

void docs_api_put_anchor(struct html *h, const struct route *r)
{
    put_plain(h, method_name(r->method));
    put_plain(h, prefix_of(r));
    put_plain(h, r->path);
}

static void shape_note(struct docs_shapes *list, const struct shape *s)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->v[i] == s)
            return;
    }
    if (list->n < DOCS_SHAPES_MAX)
        list->v[list->n++] = s;
}

static void put_shape_link(struct html *h, const struct shape *s, struct docs_shapes *shapes)
{
    shape_note(shapes, s);
    HTML(h, "<a href=\"#shape-");
    html_text(h, str_from_cz(s->name));
    HTML(h, "\"><code>");
    html_text(h, str_from_cz(s->name));
    HTML(h, "</code></a>");
}

static void fact_begin(struct html *h, enum phrase name)
{
    HTML(h, "<dt>");
    html_say(h, name);
    HTML(h, "</dt><dd>");
}

static void fact_end(struct html *h)
{
    HTML(h, "</dd>\n");
}

static void put_code(struct html *h, const char *text)
{
    HTML(h, "<code>");
    html_text(h, str_from_cz(text));
    HTML(h, "</code>");
}

static void put_who(struct html *h, const struct route *r)
{
    static const enum phrase who[] = {
        [AUTH_CLOSED] = PHRASE_DOCS_API_NO,   [AUTH_OPEN] = PHRASE_DOCS_API_OPEN,
        [AUTH_ACTOR] = PHRASE_DOCS_API_ACTOR, [AUTH_DEVICE] = PHRASE_DOCS_API_DEVICE,
        [AUTH_ENROL] = PHRASE_DOCS_API_ENROL, [AUTH_SESSION] = PHRASE_DOCS_API_SESSION,
    };
    fact_begin(h, PHRASE_DOCS_API_WHO);
    html_say(h, who[r->auth]);
    fact_end(h);
}

/* The permission, and the roles that hold it. */
static void put_permission(struct html *h, const struct route *r)
{
    const char *before = " (";
    if (!r->check)
        return;
    fact_begin(h, PHRASE_DOCS_API_PERMISSION);
    put_code(h, perm_name(r->may));
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        if (!perms_have(role_perms(role), r->may))
            continue;
        html_raw(h, str_from_cz(before));
        html_text(h, str_from_cz(role_name(role)));
        before = ", ";
    }
    if (before[0] == ',')
        HTML(h, ")");
    fact_end(h);
}

static void put_body(struct html *h, const struct route *r, struct docs_shapes *shapes)
{
    if (route_body(r) == NULL)
        return;
    fact_begin(h, PHRASE_DOCS_API_BODY);
    put_shape_link(h, route_body(r), shapes);
    if (r->form != NULL) {
        HTML(h, " ");
        html_say(h, PHRASE_DOCS_API_FORM);
    }
    fact_end(h);
}

static void put_answer(struct html *h, const struct route *r, struct docs_shapes *shapes)
{
    fact_begin(h, PHRASE_DOCS_API_ANSWER);
    if (r->page || r->out == NULL) {
        html_say(h, r->page ? PHRASE_DOCS_API_HTML : PHRASE_DOCS_API_FREE);
        fact_end(h);
        return;
    }
    if (r->events || r->out_list) {
        html_say(h, r->events ? PHRASE_DOCS_API_EVENTS_OF : PHRASE_DOCS_API_PAGE_OF);
        HTML(h, " ");
    }
    put_shape_link(h, r->out, shapes);
    if (r->out_also != NULL) {
        HTML(h, " ");
        html_say(h, PHRASE_DOCS_API_OR);
        HTML(h, " ");
        put_shape_link(h, r->out_also, shapes);
    }
    fact_end(h);
}

static void put_refusal(struct html *h, err_t e)
{
    buf_add_i64(&h->b, err_info(e)->status);
    HTML(h, " ");
    put_code(h, err_info(e)->slug);
    HTML(h, ", ");
}

/* Those that the row itself tells of. */
static void put_refusals(struct html *h, const struct route *r)
{
    fact_begin(h, PHRASE_DOCS_API_REFUSALS);
    if (r->page || r->oauth) {
        html_say(h, r->page ? PHRASE_DOCS_API_HTML : PHRASE_DOCS_API_OAUTH);
        fact_end(h);
        return;
    }
    if (r->auth != AUTH_OPEN)
        put_refusal(h, E_UNAUTHENTICATED);
    if (r->check)
        put_refusal(h, E_FORBIDDEN);
    if (strchr(r->path, '{') != NULL)
        put_refusal(h, E_NOT_FOUND);
    if (route_body(r) != NULL) {
        put_refusal(h, E_BAD_JSON);
        put_refusal(h, E_TOO_BIG);
        put_refusal(h, E_UNSUPPORTED_MEDIA);
    }
    if (route_body(r) != NULL || r->query != NULL) {
        put_refusal(h, E_BAD_FIELD);
        put_refusal(h, E_UNKNOWN_FIELD);
    }
    HTML(h, "<a href=\"/docs/api#errors\">");
    html_say(h, PHRASE_DOCS_API_EVERY);
    HTML(h, "</a>");
    fact_end(h);
}

static void put_bounds(struct html *h, const struct field *f)
{
    bool text = f->kind == K_STR;
    if (f->oneof != NULL) {
        HTML(h, ": ");
        for (const char *const *v = f->oneof; *v != NULL; v++) {
            if (v != f->oneof)
                HTML(h, ", ");
            put_code(h, *v);
        }
        return;
    }
    if ((text || f->kind == K_I64 || f->kind == K_OPT_I64) && f->max > 0) {
        HTML(h, ", ");
        buf_add_i64(&h->b, f->min);
        HTML(h, "–");
        buf_add_i64(&h->b, f->max);
        if (text)
            HTML(h, " bytes");
    }
}

static void put_type(struct html *h, const struct field *f, struct docs_shapes *shapes)
{
    static const char *const names[] = {
        [K_STR] = "text",
        [K_I64] = "integer",
        [K_BOOL] = "boolean",
        [K_TIME] = "time",
        [K_ID] = "id",
        [K_OPT_I64] = "integer",
        [K_OPT_BOOL] = "boolean",
        [K_OPT_MILLI] = "number",
        [K_JSON] = "JSON",
        [K_STRS] = "texts",
        [K_ROWS] = "",
        [K_OBJ] = "",
    };
    if (f->kind == K_ROWS) {
        html_say(h, PHRASE_DOCS_API_LIST_OF);
        HTML(h, " ");
    }
    if (f->of != NULL)
        put_shape_link(h, f->of, shapes);
    else
        html_text(h, str_from_cz(names[f->kind]));
    put_bounds(h, f);
}

static void put_members(struct html *h, const struct shape *s, struct docs_shapes *shapes)
{
    static const enum phrase heads[] = { PHRASE_DOCS_API_NAME, PHRASE_DOCS_API_TYPE,
                                         PHRASE_DOCS_API_NEEDED, PHRASE_DOCS_API_MEANING };
    HTML(h, "<div class=\"wide\" tabindex=\"0\"><table class=\"blocks\">\n<thead><tr>");
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        HTML(h, "<th>");
        html_say(h, heads[i]);
        HTML(h, "</th>");
    }
    HTML(h, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];
        HTML(h, "<tr><td>");
        put_code(h, f->name);
        HTML(h, "</td><td");
        html_attr(h, "data-label", phrase_in(h->lang, heads[1]));
        HTML(h, ">");
        put_type(h, f, shapes);
        HTML(h, "</td><td");
        html_attr(h, "data-label", phrase_in(h->lang, heads[2]));
        HTML(h, ">");
        html_say(h, f->req ? PHRASE_DOCS_API_YES : PHRASE_DOCS_API_NO);
        HTML(h, "</td><td lang=\"en\">");
        docs_api_put_doc(h, str_from_cz(f->doc));
        HTML(h, "</td></tr>\n");
    }
    HTML(h, "</tbody></table></div>\n");
}

void docs_api_put_row(struct html *h, const struct route *r, struct docs_shapes *shapes)
{
    HTML(h, "<h2 id=\"");
    docs_api_put_anchor(h, r);
    HTML(h, "\"><code>");
    docs_api_put_name(h, r);
    HTML(h, "</code></h2>\n<p lang=\"en\">");
    docs_api_put_doc(h, str_from_cz(r->doc));
    HTML(h, "</p>\n<dl>\n");
    put_who(h, r);
    put_permission(h, r);
    put_body(h, r, shapes);
    put_answer(h, r, shapes);
    put_refusals(h, r);
    if (r->audit != NULL) {
        fact_begin(h, PHRASE_DOCS_API_RECORD);
        put_code(h, r->audit);
        fact_end(h);
    }
    HTML(h, "</dl>\n");
    if (r->query != NULL)
        put_members(h, r->query, shapes);
}

void docs_api_put_shapes(struct html *h, struct docs_shapes *shapes)
{
    if (shapes->n == 0)
        return;
    HTML(h, "<h2 id=\"shapes\">");
    html_say(h, PHRASE_DOCS_API_SHAPES);
    HTML(h, "</h2>\n");
    for (size_t i = 0; i < shapes->n; i++) { /* the list grows by what its shapes hold */
        HTML(h, "<h3 id=\"shape-");
        html_text(h, str_from_cz(shapes->v[i]->name));
        HTML(h, "\"><code>");
        html_text(h, str_from_cz(shapes->v[i]->name));
        HTML(h, "</code></h3>\n");
        put_members(h, shapes->v[i], shapes);
    }
}
