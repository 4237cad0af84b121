/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/smtp.h"

#include "base/fault.h"
#include "base/str.h"

#include <curl/curl.h>

enum { SMTP_CONNECT_S = 10, SMTP_GOOD = 200, SMTP_FINAL = 500, SMTP_CODES = 600 };

struct smtp_url {
    const char *plain; /* scheme, host and port alone */
    const char *user;  /* NULL: none */
    bool tls;
    bool loopback;
};

struct smtp_run {
    str_t rest; /* of the message */
    const struct smtp_cfg *cfg;
};

static void url_freep(CURLU **u)
{
    curl_url_cleanup(*u);
}

static void easy_freep(CURL **h)
{
    curl_easy_cleanup(*h);
}

static void slist_freep(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

/* NULL: it has none, or memory is short, which the caller takes for the same. */
static const char *url_part(struct arena *a, CURLU *u, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    if (curl_url_get(u, part, &text, flags) != CURLUE_OK)
        return NULL;
    const char *copy = str_cz(a, str_from_cz(text));
    curl_free(text);
    return copy;
}

static bool is_loopback(str_t host)
{
    return str_eq(host, STR("localhost")) || str_eq(host, STR("[::1]")) ||
           (str_starts(host, STR("127.")) && host.p[host.n - 1] <= '9');
}

static err_t url_read(struct arena *a, const char *url, struct diag *why, struct smtp_url *ret)
{
    CLEANUP(url_freep) CURLU *u = curl_url();
    struct smtp_url out = { 0 };
    str_t plain = STR_NONE;
    if (u == NULL)
        return E_NO_MEMORY;
    if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK)
        return FAIL(why, E_BAD_FIELD, "mail.url: want smtp://[USER@]HOST[:PORT] or smtps://");
    str_t scheme = str_from_cz(url_part(a, u, CURLUPART_SCHEME, 0));
    str_t host = str_from_cz(url_part(a, u, CURLUPART_HOST, 0));
    const char *port = url_part(a, u, CURLUPART_PORT, 0);
    out.tls = str_eq(scheme, STR("smtps"));
    if ((!out.tls && !str_eq(scheme, STR("smtp"))) || host.n == 0)
        return FAIL(why, E_BAD_FIELD, "mail.url: want smtp://[USER@]HOST[:PORT] or smtps://");
    if (url_part(a, u, CURLUPART_PASSWORD, 0) != NULL)
        return FAIL(why, E_BAD_FIELD,
                    "mail.url: the password belongs in mail.password, or in the file of "
                    "SENESCHAL_MAIL_PASSWORD_FILE");
    out.user = url_part(a, u, CURLUPART_USER, CURLU_URLDECODE);
    out.loopback = is_loopback(host);
    TRY(str_format(a, &plain, "%.*s://%.*s%s%s/seneschal", STR_ARG(scheme), STR_ARG(host),
                   port != NULL ? ":" : "", port != NULL ? port : ""));
    out.plain = plain.p;
    *ret = out;
    return E_OK;
}

err_t smtp_url_check(struct arena *a, const char *url, struct diag *why)
{
    struct smtp_url u;
    return url_read(a, url, why, &u);
}

static size_t on_read(char *to, size_t size, size_t n, void *user)
{
    struct smtp_run *run = user;
    size_t room = size * n;
    size_t take = run->rest.n < room ? run->rest.n : room;
    if (take > 0)
        memcpy(to, run->rest.p, take);
    run->rest = str_sub(run->rest, take, run->rest.n);
    return take;
}

static int on_progress(void *user, curl_off_t d_all, curl_off_t d, curl_off_t u_all, curl_off_t u)
{
    const struct smtp_run *run = user;
    (void)d_all;
    (void)d;
    (void)u_all;
    (void)u;
    return run->cfg->stop != NULL && atomic_load(run->cfg->stop) ? 1 : 0;
}

static bool set(CURL *h, const struct smtp_url *url, struct smtp_run *run, dur_t most)
{
    const struct smtp_cfg *cfg = run->cfg;
    bool ok = true;
#define SET(option, value) ok = ok && curl_easy_setopt(h, (option), (value)) == CURLE_OK
    SET(CURLOPT_URL, url->plain);
    SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    SET(CURLOPT_USE_SSL, (long)(url->loopback ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_MAIL_FROM, cfg->from);
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_READFUNCTION, on_read);
    SET(CURLOPT_READDATA, run);
    SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)run->rest.n);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(CURLOPT_XFERINFODATA, run);
    SET(CURLOPT_CONNECTTIMEOUT, (long)SMTP_CONNECT_S);
    SET(CURLOPT_TIMEOUT_MS, (long)(most.us / 1000));
    if (url->user != NULL)
        SET(CURLOPT_USERNAME, url->user);
    if (url->user != NULL && cfg->password != NULL)
        SET(CURLOPT_PASSWORD, cfg->password);
    if (cfg->ca_file != NULL)
        SET(CURLOPT_CAINFO, cfg->ca_file);
#undef SET
    return ok;
}

/* The text of an error of libcurl may quote the server; it names no password. */
static err_t smtp_fail(CURL *h, CURLcode code, const char *error, struct diag *why)
{
    long reply = 0;
    err_t e = E_IO;
    (void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &reply); /* 0 then */
    if (code == CURLE_OPERATION_TIMEDOUT)
        e = E_TIMEOUT;
    else if (code == CURLE_ABORTED_BY_CALLBACK)
        e = E_CLOSED;
    else if (code == CURLE_OUT_OF_MEMORY)
        e = E_NO_MEMORY;
    /* Of a recipient or a message only: a wrong password is put right by people. */
    else if (reply >= SMTP_FINAL && reply < SMTP_CODES && code != CURLE_LOGIN_DENIED)
        e = E_FORBIDDEN;
    return FAIL(why, e, "%s", error[0] != '\0' ? error : curl_easy_strerror(code));
}

err_t smtp_send(struct arena *a, const struct smtp_cfg *cfg, const char *recipient, str_t message,
                dur_t most, struct diag *why)
{
    struct smtp_url url = { 0 };
    char error[CURL_ERROR_SIZE] = "";
    TRY(url_read(a, cfg->url, why, &url));
    if (fault_here())
        return E_NO_MEMORY;
    CLEANUP(easy_freep) CURL *h = curl_easy_init();
    CLEANUP(slist_freep) struct curl_slist *to = curl_slist_append(NULL, recipient);
    struct smtp_run run = { .rest = message, .cfg = cfg };
    if (h == NULL || to == NULL || !set(h, &url, &run, most) ||
        curl_easy_setopt(h, CURLOPT_MAIL_RCPT, to) != CURLE_OK ||
        curl_easy_setopt(h, CURLOPT_ERRORBUFFER, error) != CURLE_OK)
        return E_NO_MEMORY;
    CURLcode code = curl_easy_perform(h);
    return code == CURLE_OK ? E_OK : smtp_fail(h, code, error, why);
}
