/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/hooks: the rows of notice.def. */
#ifndef DOMAIN_HOOKS_NOTICE_KINDS_H
#define DOMAIN_HOOKS_NOTICE_KINDS_H

#include "domain/hooks/notice.h"

enum { NOTICE_BY_MAIL_ALONE = 2 };

struct notice_words {
    const char *subject;
    const char *text;
};

struct notice_info {
    const char *name;
    int mail; /* 1: also by mail, 2: by mail alone */
    struct notice_words words[LANG_FR + 1];
};

extern const struct notice_info notice_infos[NOTICE_KINDS];

#endif
