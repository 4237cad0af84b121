/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told that a person asks for something, an application or a tool, and that he does not get
 * it. */
#ifndef API_ASKED_NOTICE_H
#define API_ASKED_NOTICE_H

#include "api/request.h"

struct asked {
    oid_t user_id;
    str_t username;
    str_t what; /* its name, as people know it */
};

/* To the administrators; `place` is the page of the console where they answer. */
err_t asked_tell_admins(struct request *rq, const struct asked *asked, str_t reason,
                        str_t place) MUST_USE;
/* To who asked; `reason` is that of whoever said no. */
err_t asked_tell_refused(struct request *rq, const struct asked *asked, str_t reason) MUST_USE;

#endif
