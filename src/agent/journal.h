/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of every change of the configuration in force: STATE/journal.ndjson, a line of JSON
 * each, durable before the change is made. Over JOURNAL_FILE_MAX a new file is begun and the older
 * ones become journal.ndjson.1 and so on; the oldest goes. A last line that a crash has cut is
 * passed over.
 */
#ifndef AGENT_JOURNAL_H
#define AGENT_JOURNAL_H

#include "base/str.h"

struct json;

enum {
    JOURNAL_FILES = 4,
    JOURNAL_FILE_MAX = 1024 * 1024,
    JOURNAL_LINE_MAX = 256 * 1024,
    JOURNAL_TEXT_MAX = 256, /* bytes of a value that are shown */
};

struct journal_entry {
    const char *event; /* "configured", or why it was switched off */
    str_t etag;        /* of the answer; absent: switched off by ourselves */
    str_t version;
    str_t before; /* the file's bytes as they were and as they shall be */
    str_t after;
};

/*
 * `again`: the process has just started, and the same change may stand there already, recorded and
 * then not made. Nothing is written when no member of the configuration differs and `enabled` is
 * the same. E_DISK_FULL, E_IO, E_NO_MEMORY.
 */
err_t journal_append(const char *dir, const struct journal_entry *entry, bool again,
                     struct diag *why) MUST_USE;

/* An answer that was refused: nothing has changed, and it shall be known. */
err_t journal_note(const char *dir, const char *reason, str_t etag, struct diag *why) MUST_USE;

/* Keep when what was changed, and forget every value: the device is revoked. */
err_t journal_forget(const char *dir, struct diag *why) MUST_USE;
/* What somebody else made of the file of an adapter; hidden and cut in the same way. NULL: nothing
 * that can be read. E_DISK_FULL, E_IO, E_NO_MEMORY. */
struct journal_drift {
    const char *event;
    str_t adapter;
    str_t path;
    const struct json *from;
    const struct json *to;
};
err_t journal_drifted(const char *dir, const struct journal_drift *entry,
                      struct diag *why) MUST_USE;

/* Every line, oldest first, without its end; one that a crash has cut is among them, and is no
 * JSON. E_IO, E_NO_MEMORY. */
err_t journal_read(const char *dir, err_t (*each)(void *arg, str_t line), void *arg,
                   struct diag *why) MUST_USE;

/* `seneschal agent journal --state DIR [-o table|json|ndjson]`; argv[0] is its last word. */
int journal_main(int argc, char **argv);

#endif
