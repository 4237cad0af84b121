/* SPDX-License-Identifier: Apache-2.0 */
/* What is said to people, in another language than English. As in gettext, a message is known by
 * its English text or format (msgid); who links no catalogue speaks English. */
#ifndef BASE_MESSAGE_H
#define BASE_MESSAGE_H

#include <stddef.h>

struct message {
    const char *id;  /* English */
    const char *str; /* the other language; of a format: the same conversions */
};

struct messages {            /* of one language */
    const struct message *v; /* sorted by id as strcmp() does */
    size_t n;
};

/* Marks a text for the catalogue where it stands in no call that is looked through for them
 * (tools/check_messages.py). */
#define N_(text) text

/* The message in the language of `m`; `id` itself where `m` is NULL or has it not. */
const char *message_in(const struct messages *m, const char *id) __attribute__((format_arg(2)));

#endif
