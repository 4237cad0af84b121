/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `restore`: a copy of the store becomes the store of a new directory. It is brought there under a
 * name that no server looks for, looked at as a whole, and then renamed: whoever ends this at any
 * moment leaves either no store or a whole one.
 */
#include "api/backup_file.h"
#include "app/audit_say.h"
#include "app/backup_record.h"
#include "app/cli_call.h"
#include "app/options.h"
#include "app/progress.h"
#include "domain/identity/keys.h"
#include "plat/db/inspect.h"
#include "plat/os/copy.h"
#include "plat/os/file.h"
#include "plat/os/part.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#define WORK      ".restore"
#define STORE     "seneschal.db"
#define CHECK_MAX DUR_HOURS(24) /* however large it is */

struct restore {
    struct cli *cli;
    const struct config *config;
    const char *from;
    const char *dir;  /* where it goes */
    const char *work; /* a directory in it, which is a data directory while this goes on */
    const char *copy; /* the store in that */
    int lock;
    bool has_key; /* of this very store */
    struct audit_report record;
};

static err_t below(struct restore *r, const char *dir, const char *name, const char **ret)
{
    str_t path;
    TRY(str_format(r->cli->arena, &path, "%s/%s", dir, name));
    *ret = path.p;
    return E_OK;
}

/* What may lie there before: a key that was put there, and what a run that was killed has left. */
static bool may_lie_there(const char *name)
{
    static const char *const names[] = { ".", "..", MASTER_KEY_FILE, "lock", "lost+found", WORK };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

static err_t check_is_empty(struct restore *r)
{
    DIR *d = opendir(r->dir);
    err_t e = E_OK;
    if (d == NULL)
        return FAIL(&r->cli->why, E_IO, "%s: cannot be looked into", r->dir);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs here */
    for (struct dirent *f = readdir(d); f != NULL && e == E_OK; f = readdir(d)) {
        if (!may_lie_there(f->d_name))
            e = FAIL(&r->cli->why, E_CONFLICT,
                     "%s: is not empty (%s): name a new directory, or move what is there away",
                     r->dir, f->d_name);
    }
    (void)closedir(d);
    return e;
}

static err_t take_directory(struct restore *r)
{
    struct diag *why = &r->cli->why;
    const char *lock;
    TRY(file_make_dirs(r->dir, 0700, why));
    TRY(check_is_empty(r)); /* before anything of ours lies there */
    TRY(below(r, r->dir, "lock", &lock));
    err_t e = file_lock(lock, why, &r->lock);
    if (e == E_CONFLICT) {
        diag_clear(why);
        return FAIL(why, e, "%s: a server or another restore has it: stop that first", r->dir);
    }
    return e;
}

/* What SQLite may lay beside a store goes with it. */
static void work_remove(struct restore *r)
{
    static const char *const names[] = { "", "-wal", "-shm", "-journal" };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        str_t path;
        if (str_format(r->cli->arena, &path, "%s%s", r->copy, names[i]) == E_OK)
            (void)unlink(path.p); /* what stays is seen by rmdir */
    }
    (void)rmdir(r->work); /* one that stays is nothing but a directory */
}

static err_t bring(struct restore *r)
{
    struct progress progress;
    const struct watch watch = { .see = progress_see, .arg = &progress };
    struct diag *why = &r->cli->why;
    mode_t mode;
    uid_t owner = geteuid();
    TRY(backup_file_check(r->cli->arena, r->from, why));
    file_part_sweep(r->from); /* of backups that were killed */
    work_remove(r);           /* of a run that was killed */
    TRY(file_make_dir(r->work, 0700, why));
    progress_begin(&progress, "KiB", 0);
    err_t e = file_copy(r->from, r->copy, 0600, &watch, why);
    progress_clear(&progress);
    TRY(e);
    TRY(file_owner(r->dir, &mode, &owner));
    if (owner != geteuid() && chown(r->copy, owner, (gid_t)-1) != 0) /* root, for its server */
        return FAIL(why, E_IO, "%s: cannot be given to uid %u", r->copy, (unsigned)owner);
    return E_OK;
}

static err_t check_pages(struct restore *r)
{
    struct db_state state;
    struct diag *why = &r->cli->why;
    err_t e = db_inspect(r->work, CHECK_MAX, why, &state);
    if (e != E_OK || state.complaint[0] != '\0') {
        diag_clear(why);
        return FAIL(why, E_CORRUPT, "%s: is damaged, or no copy of a store%s%s", r->from,
                    e == E_OK ? ": " : "", e == E_OK ? state.complaint : "");
    }
    e = db_migrate(r->work, why); /* one that an older program has made */
    if (e == E_CORRUPT)
        r->cli->hint = "restore it with the program that made it, or a newer one";
    return e;
}

static err_t check_record(struct restore *r)
{
    CLEANUP(db_closep) struct db *db = NULL;
    struct diag *why = &r->cli->why;
    r->record.say = audit_say_finding;
    TRY(db_open(r->work, DB_READER, why, &db));
    TRY(audit_verify(db, &r->record));
    if (r->record.events == 0) /* a store begins with one */
        return FAIL(why, E_CORRUPT, "%s: is no copy of a store", r->from);
    if (r->record.faults == 0)
        return E_OK;
    r->cli->hint = "somebody changed the store that it was made of: take an older copy";
    return FAIL(why, E_CORRUPT, "%s: its record is broken (%lld faults)", r->from,
                (long long)r->record.faults);
}

/* Without its key a server is sealed: that is said, and mended later. */
static err_t look_for_key(struct restore *r)
{
    CLEANUP(db_closep) struct db *db = NULL;
    CLEANUP(keys_fini) struct keys keys = { 0 };
    CLEANUP(secret_wipe) secret_t master = { .n = 0 };
    enum master_key_from from = MASTER_KEY_NONE;
    struct master_key_cfg cfg = {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs here */
        .credentials_dir = getenv("CREDENTIALS_DIRECTORY"),
        .file = config_cz(r->config, CONF_MASTER_KEY_FILE),
        .dir = r->dir,
    };
    err_t e = master_key_find(&cfg, &r->cli->why, &master, &from);
    if (e == E_NOT_FOUND)
        return E_OK;
    TRY(e);
    TRY(db_open(r->work, DB_READER, &r->cli->why, &db));
    TRY(db_read_begin(db));
    e = keys_load(db, r->cli->arena, &master, &r->cli->why, &keys);
    db_read_end(db);
    r->has_key = e == E_OK;
    diag_clear(&r->cli->why);
    return e == E_SEALED ? E_OK : e;
}

/* The store goes on from an earlier time: whoever reads its record shall see that. */
static err_t record(struct restore *r)
{
    const char *slash = strrchr(r->from, '/');
    struct backup_told from = { .name = str_from_cz(slash == NULL ? r->from : slash + 1) };
    TRY(db_bytes(r->work, &from.bytes));
    TRY(backup_file_note(r->cli->arena, r->from, &from.sha256));
    return restore_record(r->cli->arena, r->work, &from, &r->cli->why);
}

static err_t put_in_place(struct restore *r)
{
    const char *store;
    TRY(below(r, r->dir, STORE, &store));
    return file_rename(r->copy, store, &r->cli->why);
}

static err_t restore_in(struct restore *r)
{
    TRY(bring(r));
    TRY(check_pages(r));
    TRY(check_record(r));
    TRY(look_for_key(r));
    TRY(record(r));
    return put_in_place(r);
}

static void say_done(const struct restore *r)
{
    (void)printf("restored %s: %lld events in %lld chains, %lld faults\n", r->dir,
                 (long long)r->record.events, (long long)r->record.chains,
                 (long long)r->record.faults);
    if (!r->has_key)
        (void)fprintf(
            stderr,
            "next: put the master key of its server to %s/" MASTER_KEY_FILE
            " (mode 0400), or name it by master_key_file: without it a server is sealed\n",
            r->dir);
    (void)fprintf(stderr,
                  "next: seneschal serve --data %s\n"
                  "next: what was revoked after the copy was made is not in it: do that again\n",
                  r->dir);
}

static err_t restore(struct restore *r)
{
    if (r->dir == NULL)
        return FAIL(&r->cli->why, E_USAGE,
                    "data: name the directory to fill, for example --data ./var");
    if (access(r->from, R_OK) != 0)
        return FAIL(&r->cli->why, E_NOT_FOUND, "%s: is not there, or cannot be read", r->from);
    TRY(crypto_init());
    TRY(below(r, r->dir, WORK, &r->work));
    TRY(below(r, r->work, STORE, &r->copy));
    TRY(take_directory(r));
    err_t e = restore_in(r);
    work_remove(r);
    file_unlock(r->lock);
    TRY(e);
    say_done(r);
    return E_OK;
}

int cmd_restore(struct cli *cli, int argc, char **argv)
{
    struct config config;
    struct restore r = { .cli = cli, .config = &config, .lock = -1 };
    err_t e = E_OK;
    if (argc == 0 || argv[0][0] == '-')
        e = FAIL(&cli->why, E_USAGE, "name the copy first: seneschal restore FILE --data DIR");
    if (e == E_OK)
        e = options_read(&config, cli->arena, argc - 1, argv + 1, &cli->why);
    if (e == E_OK) {
        r.from = argv[0];
        r.dir = config_cz(&config, CONF_DATA);
        e = restore(&r);
    }
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}
