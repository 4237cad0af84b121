/* SPDX-License-Identifier: Apache-2.0 */
/* The files that browsers need, and the paths of the console and the portal: one application, whose
 * index answers them all, and which shows what the person may see. */
#include "api/assets.h"
#include "api/docs.h"
#include "api/docs_api.h"
#include "api/routes_parts.h"

#define CONSOLE(path_, doc_)                                                                       \
    {                                                                                              \
        HTTP_GET, path_, console_show, .auth = AUTH_SESSION, .root = true, .page = true,           \
                                       .doc = "The console: " doc_                                 \
    }
/* With what lies below it: one of its things, and a part of that. */
#define CONSOLE_DEEP(path_, doc_)                                                                  \
    CONSOLE(path_, doc_), CONSOLE(path_ "/{a}", doc_), CONSOLE(path_ "/{a}/{b}", doc_)

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET, "/web/{name}", .hot = assets_hot, .auth = AUTH_OPEN, .root = true,
      .doc = "A file that pages need; its name changes with its content." },
    /* Links of other sites lead here: no cookie is read but that of the language. */
    { HTTP_GET, "/docs", docs_page, .hot = docs_hot, .auth = AUTH_OPEN, .root = true, .page = true, .foreign = true,
      .limit = LIMIT_OPEN, .query = &docs_query_shape, .doc = "The guides; with ?q=, where these words stand in them." },
    { HTTP_GET, "/docs/{page}", docs_page, .hot = docs_hot, .auth = AUTH_OPEN, .root = true, .page = true,
      .foreign = true, .limit = LIMIT_OPEN, .query = &docs_query_shape, .doc = "A guide." },
    { HTTP_GET, "/docs/api", docs_api_index, .auth = AUTH_OPEN, .root = true, .page = true, .foreign = true,
      .limit = LIMIT_OPEN, .query = &docs_query_shape, .doc = "The API, from the tables that serve it." },
    { HTTP_GET, "/docs/api/{group}", docs_api_group, .auth = AUTH_OPEN, .root = true, .page = true, .foreign = true,
      .limit = LIMIT_OPEN, .query = &docs_query_shape, .doc = "The rows of one group, with all that they take and answer." },
    CONSOLE("/", "the first page of whoever asks."),
    CONSOLE("/dashboard", "how everything does."),
    CONSOLE_DEEP("/fleet", "devices."),
    CONSOLE_DEEP("/policies", "policies."),
    CONSOLE_DEEP("/rollouts", "rollouts."),
    CONSOLE_DEEP("/people", "people, groups and service accounts."),
    CONSOLE_DEEP("/applications", "applications and who may open them."),
    CONSOLE_DEEP("/tools", "tool servers and their tools."),
    CONSOLE("/permissions", "who may call which tool."), /* this one, and the next two, in its query */
    CONSOLE("/config", "Home Assistant and other connections."),
    CONSOLE("/admin", "the server itself."),
    CONSOLE_DEEP("/logs", "the log."),
    CONSOLE_DEEP("/audit", "the record of what was done."),
    CONSOLE_DEEP("/portal", "what a person has here."),
};
/* clang-format on */

const struct route_table routes_pages = { rows, ARRAY_LEN(rows) };
