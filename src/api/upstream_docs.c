/* SPDX-License-Identifier: Apache-2.0 */
#include "api/upstream_docs.h"

#include "api/outside.h"
#include "api/services.h"
#include "base/ref.h"

#include <pthread.h>

enum { DOCS_MAX = 32, METADATA_MAX = 64 * 1024, KEYS_MAX = 256 * 1024 };
#define FETCH_CONNECT_MAX DUR_S(3)
#define FETCH_TIME_MAX    DUR_S(5)

struct doc_text { /* counted: who reads it may go on while another takes its place */
    size_t n;
    char p[];
};

struct doc {
    digest_t issuer;
    struct doc_text *metadata;
    struct doc_text *keys; /* NULL: none yet */
    dur_t fetched;         /* CLOCK_MONOTONIC */
    dur_t tried;
};

struct upstream_docs {
    pthread_mutex_t lock;
    struct doc list[DOCS_MAX];
    size_t n;
};

err_t upstream_docs_new(struct upstream_docs **ret)
{
    struct upstream_docs *d = ref_new(sizeof *d);
    if (d == NULL)
        return E_NO_MEMORY;
    (void)pthread_mutex_init(&d->lock, NULL); /* a default mutex cannot fail here */
    *ret = d;
    return E_OK;
}

static void doc_drop(struct doc *doc)
{
    ref_drop(doc->metadata);
    ref_drop(doc->keys);
}

void upstream_docs_free(struct upstream_docs *d)
{
    if (d == NULL)
        return;
    for (size_t i = 0; i < d->n; i++)
        doc_drop(&d->list[i]);
    (void)pthread_mutex_destroy(&d->lock);
    ref_drop(d);
}

/* Under the lock. A new one takes the place of that which was not tried for longest. */
static struct doc *doc_of(struct upstream_docs *d, digest_t issuer)
{
    size_t oldest = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (memcmp(d->list[i].issuer.b, issuer.b, sizeof issuer.b) == 0)
            return &d->list[i];
        if (d->list[i].tried.us < d->list[oldest].tried.us)
            oldest = i;
    }
    struct doc *doc = d->n < DOCS_MAX ? &d->list[d->n++] : &d->list[oldest];
    doc_drop(doc);
    *doc = (struct doc){ .issuer = issuer, .tried = { INT64_MIN / 2 } };
    return doc;
}

static err_t text_copy(struct arena *a, const struct doc_text *t, str_t *ret)
{
    return str_copy(a, str_of(t->p, t->n), ret);
}

static struct doc_text *text_new(str_t s)
{
    struct doc_text *t = ref_new(sizeof *t + s.n);
    if (t == NULL)
        return NULL;
    t->n = s.n;
    if (s.n > 0)
        memcpy(t->p, s.p, s.n);
    return t;
}

/* What memory has. *ret_fetch: the issuer is to be asked, and may be. */
static err_t look(struct request *rq, digest_t issuer, enum upstream_ask how, str_t *metadata,
                  str_t *keys, bool *ret_fetch)
{
    struct upstream_docs *d = rq->services->upstreams;
    dur_t now = clock_mono();
    err_t e = E_OK;
    (void)pthread_mutex_lock(&d->lock);
    struct doc *doc = doc_of(d, issuer);
    bool old = doc->keys == NULL || now.us - doc->fetched.us > UPSTREAM_LIFE.us ||
               how == UPSTREAM_OTHER_KEYS;
    *ret_fetch = how != UPSTREAM_CACHED && old && now.us - doc->tried.us >= UPSTREAM_AGAIN.us;
    if (*ret_fetch)
        doc->tried = now;
    if (doc->keys != NULL) {
        e = text_copy(rq->act.arena, doc->metadata, metadata);
        if (e == E_OK)
            e = text_copy(rq->act.arena, doc->keys, keys);
    }
    (void)pthread_mutex_unlock(&d->lock);
    return e;
}

static err_t keep(struct request *rq, digest_t issuer, str_t metadata, str_t keys)
{
    struct upstream_docs *d = rq->services->upstreams;
    struct doc_text *m = text_new(metadata);
    struct doc_text *k = text_new(keys);
    if (m == NULL || k == NULL) {
        ref_drop(m);
        ref_drop(k);
        return E_NO_MEMORY;
    }
    (void)pthread_mutex_lock(&d->lock);
    struct doc *doc = doc_of(d, issuer);
    doc_drop(doc);
    doc->metadata = m;
    doc->keys = k;
    doc->fetched = clock_mono();
    doc->tried = doc->fetched;
    (void)pthread_mutex_unlock(&d->lock);
    return E_OK;
}

static err_t fetch(struct request *rq, str_t url, size_t max, str_t *ret)
{
    static const char *const headers[] = { "Accept: application/json" };
    struct http_answer answer;
    char *cz = str_cz(rq->act.arena, url);
    if (cz == NULL)
        return E_NO_MEMORY;
    struct http_call call = { .method = "GET",
                              .url = cz,
                              .headers = headers,
                              .headers_n = ARRAY_LEN(headers),
                              .connect_max = FETCH_CONNECT_MAX,
                              .total_max = FETCH_TIME_MAX,
                              .answer_max = max };
    TRY(outside_call(rq, &call, &rq->act.why, &answer));
    if (answer.status != 200)
        return FAIL(&rq->act.why, E_IO, "the issuer answers %d", answer.status);
    *ret = answer.body;
    return E_OK;
}

static err_t copy_text(struct request *rq, const struct json *o, str_t name, str_t *ret)
{
    const struct json *v = json_member(o, name);
    if (v == NULL || json_type(v) != JSON_STRING || json_string(v).n == 0)
        return FAIL(&rq->act.why, E_FORBIDDEN, "the issuer publishes no %.*s", STR_ARG(name));
    return str_copy(rq->act.arena, json_string(v), ret);
}

/* Said, or the default of Discovery: client_secret_basic. */
static bool takes_basic(const struct json *metadata)
{
    const struct json *list = json_member(metadata, STR("token_endpoint_auth_methods_supported"));
    if (list == NULL || json_type(list) != JSON_ARRAY)
        return true;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *one = json_at(list, i);
        if (json_type(one) == JSON_STRING && str_eq(json_string(one), STR("client_secret_basic")))
            return true;
    }
    return false;
}

/* Discovery section 4.3: it must call itself what we call it. */
static err_t metadata_read(struct request *rq, str_t issuer, str_t text, struct upstream_doc *ret,
                           str_t *ret_keys_url)
{
    CLEANUP(json_freep) struct json *o = NULL;
    str_t is = STR_NONE;
    if (json_parse(text, NULL, &o) != E_OK || json_type(o) != JSON_OBJECT)
        return FAIL(&rq->act.why, E_FORBIDDEN, "the issuer publishes no metadata");
    TRY(copy_text(rq, o, STR("issuer"), &is));
    if (!str_eq(is, issuer))
        return FAIL(&rq->act.why, E_FORBIDDEN, "the issuer calls itself something else");
    TRY(copy_text(rq, o, STR("authorization_endpoint"), &ret->authorization_endpoint));
    TRY(copy_text(rq, o, STR("token_endpoint"), &ret->token_endpoint));
    ret->basic = takes_basic(o);
    return copy_text(rq, o, STR("jwks_uri"), ret_keys_url);
}

static err_t fetch_all(struct request *rq, str_t issuer, str_t *metadata, str_t *keys)
{
    struct upstream_doc doc;
    str_t url = STR_NONE;
    str_t keys_url = STR_NONE;
    bool slash = str_ends(issuer, STR("/"));
    TRY(str_format(rq->act.arena, &url, "%.*s%s.well-known/openid-configuration", STR_ARG(issuer),
                   slash ? "" : "/"));
    TRY(fetch(rq, url, METADATA_MAX, metadata));
    TRY(metadata_read(rq, issuer, *metadata, &doc, &keys_url));
    TRY(fetch(rq, keys_url, KEYS_MAX, keys));
    return keep(rq, sha256_of(issuer), *metadata, *keys);
}

err_t upstream_doc_get(struct request *rq, str_t issuer, enum upstream_ask how,
                       struct upstream_doc *ret)
{
    struct upstream_doc doc = { .jwks = STR_NONE };
    str_t metadata = STR_NONE;
    str_t keys_url = STR_NONE;
    bool ask = false;
    TRY(look(rq, sha256_of(issuer), how, &metadata, &doc.jwks, &ask));
    if (ask) {
        err_t e = fetch_all(rq, issuer, &metadata, &doc.jwks);
        if (e != E_OK && doc.jwks.p == NULL)
            return e == E_FORBIDDEN || e == E_NO_MEMORY ? e : E_OVERLOADED;
        diag_clear(&rq->act.why); /* what is known is good for a while */
    }
    if (doc.jwks.p == NULL)
        return FAIL(&rq->act.why, E_OVERLOADED, "the issuer did not answer: try again soon");
    TRY(metadata_read(rq, issuer, metadata, &doc, &keys_url));
    *ret = doc;
    return E_OK;
}
