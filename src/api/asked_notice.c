/* SPDX-License-Identifier: Apache-2.0 */
#include "api/asked_notice.h"

#include "api/people.h"

err_t asked_tell_admins(struct request *rq, const struct asked *asked, str_t reason, str_t place)
{
    str_t link = STR_NONE;
    TRY(people_link(rq, place, &link));
    const struct notice_field fields[] = { { "username", asked->username, false },
                                           { "application", asked->what, false },
                                           { "reason", reason, false },
                                           { "link", link, false } };
    return people_tell_admins(rq, (struct notice_in){ .kind = NOTICE_ADMIN_ACCESS_REQUEST,
                                                      .fields = fields,
                                                      .fields_n = ARRAY_LEN(fields) });
}

err_t asked_tell_refused(struct request *rq, const struct asked *asked, str_t reason)
{
    const struct notice_field fields[] = { { "application", asked->what, false },
                                           { "reason", reason, false } };
    return people_tell(rq, (struct notice_in){ .kind = NOTICE_ACCESS_REFUSED,
                                               .user = asked->user_id,
                                               .fields = fields,
                                               .fields_n = ARRAY_LEN(fields) });
}
