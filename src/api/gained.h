/* SPDX-License-Identifier: Apache-2.0 */
/* The events access.gained and access.lost around a change, in its own transaction. */
#ifndef API_GAINED_H
#define API_GAINED_H

#include "api/request.h"
#include "domain/access/gained.h"

/* After the change that `watch` was made before: settle, and write down what came of it. */
err_t gained_note(struct request *rq, const struct access_watch *watch) MUST_USE;
/* The same, and a person is told what he may open now. */
err_t gained_tell(struct request *rq, const struct access_watch *watch) MUST_USE;

/* A group, or one principal, is bound to an application, or not any more. */
struct gained_target {
    const char *kind; /* "group" "user" "service-account" */
    oid_t id;
    str_t name;
};
err_t gained_write(struct request *rq, const char *action, const struct gained_target *target,
                   const str_t *applications, size_t n) MUST_USE;

#endif
