/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP face: its making and its end. */
#include "api/passage.h"

#include "api/health.h"
#include "api/openapi.h"
#include "base/ref.h"

enum { API_ARENA_MAX = 4 * 1024 * 1024, LOOP_BODY_MAX = 64 * 1024, LOOP_HEAD_MAX = 16 * 1024 };

static err_t loop_init(struct api *api, struct api_loop *loop)
{
    buf_init(&loop->head, LOOP_HEAD_MAX);
    buf_init(&loop->body, LOOP_BODY_MAX);
    loop->api = api;
    return nudges_init(loop, POLLS_MAX + api->services->streams_max);
}

static err_t api_make(struct api *api)
{
    api->arena = arena_new(API_ARENA_MAX);
    api->loops = ref_new(api->loops_n * sizeof *api->loops);
    if (api->arena == NULL || api->loops == NULL)
        return E_NO_MEMORY;
    for (unsigned i = 0; i < api->loops_n; i++)
        TRY(loop_init(api, &api->loops[i]));
    TRY(metrics_acts_make(api->arena, &api->acts));
    TRY(router_new(api->arena, route_parts, route_parts_n, &api->router));
    return openapi_make(api->arena, &api->openapi);
}

err_t api_new(struct services *services, unsigned loops, struct api **ret)
{
    struct api *api = ref_new(sizeof *api);
    if (api == NULL)
        return E_NO_MEMORY;
    api->services = services;
    api->loops_n = loops;
    admission_init(&api->admission);
    err_t e = api_make(api);
    if (e != E_OK) {
        api_free(api);
        return e;
    }
    *ret = api;
    return E_OK;
}

void api_free(struct api *api)
{
    if (api == NULL)
        return;
    for (unsigned i = 0; api->loops != NULL && i < api->loops_n; i++) {
        buf_fini(&api->loops[i].head);
        buf_fini(&api->loops[i].body);
        nudges_fini(&api->loops[i]);
    }
    admission_fini(&api->admission);
    ref_drop(api->loops);
    arena_free(api->arena);
    ref_drop(api);
}

void api_tick(struct api *api)
{
    admission_tick(&api->admission);
}

err_t openapi_get(struct request *rq)
{
    return reply_raw(rq, 200, "application/json", rq->services->api->openapi);
}
