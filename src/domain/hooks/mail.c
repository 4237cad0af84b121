/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/hooks/mail.h"

#include "base/rng.h"
#include "domain/hooks/hook_seal.h"

enum { ADDRESS_MAX = 254, LOCAL_MAX = 64 }; /* RFC 5321 section 4.5.3.1 */
#define MAIL_LIFE  DUR_DAYS(3)
#define MAIL_FIRST DUR_S(10)
#define MAIL_LAST  DUR_HOURS(4)

/* The atoms of RFC 5321 without quoted strings and address literals: nobody has such an address who
 * means well. */
static bool part_obeys(str_t part)
{
    const str_t marks = STR("!#$%&'*+-/=?^_`{|}~.");
    if (part.n == 0 || part.p[0] == '.' || part.p[0] == '-' || part.p[part.n - 1] == '.')
        return false;
    for (size_t i = 0; i < part.n; i++) {
        char c = part.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && str_find(marks, c) == marks.n)
            return false;
    }
    return true;
}

bool mail_address_obeys(str_t address)
{
    size_t at = str_find(address, '@');
    return address.n <= ADDRESS_MAX && at <= LOCAL_MAX && part_obeys(str_sub(address, 0, at)) &&
           at < address.n && part_obeys(str_sub(address, at + 1, address.n));
}

err_t mail_add(struct act *act, str_t recipient, enum notice_kind kind,
               const struct notice_text *text)
{
    struct sql_mail_count_row count;
    struct hook_sealed s;
    str_t plain;
    oid_t id = oid_make();
    if (!mail_address_obeys(recipient))
        return diag_set_field(&act->why, E_BAD_FIELD, "email",
                              "want an address that mail can go to: NAME@DOMAIN in ASCII");
    TRY(sql_mail_count(act->db, act->arena, &(struct sql_mail_count){ .org = act->org }, &count));
    if (count.n >= MAIL_ORG_MAX)
        return FAIL(&act->why, E_OVERLOADED, "%d mails wait: look at the mail server",
                    MAIL_ORG_MAX);
    /* A subject is one line. */
    TRY(str_format(act->arena, &plain, "%.*s\n%.*s", STR_ARG(text->subject), STR_ARG(text->text)));
    err_t e = hook_seal(act, HOOK_TABLE_MAIL, id, plain, &s);
    hook_wipe(plain);
    TRY(e);
    return sql_mail_add(act->db, &(struct sql_mail_add){ .id = id,
                                                         .org = act->org,
                                                         .recipient = recipient,
                                                         .kind = str_from_cz(notice_name(kind)),
                                                         .epoch = s.epoch,
                                                         .key_id = s.key_id,
                                                         .sealed = s.bytes,
                                                         .now = act->now });
}

err_t mail_next(struct act *act, struct mail_due *ret)
{
    struct mail_due due = { 0 };
    str_t plain;
    TRY(sql_mail_next(act->db, act->arena, &(struct sql_mail_next){ .now = act->now }, &due.row));
    ret->row = due.row;
    TRY(hook_unseal(act, HOOK_TABLE_MAIL, due.row.id,
                    &(struct hook_sealed){ due.row.epoch, due.row.key_id, due.row.sealed },
                    &plain));
    size_t line = str_find(plain, '\n');
    due.text.subject = str_sub(plain, 0, line);
    due.text.text = str_sub(plain, line + 1, plain.n);
    *ret = due;
    return E_OK;
}

err_t mail_sent(struct act *act, oid_t id)
{
    return sql_mail_drop(act->db, &(struct sql_mail_drop){ .id = id });
}

/* Twice as long after each attempt, and a quarter by chance. */
static dur_t mail_pause(int64_t attempts)
{
    int64_t us = MAIL_FIRST.us;
    for (int64_t i = 1; i < attempts && us < MAIL_LAST.us; i++)
        us *= 2;
    us = us < MAIL_LAST.us ? us : MAIL_LAST.us;
    return (dur_t){ us + (int64_t)rng_below((uint64_t)(us / 4)) };
}

err_t mail_failed(struct act *act, const struct row_mail *row, str_t error, bool *ret_dropped)
{
    bool old = act->now.us - row->created_at.us > MAIL_LIFE.us;
    if (old)
        TRY(sql_mail_drop(act->db, &(struct sql_mail_drop){ .id = row->id }));
    else
        TRY(sql_mail_again(act->db, &(struct sql_mail_again){
                                        .id = row->id,
                                        .attempts = row->attempts + 1,
                                        .due_at = ts_add(act->now, mail_pause(row->attempts + 1)),
                                        .error = error }));
    *ret_dropped = old;
    return E_OK;
}
