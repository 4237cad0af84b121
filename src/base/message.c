/* SPDX-License-Identifier: Apache-2.0 */
#include "base/message.h"

#include "base/attr.h"

static int message_cmp(const void *key, const void *row)
{
    return strcmp(key, ((const struct message *)row)->id);
}

const char *message_in(const struct messages *m, const char *id)
{
    const struct message *found =
        m == NULL ? NULL : bsearch(id, m->v, m->n, sizeof m->v[0], message_cmp);
    return found == NULL ? id : found->str;
}
