/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an adapter writes, without disk: one table per product (adapt_*.def) says which member of a
 * configuration goes where in the file that the product reads, and what the file holds while the
 * assistants are off.
 */
#ifndef AGENT_ADAPT_MAP_H
#define AGENT_ADAPT_MAP_H

#include "plat/json/json.h"

enum { ADAPT_NOTES_MAX = 16, ADAPT_WHY_MAX = 512 };

enum adapt_format {
    ADAPT_JSON, /* as it is */
    ADAPT_FLAT, /* JSON whose members are scalars: objects and arrays as the text of their JSON */
    ADAPT_TOML,
};

enum adapt_type {
    ADAPT_BOOL,
    ADAPT_INT,
    ADAPT_TEXT,
    ADAPT_TEXTS, /* an array of texts */
    ADAPT_TEXT_MAP,
    ADAPT_BOOL_MAP,
    ADAPT_LIST,
    ADAPT_OBJECT,
    ADAPT_TYPES
};

enum adapt_kind {
    ADAPT_TAKE, /* a member of the product's own subtree: the same place, this type */
    ADAPT_SET, /* where `from` is `when`: `put` stands at `to`, unless the subtree says otherwise */
    ADAPT_ADD, /* where `from` is `when`: the list at `to` holds the elements of `put` too */
    ADAPT_KINDS
};

struct adapt_row {
    enum adapt_kind kind;
    const char *from; /* JSON Pointers into the configuration and into the file */
    const char *to;
    enum adapt_type type;
    const char *words; /* "a|b": the text, or each of a list, is one of them; "": any */
    const char *when;  /* JSON */
    const char *put;   /* JSON */
    const char *text;
};

/* A member of the file while the assistants are off. */
struct adapt_off {
    const char *to;
    const char *put; /* JSON */
    const char *text;
};

struct adapt_product {
    const char *name;
    const char *title;
    const char *source; /* whose documentation the rows follow */
    enum adapt_format format;
    const char *subtree; /* "/assistants/NAME"; "": the caller names it */
    const char *path;    /* of Linux, unless the caller says otherwise; "": none */
    const char *macos;   /* for people to read: where others have it */
    const char *windows;
    const struct adapt_row *rows;
    size_t rows_n;
    const struct adapt_off *off;
    size_t off_n;
    const char *const *kept; /* members that stay as they were while the assistants are off */
    size_t kept_n;
};

/* Something that was not written. */
struct adapt_note {
    str_t pointer; /* into the configuration */
    const char *why;
};

struct adapt_notes {
    struct adapt_note v[ADAPT_NOTES_MAX];
    size_t n;
    size_t more;
};

const struct adapt_product *adapt_products(size_t *ret_n);
const struct adapt_product *adapt_product_find(str_t name); /* NULL: there is none */
const char *adapt_type_name(enum adapt_type t);
bool adapt_type_fits(enum adapt_type type, const char *words, const struct json *v);

/*
 * What the file holds for the document in force ({"config", "enabled", ...}): the mapped
 * configuration while it is enabled; the same of a minimal one that says something about this
 * product; else the form of the table. `subtree` is used where the product has none. `kept`: what
 * adapt_kept gave for the last configuration that was enabled; NULL: nothing. The notes live in the
 * arena. E_NO_MEMORY.
 */
struct adapt_ask {
    const struct adapt_product *product;
    str_t subtree;
    const struct json *doc;
    const struct json *kept;
};
err_t adapt_map(struct arena *a, const struct adapt_ask *ask, struct adapt_notes *notes,
                struct json **ret) MUST_USE;
/* The members of a mapped configuration that the table keeps; an empty object where none. */
err_t adapt_kept(const struct adapt_product *p, const struct json *mapped,
                 struct json **ret) MUST_USE;
/* Is the document that of a configuration that is enabled? */
bool adapt_is_enabled(const struct json *doc);
/* Members below /assistants that no table knows. */
err_t adapt_strangers(struct arena *a, const struct json *doc, struct adapt_notes *notes) MUST_USE;

/* The file's bytes. E_TOO_BIG: more than the buffer may hold. E_NO_MEMORY. */
err_t adapt_encode(struct arena *a, enum adapt_format format, const struct json *v,
                   struct buf *b) MUST_USE;
/* Bytes of a file as a value to compare: NULL where they are none. E_NO_MEMORY. */
err_t adapt_decode(struct arena *a, enum adapt_format format, str_t text,
                   struct json **ret) MUST_USE;

#endif
