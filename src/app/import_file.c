/* SPDX-License-Identifier: Apache-2.0 */
#include "app/import_file.h"

#include "api/shape_text.h"
#include "base/enc.h"
#include "plat/db/foreign.h"

enum { MACHINE_MAX = 128, WORD_MAX = 256, REASON_MAX = 512, HASH_BYTES = 32, NAMES_MAX = 4 };

static const char table[] = "enrolled_agents";

enum column_kind { COLUMN_MACHINE, COLUMN_STATUS, COLUMN_TEXT, COLUMN_HASH, COLUMN_TIME };

/* What each generation calls it; the first name is the newest. */
/* clang-format off */
static const struct {
    const char *member;
    enum column_kind kind;
    size_t max;
    const char *names[NAMES_MAX];
} columns[IMPORT_COLUMNS] = {
    [IMPORT_MACHINE_ID]      = { "machine_id", COLUMN_MACHINE, MACHINE_MAX, { "machine_id" } },
    [IMPORT_STATUS]          = { "status", COLUMN_STATUS, WORD_MAX, { "status", "state" } },
    [IMPORT_REASON]          = { "reason", COLUMN_TEXT, REASON_MAX, { "uninstall_reason", "reason" } },
    [IMPORT_TOKEN_HASH]      = { "token_hash", COLUMN_HASH, 0, { "token_hash" } },
    [IMPORT_TOKEN_ISSUED_AT] = { "token_issued_at", COLUMN_TIME, 0, { "token_issued_at" } },
    [IMPORT_USER_NAME]       = { "user_name", COLUMN_TEXT, WORD_MAX, { "user_name", "username" } },
    [IMPORT_USER_EMAIL]      = { "user_email", COLUMN_TEXT, WORD_MAX, { "user_email", "email" } },
    [IMPORT_USER_ID]         = { "user_id", COLUMN_TEXT, WORD_MAX, { "user_id" } },
    [IMPORT_HOSTNAME]        = { "hostname", COLUMN_TEXT, WORD_MAX, { "hostname", "host_name" } },
    [IMPORT_OS_INFO]         = { "os_info", COLUMN_TEXT, WORD_MAX, { "os_info", "os" } },
    [IMPORT_VERSION]         = { "version", COLUMN_TEXT, WORD_MAX,
                                 { "version", "agent_version", "client_version" } },
    [IMPORT_ENROLLED_AT]     = { "enrolled_at", COLUMN_TIME, 0, { "enrolled_at", "created_at" } },
    [IMPORT_LAST_SEEN_AT]    = { "last_seen_at", COLUMN_TIME, 0,
                                 { "last_seen_at", "last_heartbeat", "last_heartbeat_at", "last_seen" } },
    [IMPORT_UNINSTALLED_AT]  = { "uninstalled_at", COLUMN_TIME, 0, { "uninstalled_at" } },
};
static const struct {
    const char *name;
    enum import_status status;
} statuses[] = {
    { "active", IMPORT_ACTIVE },
    { "uninstalled", IMPORT_UNINSTALLED },
    { "revoked", IMPORT_REVOKED },
};
/* clang-format on */

struct import_file {
    struct foreign *db;
    str_t names[IMPORT_COLUMNS]; /* that are read, in this order */
    size_t names_n;
    size_t at[IMPORT_COLUMNS]; /* which of them a column is; names_n: none */
    str_t lacks;
    int64_t number;
};

const char *import_member(enum import_column c)
{
    return columns[c].member;
}

const char *import_status_name(enum import_status s)
{
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        if (statuses[i].status == s)
            return statuses[i].name;
    }
    return "skipped";
}

str_t import_file_lacks(const struct import_file *f)
{
    return f->lacks;
}

/* Names of columns have no case in SQL. */
static str_t column_find(const str_t *there, size_t n, enum import_column c)
{
    for (size_t k = 0; k < NAMES_MAX && columns[c].names[k] != NULL; k++) {
        for (size_t i = 0; i < n; i++) {
            if (str_eq_nocase(there[i], str_from_cz(columns[c].names[k])))
                return there[i];
        }
    }
    return STR_NONE;
}

static err_t columns_map(struct import_file *f, struct arena *a, const char *path, struct diag *why)
{
    str_t *there;
    size_t n;
    CLEANUP(buf_fini) struct buf lacks = { 0 };
    buf_init(&lacks, KIB(1));
    TRY(foreign_columns(f->db, a, table, why, &there, &n));
    for (enum import_column c = 0; c < IMPORT_COLUMNS; c++) {
        str_t name = column_find(there, n, c);
        f->at[c] = IMPORT_COLUMNS;
        if (name.p != NULL) {
            f->at[c] = f->names_n;
            f->names[f->names_n++] = name;
        } else {
            buf_addf(&lacks, "%s%s", lacks.n > 0 ? " " : "", columns[c].member);
        }
    }
    if (f->at[IMPORT_MACHINE_ID] == IMPORT_COLUMNS)
        return FAIL(why, E_NOT_FOUND, "%s: the table %s has no column machine_id", path, table);
    TRY(lacks.err);
    return str_copy(a, buf_str(&lacks), &f->lacks);
}

/* What foreign.h says, with the name of the file. */
static err_t name_file(const char *path, const struct diag *said, struct diag *why, err_t e)
{
    if (e == E_OK || said->text[0] == '\0')
        return e;
    if (strstr(said->text, path) != NULL)
        return FAIL(why, e, "%s", said->text);
    return FAIL(why, e, "%s: %s", path, said->text);
}

err_t import_file_open(struct arena *a, const char *path, struct diag *why,
                       struct import_file **ret)
{
    struct diag said = { 0 };
    struct import_file *f = ARENA_NEW(a, struct import_file);
    if (f == NULL)
        return E_NO_MEMORY;
    TRY(name_file(path, &said, why, foreign_open(path, &said, &f->db)));
    err_t e = name_file(path, &said, why, columns_map(f, a, path, &said));
    if (e != E_OK) {
        import_file_close(f);
        return e;
    }
    *ret = f;
    return E_OK;
}

void import_file_close(struct import_file *f)
{
    if (f != NULL)
        foreign_close(f->db);
}

err_t import_file_rewind(struct import_file *f, struct diag *why)
{
    f->number = 0;
    return foreign_select(f->db, table, f->names, f->names_n, why);
}

static str_t value_of(struct import_file *f, enum import_column c)
{
    return f->at[c] < f->names_n ? str_trim(foreign_text(f->db, f->at[c])) : STR_NONE;
}

static void note_add(struct import_row *row, const char *member, const char *what)
{
    size_t n = strlen(row->note);
    (void)snprintf(row->note + n, sizeof row->note - n, "%s%s %s", n > 0 ? "; " : "", member,
                   what); /* cut off where it is long */
}

static err_t text_take(struct arena *a, enum import_column c, str_t text, struct import_row *row)
{
    bool fits =
        text.n <= columns[c].max && text_obeys(c == IMPORT_REASON ? TEXT_ANY : TEXT_LINE, text);
    if (text.n == 0)
        return E_OK;
    if (fits)
        return str_copy(a, text, &row->values[c]);
    note_add(row, columns[c].member, "is left out: too long, or not plain text");
    return E_OK;
}

static err_t hash_take(struct arena *a, str_t text, struct import_row *row)
{
    uint8_t hash[HASH_BYTES];
    char hex[HASH_BYTES * 2];
    if (text.n == 0)
        return E_OK;
    if (hex_decode(text, hash, sizeof hash) != E_OK) {
        note_add(row, "token_hash", "is no SHA-256 in hex: it comes without a token");
        return E_OK;
    }
    hex_encode(hash, sizeof hash, hex); /* one spelling, so that equal ones are found */
    return str_copy(a, str_of(hex, sizeof hex), &row->values[IMPORT_TOKEN_HASH]);
}

static err_t time_take(struct arena *a, enum import_column c, str_t text, struct import_row *row)
{
    ts_t t;
    char out[TS_TEXT];
    if (text.n == 0)
        return E_OK;
    if (import_time_parse(text, &t) != E_OK || !ts_is_set(t)) {
        note_add(row, columns[c].member, "is left out: it is no time");
        return E_OK;
    }
    ts_format(t, out);
    return str_copy(a, str_of(out, sizeof out), &row->values[c]);
}

static err_t machine_take(struct arena *a, str_t text, struct import_row *row)
{
    bool fits = text.n > 0 && text.n <= MACHINE_MAX && text_obeys(TEXT_MACHINE_ID, text);
    TRY(str_copy(a, str_clip(text, MACHINE_MAX), &row->said));
    if (fits)
        return str_copy(a, text, &row->values[IMPORT_MACHINE_ID]);
    note_add(row, "machine_id", "wants 1 to 128 printable ASCII characters without / \\ ; % ? #");
    return E_OK;
}

/* A revocation counts whatever the status beside it says: the older server let an uninstallation
 * write over it. */
static void status_take(struct import_file *f, struct import_row *row)
{
    str_t text = value_of(f, IMPORT_STATUS);
    if (row->values[IMPORT_MACHINE_ID].p == NULL)
        return;
    if (text.p == NULL && f->at[IMPORT_STATUS] == IMPORT_COLUMNS)
        text = row->values[IMPORT_UNINSTALLED_AT].p != NULL ? STR("uninstalled") : STR("active");
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        if (str_eq_nocase(text, str_from_cz(statuses[i].name)))
            row->status = statuses[i].status;
    }
    if (str_eq_nocase(row->values[IMPORT_REASON], STR("admin_revoke"))) {
        if (row->status == IMPORT_ACTIVE)
            note_add(row, "reason",
                     "is admin_revoke: it comes as revoked, though its status is active");
        row->status = IMPORT_REVOKED;
    }
    if (row->status == IMPORT_SKIPPED)
        note_add(row, "status", "is none of active, uninstalled, revoked");
}

err_t import_file_next(struct import_file *f, struct arena *a, struct diag *why,
                       struct import_row *ret)
{
    struct import_row row = { .number = ++f->number };
    TRY(foreign_next(f->db, why));
    for (enum import_column c = 0; c < IMPORT_COLUMNS; c++) {
        str_t text = value_of(f, c);
        switch (columns[c].kind) {
        case COLUMN_MACHINE:
            TRY(machine_take(a, text, &row));
            break;
        case COLUMN_TEXT:
            TRY(text_take(a, c, text, &row));
            break;
        case COLUMN_HASH:
            TRY(hash_take(a, text, &row));
            break;
        case COLUMN_TIME:
            TRY(time_take(a, c, text, &row));
            break;
        case COLUMN_STATUS:
            break; /* after all others: it looks at them */
        }
    }
    status_take(f, &row);
    *ret = row;
    return E_OK;
}
