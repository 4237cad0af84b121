/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's headers come first: they use a name that base/attr.h poisons. */
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/fault.h"
#include "plat/tls/tls.h"

#include <assert.h>
#include <pthread.h>

/* What a handshake needs of one pair. */
struct pair {
    SSL_CTX *ctx;
    ts_t from;
    ts_t until;
};

struct tls_server {
    pthread_rwlock_t lock; /* over the pair; a handshake holds it to take a reference */
    struct pair pair;
};

/* This one is OpenSSL's own under another name. */
static SSL *ssl_of(const struct tls_conn *c)
{
    return (SSL *)(uintptr_t)c;
}

static err_t tls_fail(struct diag *why, const char *what)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);
    ERR_clear_error();
    return FAIL(why, E_IO, "%s: %s", what, reason != NULL ? reason : "cannot be used");
}

/* RFC 7301: http/1.1 is all there is; whoever offers only other protocols is told so. */
static int tls_choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_n,
                           const unsigned char *in, unsigned in_n, void *arg)
{
    (void)ssl;
    (void)arg;
    static const char name[] = "http/1.1";
    for (unsigned at = 0; at < in_n; at += in[at] + 1U) {
        if (str_eq(str_of(in + at + 1, in[at]), STR("http/1.1"))) {
            *out = (const unsigned char *)name;
            *out_n = sizeof name - 1;
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static err_t tls_load(SSL_CTX *ctx, const char *cert_file, const char *key_file, struct diag *why)
{
    if (SSL_CTX_use_certificate_chain_file(ctx, cert_file) != 1)
        return tls_fail(why, cert_file);
    if (SSL_CTX_use_PrivateKey_file(ctx, key_file, SSL_FILETYPE_PEM) != 1)
        return tls_fail(why, key_file);
    if (SSL_CTX_check_private_key(ctx) != 1)
        return tls_fail(why, "certificate and key do not belong together");
    return E_OK;
}

static err_t tls_configure(SSL_CTX *ctx)
{
    if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1)
        return E_IO;
    /* Forward secrecy and authenticated encryption only; what TLS 1.3 offers is that already. */
    if (SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
        return E_IO;
    (void)SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    (void)SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                       SSL_OP_CIPHER_SERVER_PREFERENCE |
                                       SSL_OP_IGNORE_UNEXPECTED_EOF);
    (void)SSL_CTX_set_session_cache_mode(ctx,
                                         SSL_SESS_CACHE_OFF); /* tickets carry what is needed */
    SSL_CTX_set_alpn_select_cb(ctx, tls_choose_alpn, NULL);
    return E_OK;
}

/* ASN1_TIME_diff counts from the present second. */
static err_t time_of(const ASN1_TIME *at, ts_t *ret)
{
    int days;
    int seconds;
    if (at == NULL || ASN1_TIME_diff(&days, &seconds, NULL, at) != 1)
        return E_IO;
    int64_t now_us = clock_now().us;
    *ret = (ts_t){ now_us - now_us % 1000000 + DUR_HOURS(24).us * days + DUR_S(1).us * seconds };
    return E_OK;
}

static err_t pair_make(const char *cert_file, const char *key_file, struct diag *why,
                       struct pair *ret)
{
    struct pair p;
    ERR_clear_error();
    SSL_CTX *ctx = fault_here() ? NULL : SSL_CTX_new(TLS_server_method());
    if (ctx == NULL)
        return tls_fail(why, "TLS");
    err_t e = tls_configure(ctx);
    if (e == E_OK)
        e = tls_load(ctx, cert_file, key_file, why);
    const X509 *cert = e == E_OK ? SSL_CTX_get0_certificate(ctx) : NULL;
    if (e == E_OK)
        e = time_of(X509_get0_notBefore(cert), &p.from);
    if (e == E_OK)
        e = time_of(X509_get0_notAfter(cert), &p.until);
    if (e != E_OK) {
        SSL_CTX_free(ctx);
        return FAIL(why, e, "TLS cannot be set up");
    }
    /* A refactoring once gave a peer TLS 1.0 again (SAFETY, AC45): what holds is checked, not what
     * was asked for. */
    assert(SSL_CTX_get_min_proto_version(ctx) == TLS1_2_VERSION);
    p.ctx = ctx;
    *ret = p;
    return E_OK;
}

err_t tls_server_new(const char *cert_file, const char *key_file, struct diag *why,
                     struct tls_server **ret)
{
    struct tls_server *s = fault_here() ? NULL : calloc(1, sizeof *s);
    if (s == NULL)
        return FAIL(why, E_NO_MEMORY, "TLS: no memory");
    err_t e = pair_make(cert_file, key_file, why, &s->pair);
    if (e != E_OK) {
        free(s);
        return e;
    }
    (void)pthread_rwlock_init(&s->lock, NULL); /* with default attributes it cannot fail here */
    *ret = s;
    return E_OK;
}

void tls_server_free(struct tls_server *s)
{
    if (s == NULL)
        return;
    SSL_CTX_free(s->pair.ctx);
    (void)pthread_rwlock_destroy(&s->lock);
    free(s);
}

err_t tls_server_reload(struct tls_server *s, const char *cert_file, const char *key_file,
                        struct diag *why)
{
    struct pair fresh = { 0 };
    TRY(pair_make(cert_file, key_file, why, &fresh));
    ts_t now = clock_now();
    bool valid = fresh.from.us <= now.us && now.us < fresh.until.us;
    if (valid) {
        (void)pthread_rwlock_wrlock(&s->lock);
        struct pair old = s->pair;
        s->pair = fresh;
        fresh = old;
        (void)pthread_rwlock_unlock(&s->lock);
    }
    SSL_CTX_free(fresh.ctx); /* open connections have their own reference */
    return valid ? E_OK
                 : FAIL(why, E_CONFLICT, "%s: %s", cert_file,
                        fresh.from.us > now.us ? "is not valid yet" : "has expired");
}

ts_t tls_server_until(struct tls_server *s)
{
    (void)pthread_rwlock_rdlock(&s->lock);
    ts_t until = s->pair.until;
    (void)pthread_rwlock_unlock(&s->lock);
    return until;
}

err_t tls_conn_new(struct tls_server *s, int fd, struct tls_conn **ret)
{
    ERR_clear_error();
    (void)pthread_rwlock_rdlock(&s->lock);
    SSL *ssl = fault_here() ? NULL : SSL_new(s->pair.ctx);
    (void)pthread_rwlock_unlock(&s->lock);
    if (ssl == NULL)
        return E_NO_MEMORY;
    if (SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        return E_NO_MEMORY;
    }
    SSL_set_accept_state(ssl);
    *ret = (struct tls_conn *)(void *)ssl;
    return E_OK;
}

void tls_conn_free(struct tls_conn *c)
{
    if (c != NULL)
        SSL_free(ssl_of(c));
}

static err_t tls_verdict(SSL *ssl, int rc)
{
    if (rc > 0)
        return E_OK;
    switch (SSL_get_error(ssl, rc)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return E_AGAIN;
    case SSL_ERROR_ZERO_RETURN:
        return E_CLOSED;
    default:
        return E_IO;
    }
}

err_t tls_conn_handshake(struct tls_conn *c)
{
    ERR_clear_error();
    return tls_verdict(ssl_of(c), SSL_do_handshake(ssl_of(c)));
}

err_t tls_conn_read(struct tls_conn *c, char *p, size_t n, size_t *ret_n)
{
    ERR_clear_error();
    return tls_verdict(ssl_of(c), SSL_read_ex(ssl_of(c), p, n, ret_n));
}

err_t tls_conn_write(struct tls_conn *c, str_t s, size_t *ret_n)
{
    ERR_clear_error();
    return tls_verdict(ssl_of(c), SSL_write_ex(ssl_of(c), s.p, s.n, ret_n));
}

bool tls_conn_wants_write(const struct tls_conn *c)
{
    return SSL_want_write(ssl_of(c));
}

bool tls_conn_holds_bytes(const struct tls_conn *c)
{
    return SSL_has_pending(ssl_of(c)) == 1;
}

void tls_conn_end(struct tls_conn *c)
{
    ERR_clear_error();
    if (SSL_is_init_finished(ssl_of(c)))
        (void)SSL_shutdown(ssl_of(c)); /* the connection is closed in any case */
    ERR_clear_error();
}
