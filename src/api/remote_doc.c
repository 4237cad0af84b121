/* SPDX-License-Identifier: Apache-2.0 */
#include "api/remote_doc.h"

#include "api/outside.h"
#include "api/services.h"
#include "base/ref.h"

#include <pthread.h>

struct body { /* counted: who reads it may go on while another takes its place */
    size_t n;
    char p[];
};

struct doc {
    digest_t url;
    bool used;     /* false: a free slot */
    bool fetching; /* somebody is */
    err_t e;       /* of the last try */
    ts_t tried;
    ts_t fetched;
    struct body *body; /* NULL: none yet */
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
    (void)pthread_mutex_init(&d->lock, NULL); /* a default mutex cannot fail here */
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

/* Under the lock, as all that follows; NULL: it has none. */
static struct doc *slot_find(struct remote_docs *d, const digest_t *url)
{
    for (size_t i = 0; i < REMOTE_DOCS_MAX; i++) {
        struct doc *doc = &d->docs[i];
        if (doc->used && memcmp(doc->url.b, url->b, sizeof url->b) == 0)
            return doc;
    }
    return NULL;
}

/* A free one, or that which was not tried for longest. */
static struct doc *slot_make(struct remote_docs *d, const digest_t *url)
{
    struct doc *oldest = &d->docs[0];
    for (size_t i = 1; i < REMOTE_DOCS_MAX && oldest->used; i++) {
        struct doc *doc = &d->docs[i];
        if (!doc->used || doc->tried.us < oldest->tried.us)
            oldest = doc;
    }
    ref_drop(oldest->body);
    *oldest = (struct doc){ .url = *url, .used = true };
    return oldest;
}

/* It is old, and better than none. */
static bool outlives(const struct doc *doc, const struct remote_doc_ask *ask)
{
    return doc != NULL && doc->body != NULL && ask->rules->outlives;
}

/* E_AGAIN: it must be fetched. While somebody fetches a newer one, others take what is there. */
static err_t doc_look(struct doc *doc, const struct remote_doc_ask *ask, ts_t now)
{
    bool there = doc->e == E_OK || outlives(doc, ask);
    bool young = doc->e == E_OK && now.us - doc->fetched.us < DUR_S(ask->rules->life_s).us;
    bool rests = now.us - doc->tried.us < DUR_S(ask->rules->again_s).us;
    if (there && ((young && ask->how == REMOTE_KNOWN) || rests || doc->fetching ||
                  ask->how == REMOTE_CACHED))
        return E_OK;
    if (rests && ask->how != REMOTE_CACHED)
        return doc->e;
    return E_AGAIN;
}

static err_t kept(const struct remote_doc_ask *ask, const digest_t *url, ts_t now,
                  struct body **ret)
{
    struct remote_docs *d = ask->docs;
    err_t e = E_AGAIN;
    (void)pthread_mutex_lock(&d->lock);
    struct doc *doc = slot_find(d, url);
    if (doc != NULL)
        e = doc_look(doc, ask, now);
    if (e == E_AGAIN && d->flights >= REMOTE_FLIGHTS_MAX && outlives(doc, ask))
        e = E_OK;
    if (e == E_OK)
        *ret = ref_take(doc->body);
    else if (e == E_AGAIN && (ask->how == REMOTE_CACHED || d->flights >= REMOTE_FLIGHTS_MAX))
        e = E_OVERLOADED;
    else if (e == E_AGAIN)
        d->flights++;
    if (e == E_AGAIN && doc != NULL)
        doc->fetching = true;
    (void)pthread_mutex_unlock(&d->lock);
    return e;
}

/* Under the lock. *body: what was fetched, where e is E_OK; else what is used on, if there is any.
 */
static err_t doc_put(struct doc *doc, const struct remote_doc_ask *ask, ts_t now, err_t e,
                     struct body **body)
{
    doc->fetching = false;
    if (e != E_OVERLOADED) { /* else nobody was let out, and nothing was learnt */
        doc->tried = now;
        doc->e = e;
    }
    if (e == E_OK) {
        ref_drop(doc->body);
        doc->body = ref_take(*body);
        doc->fetched = doc->tried;
    } else if (outlives(doc, ask)) {
        *body = ref_take(doc->body);
        return E_OK;
    }
    return e;
}

static err_t keep(const struct remote_doc_ask *ask, const digest_t *url, ts_t now, err_t e,
                  struct body **body)
{
    struct remote_docs *d = ask->docs;
    (void)pthread_mutex_lock(&d->lock);
    struct doc *doc = slot_find(d, url);
    if (doc == NULL && e != E_OVERLOADED)
        doc = slot_make(d, url);
    if (doc != NULL)
        e = doc_put(doc, ask, now, e, body);
    d->flights--;
    (void)pthread_mutex_unlock(&d->lock);
    return e;
}

static bool type_is_json(const struct http_answer *answer)
{
    str_t type = http_answer_field(answer, STR("Content-Type"));
    type = str_trim(str_sub(type, 0, str_find(type, ';')));
    return str_eq_nocase(type, STR("application/json")) || str_ends(type, STR("+json"));
}

static err_t body_new(str_t text, struct body **ret)
{
    struct body *body = ref_new(sizeof *body + text.n);
    if (body == NULL)
        return E_NO_MEMORY;
    body->n = text.n;
    if (text.n > 0)
        memcpy(body->p, text.p, text.n);
    *ret = body;
    return E_OK;
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
    if (ask->check != NULL)
        TRY(ask->check(rq, ask->arg, answer.body));
    return body_new(answer.body, ret);
}

err_t remote_doc_get(struct request *rq, const struct remote_doc_ask *ask, str_t *ret)
{
    CLEANUP(ref_dropp) struct body *body = NULL;
    digest_t url = sha256_of(ask->url);
    err_t e = kept(ask, &url, rq->act.now, &body);
    if (e == E_AGAIN)
        e = keep(ask, &url, rq->act.now, fetch(rq, ask, &body), &body);
    if (e == E_OK && body->n > ask->max)
        e = E_IO;
    if (e == E_OK) {
        act_clear_why(&rq->act); /* of a check that what is used on has passed */
        return str_copy(rq->act.arena, str_of(body->p, body->n), ret);
    }
    if (e == E_OVERLOADED)
        return FAIL(&rq->act.why, e, "it is not there just now: try again soon");
    return e == E_FORBIDDEN ? FAIL(&rq->act.why, e, "what stands there may not be fetched or used")
                            : FAIL(&rq->act.why, e, "there is no usable JSON document");
}
