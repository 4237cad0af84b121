/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log: one JSON object a line on standard error, control characters escaped. Fields, not prose;
 * never a secret. LOG(LOG_INFO, "listening", LOG_F("address", addr), LOG_F("port", port));
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_field {
    const char *name;
    str_t text; /* used where text.p is set */
    int64_t number;
};

void log_set_level(enum log_level least);
err_t log_level_parse(str_t name, enum log_level *ret) MUST_USE; /* debug info warning error */
void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n);

static inline struct log_field log_field_str(const char *name, str_t v)
{
    return (struct log_field){ name, v.p != NULL ? v : STR(""), 0 };
}
static inline struct log_field log_field_cz(const char *name, const char *v)
{
    return log_field_str(name, str_from_cz(v));
}
static inline struct log_field log_field_i64(const char *name, int64_t v)
{
    return (struct log_field){ name, STR_NONE, v };
}

/* clang-format off */
#define LOG_F(name, v) _Generic((v), str_t: log_field_str, char *: log_field_cz, const char *: log_field_cz, \
    int: log_field_i64, unsigned: log_field_i64, int64_t: log_field_i64, uint64_t: log_field_i64)(name, v)
/* clang-format on */
#define LOG(level, event, ...)                                                                     \
    log_write((level), (event), (const struct log_field[]){ __VA_ARGS__ },                         \
              sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))

#endif
