/* SPDX-License-Identifier: Apache-2.0 */
#include "api/oauth_reply.h"

#include "api/reply.h"

err_t oauth_fail(struct request *rq, const char *error, const char *text)
{
    rq->oauth = error;
    return FAIL(&rq->act.why, E_OAUTH, "%s", text);
}

err_t oauth_fail_keep(struct request *rq, const char *error, const char *text)
{
    err_t e = oauth_fail(rq, error, text);
    return reply_refusal(rq, e);
}

void oauth_head(struct buf *head)
{
    BUF_ADD(head, "Cache-Control: no-store\r\nPragma: no-cache\r\n");
}

/* RFC 6749 section 5.2 says 400 for what the client did wrong; what HTTP has a word of its own for,
 * and what is our trouble, keeps its status. */
static int status_of(err_t e, const char *error)
{
    int status = err_info(e)->status;
    if (error != NULL && str_eq(str_from_cz(error), STR("invalid_client")))
        return 401;
    bool own = status == 401 || status == 405 || status == 413 || status == 429 || status >= 500;
    return own ? status : 400;
}

/* error_description: %x20-21 / %x23-5B / %x5D-7E. */
static void add_description(struct json_out *o, const char *text)
{
    char plain[DIAG_TEXT_MAX];
    size_t n = 0;
    for (; text[n] != '\0' && n < sizeof plain; n++) {
        char c = text[n];
        plain[n] = c < 0x20 || c > 0x7e ? '?' : c == '"' || c == '\\' ? '\'' : c;
    }
    JSON_OUT(o, "error_description", str, str_of(plain, n));
}

int oauth_refusal(struct buf *body, err_t e, const char *error, const struct diag *why)
{
    err_t shown = problem_public(e);
    bool explained = shown == e && why != NULL && why->err == e && why->text[0] != '\0';
    const char *name = shown == E_OAUTH && error != NULL ? error : err_info(shown)->oauth;
    struct json_out o = json_out_to(body);
    json_out_open(&o, '{');
    JSON_OUT(&o, "error", str, str_from_cz(name));
    add_description(&o, explained ? why->text : err_info(shown)->text);
    json_out_close(&o, '}');
    return status_of(shown, name);
}
