/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log: one line an event on standard error, control characters escaped. Fields, not prose;
 * never a secret. LOG(LOG_INFO, "listening", LOG_F("address", addr), LOG_F("port", port));
 *
 * Of one event at most 200 lines come at once and 10 a second after that; the next line that comes
 * says how many were held back ("suppressed"). LOG_EVERY is for those that must never be.
 *
 * Between log_start and log_stop a thread writes, and nobody else ever waits for standard error:
 * lines beyond what is kept for it (1 MiB) are dropped, counted and reported ("log-dropped").
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/clock.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* LOG_AUTO: text on a terminal, else for the journal where that reads standard error, else JSON. */
enum log_format { LOG_JSON, LOG_TEXT, LOG_JOURNAL, LOG_AUTO };

struct log_field {
    const char *name;
    str_t text; /* used where text.p is set */
    int64_t number;
    bool whole; /* up to 30 KiB of it; else it is cut at 1 KiB */
};

struct log_stats {
    uint64_t lines[LOG_ERROR + 1]; /* written, by level */
    uint64_t dropped;              /* standard error was stuck */
    uint64_t suppressed;           /* repeated too often */
};

void log_set_level(enum log_level least);
void log_set_format(enum log_format format);
err_t log_level_parse(str_t name, enum log_level *ret) MUST_USE;   /* debug info warning error */
err_t log_format_parse(str_t name, enum log_format *ret) MUST_USE; /* auto json text journal */
bool log_wants(enum log_level level);                              /* would it be written at all? */
void log_get_stats(struct log_stats *ret);

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n);
void log_write_every(enum log_level level, const char *event, const struct log_field *fields,
                     size_t n);

/* Who keeps lines is called with each one that is written, by the thread that logs, so it must not
 * wait: as JSON with its line end, whatever the format. Set while no other thread logs; NULL:
 * nobody. */
struct log_tap {
    void (*line)(void *arg, str_t json);
    void *arg;
};
void log_set_tap(const struct log_tap *tap);

/* E_NO_MEMORY, E_IO: the thread cannot be made; lines are written at once then, as before. */
err_t log_start(void) MUST_USE;
/* Write what is kept, for at most `within`; then lines are written at once again. */
void log_stop(dur_t within);

static inline struct log_field log_field_str(const char *name, str_t v)
{
    return (struct log_field){ .name = name, .text = v.p != NULL ? v : STR("") };
}
static inline struct log_field log_field_cz(const char *name, const char *v)
{
    return log_field_str(name, str_from_cz(v));
}
static inline struct log_field log_field_i64(const char *name, int64_t v)
{
    return (struct log_field){ .name = name, .number = v };
}

/* A text that means nothing when it is cut. */
static inline struct log_field log_field_whole(const char *name, str_t v)
{
    return (struct log_field){ .name = name, .text = v.p != NULL ? v : STR(""), .whole = true };
}

/* clang-format off */
#define LOG_F(name, v) _Generic((v), str_t: log_field_str, char *: log_field_cz, const char *: log_field_cz, \
    int: log_field_i64, unsigned: log_field_i64, int64_t: log_field_i64, uint64_t: log_field_i64)(name, v)
/* clang-format on */
#define LOG_BY(write, level, event, ...)                                                           \
    write((level), (event), (const struct log_field[]){ __VA_ARGS__ },                             \
          sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))
#define LOG(level, event, ...)       LOG_BY(log_write, level, event, __VA_ARGS__)
#define LOG_EVERY(level, event, ...) LOG_BY(log_write_every, level, event, __VA_ARGS__)

#endif
