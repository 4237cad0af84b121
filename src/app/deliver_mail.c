/* SPDX-License-Identifier: Apache-2.0 */
/* One mail at a time, the one that waits longest first. */
#include "app/deliver_in.h"
#include "app/deliver_write.h"
#include "base/log.h"
#include "domain/hooks/mail.h"

#define MAIL_TIME_MAX DUR_S(30)

struct mail_result {
    const struct row_mail *row;
    bool gone; /* sent, or refused for good */
    str_t error;
    bool dropped;
};

static err_t result_write(struct act *act, struct services *services, void *arg)
{
    struct mail_result *r = arg;
    (void)services;
    return r->gone ? mail_sent(act, r->row->id) : mail_failed(act, r->row, r->error, &r->dropped);
}

/* Never its text, nor to whom: that stands in no log. */
static void say(const struct mail_result *r, err_t e)
{
    if (e == E_OK)
        LOG(LOG_DEBUG, "mail-sent", LOG_F("kind", r->row->kind));
    else
        LOG(LOG_WARNING, r->gone || r->dropped ? "mail-given-up" : "mail-failed",
            LOG_F("kind", r->row->kind), LOG_F("why", r->error),
            LOG_F("attempts", r->row->attempts + 1));
}

static err_t mail_post(struct deliver_thread *t, const struct settings *s,
                       const struct mail_due *due, struct diag *why)
{
    struct smtp_cfg cfg = s->mail;
    struct mail_head head = { .from = str_from_cz(cfg.from),
                              .from_name = s->notices.server,
                              .recipient = due->row.recipient,
                              .id = due->row.id,
                              .at = clock_now() };
    str_t message = STR_NONE;
    char *to = str_cz(t->arena, due->row.recipient);
    if (to == NULL)
        return E_NO_MEMORY;
    cfg.stop = &t->deliver->stop;
    TRY(mail_write(t->arena, &head, &due->text, &message));
    return smtp_send(t->arena, &cfg, to, message, MAIL_TIME_MAX, why);
}

static err_t mail_find(struct deliver_thread *t, struct mail_due *ret)
{
    oid_t none = { { 0 } };
    struct act act = deliver_act(t->deliver->services, t->arena, t->reader, none);
    /* A mail and its key are of one state of the store: the key may be replaced meanwhile, and what
     * cannot be opened is given up. */
    TRY(db_read_begin(t->reader));
    err_t e = mail_next(&act, ret);
    db_read_end(t->reader);
    return e;
}

bool deliver_mail(struct deliver_thread *t)
{
    struct services *sv = t->deliver->services;
    const struct settings *s = services_settings(sv);
    struct mail_due due = { 0 };
    struct diag why = { 0 };
    if (s->mail.url == NULL || sv->sealed)
        return false;
    err_t e = mail_find(t, &due);
    if (e != E_OK && e != E_CORRUPT)
        return false; /* none waits, or the store says no: later */
    if (e == E_OK)
        e = mail_post(t, s, &due, &why);
    if (e == E_CLOSED)
        return false;
    struct mail_result result = { .row = &due.row,
                                  .gone = e == E_OK || e == E_FORBIDDEN || e == E_CORRUPT,
                                  .error = str_from_cz(why.text[0] != '\0' ? why.text
                                                                           : err_info(e)->text) };
    err_t written = deliver_write(sv, t->arena, due.row.org, result_write, &result);
    say(&result, e);
    return written == E_OK && e == E_OK;
}
