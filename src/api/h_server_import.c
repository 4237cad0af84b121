/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MCP servers from what assistants have: {"mcpServers": {NAME: {...}}}. A program is taken only
 * where gateway.commands has it, by the same path and arguments: nothing that comes in here ever
 * says what is run.
 */
#include "api/handlers_gateway.h"
#include "api/server_view.h"
#include "api/services.h"
#include "domain/gateway/permission.h"
#include "plat/mcp/mcp_name.h"

enum { IMPORT_SERVERS_MAX = 50, IMPORT_ENTRY_TEXT_MAX = 2 * 1024 };

struct entry { /* one of the file, as prepare has read it */
    str_t name;
    struct server_in in;
    str_t refused; /* why it cannot be; absent: it can */
};
struct entries {
    struct entry *v;
    size_t n;
    bool dry_run;
};

static str_t text_of(const struct json *o, const char *name)
{
    const struct json *v = json_member(o, str_from_cz(name));
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR_NONE;
}

/* "My Server" becomes my-server. */
static err_t slug(struct arena *a, str_t name, str_t *ret)
{
    size_t n = name.n < SERVER_NAME_MAX ? name.n : SERVER_NAME_MAX;
    char *to = (char *)arena_alloc(a, n + 1);
    if (to == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        char c = name.p[i];
        bool upper = c >= 'A' && c <= 'Z';
        bool plain =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        to[i] = upper ? (char)(c - 'A' + 'a') : plain ? c : '-';
    }
    *ret = str_of(to, n);
    return E_OK;
}

static err_t object_text(struct arena *a, const struct json *o, const char *name, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    const struct json *v = json_member(o, str_from_cz(name));
    if (v == NULL || json_count(v) == 0)
        return E_OK;
    buf_init(&b, SERVER_SECRETS_TEXT_MAX);
    b.secret = true;
    json_write(&b, v);
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}

/* Does this entry of gateway.commands run exactly that? */
static bool runs(const struct gate_command *c, str_t command, const struct json *args)
{
    size_t n = args != NULL ? json_count(args) : 0;
    if (n + 1 != c->argv_n)
        return n == 0 && str_eq(c->name, command);
    const char *slash = strrchr(c->argv[0], '/'); /* the path is absolute */
    bool same = str_eq(str_from_cz(c->argv[0]), command) ||
                str_eq(str_from_cz(slash + 1), command) || str_eq(c->name, command);
    for (size_t i = 0; i < n && same; i++) {
        const struct json *arg = json_at(args, i);
        same =
            json_type(arg) == JSON_STRING && str_eq(json_string(arg), str_from_cz(c->argv[i + 1]));
    }
    return same;
}

/* A word of gateway.commands has neither blanks, commas nor quotes, and is none of its own words.
 */
static bool is_plain_word(str_t w)
{
    static const char *const own[] = { "env:", "read:", "write:", "sha256:", "network:" };
    for (size_t i = 0; i < w.n; i++) {
        bool plain = w.p[i] > ' ' && w.p[i] < 0x7f && w.p[i] != ',' && w.p[i] != '"' &&
                     w.p[i] != '\'' && w.p[i] != '\\';
        if (!plain)
            return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        if (str_starts(w, str_from_cz(own[i])))
            return false;
    }
    return w.n > 0 && !str_eq(w, STR("network"));
}

static bool put_word(struct buf *b, str_t w)
{
    buf_addf(b, " %.*s", STR_ARG(w));
    return is_plain_word(w);
}

/* The entry that would let it run: "files=/PATH/TO/npx -y ... env:API_KEY". False: none can. */
static bool put_command(struct arena *a, struct buf *b, const struct json *o, const struct entry *e)
{
    const struct json *args = json_member(o, STR("args"));
    const struct json *env = json_member(o, STR("env"));
    str_t command = text_of(o, "command");
    struct json_pair *vars = NULL;
    size_t n = 0;
    bool plain = is_plain_word(command);
    buf_addf(b, "%.*s=%s%.*s", STR_ARG(e->name), str_starts(command, STR("/")) ? "" : "/PATH/TO/",
             STR_ARG(command));
    for (size_t i = 0; args != NULL && i < json_count(args); i++) {
        const struct json *arg = json_at(args, i);
        plain = json_type(arg) == JSON_STRING && put_word(b, json_string(arg)) && plain;
    }
    if (env != NULL && json_type(env) == JSON_OBJECT && json_members(a, env, &vars, &n) != E_OK)
        return false;
    for (size_t i = 0; i < n; i++)
        buf_addf(b, " env:%.*s", STR_ARG(vars[i].name));
    return plain && b->err == E_OK;
}

static str_t say(const struct request *rq, const char *message)
{
    return str_from_cz(message_in(rq->act.why.messages, message));
}

/* Nobody but who writes the configuration says what runs here: what he would have to write. */
static err_t no_command(struct request *rq, const struct json *o, struct entry *e)
{
    struct arena *a = rq->act.arena;
    const struct messages *in = rq->act.why.messages;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, IMPORT_ENTRY_TEXT_MAX);
    if (put_command(a, &b, o, e))
        return str_format(a, &e->refused,
                          message_in(in,
                                     "command-not-allowed: gateway.commands has no such program "
                                     "with these arguments: want an entry such as %.*s"),
                          STR_ARG(buf_str(&b)));
    return str_format(
        a, &e->refused,
        message_in(in,
                   "command-not-allowed: gateway.commands takes no words with blanks, commas or "
                   "quotes: put this call into a script, and want an entry such as "
                   "%.*s=/PATH/TO/SCRIPT there"),
        STR_ARG(e->name));
}

static err_t stdio_read(struct request *rq, const struct json *o, struct entry *e)
{
    const struct settings *s = services_settings(rq->services);
    const struct json *args = json_member(o, STR("args"));
    if (args != NULL && json_type(args) != JSON_ARRAY) {
        e->refused = say(rq, N_("args: want a list of texts"));
        return E_OK;
    }
    e->in.transport = STR("stdio");
    for (size_t i = 0; i < s->commands_n && e->in.command.p == NULL; i++) {
        if (runs(&s->commands[i], text_of(o, "command"), args))
            e->in.command = s->commands[i].name;
    }
    return e->in.command.p == NULL ? no_command(rq, o, e) : E_OK;
}

static err_t http_read(struct request *rq, const struct json *o, struct entry *e)
{
    struct diag why = diag_like(&rq->act.why);
    bool sse =
        str_eq(text_of(o, "type"), STR("sse")) || str_eq(text_of(o, "transport"), STR("sse"));
    e->in.transport = sse ? STR("sse") : STR("http");
    str_t url = text_of(o, "url").p != NULL ? text_of(o, "url") : text_of(o, "serverUrl");
    TRY(str_copy(rq->act.arena, url, &e->in.url));
    err_t found = server_url_check(rq, e->in.url, &why);
    if (found == E_NO_MEMORY)
        return found;
    return found == E_OK ? E_OK
                         : str_format(rq->act.arena, &e->refused, "url: %s", diag_said(&why));
}

/* "${input:key}" and its like are filled in by the assistant that the file is from; as they stand
 * they would be sealed and sent. */
static err_t filled_check(struct request *rq, const struct json *o, struct entry *e)
{
    static const char *const members[] = { "url", "serverUrl", "env", "headers" };
    static const char sign[] = "${";
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        CLEANUP(buf_fini) struct buf b = { 0 };
        const struct json *v = json_member(o, str_from_cz(members[i]));
        buf_init(&b, SERVER_SECRETS_TEXT_MAX);
        b.secret = true;
        if (v != NULL)
            json_write(&b, v);
        if (b.n > 0 && memmem(b.p, b.n, sign, sizeof sign - 1) != NULL)
            return str_format(
                rq->act.arena, &e->refused,
                message_in(rq->act.why.messages,
                           "%s: a value with ${...} is filled in by the assistant, and not "
                           "here: want the value itself"),
                members[i]);
    }
    return E_OK;
}

static err_t entry_read(struct request *rq, const struct json_pair *pair, struct entry *e)
{
    struct arena *a = rq->act.arena;
    const struct json *o = pair->value;
    TRY(slug(a, pair->name, &e->name));
    e->in.name = e->name;
    if (pair->name.n <= SERVER_TITLE_MAX)
        TRY(str_copy(a, pair->name, &e->in.title));
    if (e->name.n == 0 || json_type(o) != JSON_OBJECT) {
        e->refused = say(rq, N_("want a name, and an object"));
        return E_OK;
    }
    if (text_of(o, "command").n > 0)
        TRY(stdio_read(rq, o, e));
    else if (text_of(o, "url").p != NULL || text_of(o, "serverUrl").p != NULL)
        TRY(http_read(rq, o, e));
    else
        e->refused = say(rq, N_("want a command, or a url"));
    const struct json *off = json_member(o, STR("disabled"));
    if (off != NULL && json_type(off) == JSON_BOOL && json_bool(off))
        e->in.status = STR("disabled");
    TRY(object_text(a, o, "env", &e->in.env));
    TRY(object_text(a, o, "headers", &e->in.headers));
    return e->refused.p == NULL ? filled_check(rq, o, e) : E_OK;
}

/* The file as its assistant has it is as good as the object that stands in it. */
static const struct json *inner(const struct json *o)
{
    static const char *const names[] = { "mcpServers", "servers" };
    for (size_t i = 0; json_type(o) == JSON_OBJECT && i < ARRAY_LEN(names); i++) {
        const struct json *v = json_member(o, str_from_cz(names[i]));
        bool object = v != NULL && json_type(v) == JSON_OBJECT;
        bool server = object && (text_of(v, "command").p != NULL || text_of(v, "url").p != NULL);
        if (object && !server)
            return v;
    }
    return o;
}

static err_t entries_read(struct request *rq, str_t text, struct entries *ret)
{
    CLEANUP(json_freep) struct json *o = NULL;
    struct json_pair *pairs = NULL;
    size_t n = 0;
    TRY(json_parse(text, &rq->act.why, &o));
    TRY(json_members(rq->act.arena, inner(o), &pairs, &n));
    if (n == 0 || n > IMPORT_SERVERS_MAX)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "mcpServers", "want 1..%d servers",
                              IMPORT_SERVERS_MAX);
    ret->v = ARENA_ARRAY(rq->act.arena, struct entry, n);
    if (ret->v == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(entry_read(rq, &pairs[i], &ret->v[i]));
    ret->n = n;
    return E_OK;
}

err_t servers_import_prepare(struct request *rq)
{
    const struct servers_import_body *b = rq->in;
    struct entries *entries = ARENA_NEW(rq->act.arena, struct entries);
    if (entries == NULL)
        return E_NO_MEMORY;
    if ((b->mcp_servers.text.p != NULL) == (b->servers.text.p != NULL))
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "mcpServers",
                              "want mcpServers, or servers");
    TRY(entries_read(rq, b->mcp_servers.text.p != NULL ? b->mcp_servers.text : b->servers.text,
                     entries));
    entries->dry_run = b->dry_run.set && b->dry_run.v;
    rq->in = entries;
    return E_OK;
}

/* By name, and by the prefix that it would get. */
static oid_t there_already(const struct server_names *names, str_t name)
{
    str_t prefix = str_sub(name, 0, MCP_PREFIX_MAX);
    for (size_t i = 0; i < names->n; i++) {
        const struct row_server_name *s = &names->v[i];
        if (!oid_is_set(s->owner) && (str_eq(s->name, name) || str_eq(s->prefix, prefix)))
            return s->id;
    }
    return (oid_t){ 0 };
}

static err_t refused(struct request *rq, str_t reason, struct server_imported *ret)
{
    ret->outcome = STR("refused");
    return str_copy(rq->act.arena, reason, &ret->reason);
}

static err_t import_one(struct request *rq, const struct entry *e, bool dry_run,
                        struct server_imported *ret)
{
    struct server_rules rules = server_rules_of(rq);
    struct server_names names;
    struct row_server row;
    *ret = (struct server_imported){ .name = e->name, .warnings = server_warnings(e->in.url) };
    if (e->refused.p != NULL)
        return refused(rq, e->refused, ret);
    TRY(server_names_load(&rq->act, &names));
    ret->server_id = there_already(&names, e->name);
    ret->outcome = oid_is_set(ret->server_id) ? STR("exists") : STR("created");
    if (oid_is_set(ret->server_id) || dry_run)
        return E_OK;
    err_t made = server_create(&rq->act, &rules, &e->in, &row);
    if (made == E_BAD_FIELD || made == E_COMMAND_NOT_ALLOWED || made == E_CONFLICT) {
        TRY(refused(rq, str_from_cz(diag_said(&rq->act.why)), ret));
        act_clear_why(&rq->act);
        return E_OK;
    }
    TRY(made);
    ret->server_id = row.id;
    struct audit_event event = rq->event;
    event.org = rq->act.org;
    event.action = STR("server.created");
    event.target_kind = STR("server");
    event.target_id = row.id;
    event.target_name = row.name;
    event.reason = STR_NONE;
    return request_audit_more(rq, &event);
}

err_t servers_import(struct request *rq)
{
    const struct entries *entries = rq->in; /* by prepare */
    struct servers_imported *out = ARENA_NEW(rq->act.arena, struct servers_imported);
    struct server_imported *results =
        ARENA_ARRAY(rq->act.arena, struct server_imported, entries->n);
    size_t made = 0;
    str_t details;
    if (out == NULL || results == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < entries->n; i++) {
        TRY(import_one(rq, &entries->v[i], entries->dry_run, &results[i]));
        made += str_eq(results[i].outcome, STR("created"));
    }
    TRY(str_format(rq->act.arena, &details, "{\"created\":%zu,\"servers\":%zu}", made, entries->n));
    request_details(rq, details);
    rq->quiet = entries->dry_run || made == 0;
    *out = (struct servers_imported){ entries->dry_run, { results, entries->n } };
    return reply_obj(rq, 200, &servers_imported_shape, out);
}
