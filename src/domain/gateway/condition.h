/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions of a permission: on arguments of a call, and on the device that it comes from. They
 * restrict what a row allows: where one does not hold, the row refuses. Total and bounded.
 *
 * Arguments: [{"pointer":"/domain","op":"in","value":["light","switch"]}, ...]; all must hold.
 *   eq      the value there is this text, integer, boolean or null
 *   in      it is one of these
 *   prefix  it is a text that begins so
 *   glob    it is a text that this pattern matches (* any characters, ? one byte)
 *   min max it is an integer, not below, not above
 *   absent  there is nothing at the pointer
 * A pointer (RFC 6901) that leads nowhere fails every op but `absent`; so does a value of another
 * type, and a number that is not an integer.
 */
#ifndef DOMAIN_GATEWAY_CONDITION_H
#define DOMAIN_GATEWAY_CONDITION_H

#include "base/id.h"
#include "plat/json/json.h"

enum gate_op {
    GATE_OP_NONE, /* never holds */
    GATE_OP_EQ,
    GATE_OP_IN,
    GATE_OP_PREFIX,
    GATE_OP_GLOB,
    GATE_OP_MIN,
    GATE_OP_MAX,
    GATE_OP_ABSENT,
    GATE_OPS
};
enum {
    GATE_ARGUMENTS_MAX = 16,     /* predicates of a row */
    GATE_VALUES_MAX = 64,        /* of an `in` */
    GATE_POINTER_MAX = 512,      /* bytes */
    GATE_VALUE_MAX = 1024,       /* bytes of a text */
    GATE_GLOB_MAX = 256,         /* bytes of a pattern */
    GATE_GLOB_TEXT_MAX = 4096,   /* a longer text matches none: each match is bounded */
    GATE_LABELS_MAX = 8,         /* of a device condition */
    GATE_CONDITIONS_TEXT = 16384 /* bytes of either, as JSON */
};

struct gate_value { /* a scalar */
    enum json_type type;
    str_t text;
    int64_t number; /* of a JSON_BOOL 0 or 1 */
};
struct gate_predicate {
    const str_t *steps; /* of its pointer, without escapes */
    size_t steps_n;
    enum gate_op op;
    const struct gate_value *values;
    size_t values_n;
};

enum gate_level { GATE_LEVEL_NONE, GATE_LEVEL_TOKEN, GATE_LEVEL_KEY };
struct gate_label {
    str_t name;
    str_t value;
};
struct gate_device { /* what is known of one */
    oid_t id;        /* zero: not known */
    bool enrolled;
    enum gate_level level;
    const struct gate_label *labels;
    size_t labels_n;
};

struct gate_conditions {
    const struct gate_predicate *arguments;
    size_t arguments_n;
    bool enrolled;                   /* the device must be */
    enum gate_level level;           /* at least; GATE_LEVEL_NONE: any */
    const struct gate_label *labels; /* it must have all of these */
    size_t labels_n;
    bool broken; /* what is stored could not be read: never holds */
};

/* Read both texts (either may be absent) into the arena. E_BAD_FIELD, with the field in `why`. */
err_t gate_conditions_read(struct arena *a, str_t arguments, str_t device, struct diag *why,
                           struct gate_conditions *ret) MUST_USE;
/* `arguments` NULL: the call has none. */
bool gate_arguments_hold(const struct gate_conditions *c, const struct json *arguments);
bool gate_device_holds(const struct gate_conditions *c, const struct gate_device *device);

#endif
