/* SPDX-License-Identifier: Apache-2.0 */
#include "api/consent_page.h"

#include "api/page_html.h"
#include "domain/access/app_uri.h"
#include "domain/oauth/scope.h"

static const struct {
    const char *scope;
    enum phrase words;
} rows[] = {
    { "openid", PHRASE_SCOPE_OPENID },
    { "profile", PHRASE_SCOPE_PROFILE },
    { "email", PHRASE_SCOPE_EMAIL },
    { "groups", PHRASE_SCOPE_GROUPS },
    { "offline_access", PHRASE_SCOPE_OFFLINE },
    { "api", PHRASE_SCOPE_API },
    { "mcp", PHRASE_SCOPE_MCP },
};

static void scope_line(struct html *h, str_t scope)
{
    size_t i = 0;
    while (i < ARRAY_LEN(rows) && !str_eq(str_from_cz(rows[i].scope), scope))
        i++;
    HTML(h, "<li>");
    if (i < ARRAY_LEN(rows))
        html_say(h, rows[i].words);
    else
        html_say_with(h, PHRASE_SCOPE_OTHER, &scope, 1);
    HTML(h, "</li>\n");
}

void scopes_in_words(struct html *h, str_t scope)
{
    str_t one;
    HTML(h, "<ul>\n");
    while (words_next(&scope, &one))
        scope_line(h, one);
    HTML(h, "</ul>\n");
}

/* The host is what a person can judge; a program on his own machine has none. */
static void where_to(struct html *h, str_t redirect_uri)
{
    struct app_uri uri;
    if (app_uri_parse(redirect_uri, &uri) != E_OK)
        html_fact(h, PHRASE_CONSENT_WHERE, redirect_uri);
    else if (app_uri_is_loopback(&uri))
        html_fact(h, PHRASE_CONSENT_WHERE_HERE, uri.host);
    else
        html_fact(h, PHRASE_CONSENT_WHERE, uri.host.p != NULL ? uri.host : uri.scheme);
}

err_t consent_page(struct request *rq, const struct consent_ask *ask)
{
    struct html *h;
    bool stranger = ask->app->origin == APP_REGISTERED || ask->app->origin == APP_METADATA;
    TRY(page_begin(rq, PHRASE_CONSENT_TITLE, &h));
    html_leads_out(h);
    html_para_with(h, PHRASE_CONSENT_TEXT, &ask->app->name, 1);
    scopes_in_words(h, ask->row->scope);
    if (stranger)
        html_note(h, NOTE_BAD, PHRASE_CONSENT_STRANGER);
    html_facts(h);
    html_fact(h, PHRASE_CONSENT_YOU, str_from_cz(rq->act.actor.name));
    where_to(h, ask->row->redirect_uri);
    html_facts_end(h);
    html_form(h, "/oauth2/continue");
    html_hidden(h, "request", ask->text);
    HTML(h, "<p class=\"row\">");
    html_button(h, BUTTON_MAIN, PHRASE_CONSENT_ALLOW, "decision", "allow");
    html_button(h, BUTTON_PLAIN, PHRASE_CONSENT_DENY, "decision", "deny");
    HTML(h, "</p>\n");
    html_form_close(h);
    return reply_page(rq, 200, h);
}
