/* SPDX-License-Identifier: Apache-2.0 */
#include "api/mcp_write.h"

#include "base/ref.h"
#include "plat/db/writer.h"

static err_t write_run(struct write_job *write, struct db *db)
{
    struct mcp_write *w = CONTAINER_OF(write, struct mcp_write, write);
    effects_init(&w->act.effects);
    act_clear_why(&w->act);
    w->act.db = db;
    w->act.now = clock_now();
    return w->run(w);
}

static void write_applied(struct write_job *write)
{
    struct mcp_write *w = CONTAINER_OF(write, struct mcp_write, write);
    services_apply(w->services, &w->act.effects);
}

static void write_done(struct write_job *write, err_t e)
{
    struct mcp_write *w = CONTAINER_OF(write, struct mcp_write, write);
    struct loop *hub = w->hub;
    struct loop_msg *told = w->told;
    *w->ret = e;
    if (w->ret_id != NULL)
        *w->ret_id = w->id;
    arena_free(w->own);
    ref_drop(w->packed);
    ref_drop(w);
    if (told != NULL)
        loop_post(hub, told);
}

void mcp_write_start(const struct mcp_write *from)
{
    bool starved = from->act.arena == NULL && from->packed == NULL;
    struct mcp_write *w = starved ? NULL : ref_new(sizeof *w);
    if (w == NULL) {
        *from->ret = E_NO_MEMORY;
        arena_free(from->own);
        ref_drop(from->packed);
        if (from->told != NULL)
            loop_post(from->hub, from->told);
        return;
    }
    *w = *from;
    w->act.keys = &w->services->keys;
    w->write = (struct write_job){ .class = WRITE_NORMAL,
                                   .load = LOAD_ADMIN,
                                   .patient = from->told == NULL,
                                   .run = write_run,
                                   .applied = write_applied,
                                   .done = write_done };
    err_t e = writer_submit(w->services->writer, &w->write);
    if (e != E_OK)
        write_done(&w->write, e);
}
