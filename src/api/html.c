/* SPDX-License-Identifier: Apache-2.0 */
#include "api/html.h"

#include "base/num.h"

void html_raw(struct html *h, str_t literal)
{
    buf_add(&h->b, literal);
}

/* The five that have a meaning in content or between quotes of either kind. */
static str_t escape_of(char c)
{
    switch (c) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    case '\'':
        return STR("&#39;");
    default:
        return STR_NONE;
    }
}

void html_text(struct html *h, str_t s)
{
    size_t done = 0;
    for (size_t i = 0; i < s.n; i++) {
        str_t escape = escape_of(s.p[i]);
        if (escape.p == NULL)
            continue;
        buf_add(&h->b, str_sub(s, done, i - done));
        buf_add(&h->b, escape);
        done = i + 1;
    }
    buf_add(&h->b, str_sub(s, done, s.n));
}

static bool has_at(str_t s, size_t at, const char *mark)
{
    return str_starts(str_sub(s, at, s.n), str_from_cz(mark));
}

/* French: no line begins with what ends a sentence, nor ends with what opens a quotation. */
static bool holds_together(str_t s, size_t at)
{
    static const char *const after[] = { ":", ";", "?", "!", "»" };
    if (s.p[at] != ' ')
        return false;
    for (size_t i = 0; i < ARRAY_LEN(after); i++) {
        if (has_at(s, at + 1, after[i]))
            return true;
    }
    return at >= strlen("«") && has_at(s, at - strlen("«"), "«");
}

/* What a phrase says, not what somebody wrote. */
static void own_words(struct html *h, str_t s)
{
    size_t done = 0;
    for (size_t i = 0; h->lang == LANG_FR && i < s.n; i++) {
        if (!holds_together(s, i))
            continue;
        html_text(h, str_sub(s, done, i - done));
        HTML(h, "&nbsp;");
        done = i + 1;
    }
    html_text(h, str_sub(s, done, s.n));
}

void html_say(struct html *h, enum phrase p)
{
    own_words(h, phrase_in(h->lang, p));
}

/* The number in "{3}" at `at`, or -1. */
static int slot_at(str_t s, size_t at)
{
    bool slot = at + 2 < s.n && s.p[at] == '{' && s.p[at + 2] == '}';
    bool digit = slot && s.p[at + 1] >= '0' && s.p[at + 1] <= '9';
    return digit ? s.p[at + 1] - '0' : -1;
}

void html_say_with(struct html *h, enum phrase p, const str_t *with, size_t n)
{
    str_t s = phrase_in(h->lang, p);
    size_t done = 0;
    for (size_t i = 0; i < s.n; i++) {
        int slot = slot_at(s, i);
        if (slot < 0 || (size_t)slot >= n)
            continue;
        own_words(h, str_sub(s, done, i - done));
        html_text(h, with[slot]);
        done = i + 3;
        i += 2;
    }
    own_words(h, str_sub(s, done, s.n));
}

void html_attr(struct html *h, const char *name, str_t value)
{
    buf_add_byte(&h->b, ' ');
    buf_add(&h->b, str_from_cz(name));
    HTML(h, "=\"");
    html_text(h, value);
    buf_add_byte(&h->b, '"');
}

static void attr_cz(struct html *h, const char *name, const char *value)
{
    if (value != NULL)
        html_attr(h, name, str_from_cz(value));
}

void html_heading(struct html *h, enum phrase p)
{
    HTML(h, "<h2>");
    html_say(h, p);
    HTML(h, "</h2>\n");
}

void html_para(struct html *h, enum phrase p)
{
    html_para_with(h, p, NULL, 0);
}

void html_para_with(struct html *h, enum phrase p, const str_t *with, size_t n)
{
    HTML(h, "<p>");
    html_say_with(h, p, with, n);
    HTML(h, "</p>\n");
}

void html_note(struct html *h, enum note kind, enum phrase p)
{
    html_note_with(h, kind, p, NULL, 0);
}

void html_note_with(struct html *h, enum note kind, enum phrase p, const str_t *with, size_t n)
{
    static const char *const classes[] = { "note", "note good", "note bad" };
    HTML(h, "<p");
    attr_cz(h, "class", classes[kind]);
    attr_cz(h, "role", kind == NOTE_BAD ? "alert" : "status");
    HTML(h, ">");
    html_say_with(h, p, with, n);
    HTML(h, "</p>\n");
}

void html_form(struct html *h, const char *action)
{
    html_form_to(h, str_from_cz(action));
}

void html_form_to(struct html *h, str_t action)
{
    HTML(h, "<form method=\"post\"");
    html_attr(h, "action", action);
    HTML(h, ">\n");
    html_hidden(h, "csrf", h->csrf);
}

void html_form_end(struct html *h, enum phrase button)
{
    HTML(h, "<p class=\"row\">");
    html_button(h, BUTTON_MAIN, button, NULL, NULL);
    HTML(h, "</p>\n");
    html_form_close(h);
}

void html_form_close(struct html *h)
{
    HTML(h, "</form>\n");
}

static void field_input(struct html *h, const struct html_field *f)
{
    HTML(h, "<input");
    attr_cz(h, "id", f->name);
    attr_cz(h, "name", f->name);
    attr_cz(h, "type", f->type != NULL ? f->type : "text");
    attr_cz(h, "autocomplete", f->autocomplete != NULL ? f->autocomplete : "off");
    attr_cz(h, "inputmode", f->inputmode);
    if (f->value.n > 0)
        html_attr(h, "value", f->value);
    if (f->max > 0) {
        HTML(h, " maxlength=\"");
        buf_add_i64(&h->b, f->max);
        HTML(h, "\"");
    }
    if (f->required)
        HTML(h, " required");
    if (f->focus)
        HTML(h, " autofocus");
    if (f->hint != PHRASE_PRODUCT) {
        HTML(h, " aria-describedby=\"");
        buf_add(&h->b, str_from_cz(f->name));
        HTML(h, "-hint\"");
    }
    HTML(h, ">\n");
}

void html_field(struct html *h, const struct html_field *f)
{
    HTML(h, "<div class=\"field\"><label");
    attr_cz(h, "for", f->name);
    HTML(h, ">");
    html_say(h, f->label);
    HTML(h, "</label>\n");
    field_input(h, f);
    if (f->hint != PHRASE_PRODUCT) {
        HTML(h, "<small id=\"");
        buf_add(&h->b, str_from_cz(f->name));
        HTML(h, "-hint\">");
        html_say(h, f->hint);
        HTML(h, "</small>\n");
    }
    HTML(h, "</div>\n");
}

void html_hidden(struct html *h, const char *name, str_t value)
{
    HTML(h, "<input type=\"hidden\"");
    attr_cz(h, "name", name);
    html_attr(h, "value", value);
    HTML(h, ">\n");
}

void html_tick(struct html *h, const char *name, str_t value, str_t label, bool ticked)
{
    HTML(h, "<label class=\"tick\"><input type=\"checkbox\"");
    attr_cz(h, "name", name);
    html_attr(h, "value", value);
    if (ticked)
        HTML(h, " checked");
    HTML(h, "> ");
    html_text(h, label);
    HTML(h, "</label>\n");
}

void html_button(struct html *h, enum button kind, enum phrase label, const char *name,
                 const char *value)
{
    static const char *const classes[] = { "main", "plain", "danger" };
    HTML(h, "<button type=\"submit\"");
    attr_cz(h, "class", classes[kind]);
    attr_cz(h, "name", name);
    attr_cz(h, "value", value);
    HTML(h, ">");
    html_say(h, label);
    HTML(h, "</button>\n");
}

void html_link(struct html *h, str_t href, enum phrase label)
{
    html_link_text(h, href, phrase_in(h->lang, label));
}

void html_link_text(struct html *h, str_t href, str_t label)
{
    HTML(h, "<a");
    html_attr(h, "href", href);
    HTML(h, ">");
    html_text(h, label);
    HTML(h, "</a>\n");
}

void html_way(struct html *h, str_t href, enum phrase label)
{
    HTML(h, "<p class=\"links\">");
    html_link(h, href, label);
    HTML(h, "</p>\n");
}

void html_facts(struct html *h)
{
    HTML(h, "<dl>\n");
}

void html_fact(struct html *h, enum phrase name, str_t value)
{
    HTML(h, "<dt>");
    html_say(h, name);
    HTML(h, "</dt><dd>");
    html_text(h, value);
    HTML(h, "</dd>\n");
}

void html_facts_end(struct html *h)
{
    HTML(h, "</dl>\n");
}
