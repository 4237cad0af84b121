/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people are told, by mail and in the portal, in French or English (notice.def). Everything is
 * written in the transaction of what it tells of: a mail is a row that the delivery thread sends.
 * Its text is sealed in the store, for it may hold a link that lets somebody in; a row of the
 * portal never holds one.
 */
#ifndef DOMAIN_HOOKS_NOTICE_H
#define DOMAIN_HOOKS_NOTICE_H

#include "base/lang.h"
#include "domain/live/act.h"
#include "sql/hooks.h"

enum notice_kind {
#define NOTICE(code, name, mail, subject_en, text_en, subject_fr, text_fr) NOTICE_##code,
#include "domain/hooks/notice.def"
#undef NOTICE
    NOTICE_KINDS
};

enum {
    NOTICE_FIELDS_MAX = 12,
    NOTICE_FIELD_MAX = 2048, /* bytes of a value; longer ones are cut off */
    NOTICE_ADMINS_MAX = 64,  /* that are told of one thing */
    NOTICE_USER_MAX = 500,   /* that a person keeps; the oldest go */
    MAIL_ORG_MAX = 10000,    /* that wait in an organisation */
};

struct notice_field {
    const char *name; /* as notice.def has it */
    str_t value;      /* any text; line ends and control characters become blanks */
    bool secret;      /* not in the portal: a link that lets somebody in */
};

/* Of the settings (services_settings(sv)->notices). */
struct notice_cfg {
    bool mail;      /* SMTP is set */
    enum lang lang; /* of who has not chosen */
    str_t server;   /* {server}: what people call this one */
};

struct notice_in {
    enum notice_kind kind;
    oid_t user;     /* who is told; zero: `email` alone */
    str_t email;    /* where there is no user; else his own */
    enum lang lang; /* LANG_NONE: the user's choice, else that of the settings */
    const struct notice_cfg *cfg;
    const struct notice_field *fields;
    size_t fields_n;
    size_t hour_max; /* of notice_tell_admins: no more of this kind in an hour; 0: any number */
};

/* On the writer. Without mail, a kind that is for mail alone (an invitation to an address) leaves
 * nothing: the caller shows its link. E_BAD_FIELD: no mail can go to that address. E_OVERLOADED:
 * too many wait. */
err_t notice_add(struct act *act, const struct notice_in *in) MUST_USE;
/* What is told has happened: a queue that is full, or an address that takes no mail, stops nobody.
 */
err_t notice_tell(struct act *act, const struct notice_in *in) MUST_USE;
/* The same to all active administrators of act->org; `user` and `email` do not count. */
err_t notice_tell_admins(struct act *act, const struct notice_in *in) MUST_USE;

/* The person's own choice; LANG_NONE: none yet. */
err_t user_lang(struct act *act, oid_t user, enum lang *ret) MUST_USE;
err_t user_lang_set(struct act *act, oid_t user, enum lang lang) MUST_USE;

struct notice_view {
    oid_t id;
    str_t kind;
    str_t subject;
    str_t text;
    ts_t created_at;
    ts_t read_at;
};
struct notice_ask {
    oid_t user;
    enum lang lang;
    oid_t before; /* zero: from the newest */
    int64_t limit;
};
/* The newest first. */
err_t notice_page(struct act *act, const struct notice_ask *ask, struct notice_view **ret,
                  size_t *ret_n) MUST_USE;
/* E_NOT_FOUND: not his. */
err_t notice_read(struct act *act, oid_t user, oid_t id) MUST_USE;

/* Subject and text of a kind; what no field fills is left out. */
struct notice_text {
    str_t subject;
    str_t text;
};
err_t notice_render(struct arena *a, enum notice_kind kind, enum lang lang,
                    const struct notice_field *fields, size_t n, struct notice_text *ret) MUST_USE;
const char *notice_name(enum notice_kind kind);

#endif
