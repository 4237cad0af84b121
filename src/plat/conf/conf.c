/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/conf/conf.h"
#include "plat/os/file.h"

#include <assert.h>
#include <libfyaml.h>
#include <stdarg.h>

struct conf_frame {
    size_t node;
    bool named; /* a mapping: its next name has been read */
    str_t name;
    struct conf_at name_at;
};

struct conf_reader {
    struct arena *a;
    struct diag *why;
    struct conf_file file; /* name only; for messages */
    struct conf_node *nodes;
    size_t n;
    struct conf_frame frames[CONF_DEPTH_MAX];
    size_t depth;
    size_t documents;
};

static void fy_diag_freep(struct fy_diag **d)
{
    if (*d != NULL)
        fy_diag_destroy(*d);
}
static void fy_parser_freep(struct fy_parser **p)
{
    if (*p != NULL)
        fy_parser_destroy(*p);
}

err_t conf_refuse(const struct conf_file *f, struct conf_at at, struct diag *why, const char *fmt,
                  ...)
{
    char reason[DIAG_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(reason, sizeof reason, fmt, args); /* cut off where it is too long */
    va_end(args);
    return FAIL(why, E_BAD_FIELD, "%s:%d:%d: %s", f->name, at.line, at.column, reason);
}

static struct conf_frame *conf_top(struct conf_reader *r)
{
    return r->depth == 0 ? NULL : &r->frames[r->depth - 1];
}

/* A value that is not there has no place of its own: then that of its name. */
static struct conf_at conf_at_of(struct conf_reader *r, const struct fy_mark *mark)
{
    const struct conf_frame *top = conf_top(r);
    if (mark != NULL)
        return (struct conf_at){ mark->line + 1, mark->column + 1 };
    return top != NULL && top->named ? top->name_at : (struct conf_at){ 1, 1 };
}

static err_t conf_path(struct conf_reader *r, const struct conf_frame *top, str_t *ret)
{
    if (top == NULL) {
        *ret = STR("");
        return E_OK;
    }
    const struct conf_node *parent = &r->nodes[top->node];
    if (parent->kind == CONF_LIST)
        return str_format(r->a, ret, "%.*s[%zu]", STR_ARG(parent->path), parent->count);
    return str_format(r->a, ret, "%.*s%s%.*s", STR_ARG(parent->path), parent->path.n > 0 ? "." : "",
                      STR_ARG(top->name));
}

/* The node stands where the frame on top says; a name is used up by it. */
static err_t conf_add(struct conf_reader *r, enum conf_kind kind, str_t text, bool quoted,
                      struct conf_at at)
{
    if (r->n == CONF_NODES_MAX)
        return conf_refuse(&r->file, at, r->why, "more than %d values", CONF_NODES_MAX);
    struct conf_frame *top = conf_top(r);
    if (top == NULL && kind != CONF_MAP && kind != CONF_NULL)
        return conf_refuse(&r->file, at, r->why, "want a mapping at the top");
    struct conf_node node = { .kind = kind, .quoted = quoted, .at = at, .name_at = at };
    node.name = STR("");
    TRY(conf_path(r, top, &node.path));
    TRY(str_copy(r->a, text, &node.text));
    if (top != NULL) {
        node.parent = top->node;
        if (top->named) {
            node.name = top->name;
            node.name_at = top->name_at;
        }
        top->named = false;
        r->nodes[top->node].count++;
    }
    r->nodes[r->n++] = node;
    return E_OK;
}

static err_t conf_open(struct conf_reader *r, enum conf_kind kind, struct conf_at at)
{
    struct conf_frame *top = conf_top(r);
    if (top != NULL && r->nodes[top->node].kind == CONF_MAP && !top->named)
        return conf_refuse(&r->file, at, r->why, "the name of a setting must be text");
    if (r->depth == CONF_DEPTH_MAX)
        return conf_refuse(&r->file, at, r->why, "nested deeper than %d", CONF_DEPTH_MAX);
    TRY(conf_add(r, kind, STR_NONE, false, at));
    r->frames[r->depth++] = (struct conf_frame){ .node = r->n - 1 };
    return E_OK;
}

static err_t conf_name(struct conf_reader *r, struct conf_frame *top, str_t text, struct conf_at at)
{
    for (size_t i = top->node + 1; i < r->n; i++) {
        const struct conf_node *other = &r->nodes[i];
        if (other->parent == top->node && str_eq(other->name, text))
            return conf_refuse(&r->file, at, r->why, "%.*s: stands already in line %d",
                               STR_ARG(text), other->name_at.line);
    }
    if (text.n == 0)
        return conf_refuse(&r->file, at, r->why, "a setting without a name");
    TRY(str_copy(r->a, text, &top->name));
    top->name_at = at;
    top->named = true;
    return E_OK;
}

/* YAML 1.2, core schema: what stands for nothing when it has no quotes. */
static bool conf_is_null(str_t text)
{
    static const str_t words[] = {
        { "", 0 }, { "~", 1 }, { "null", 4 }, { "Null", 4 }, { "NULL", 4 }
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq(text, words[i]))
            return true;
    }
    return false;
}

static err_t conf_scalar(struct conf_reader *r, struct fy_token *value, struct conf_at at)
{
    size_t n = 0;
    const char *p = fy_token_get_text(value, &n);
    if (p == NULL)
        return E_NO_MEMORY;
    str_t text = str_of(p, n);
    enum fy_scalar_style style = fy_token_scalar_style(value);
    if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED)
        at.column--; /* libfyaml's mark stands behind the quote */
    struct conf_frame *top = conf_top(r);
    if (top != NULL && r->nodes[top->node].kind == CONF_MAP && !top->named)
        return conf_name(r, top, text, at);
    bool quoted = style != FYSS_PLAIN;
    if (!quoted && conf_is_null(text))
        return conf_add(r, CONF_NULL, STR_NONE, false, at);
    return conf_add(r, CONF_SCALAR, text, quoted, at);
}

static err_t conf_refuse_decoration(struct conf_reader *r, const struct fy_token *anchor,
                                    const struct fy_token *tag, struct conf_at at)
{
    if (anchor != NULL)
        return conf_refuse(&r->file, at, r->why, "anchors and aliases are not taken");
    if (tag != NULL)
        return conf_refuse(&r->file, at, r->why, "tags are not taken");
    return E_OK;
}

static err_t conf_event(struct conf_reader *r, struct fy_event *e)
{
    struct conf_at at = conf_at_of(r, fy_event_start_mark(e));
    switch (e->type) {
    case FYET_DOCUMENT_START:
        return r->documents++ == 0 ? E_OK : conf_refuse(&r->file, at, r->why, "a second document");
    case FYET_ALIAS:
        return conf_refuse_decoration(r, e->alias.anchor, NULL, at);
    case FYET_SCALAR:
        TRY(conf_refuse_decoration(r, e->scalar.anchor, e->scalar.tag, at));
        return conf_scalar(r, e->scalar.value, at);
    case FYET_MAPPING_START:
        TRY(conf_refuse_decoration(r, e->mapping_start.anchor, e->mapping_start.tag, at));
        return conf_open(r, CONF_MAP, at);
    case FYET_SEQUENCE_START:
        TRY(conf_refuse_decoration(r, e->sequence_start.anchor, e->sequence_start.tag, at));
        return conf_open(r, CONF_LIST, at);
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
        assert(r->depth > 0);
        r->depth--;
        return E_OK;
    case FYET_NONE:
    case FYET_STREAM_START:
    case FYET_STREAM_END:
    case FYET_DOCUMENT_END:
        return E_OK;
    }
    assert(false);
    return E_INTERNAL;
}

/* What libfyaml says first is the cause. */
static err_t conf_syntax(struct conf_reader *r, struct fy_diag *d)
{
    void *place = NULL;
    const struct fy_diag_error *first = fy_diag_errors_iterate(d, &place);
    if (first == NULL)
        return conf_refuse(&r->file, (struct conf_at){ 1, 1 }, r->why, "not YAML");
    return conf_refuse(&r->file, (struct conf_at){ first->line, first->column }, r->why, "%s",
                       first->msg);
}

static err_t conf_run(struct conf_reader *r, str_t text)
{
    CLEANUP(fy_diag_freep) struct fy_diag *d = fy_diag_create(NULL);
    if (d == NULL)
        return E_NO_MEMORY;
    fy_diag_set_collect_errors(d, true); /* else they go to standard error */
    const struct fy_parse_cfg cfg = {
        .flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE,
        .diag = d,
    };
    CLEANUP(fy_parser_freep) struct fy_parser *parser = fy_parser_create(&cfg);
    if (parser == NULL || fy_parser_set_string(parser, text.p, text.n) != 0)
        return E_NO_MEMORY;
    struct fy_event *event;
    while ((event = fy_parser_parse(parser)) != NULL) {
        err_t e = conf_event(r, event);
        fy_parser_event_free(parser, event);
        TRY(e);
    }
    return fy_parser_get_stream_error(parser) ? conf_syntax(r, d) : E_OK;
}

/* An empty file, or one with comments only, sets nothing. */
static void conf_finish(struct conf_reader *r)
{
    if (r->n == 0) {
        r->nodes[r->n++] = (struct conf_node){ .at = { 1, 1 }, .name_at = { 1, 1 } };
        r->nodes[0].path = STR("");
        r->nodes[0].name = STR("");
    }
    r->nodes[0].kind = CONF_MAP;
}

err_t conf_parse(struct arena *a, const char *name, str_t text, struct diag *why,
                 struct conf_file *ret)
{
    struct conf_reader r = { .a = a, .why = why, .file = { .name = name } };
    if (!str_is_utf8(text) || (text.n > 0 && memchr(text.p, '\0', text.n) != NULL))
        return conf_refuse(&r.file, (struct conf_at){ 1, 1 }, why, "want UTF-8 text");
    r.nodes = ARENA_ARRAY(a, struct conf_node, CONF_NODES_MAX);
    if (r.nodes == NULL)
        return E_NO_MEMORY;
    if (text.n > 0)
        TRY(conf_run(&r, text));
    conf_finish(&r);
    r.file.nodes = r.nodes;
    r.file.n = r.n;
    *ret = r.file;
    return E_OK;
}

err_t conf_read(struct arena *a, const char *path, struct diag *why, struct conf_file *ret)
{
    str_t text;
    TRY(file_read(a, path, CONF_FILE_MAX, why, &text));
    return conf_parse(a, path, text, why, ret);
}

const struct conf_node *conf_find(const struct conf_file *f, str_t path)
{
    for (size_t i = 0; i < f->n; i++) {
        if (str_eq(f->nodes[i].path, path))
            return &f->nodes[i];
    }
    return NULL;
}
