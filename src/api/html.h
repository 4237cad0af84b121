/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page that is being written: HTML in a buffer, where everything that is not a literal of ours
 * passes html_text or html_attr and comes out escaped (IDENTITY 57). No script in it, no style
 * attribute: the content security policy would refuse both.
 *
 *   struct html *h;
 *   TRY(page_begin(rq, PHRASE_LOGIN_TITLE, &h));
 *   html_form(h, "/login");                          the CSRF field comes by itself
 *   html_field(h, &(struct html_field){ .name = "password", .label = PHRASE_PASSWORD,
 *                                       .type = "password", .autocomplete = "current-password" });
 *   html_form_end(h, PHRASE_LOGIN_GO);
 *   return reply_page(rq, 200, h);
 *
 * Errors stick in the buffer; reply_page tells.
 */
#ifndef API_HTML_H
#define API_HTML_H

#include "api/phrase.h"
#include "base/buf.h"

enum { HTML_MAX = 512 * 1024 };

struct html {
    struct buf b;
    enum lang lang;
    str_t csrf;     /* of the forms; absent: the page has none */
    bool script;    /* the page runs one of ours: page_script */
    bool leads_out; /* a form may end at another origin (a client's): see html_leads_out */
};

/* A literal as it is; nothing else goes through here. */
void html_raw(struct html *h, str_t literal);
#define HTML(h, lit) html_raw((h), STR(lit))
/* Any text, escaped for content and for quoted attributes alike. */
void html_text(struct html *h, str_t s);
void html_say(struct html *h, enum phrase p);
/* With {0}, {1} ... replaced by these texts, escaped. */
void html_say_with(struct html *h, enum phrase p, const str_t *with, size_t n);
/* ` name="value"`: into a tag that a literal opened. */
void html_attr(struct html *h, const char *name, str_t value);

/* <h2>, <p>, and a box that stands out. */
void html_heading(struct html *h, enum phrase p);
void html_para(struct html *h, enum phrase p);
void html_para_with(struct html *h, enum phrase p, const str_t *with, size_t n);
enum note { NOTE_INFO, NOTE_GOOD, NOTE_BAD };
void html_note(struct html *h, enum note kind, enum phrase p);
void html_note_with(struct html *h, enum note kind, enum phrase p, const str_t *with, size_t n);

/* A form that is sent by POST to an own path. */
void html_form(struct html *h, const char *action);
void html_form_to(struct html *h, str_t action); /* where the path is made: escaped */
void html_form_end(struct html *h, enum phrase button);
void html_form_close(struct html *h); /* where the buttons were written by html_button */

struct html_field {
    const char *name;
    enum phrase label;
    const char *type;         /* NULL: "text" */
    const char *autocomplete; /* NULL: "off" */
    const char *inputmode;    /* NULL: as the type says */
    enum phrase hint;         /* PHRASE_PRODUCT: none */
    str_t value;
    int64_t max; /* characters; 0: no limit said */
    bool required;
    bool focus;
};
void html_field(struct html *h, const struct html_field *f);
void html_hidden(struct html *h, const char *name, str_t value);
/* A box to tick, sent as `name=value`. */
void html_tick(struct html *h, const char *name, str_t value, str_t label, bool ticked);
enum button { BUTTON_MAIN, BUTTON_PLAIN, BUTTON_DANGER };
void html_button(struct html *h, enum button kind, enum phrase label, const char *name,
                 const char *value);
/* A link to an own path, or to an https URL that was checked when it was stored. */
void html_link(struct html *h, str_t href, enum phrase label);
void html_link_text(struct html *h, str_t href, str_t label);
/* On a line of its own, below a form: where else one may go. */
void html_way(struct html *h, str_t href, enum phrase label);

/* A list of facts: name and value. */
void html_facts(struct html *h);
void html_fact(struct html *h, enum phrase name, str_t value);
void html_facts_end(struct html *h);

/* A form of this page may end, by a redirect, at an origin that is not ours: browsers hold such
 * redirects to form-action too. */
static inline void html_leads_out(struct html *h)
{
    h->leads_out = true;
}

#endif
