/* SPDX-License-Identifier: Apache-2.0 */
#include "api/remote_doc.h"

#include "api/outside.h"
#include "api/services.h"
#include "base/ref.h"

#include <pthread.h>

struct body { /* shared, never changed */
    size_t n;
    char p[];
};

struct doc {
    digest_t url;
    ts_t at; /* absent: a free slot */
    err_t e; /* of the last try */
    struct body *body;
};

struct remote_docs {
    pthread_mutex_t lock;
    size_t flights;
    struct doc docs[REMOTE_DOCS_MAX];
};

err_t remote_docs_new(struct remote_docs **ret)
{
    struct remote_docs *d = ref_new(sizeof *d);
    if (d == NULL)
        return E_NO_MEMORY;
    if (pthread_mutex_init(&d->lock, NULL) != 0) {
        ref_drop(d);
        return E_NO_MEMORY;
    }
    *ret = d;
    return E_OK;
}

void remote_docs_free(struct remote_docs *d)
{
    if (d == NULL)
        return;
    for (size_t i = 0; i < REMOTE_DOCS_MAX; i++)
        ref_drop(d->docs[i].body);
    (void)pthread_mutex_destroy(&d->lock); /* nobody holds it any more */
    ref_drop(d);
}

static bool is_young(const struct doc *doc, const struct remote_doc_ask *ask, ts_t now)
{
    dur_t life = doc->e != E_OK || ask->fresh ? REMOTE_DOC_LIFE_FAIL : REMOTE_DOC_LIFE;
    return ts_is_set(doc->at) && now.us < ts_add(doc->at, life).us;
}

/* Under the lock: the slot of this URL, else the oldest. */
static struct doc *slot_of(struct remote_docs *d, const digest_t *url, bool *ret_is)
{
    struct doc *oldest = &d->docs[0];
    *ret_is = false;
    for (size_t i = 0; i < REMOTE_DOCS_MAX; i++) {
        struct doc *doc = &d->docs[i];
        if (ts_is_set(doc->at) && memcmp(doc->url.b, url->b, sizeof url->b) == 0) {
            *ret_is = true;
            return doc;
        }
        if (doc->at.us < oldest->at.us)
            oldest = doc;
    }
    return oldest;
}

/* E_AGAIN: it must be fetched, and this thread may. */
static err_t kept(struct remote_docs *d, const struct remote_doc_ask *ask, const digest_t *url,
                  ts_t now, struct body **ret)
{
    bool is = false;
    err_t e = E_AGAIN;
    (void)pthread_mutex_lock(&d->lock);
    const struct doc *doc = slot_of(d, url, &is);
    if (is && is_young(doc, ask, now)) {
        e = doc->e;
        *ret = doc->e == E_OK ? ref_take(doc->body) : NULL;
    } else if (d->flights >= REMOTE_DOC_FLIGHTS_MAX) {
        e = E_OVERLOADED;
    } else {
        d->flights++;
    }
    (void)pthread_mutex_unlock(&d->lock);
    return e;
}

static void keep(struct remote_docs *d, const digest_t *url, ts_t now, err_t e, struct body *body)
{
    bool is = false;
    (void)pthread_mutex_lock(&d->lock);
    if (e != E_OVERLOADED) { /* that says nothing of the document */
        struct doc *doc = slot_of(d, url, &is);
        ref_drop(doc->body);
        *doc = (struct doc){ .url = *url, .at = now, .e = e, .body = body };
    }
    d->flights--;
    (void)pthread_mutex_unlock(&d->lock);
}

static bool type_is_json(const struct http_answer *answer)
{
    str_t type = http_answer_field(answer, STR("Content-Type"));
    type = str_trim(str_sub(type, 0, str_find(type, ';')));
    return str_eq_nocase(type, STR("application/json")) || str_ends(type, STR("+json"));
}

/* E_IO for whatever is no document: who names it learns no more of what is there. */
static err_t fetch(struct request *rq, const struct remote_doc_ask *ask, struct body **ret)
{
    static const char *const headers[] = { "Accept: application/json" };
    struct http_answer answer = { 0 };
    struct diag why = { 0 };
    const struct http_call call = { .method = "GET",
                                    .url = str_cz(rq->act.arena, ask->url),
                                    .headers = headers,
                                    .headers_n = ARRAY_LEN(headers),
                                    .connect_max = REMOTE_DOC_WITHIN,
                                    .total_max = REMOTE_DOC_WITHIN,
                                    .answer_max = ask->max };
    if (call.url == NULL)
        return E_IO;
    if (!outside_take(rq->services))
        return E_OVERLOADED;
    err_t e = outbound_call(&services_settings(rq->services)->outbound, rq->act.arena, &call, &why,
                            &answer);
    outside_give(rq->services);
    if (e == E_NO_MEMORY || e == E_FORBIDDEN)
        return e;
    if (e != E_OK || answer.status != 200 || !type_is_json(&answer))
        return E_IO;
    struct body *body = ref_new(sizeof *body + answer.body.n);
    if (body == NULL)
        return E_NO_MEMORY;
    body->n = answer.body.n;
    if (answer.body.n > 0)
        memcpy(body->p, answer.body.p, answer.body.n);
    *ret = body;
    return E_OK;
}

err_t remote_doc_get(struct request *rq, const struct remote_doc_ask *ask, str_t *ret)
{
    struct remote_docs *d = rq->services->remote_docs;
    CLEANUP(ref_dropp) struct body *body = NULL;
    digest_t url = sha256_of(ask->url);
    err_t e = kept(d, ask, &url, rq->act.now, &body);
    if (e == E_AGAIN) {
        e = fetch(rq, ask, &body);
        keep(d, &url, rq->act.now, e, e == E_OK ? ref_take(body) : NULL);
    }
    if (e == E_OK && body->n > ask->max)
        e = E_IO;
    if (e != E_OK)
        return e == E_FORBIDDEN ? FAIL(&rq->act.why, e, "that address may not be called from here")
                                : FAIL(&rq->act.why, e, "there is no usable JSON document");
    return str_copy(rq->act.arena, str_of(body->p, body->n), ret);
}
