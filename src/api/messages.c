/* SPDX-License-Identifier: Apache-2.0 */
#include "api/messages.h"

#include "api/phrase.h"
#include "base/attr.h"

static const struct message french[] = {
#define MESSAGE(english, french) { english, french },
#include "api/message.def"
#undef MESSAGE
};
static const struct messages in_french = { french, ARRAY_LEN(french) };

const struct messages *messages_for(const struct http_xchg *x, const struct route *route)
{
    bool page = route != NULL && route->page;
    enum lang lang = page ? lang_of(x) : lang_accepted(http_field(x, STR("Accept-Language")));
    return lang == LANG_FR ? &in_french : NULL;
}
