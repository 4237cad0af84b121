/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shapes: one table per JSON object that crosses the wire, in or out (STYLE 21). The C type of a
 * member picks its kind, so table and struct cannot disagree. Shapes drive decoding (body and
 * query), encoding, and the OpenAPI document.
 *
 * Decoded structs start as zero: an absent optional str_t has p == NULL, ts_t and oid_t are zero,
 * opt_* have set == false. JSON null for an optional member is the same as an absent one, but for
 * text, which becomes present and empty: a PATCH clears it so.
 */
#ifndef API_SHAPE_H
#define API_SHAPE_H

#include "base/clock.h"
#include "base/id.h"
#include "base/opt.h"
#include "plat/json/json.h"
#include "plat/json/out.h"

#include <stddef.h>

typedef struct json_text { /* any JSON value as its canonical text */
    str_t text;
} json_text_t;

struct strs { /* a list of texts */
    const str_t *v;
    size_t n;
};

struct rows { /* a list of objects of one shape, `size` bytes apart */
    const void *v;
    size_t n;
};

struct obj { /* one nested object, NULL: null */
    const void *v;
};

enum kind {
    K_STR,
    K_I64,
    K_BOOL,
    K_TIME,
    K_ID,
    K_OPT_I64,
    K_OPT_BOOL,
    K_OPT_MILLI,
    K_JSON,
    K_STRS,
    K_ROWS,
    K_OBJ
};

/* What a text must look like beyond its length in bytes. */
enum text_rule {
    TEXT_ANY,        /* UTF-8 without control characters but TAB, LF, CR */
    TEXT_LINE,       /* UTF-8 without control characters */
    TEXT_TOKEN,      /* printable ASCII, no blank */
    TEXT_SLUG,       /* a-z 0-9 - _ . */
    TEXT_MACHINE_ID, /* printable ASCII without / \ ; % ? #, trimmed (API "Devices") */
    TEXT_EMAIL,      /* one @, something on both sides, no blank */
};
enum json_rule {
    JSON_ANY,   /* not looked at; ours are objects */
    JSON_VALUE, /* any value, which the OpenAPI document gives no type */
    JSON_OBJECT_OPEN,
    JSON_LABELS,
    JSON_JWK
};

struct shape;
struct field {
    const char *name;
    size_t at;
    enum kind kind;
    bool req;                 /* in: must be there */
    bool omit;                /* out: left out instead of null when absent */
    bool secret;              /* a password or token: never echoed in an error */
    bool trim;                /* in: blanks at both ends are dropped before the checks */
    bool clears;              /* in: null of an opt_bool_t is not set, but v; else it is absent */
    int64_t min;              /* text: bytes; number: value; list: items */
    int64_t item_max;         /* of a list of texts: bytes of each; 0: 256 */
    int64_t max;              /* 0: 256 bytes of text, 2^53 of a number, 100 items */
    const char *const *oneof; /* NULL-terminated */
    bool several;             /* in: some of oneof, with commas between them */
    enum text_rule text;
    enum json_rule json;    /* of K_JSON; its max is bytes of text, default 16 KiB */
    const struct shape *of; /* K_ROWS, K_OBJ */
    const char *doc;
};

struct shape {
    const char *name; /* of the schema in OpenAPI */
    size_t size;      /* of the struct */
    const struct field *fields;
    size_t n;
    bool open; /* in: unknown members are ignored instead of refused */
};

/* clang-format off */
#define KIND_OF(m) _Generic((m), str_t: K_STR, int64_t: K_I64, bool: K_BOOL, ts_t: K_TIME, oid_t: K_ID,      \
    opt_i64_t: K_OPT_I64, opt_bool_t: K_OPT_BOOL, opt_milli_t: K_OPT_MILLI, \
    json_text_t: K_JSON, struct strs: K_STRS, struct rows: K_ROWS, struct obj: K_OBJ)
/* Each ends its arguments with an empty one, because ISO C wants something for the `...` of the inner macro. */
#define FIELD(T, ...) FIELD_1(T, __VA_ARGS__, )
#define FIELD_1(T, m, ...) { .name = #m, .at = offsetof(T, m), .kind = KIND_OF(((T *)NULL)->m), __VA_ARGS__ }
/* The same where the JSON name is no C name or differs. */
#define FIELD_AS(T, m, ...) FIELD_AS_1(T, m, __VA_ARGS__, )
#define FIELD_AS_1(T, m, json_name, ...) { .name = json_name, .at = offsetof(T, m), .kind = KIND_OF(((T *)NULL)->m), __VA_ARGS__ }
#define SHAPE(T, shape_name, ...) SHAPE_1(T, shape_name, __VA_ARGS__, )
#define SHAPE_1(T, shape_name, table, ...) { .name = shape_name, .size = sizeof(T), .fields = table, .n = ARRAY_LEN(table), __VA_ARGS__ }
#define REQ .req = true
#define OPT .req = false
/* clang-format on */

/* A JSON body into a new struct in the arena. E_BAD_JSON, E_BAD_FIELD, E_UNKNOWN_FIELD with the
 * field in `why`. */
err_t shape_decode(struct arena *a, const struct shape *s, str_t text, struct diag *why,
                   void **ret) MUST_USE;
/* A query string (application/x-www-form-urlencoded, each name once). The same errors. */
err_t shape_decode_query(struct arena *a, const struct shape *s, str_t query, struct diag *why,
                         void **ret) MUST_USE;
/* How a form, or a query, is read. */
struct form_rules {
    bool open;     /* unknown names are ignored */
    bool no_empty; /* a parameter without a value is as good as none (RFC 6749 section 3.1) */
    str_t skip;    /* a name that is not this shape's business */
};
/* The same for a body; a list takes the values of a name that stands several times. */
err_t shape_decode_form(struct arena *a, const struct shape *s, str_t form,
                        const struct form_rules *rules, struct diag *why, void **ret) MUST_USE;
/* The first value of a name, before or without decoding the whole; absent: it is not there. */
err_t form_find(struct arena *a, str_t form, str_t name, struct diag *why, str_t *ret) MUST_USE;
/* Encode a struct as an object. Errors stick in the buffer. */
void shape_encode(struct json_out *o, const struct shape *s, const void *from);

#endif
