/* SPDX-License-Identifier: Apache-2.0 */
#include "app/setup_link.h"

#include "app/write_wait.h"
#include "domain/audit/audit.h"
#include "domain/signin/link.h"

enum { SETUP_ARENA_MAX = 64 * 1024 };

struct setup_job {
    struct write_wait wait;
    struct services *sv;
    struct act act;
    struct arena *arena;
    struct token_text link;
};

static err_t setup_run(struct write_job *write, struct db *db)
{
    struct setup_job *job = CONTAINER_OF(write, struct setup_job, wait.write);
    struct act *act = &job->act;
    bool there = true;
    arena_reset(job->arena);
    *act = (struct act){
        .arena = job->arena,
        .db = db,
        .now = clock_now(),
        .org = job->sv->default_org,
        .actor = { .kind = ACTOR_SYSTEM, .perms = perms_all() },
        .keys = &job->sv->keys,
    };
    effects_init(&act->effects);
    TRY(administrator_is_there(act, &there));
    if (there)
        return FAIL(&act->why, E_CONFLICT,
                    "there is an administrator already: he signs in, or another one makes him a "
                    "recovery link");
    TRY(link_make(act, LINK_SETUP, (oid_t){ 0 }, &job->link));
    struct audit_event e = { .org = act->org,
                             .action = STR("setup.link-given"),
                             .actor_kind = ACTOR_SYSTEM,
                             .result = AUDIT_OK };
    return audit_append(job->sv->audit, db, act->arena, &e);
}

err_t setup_link_make(struct services *sv, struct diag *why, char ret[static SETUP_LINK_MAX])
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(SETUP_ARENA_MAX);
    struct setup_job job = {
        .wait.write.run = setup_run,
        .sv = sv,
        .arena = arena,
    };
    if (arena == NULL)
        return E_NO_MEMORY;
    if (sv->sealed)
        return FAIL(why, E_SEALED, "the master key of this store is not there");
    err_t e = write_wait(sv->writer, &job.wait);
    if (e == E_OK)
        (void)snprintf(ret, SETUP_LINK_MAX, "%.*s/setup/%.*s",
                       STR_ARG(services_settings(sv)->issuer), (int)job.link.n, job.link.p);
    else if (job.act.why.err == e)
        *why = job.act.why;
    explicit_bzero(&job.link, sizeof job.link);
    return e;
}
