/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the log: from lines to standard error, at once or by a thread. */
#ifndef BASE_LOG_OUT_H
#define BASE_LOG_OUT_H

#include "base/buf.h"
#include "base/log.h"

void log_out_write(str_t line);
uint64_t log_out_dropped(void);

/* A line in the format that is set. */
void log_make_line(struct buf *b, enum log_level level, const char *event,
                   const struct log_field *fields, size_t n);

#endif
