/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's headers come first: they use a name that base/attr.h poisons. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "plat/tls/cert.h"

struct chain {
    X509 *leaf;
    STACK_OF(X509) * rest;
};

static void chain_free(struct chain *c)
{
    X509_free(c->leaf);
    sk_X509_pop_free(c->rest, X509_free);
}

static err_t chain_read(const char *file, struct diag *why, struct chain *ret)
{
    BIO *in = BIO_new_file(file, "r");
    ret->leaf = in == NULL ? NULL : PEM_read_bio_X509(in, NULL, NULL, NULL);
    ret->rest = sk_X509_new_null();
    X509 *more = NULL;
    while (ret->leaf != NULL && ret->rest != NULL &&
           (more = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL)
        (void)sk_X509_push(ret->rest, more);
    BIO_free(in);
    ERR_clear_error(); /* the end of the file is one */
    if (ret->leaf == NULL || ret->rest == NULL)
        return FAIL(why, E_IO, "%s: holds no certificate in PEM", file);
    return E_OK;
}

static ts_t time_of(const ASN1_TIME *t)
{
    struct tm tm = { 0 };
    if (ASN1_TIME_to_tm(t, &tm) != 1)
        return (ts_t){ 0 };
    return (ts_t){ (int64_t)timegm(&tm) * 1000000 };
}

static bool is_named(X509 *leaf, const char *host)
{
    return host == NULL || X509_check_host(leaf, host, 0, 0, NULL) == 1 ||
           X509_check_ip_asc(leaf, host, 0) == 1;
}

static void judge(const struct chain *c, struct cert_state *s)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    bool ready = store != NULL && ctx != NULL && X509_STORE_set_default_paths(store) == 1 &&
                 X509_STORE_CTX_init(ctx, store, c->leaf, c->rest) == 1;
    if (ready)
        (void)X509_STORE_CTX_set_default(ctx, "ssl_server");
    s->trusted = ready && X509_verify_cert(ctx) == 1;
    if (!s->trusted)
        (void)snprintf(s->doubt, sizeof s->doubt, "%s",
                       ready ? X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx))
                             : "it could not be judged");
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    ERR_clear_error();
}

err_t cert_inspect(const char *file, const char *host, struct diag *why, struct cert_state *ret)
{
    CLEANUP(chain_free) struct chain c = { 0 };
    struct cert_state s = { 0 };
    TRY(chain_read(file, why, &c));
    s.from = time_of(X509_get0_notBefore(c.leaf));
    s.until = time_of(X509_get0_notAfter(c.leaf));
    s.named = is_named(c.leaf, host);
    judge(&c, &s);
    *ret = s;
    return E_OK;
}
