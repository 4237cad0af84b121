/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many machines by one list. Each is a line of the resume file when it begins and when it is done,
 * durable before anything follows from it, so that whoever is killed in the middle and runs again
 * makes each machine once.
 */
#include "app/enrol.h"

#include "app/login.h"
#include "app/progress.h"
#include "base/id.h"
#include "plat/os/file.h"

#include <pthread.h>

enum { LIST_MAX = 4 * 1024 * 1024, RESUME_MAX = 16 * 1024 * 1024, ONE_ARENA = 160 * 1024 * 1024 };

static err_t line_read(struct enrol_batch *b, str_t line, size_t number)
{
    struct enrol_machine m = { 0 };
    str_t *const columns[] = { &m.machine_id, &m.ssh, &m.groups };
    str_t rest = line;
    str_t word;
    size_t n = 0;
    while (str_split(&rest, ',', &word)) {
        if (n == ARRAY_LEN(columns) || str_find(word, '"') < word.n)
            return FAIL(&b->cli->why, E_USAGE,
                        "%s:%zu: want MACHINE_ID[,SSH_HOST[,GROUP;GROUP]] without quotes", b->path,
                        number);
        *columns[n++] = str_trim(word);
    }
    if (m.machine_id.n == 0 || str_eq(m.machine_id, STR(".")) || str_eq(m.machine_id, STR("..")))
        return FAIL(&b->cli->why, E_USAGE, "%s:%zu: want a machine's name first", b->path, number);
    for (size_t i = 0; i < b->n; i++) {
        if (str_eq(b->machines[i].machine_id, m.machine_id))
            return FAIL(&b->cli->why, E_USAGE, "%s:%zu: %.*s stands there twice", b->path, number,
                        STR_ARG(m.machine_id));
    }
    if (b->n == ENROL_MACHINES_MAX)
        return FAIL(&b->cli->why, E_USAGE, "%s: want at most %d machines", b->path,
                    ENROL_MACHINES_MAX);
    b->machines[b->n++] = m;
    return E_OK;
}

err_t enrol_batch_read(struct enrol_batch *b)
{
    str_t text = STR_NONE;
    str_t line;
    size_t number = 0;
    bool standard = str_eq(str_from_cz(b->path), STR("-"));
    TRY(file_read(b->cli->arena, standard ? "/dev/stdin" : b->path, LIST_MAX, &b->cli->why, &text));
    b->machines = ARENA_ARRAY(b->cli->arena, struct enrol_machine, ENROL_MACHINES_MAX);
    if (b->machines == NULL)
        return E_NO_MEMORY;
    while (str_split(&text, '\n', &line)) {
        number++;
        if (str_ends(line, STR("\r")))
            line.n--;
        line = str_trim(line);
        bool header = number == 1 && str_starts(line, STR("machine_id"));
        if (line.n == 0 || line.p[0] == '#' || header)
            continue;
        TRY(line_read(b, line, number));
    }
    return E_OK;
}

/* Lines come in about the order of the list: the search goes on where the last one was found. */
static struct enrol_machine *machine_find(struct enrol_batch *b, str_t id, size_t *from)
{
    for (size_t i = 0; i < b->n; i++) {
        size_t at = (*from + i) % b->n;
        if (!str_eq(b->machines[at].machine_id, id))
            continue;
        *from = at;
        return &b->machines[at];
    }
    return NULL;
}

/* "begun ID" and "done ID DEVICE"; a line that a crash has cut is as good as none. */
static err_t resume_read(struct enrol_batch *b)
{
    str_t text = STR_NONE;
    str_t line;
    size_t from = 0;
    err_t e = file_read(b->cli->arena, b->resume, RESUME_MAX, &b->cli->why, &text);
    if (e == E_NOT_FOUND) {
        diag_clear(&b->cli->why);
        return E_OK;
    }
    TRY(e);
    while (str_split(&text, '\n', &line)) {
        bool done = str_starts(line, STR("done "));
        size_t skip = done ? sizeof "done " - 1 : sizeof "begun " - 1;
        if (!done && !str_starts(line, STR("begun ")))
            continue;
        str_t id = str_sub(line, skip, line.n);
        size_t device = id.n > OID_TEXT ? id.n - OID_TEXT : 0;
        if (done)
            id = device > 0 ? str_sub(id, 0, device - 1) : STR("");
        struct enrol_machine *m = machine_find(b, id, &from);
        if (m == NULL)
            continue;
        m->begun = true;
        m->done = m->done || done;
        if (done)
            m->device_id = str_sub(line, line.n - OID_TEXT, OID_TEXT);
    }
    return E_OK;
}

/* What the threads share. */
struct crew {
    struct enrol_batch *batch;
    struct cli_client
        *client; /* with a sign-in that is kept nowhere: one thread alone; else NULL */
    pthread_mutex_t lock;
    size_t next;
    size_t failed;
    err_t fatal;
    struct diag why; /* of the fatal one */
    struct progress bar;
};

static struct enrol_machine *crew_next(struct crew *c)
{
    struct enrol_machine *m = NULL;
    (void)pthread_mutex_lock(&c->lock);
    while (m == NULL && c->fatal == E_OK && c->next < c->batch->n) {
        m = &c->batch->machines[c->next++];
        if (m->done)
            m = NULL;
    }
    (void)pthread_mutex_unlock(&c->lock);
    return m;
}

/* What will be the same with every other machine ends the run. */
static bool is_fatal(err_t e)
{
    return e == E_UNAUTHENTICATED || e == E_FLEET_LOCKED || e == E_DISK_FULL || e == E_NO_MEMORY;
}

static void crew_note(struct crew *c, const struct enrol_machine *m, err_t e, const struct cli *cli)
{
    (void)pthread_mutex_lock(&c->lock);
    if (e != E_OK && is_fatal(e) && c->fatal == E_OK) {
        c->fatal = e;
        c->why = cli->why;
    }
    if (e != E_OK) {
        c->failed++;
        progress_clear(&c->bar);
        (void)fprintf(stderr, "%.*s: %s%s%s\n", STR_ARG(m->machine_id),
                      cli->why.err == e ? cli->why.text : err_info(e)->text,
                      cli->hint != NULL ? "; " : "", cli->hint != NULL ? cli->hint : "");
    }
    progress_step(&c->bar, 1);
    (void)pthread_mutex_unlock(&c->lock);
}

static err_t resume_add(struct crew *c, struct cli *cli, const struct enrol_machine *m, bool done)
{
    str_t line = STR_NONE;
    TRY(done ? str_format(cli->arena, &line, "done %.*s %.*s", STR_ARG(m->machine_id),
                          STR_ARG(m->device_id))
             : str_format(cli->arena, &line, "begun %.*s", STR_ARG(m->machine_id)));
    (void)pthread_mutex_lock(&c->lock);
    err_t e = file_append(c->batch->resume, 0600, line, &cli->why);
    (void)pthread_mutex_unlock(&c->lock);
    return e;
}

/* What is said at the end outlives the machine's own memory: it stands in the one of them all. */
static err_t device_keep(struct crew *c, struct enrol_machine *m, str_t device_id)
{
    (void)pthread_mutex_lock(&c->lock);
    err_t e = str_copy(c->batch->cli->arena, device_id, &m->device_id);
    (void)pthread_mutex_unlock(&c->lock);
    return e;
}

static err_t machine_do(struct crew *c, struct cli *cli, struct cli_client *client,
                        struct enrol_machine *m)
{
    const struct enrol_how *how = c->batch->how;
    struct enrol_machine one = *m;
    if (!m->begun)
        TRY(resume_add(c, cli, m, false));
    TRY(m->ssh.n > 0 ? enrol_target(cli, client, how, &one)
                     : enrol_overlay(cli, client, how, &one));
    TRY(resume_add(c, cli, &one, true));
    TRY(device_keep(c, m, one.device_id));
    m->done = true;
    return E_OK;
}

/* Each machine has a memory and a connection of its own; the sign-in is read from its file again,
 * so that what another thread has refreshed is found. */
static err_t machine_alone(struct crew *c, struct cli *cli, struct enrol_machine *m)
{
    struct cli_client client = { 0 };
    if (c->client != NULL)
        return machine_do(c, cli, c->client, m);
    struct cli_options again = c->batch->how->options;
    again.refresh = false;
    err_t e = cli_client_open(cli, &again, &client);
    if (e == E_OK)
        e = machine_do(c, cli, &client, m);
    cli_client_close(&client);
    return e;
}

static void *crew_work(void *arg)
{
    struct crew *c = arg;
    for (struct enrol_machine *m = crew_next(c); m != NULL; m = crew_next(c)) {
        struct arena *a = c->client != NULL ? NULL : arena_new(ONE_ARENA);
        struct cli cli = { .arena = c->client != NULL ? c->batch->cli->arena : a };
        err_t e = cli.arena != NULL ? machine_alone(c, &cli, m) : E_NO_MEMORY;
        crew_note(c, m, e, &cli);
        arena_free(a);
    }
    return NULL;
}

static size_t left(const struct enrol_batch *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        n += !b->machines[i].done;
    return n;
}

err_t enrol_batch_run(struct enrol_batch *b, struct cli_client *client, size_t *ret_failed)
{
    bool alone = client->login != NULL && !client->login->kept;
    struct crew c = { .batch = b,
                      .client = alone ? client : NULL,
                      .lock = PTHREAD_MUTEX_INITIALIZER };
    pthread_t threads[ENROL_PARALLEL_MAX];
    size_t n = 0;
    size_t want = alone ? 1 : (size_t)b->parallel;
    TRY(resume_read(b));
    progress_begin(&c.bar, "machines", (int64_t)left(b));
    while (n + 1 < want && pthread_create(&threads[n], NULL, crew_work, &c) == 0)
        n++;
    (void)crew_work(&c); /* this thread is one of them */
    for (size_t i = 0; i < n; i++)
        (void)pthread_join(threads[i], NULL);
    progress_clear(&c.bar);
    if (c.fatal != E_OK)
        b->cli->why = c.why;
    *ret_failed = c.failed;
    return c.fatal;
}
