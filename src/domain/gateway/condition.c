/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/condition.h"

#include "base/glob.h"

#define ARGUMENTS "arguments"
#define DEVICE    "device"

static const char *const op_names[GATE_OPS] = {
    [GATE_OP_EQ] = "eq",         [GATE_OP_IN] = "in",   [GATE_OP_PREFIX] = "prefix",
    [GATE_OP_GLOB] = "glob",     [GATE_OP_MIN] = "min", [GATE_OP_MAX] = "max",
    [GATE_OP_ABSENT] = "absent",
};

static enum gate_op op_parse(const struct json *v)
{
    if (v == NULL || json_type(v) != JSON_STRING)
        return GATE_OP_NONE;
    for (int op = GATE_OP_EQ; op < GATE_OPS; op++) {
        if (str_eq(json_string(v), str_from_cz(op_names[op])))
            return (enum gate_op)op;
    }
    return GATE_OP_NONE;
}

static err_t bad(struct diag *why, const char *field, const char *want)
{
    return diag_set_field(why, E_BAD_FIELD, field, "%s", want);
}

/* One token of a pointer (RFC 6901 section 4), copied without its escapes. */
static err_t step_read(struct arena *a, str_t token, str_t *ret)
{
    char *out = (char *)arena_alloc(a, token.n + 1);
    size_t n = 0;
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < token.n; i++) {
        char c = token.p[i];
        if (c == '~') {
            if (i + 1 == token.n || (token.p[i + 1] != '0' && token.p[i + 1] != '1'))
                return E_BAD_FIELD;
            c = token.p[++i] == '0' ? '~' : '/';
        }
        out[n++] = c;
    }
    *ret = str_of(out, n);
    return E_OK;
}

static err_t steps_read(struct arena *a, str_t pointer, struct gate_predicate *p)
{
    str_t rest = pointer;
    str_t part;
    if (pointer.n == 0 || pointer.n > GATE_POINTER_MAX || pointer.p[0] != '/')
        return E_BAD_FIELD;
    str_t *steps = ARENA_ARRAY(a, str_t, JSON_DEPTH_MAX);
    if (steps == NULL)
        return E_NO_MEMORY;
    (void)str_split(&rest, '/', &part); /* what stands before the first one: nothing */
    while (str_split(&rest, '/', &part)) {
        if (p->steps_n == JSON_DEPTH_MAX)
            return E_BAD_FIELD;
        TRY(step_read(a, part, &steps[p->steps_n++]));
    }
    p->steps = steps;
    return E_OK;
}

/* A scalar, copied. */
static err_t value_read(struct arena *a, const struct json *v, struct gate_value *ret)
{
    *ret = (struct gate_value){ .type = json_type(v) };
    switch (ret->type) {
    case JSON_NULL:
        return E_OK;
    case JSON_BOOL:
        ret->number = json_bool(v);
        return E_OK;
    case JSON_INT:
        ret->number = json_int(v);
        return E_OK;
    case JSON_STRING:
        return json_string(v).n > GATE_VALUE_MAX ? E_BAD_FIELD
                                                 : str_copy(a, json_string(v), &ret->text);
    case JSON_REAL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return E_BAD_FIELD;
}

/* What the op compares with must be of the type that it compares. */
static bool value_suits(enum gate_op op, enum json_type type)
{
    if (op == GATE_OP_PREFIX || op == GATE_OP_GLOB)
        return type == JSON_STRING;
    if (op == GATE_OP_MIN || op == GATE_OP_MAX)
        return type == JSON_INT;
    return true;
}

static err_t values_read(struct arena *a, const struct json *v, struct gate_predicate *p)
{
    bool list = p->op == GATE_OP_IN;
    if (p->op == GATE_OP_ABSENT)
        return v == NULL ? E_OK : E_BAD_FIELD;
    if (v == NULL || list != (json_type(v) == JSON_ARRAY) ||
        (list && (json_count(v) == 0 || json_count(v) > GATE_VALUES_MAX)))
        return E_BAD_FIELD;
    size_t n = list ? json_count(v) : 1;
    struct gate_value *values = ARENA_ARRAY(a, struct gate_value, n);
    if (values == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        TRY(value_read(a, list ? json_at(v, i) : v, &values[i]));
        if (!value_suits(p->op, values[i].type) ||
            (p->op == GATE_OP_GLOB && values[i].text.n > GATE_GLOB_MAX))
            return E_BAD_FIELD;
    }
    p->values = values;
    p->values_n = n;
    return E_OK;
}

static err_t predicate_read(struct arena *a, const struct json *v, struct diag *why,
                            struct gate_predicate *ret)
{
    struct gate_predicate p = { .op = GATE_OP_NONE };
    if (json_type(v) != JSON_OBJECT)
        return bad(why, ARGUMENTS, N_("want a list of objects with pointer, op and value"));
    const struct json *pointer = json_member(v, STR("pointer"));
    const struct json *value = json_member(v, STR("value"));
    p.op = op_parse(json_member(v, STR("op")));
    if (p.op == GATE_OP_NONE)
        return bad(why, ARGUMENTS, N_("op: want eq, in, prefix, glob, min, max or absent"));
    if (json_count(v) != (value != NULL ? 3U : 2U))
        return bad(why, ARGUMENTS, N_("want pointer, op and value, and nothing else"));
    err_t e = pointer != NULL && json_type(pointer) == JSON_STRING
                  ? steps_read(a, json_string(pointer), &p)
                  : E_BAD_FIELD;
    if (e == E_BAD_FIELD)
        return bad(why, ARGUMENTS, N_("pointer: want a JSON Pointer such as /domain"));
    TRY(e);
    e = values_read(a, value, &p);
    if (e == E_BAD_FIELD)
        return bad(why, ARGUMENTS,
                   N_("value: want a text, an integer, true, false or null; for in a list of them; "
                      "for prefix and glob a text; for min and max an integer; for absent none"));
    TRY(e);
    *ret = p;
    return E_OK;
}

static err_t text_parse(str_t text, struct json **ret)
{
    return text.n > GATE_CONDITIONS_TEXT ? E_BAD_FIELD : json_parse(text, NULL, ret);
}

static err_t arguments_read(struct arena *a, str_t text, struct diag *why,
                            struct gate_conditions *c)
{
    CLEANUP(json_freep) struct json *v = NULL;
    err_t e = text_parse(text, &v);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || json_type(v) != JSON_ARRAY || json_count(v) > GATE_ARGUMENTS_MAX)
        return diag_set_field(why, E_BAD_FIELD, ARGUMENTS,
                              "want a list of at most %d objects with pointer, op and value",
                              GATE_ARGUMENTS_MAX);
    size_t n = json_count(v);
    struct gate_predicate *p = ARENA_ARRAY(a, struct gate_predicate, n + 1);
    if (p == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(predicate_read(a, json_at(v, i), why, &p[i]));
    c->arguments = p;
    c->arguments_n = n;
    return E_OK;
}

static err_t labels_read(struct arena *a, const struct json *v, struct diag *why,
                         struct gate_conditions *c)
{
    struct json_pair *pairs = NULL;
    size_t n = 0;
    if (json_type(v) != JSON_OBJECT || json_count(v) > GATE_LABELS_MAX)
        return diag_set_field(why, E_BAD_FIELD, DEVICE, "labels: want at most %d texts by name",
                              GATE_LABELS_MAX);
    TRY(json_members(a, v, &pairs, &n));
    struct gate_label *labels = ARENA_ARRAY(a, struct gate_label, n + 1);
    if (labels == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (json_type(pairs[i].value) != JSON_STRING)
            return bad(why, DEVICE, N_("labels: want texts alone"));
        TRY(str_copy(a, pairs[i].name, &labels[i].name));
        TRY(str_copy(a, json_string(pairs[i].value), &labels[i].value));
    }
    c->labels = labels;
    c->labels_n = n;
    return E_OK;
}

static err_t level_read(const struct json *v, struct diag *why, enum gate_level *ret)
{
    if (json_type(v) == JSON_STRING && str_eq(json_string(v), STR("token")))
        *ret = GATE_LEVEL_TOKEN;
    else if (json_type(v) == JSON_STRING && str_eq(json_string(v), STR("software-key")))
        *ret = GATE_LEVEL_KEY;
    else
        return bad(why, DEVICE, N_("credential_level: want token or software-key"));
    return E_OK;
}

static err_t device_read(struct arena *a, str_t text, struct diag *why, struct gate_conditions *c)
{
    CLEANUP(json_freep) struct json *v = NULL;
    err_t e = text_parse(text, &v);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || json_type(v) != JSON_OBJECT)
        return bad(why, DEVICE, N_("want an object with enrolled, credential_level or labels"));
    const struct json *enrolled = json_member(v, STR("enrolled"));
    const struct json *level = json_member(v, STR("credential_level"));
    const struct json *labels = json_member(v, STR("labels"));
    size_t known = (size_t)(enrolled != NULL) + (level != NULL) + (labels != NULL);
    if (json_count(v) != known)
        return bad(why, DEVICE, N_("want enrolled, credential_level, labels, and nothing else"));
    if (enrolled != NULL && json_type(enrolled) != JSON_BOOL)
        return bad(why, DEVICE, N_("enrolled: want true or false"));
    c->enrolled = enrolled != NULL && json_bool(enrolled);
    if (level != NULL)
        TRY(level_read(level, why, &c->level));
    return labels != NULL ? labels_read(a, labels, why, c) : E_OK;
}

err_t gate_conditions_read(struct arena *a, str_t arguments, str_t device, struct diag *why,
                           struct gate_conditions *ret)
{
    struct gate_conditions c = { .broken = false };
    if (arguments.p != NULL)
        TRY(arguments_read(a, arguments, why, &c));
    if (device.p != NULL)
        TRY(device_read(a, device, why, &c));
    *ret = c;
    return E_OK;
}

/* "0", "17": no sign, no leading zero (RFC 6901 section 4). */
static bool index_read(str_t step, size_t *ret)
{
    size_t n = 0;
    if (step.n == 0 || step.n > 6 || (step.n > 1 && step.p[0] == '0'))
        return false;
    for (size_t i = 0; i < step.n; i++) {
        if (step.p[i] < '0' || step.p[i] > '9')
            return false;
        n = n * 10 + (size_t)(step.p[i] - '0');
    }
    *ret = n;
    return true;
}

/* NULL: it leads nowhere. */
static const struct json *follow(const struct gate_predicate *p, const struct json *v)
{
    for (size_t i = 0; i < p->steps_n && v != NULL; i++) {
        size_t at = 0;
        if (json_type(v) == JSON_OBJECT)
            v = json_member(v, p->steps[i]);
        else if (json_type(v) == JSON_ARRAY && index_read(p->steps[i], &at) && at < json_count(v))
            v = json_at(v, at);
        else
            v = NULL;
    }
    return v;
}

static bool is_value(const struct json *v, const struct gate_value *want)
{
    if (json_type(v) != want->type)
        return false;
    if (want->type == JSON_STRING)
        return str_eq(json_string(v), want->text);
    if (want->type == JSON_INT)
        return json_int(v) == want->number;
    if (want->type == JSON_BOOL)
        return json_bool(v) == (want->number != 0);
    return want->type == JSON_NULL;
}

static bool is_any(const struct json *v, const struct gate_predicate *p)
{
    for (size_t i = 0; i < p->values_n; i++) {
        if (is_value(v, &p->values[i]))
            return true;
    }
    return false;
}

static bool predicate_holds(const struct gate_predicate *p, const struct json *arguments)
{
    const struct json *v = follow(p, arguments);
    if (p->op == GATE_OP_ABSENT)
        return v == NULL;
    if (v == NULL)
        return false;
    bool text = json_type(v) == JSON_STRING;
    bool number = json_type(v) == JSON_INT;
    switch (p->op) {
    case GATE_OP_EQ:
    case GATE_OP_IN:
        return is_any(v, p);
    case GATE_OP_PREFIX:
        return text && str_starts(json_string(v), p->values[0].text);
    case GATE_OP_GLOB:
        return text && json_string(v).n <= GATE_GLOB_TEXT_MAX &&
               glob_matches(p->values[0].text, json_string(v));
    case GATE_OP_MIN:
        return number && json_int(v) >= p->values[0].number;
    case GATE_OP_MAX:
        return number && json_int(v) <= p->values[0].number;
    case GATE_OP_NONE:
    case GATE_OP_ABSENT:
    case GATE_OPS:
        break;
    }
    return false;
}

bool gate_arguments_hold(const struct gate_conditions *c, const struct json *arguments)
{
    if (c->broken)
        return false;
    for (size_t i = 0; i < c->arguments_n; i++) {
        if (!predicate_holds(&c->arguments[i], arguments))
            return false;
    }
    return true;
}

static bool has_label(const struct gate_device *d, const struct gate_label *want)
{
    for (size_t i = 0; i < d->labels_n; i++) {
        if (str_eq(d->labels[i].name, want->name) && str_eq(d->labels[i].value, want->value))
            return true;
    }
    return false;
}

bool gate_device_holds(const struct gate_conditions *c, const struct gate_device *device)
{
    if (c->broken || (c->enrolled && !device->enrolled))
        return false;
    /* A device that is out proves nothing by the credential that it had. */
    if (c->level > (device->enrolled ? device->level : GATE_LEVEL_NONE))
        return false;
    for (size_t i = 0; i < c->labels_n; i++) {
        if (!device->enrolled || !has_label(device, &c->labels[i]))
            return false;
    }
    return true;
}
