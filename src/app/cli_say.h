/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences for people about configurations: values, sources and differences. */
#ifndef APP_CLI_SAY_H
#define APP_CLI_SAY_H

#include "base/buf.h"
#include "plat/json/json.h"

enum { SAY_MAX = 16 * 1024 * 1024 };

/* A value on one line, cut where it is long; NULL: "nothing". */
void say_value(struct buf *b, const struct json *v);
/* A member that is a text; absent: "". */
str_t say_member(const struct json *object, const char *name);
bool say_bool(const struct json *object, const char *name);
int64_t say_int(const struct json *object, const char *name);
/* Never NULL for a list of an answer: an empty one stands for what is not there. */
size_t say_count(const struct json *object, const char *name);
const struct json *say_at(const struct json *object, const char *name, size_t i);

/* "policy base (version 3, 2026-11-22.1) at level org". */
void say_source(struct buf *b, const struct json *by);
/* A line each: "+ /new 1", "- /gone 1", "~ /changed 1 -> 2", with this before it. */
void say_changes(struct buf *b, const struct json *changes, const char *indent);

/* To standard output; the buffer is freed. */
err_t say_out(struct buf *b) MUST_USE;

#endif
