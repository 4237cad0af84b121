/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include "tokens.h"

#include "base/attr.h"

/* Stands where the hole will be; no request has it elsewhere. */
#define HOLE_TOKEN  "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@"
#define HOLE_NUMBER "@@@@@@@@@@@@"

_Static_assert(sizeof HOLE_TOKEN - 1 == BENCH_TOKEN, "the hole is a token wide");
_Static_assert(sizeof HOLE_NUMBER - 1 == PLAN_NUMBER, "the hole is a number wide");

static int text_get(struct plan *p, const struct plan_in *in)
{
    return snprintf(p->text, sizeof p->text,
                    "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n%s%s%s%s%s%s\r\n",
                    in->path, in->host, in->bearer != NULL ? in->bearer : HOLE_TOKEN,
                    in->etag != NULL ? "If-None-Match: " : "", in->etag != NULL ? in->etag : "",
                    in->etag != NULL ? "\r\n" : "", in->prefer != NULL ? "Prefer: " : "",
                    in->prefer != NULL ? in->prefer : "", in->prefer != NULL ? "\r\n" : "");
}

static int text_post(struct plan *p, const struct plan_in *in, const char *body)
{
    return snprintf(p->text, sizeof p->text,
                    "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\n"
                    "%s%s%s%sContent-Length: %zu\r\n\r\n%s",
                    in->path, in->host, in->type, in->fields != NULL ? in->fields : "",
                    in->bearer != NULL ? "Authorization: Bearer " : "",
                    in->bearer != NULL ? in->bearer : "", in->bearer != NULL ? "\r\n" : "",
                    strlen(body), body);
}

static int text_of(struct plan *p, const struct plan_in *in)
{
    char body[512];
    switch (in->mode) {
    case PLAN_GET:
        return text_get(p, in);
    case PLAN_VERIFY:
        return text_post(p, in, "{\"token\":\"" HOLE_TOKEN "\"}");
    case PLAN_ENROL:
        (void)snprintf(body, sizeof body,
                       "{\"machine_id\":\"bench-%s-%s\",\"hostname\":\"bench.example\"}", in->run,
                       HOLE_NUMBER);
        return text_post(p, in, body);
    case PLAN_POST:
        return text_post(p, in, in->body);
    }
    return -1;
}

int plan_init(struct plan *p, const struct plan_in *in)
{
    *p = (struct plan){ .mode = in->mode, .devices = in->devices };
    int n = text_of(p, in);
    if (n < 0 || (size_t)n >= sizeof p->text)
        return 0;
    p->n = (size_t)n;
    const char *hole = strstr(p->text, HOLE_NUMBER);
    p->hole = hole != NULL ? (size_t)(hole - p->text) : 0;
    if (p->mode == PLAN_ENROL || p->hole == 0)
        return 1;
    p->tokens = calloc(in->devices, BENCH_TOKEN);
    if (p->tokens == NULL)
        return 0;
    for (uint64_t i = 0; i < in->devices; i++)
        bench_token(i, p->tokens + i * BENCH_TOKEN);
    return 1;
}

void plan_fini(struct plan *p)
{
    free(p->tokens);
    p->tokens = NULL;
}

void plan_fill(const struct plan *p, uint64_t n, char *out)
{
    if (p->tokens != NULL) {
        memcpy(out + p->hole, p->tokens + n % p->devices * BENCH_TOKEN, BENCH_TOKEN);
        return;
    }
    for (size_t i = PLAN_NUMBER; p->mode == PLAN_ENROL && i-- > 0; n /= 10U)
        out[p->hole + i] = (char)('0' + n % 10U);
}
