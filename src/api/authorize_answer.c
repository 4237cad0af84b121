/* SPDX-License-Identifier: Apache-2.0 */
#include "api/authorize_answer.h"

#include "api/page_html.h"
#include "api/redirect.h"
#include "api/services.h"

enum { ANSWER_MAX = 16 * 1024, PARAMS_MAX = 4 };

struct param {
    const char *name;
    str_t value; /* absent: it is left out */
};

static err_t by_query(struct request *rq, const struct answer_to *to, const struct param *params)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t url = STR_NONE;
    buf_init(&b, ANSWER_MAX);
    b.secret = true;
    buf_add(&b, to->redirect_uri);
    for (size_t i = 0; i < PARAMS_MAX; i++)
        url_add_param(&b, str_from_cz(params[i].name), params[i].value);
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &url));
    return reply_redirect(rq, 303, url);
}

/* The specification's page sends itself by a script; ours has none on any page, so the person
 * presses a button. The form goes to the client: no token of ours stands in it. */
static err_t by_form(struct request *rq, const struct answer_to *to, const struct param *params)
{
    struct html *h;
    TRY(page_begin(rq, PHRASE_FORM_POST_TITLE, &h));
    html_leads_out(h);
    html_para(h, PHRASE_FORM_POST_TEXT);
    HTML(h, "<form method=\"post\"");
    html_attr(h, "action", to->redirect_uri);
    HTML(h, ">\n");
    for (size_t i = 0; i < PARAMS_MAX; i++) {
        if (params[i].value.p != NULL)
            html_hidden(h, params[i].name, params[i].value);
    }
    html_form_end(h, PHRASE_GO_ON);
    return reply_page(rq, 200, h);
}

static err_t answer(struct request *rq, const struct answer_to *to, const struct param *params)
{
    return to->mode == RESPONSE_FORM_POST ? by_form(rq, to, params) : by_query(rq, to, params);
}

err_t answer_code(struct request *rq, const struct answer_to *to, str_t code)
{
    const struct param params[PARAMS_MAX] = {
        { "code", code },
        { "state", to->state },
        { "iss", services_settings(rq->services)->issuer },
        { "unused", STR_NONE },
    };
    return answer(rq, to, params);
}

bool answer_is_for_client(err_t e)
{
    return err_info(e)->status < 500 && e != E_NO_MEMORY;
}

err_t answer_error(struct request *rq, const struct answer_to *to, err_t e)
{
    const struct diag *why = &rq->act.why;
    str_t text = STR_NONE;
    bool explained = why->err == e && why->text[0] != '\0';
    TRY(str_copy(rq->act.arena, str_from_cz(explained ? why->text : err_info(e)->text), &text));
    const struct param params[PARAMS_MAX] = {
        { "error", str_from_cz(err_info(e)->oauth) },
        { "error_description", text },
        { "state", to->state },
        { "iss", services_settings(rq->services)->issuer },
    };
    return answer(rq, to, params);
}
