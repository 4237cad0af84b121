/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator: devices, the connections that they use, and what was counted. One thread. */
#ifndef FLEET_SIM_SIM_H
#define FLEET_SIM_SIM_H

#include "count.h"
#include "lanes.h"
#include "options.h"
#include "seed.h"
#include "streams.h"

#include "agent/wire.h"
#include "plat/loop/wheel.h"

enum { SIM_TICK_US = 5000, SIM_TOKEN = 64, SIM_VERSION = 32, SIM_REQUEST_MAX = 16 * 1024 };

enum role { ROLE_PLAIN, ROLE_FAIL, ROLE_VANISH, ROLE_CLONE, ROLE_ROTATE, ROLES };
enum acked { ACKED_NOTHING, ACKED_APPLIED, ACKED_FAILED };

/* Kept from the answer to init until the token is there. */
struct entry {
    char device_id[64], claim[SIM_TOKEN], context[128], nonce[128];
};

struct device {
    struct loop_timer timer;
    struct sim *sim;
    struct device *next; /* in the queue for a connection */
    struct lane *lane;   /* its question is under way on this one */
    struct entry *entry; /* owned */
    int64_t asked_us;
    int64_t join_seq;
    uint64_t random;
    uint32_t number;   /* of the machine; a copy has that of its original */
    uint32_t attempts; /* requests that it made to enrol */
    uint32_t changes;  /* configurations that it was given */
    uint8_t state, role, acked, ask, failures;
    bool is_copy, has_token, has_etag;
    bool ack_owed, rotate_owed;
    bool rotates; /* once, after its first acknowledgement */
    bool owed;    /* to be served: since the start, or the last outage */
    bool away;    /* waits for the server to be back */
    bool queued;
    bool nudged;  /* a stream has told it to ask */
    bool parks;   /* the question under way is a long poll */
    bool retried; /* the question under way met an old connection once */
    uint8_t etag[SHA256_SIZE];
    char token[SIM_TOKEN];
    char version[SIM_VERSION];
};

struct sim {
    struct sim_options opt;
    struct seed seed;
    struct sim_pace pace;
    struct wheel wheel;
    struct lanes lanes;
    struct streams streams;
    struct device *devices; /* machines, then the copies */
    size_t devices_n;
    uint32_t clones_at; /* places of the shuffle from here on are cloned */
    struct counts counts;
    struct arena *arena;      /* of one question or answer */
    struct agent_store store; /* what the agent's wire reads its texts from */
    struct buf text, body;
    str_t key;             /* the enrolment key */
    struct device *prober; /* looks whether the server is back; NULL: it is there */
    int64_t began_us;
    int64_t now_us;
    int64_t told_us; /* the last line of progress */
    bool reached;    /* it has answered once */
    int fatal;       /* errno that ends the run */
};

static inline uint32_t device_instance(const struct sim *s, const struct device *d)
{
    return (uint32_t)(d - s->devices);
}

/* device.c */
bool devices_make(struct sim *s);
void devices_free(struct sim *s);
/* True: it has another question at once. */
bool device_answer(struct sim *s, struct device *d, const struct conn_reply *reply);
/* The question got no answer: the connection was not taken, or ended. */
void device_unanswered(struct sim *s, struct device *d, bool refused);
/* Its stream says that there is news. */
void device_nudge(struct sim *s, struct device *d);
/* Its stream was open, and is no more. */
void device_stream_ended(struct sim *s, struct device *d);
/* Its stream was refused. */
void device_without_stream(struct sim *s, struct device *d, int status, int64_t retry_after_s);
void device_in(struct sim *s, struct device *d, dur_t wait);
/* Its time has come: ask. */
void device_turn(struct sim *s, struct device *d);
void device_state_set(struct sim *s, struct device *d, enum sim_state to);

/* ask.c: the request of a device, in the arena. E_NO_MEMORY, E_TOO_BIG. */
err_t ask_write(struct sim *s, struct device *d, str_t *ret) MUST_USE;
/* The next question of a device. */
enum agent_ask ask_next(const struct device *d);
/* What an answer says, in the arena. */
err_t ask_read(struct sim *s, const struct device *d, const struct conn_reply *reply,
               struct agent_news *ret) MUST_USE;

/* count.c */
/* ask: enum agent_ask, or COUNT_STREAM. */
void count_answer(struct sim *s, size_t ask, int status, int64_t retry_after_s);
void count_took(struct sim *s, int64_t took_us);
/* A device was told of this configuration, which it does not have. */
void count_change(struct sim *s, const uint8_t etag[static SHA256_SIZE]);
/* From here on it counts. What devices are and owe stays. */
void count_anew(struct sim *s);
bool told_to_wait(int status);

/* storm.c */
void outage_begin(struct sim *s);
/* A device is cut off: it is owed an answer. */
void outage_add(struct sim *s, struct device *d);
/* It was answered, or will never ask again. */
void outage_served(struct sim *s, struct device *d);
/* A connection has ended that no question was under way on. True: the device comes back with the
 * others. */
bool storm_lost(struct sim *s, struct device *d);
/* A connection was refused: wait for the server, and come back with all the others. */
void storm_refused(struct sim *s, struct device *d);
void storm_connected(struct sim *s);

/* report.c */
uint64_t sim_tally(const struct sim *s, enum tally t);
/* The start or an outage is over: a line on standard output, for whoever waits for it. */
void report_served(const struct sim *s);
/* So is the news that a device is blocked, revoked or let in again. */
void report_state(const struct sim *s, const struct device *d, enum sim_state from);
void report_progress(struct sim *s);
void report_summary(struct sim *s);
err_t report_json(struct sim *s, struct diag *why) MUST_USE;

#endif
