/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed, for those who look: each topic (topic.def) is a count that goes up. Who looks
 * enters the rooms whose changes concern him, that of his organisation and his own, and compares:
 * nothing is queued for him. The record tells of each event (topic.c says which topics it moves)
 * and the counts move after COMMIT; one of an act that was undone may move them too, which says no
 * more than "look again". While there is no room, an event costs one load.
 */
#ifndef DOMAIN_AUDIT_TOPIC_H
#define DOMAIN_AUDIT_TOPIC_H

#include "domain/audit/audit.h"

#include <assert.h>

enum topic {
#define TOPIC(code, name, may) TOPIC_##code,
#include "domain/audit/topic.def"
#undef TOPIC
    TOPIC_COUNT
};
static_assert(TOPIC_COUNT <= 32, "one bit each");

enum { TOPIC_ROOMS_MAX = 8192 };
/* An empty room still counts for so long: whoever comes back sees what he has missed. */
#define TOPIC_LINGER DUR_S(120)

struct topics;
struct topic_room; /* of an organisation, a person, or (zero) of the server */
struct topic_counts {
    uint32_t of[TOPIC_COUNT];
    uint64_t born; /* of the room: no other of this process, before or after it, has the same */
};

const char *topic_name(enum topic t);
/* May he be told of what is not his own? */
bool topic_may(enum topic t, perms_t perms);
/* Bits of the topics that an event moves besides TOPIC_AUDIT; false: nobody has said which. */
bool topics_of(str_t action, uint32_t *ret);

/* From any thread. E_OVERLOADED: `max` are in it. E_NO_MEMORY, also at TOPIC_ROOMS_MAX. */
err_t topics_enter(struct topics *t, oid_t id, uint32_t max, struct topic_room **ret) MUST_USE;
void topics_leave(struct topics *t, struct topic_room *room); /* NULL is fine */
void topics_read(const struct topic_room *room, struct topic_counts *ret);
/* After COMMIT: of this room, without an event. */
void topics_tell(struct topics *t, oid_t id, enum topic what);

/* For the record itself, on the writer's thread. */
err_t topics_new(struct topics **ret) MUST_USE;
void topics_free(struct topics *t);
err_t topics_note(struct topics *t, struct db *db, struct arena *a,
                  const struct audit_event *e) MUST_USE;
void topics_end(struct topics *t, bool durable); /* what was noted is, or is lost */

#endif
