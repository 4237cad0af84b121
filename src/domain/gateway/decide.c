/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/decide.h"

#include "domain/gateway/domains.h"

const oid_t gate_own_homeassistant = { .b = { [15] = 1 } };

bool gate_is_tool(str_t name)
{
    return !str_starts(name, STR(GATE_PROMPT)) && !str_starts(name, STR(GATE_RESOURCE));
}

/* What is asked of the rows. */
struct question {
    const struct gate_access *access;
    oid_t server;
    bool own_homeassistant; /* it is a person's */
    str_t tool;
    enum gate_class class;
    const struct json *arguments;
    bool list;
    oid_t without;
};

/* Of a flag: what the rows so far have said. */
struct said {
    bool done; /* a level has decided */
    bool yes;
    const struct gate_rule *rule;
    const char *why_not; /* of a yes whose conditions do not hold */
};

/* How near a row is to what is asked. */
enum { EXACT, EXACT_KIND, EXACT_SERVER, EXACT_ALL, EXACTNESSES };

/* "prompt:*" for a prompt, "resource:*" for a resource. */
static bool is_of_kind(const struct gate_rule *r, str_t what)
{
    str_t kind = str_sub(r->tool, 0, r->tool.n - 1);
    bool known = str_eq(kind, STR(GATE_PROMPT)) || str_eq(kind, STR(GATE_RESOURCE));
    return known && r->tool.p[kind.n] == '*' && str_starts(what, kind);
}

static bool is_of_server(const struct gate_rule *r, const struct question *ask)
{
    return oid_eq(r->server, ask->server) ||
           (ask->own_homeassistant && oid_eq(r->server, gate_own_homeassistant));
}

/* -1: the row is about something else. */
static int exactness(const struct gate_rule *r, const struct question *ask)
{
    bool every_server = !oid_is_set(r->server);
    if (!every_server && !is_of_server(r, ask))
        return -1;
    if (oid_is_set(ask->without) && oid_eq(r->id, ask->without))
        return -1;
    if (str_eq(r->tool, STR("*")))
        return every_server ? EXACT_ALL : EXACT_SERVER;
    if (str_eq(r->tool, ask->tool))
        return EXACT;
    return is_of_kind(r, ask->tool) ? EXACT_KIND : -1;
}

/* One more row of the level that decides; of equals, no wins. */
static void say(struct said *s, const struct gate_rule *r, bool yes, const char *why_not)
{
    if (s->rule != NULL && (!s->yes || yes))
        return;
    s->rule = r;
    s->yes = yes;
    s->why_not = why_not;
}

/* Does the row really allow what it says, here? NULL: it does. */
static const char *conditions_fail(const struct gate_rule *r, const struct question *ask)
{
    if (!gate_device_holds(&r->when, &ask->access->device))
        return N_("the permission does not allow it from this device");
    if (!ask->list && !gate_arguments_hold(&r->when, ask->arguments))
        return N_("the permission does not allow it with these arguments");
    return NULL;
}

/* The rows of one level and one exactness, which are equal. */
struct equals {
    const struct gate_rule *rows;
    size_t n;
    int exact;
};

static void ask_class(const struct equals *of, const struct question *ask, struct said *s)
{
    for (size_t i = 0; i < of->n && !s->done; i++) {
        const struct gate_rule *r = &of->rows[i];
        if (exactness(r, ask) != of->exact || !r->can[ask->class].set)
            continue;
        const char *why_not =
            r->can[ask->class].v ? conditions_fail(r, ask) : N_("the permission does not allow it");
        say(s, r, why_not == NULL, why_not);
    }
    s->done = s->rule != NULL;
}

static void ask_enabled(const struct equals *of, const struct question *ask, struct said *s)
{
    for (size_t i = 0; i < of->n && !s->done; i++) {
        const struct gate_rule *r = &of->rows[i];
        if (exactness(r, ask) == of->exact && r->enabled.set)
            say(s, r, r->enabled.v, N_("the permission switches the tool off"));
    }
    s->done = s->rule != NULL;
}

/* A yes is a call that waits for nobody. */
static void ask_approval(const struct equals *of, const struct question *ask, struct said *s)
{
    for (size_t i = 0; i < of->n && !s->done; i++) {
        const struct gate_rule *r = &of->rows[i];
        if (exactness(r, ask) == of->exact && r->approval.set)
            say(s, r, !r->approval.v, NULL);
    }
    s->done = s->rule != NULL;
}

static size_t level_end(const struct gate_access *a, size_t from)
{
    size_t end = from;
    while (end < a->rules_n && a->rules[end].level == a->rules[from].level)
        end++;
    return end;
}

static struct gate_decision from_said(const struct said *s, bool built_in)
{
    if (s->rule == NULL)
        return (struct gate_decision){ .allowed = built_in,
                                       .source = "built-in",
                                       .reason = built_in ? N_("nothing says otherwise")
                                                          : N_("no permission allows it") };
    return (struct gate_decision){ .allowed = s->yes,
                                   .rule = s->rule->id,
                                   .source = s->rule->source,
                                   .reason = s->yes ? N_("the permission allows it") : s->why_not };
}

/* What the rows say of a question. */
struct answers {
    struct said enabled;
    struct said can;
    struct said free; /* it waits for nobody's yes */
};

static void ask_rows(const struct question *ask, struct answers *ret)
{
    const struct gate_access *a = ask->access;
    for (size_t at = 0; at < a->rules_n;) {
        size_t end = level_end(a, at);
        for (int exact = EXACT; exact < EXACTNESSES; exact++) {
            struct equals of = { &a->rules[at], end - at, exact };
            ask_enabled(&of, ask, &ret->enabled);
            ask_class(&of, ask, &ret->can);
            ask_approval(&of, ask, &ret->free);
        }
        at = end;
    }
}

static bool wants_yes(const struct answers *a)
{
    return a->free.rule != NULL && !a->free.yes;
}

static struct question question_of(const struct gate_ask *ask, bool list)
{
    return (struct question){ .access = ask->access,
                              .server = ask->server->id,
                              .own_homeassistant = oid_is_set(ask->server->owner) &&
                                                   ask->server->kind == GATE_KIND_HOMEASSISTANT,
                              .tool = ask->tool,
                              .class = ask->class,
                              .arguments = ask->arguments,
                              .list = list };
}

/* What the rows say: of a list, or of this call. */
static struct gate_decision rules_say(const struct gate_ask *ask, bool list)
{
    struct question question = question_of(ask, list);
    struct answers a = { .can = { .done = false } };
    ask_rows(&question, &a);
    if (a.enabled.rule != NULL && !a.enabled.yes)
        return from_said(&a.enabled, true);
    struct gate_decision d = from_said(&a.can, ask->class == GATE_READ);
    if (!d.allowed || !wants_yes(&a))
        return d;
    if (!gate_is_tool(ask->tool))
        return (struct gate_decision){
            .rule = a.free.rule->id,
            .source = a.free.rule->source,
            .reason = N_("the permission wants a person's yes, which is asked for tools alone")
        };
    d.needs_approval = true;
    d.approval_rule = a.free.rule->id;
    return d;
}

void gate_flags(const struct gate_access *access, const struct gate_place *place, oid_t without,
                struct gate_flags *ret)
{
    struct gate_flags flags = { .enabled = true };
    for (int c = GATE_READ; c < GATE_CLASSES; c++) {
        struct answers a = { .can = { .done = false } };
        ask_rows(&(struct question){ .access = access,
                                     .server = place->server,
                                     .tool = place->tool,
                                     .class = (enum gate_class)c,
                                     .list = true,
                                     .without = without },
                 &a);
        struct gate_decision d = from_said(&a.can, c == GATE_READ);
        flags.can[c] = d.allowed;
        flags.source[c] = d.source;
        flags.rule[c] = d.rule;
        flags.enabled = a.enabled.rule == NULL || a.enabled.yes;
        flags.approval = wants_yes(&a);
    }
    *ret = flags;
}

/* What stands in the way of every call of this tool by this principal, whatever the rows say. */
static bool shut(const struct gate_ask *ask, const struct gate_tool *tool,
                 struct gate_decision *ret)
{
    const struct gate_server *s = ask->server;
    const struct gate_access *a = ask->access;
    bool pinned = tool != NULL && s->pinning != GATE_PIN_OFF;
    bool unseen = tool == NULL && s->pinning == GATE_PIN_STRICT && gate_is_tool(ask->tool);
    const struct {
        bool is;
        const char *source;
        const char *reason;
    } ways[] = {
        { a->shut, "principal", a->why_shut },
        { !oid_eq(a->org, s->org), "server", N_("the server is of another organisation") },
        { oid_is_set(s->owner) && !oid_eq(s->owner, a->person), "owner",
          N_("the server is another person's own") },
        { !s->active, "server", N_("the server is disabled") },
        { ask->class <= GATE_CLASS_NONE || ask->class >= GATE_CLASSES, "server",
          N_("there is no such tool") },
        { unseen || (pinned && tool->state == GATE_TOOL_QUARANTINED), "pin",
          N_("the tool is new or has changed, and nobody has approved that yet") },
        { pinned && tool->state == GATE_TOOL_GONE, "pin",
          N_("the server has no such tool any more") },
    };
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        if (ways[i].is) {
            *ret = (struct gate_decision){ .source = ways[i].source, .reason = ways[i].reason };
            return true;
        }
    }
    return false;
}

/* What the rows allow is still held to the domains that the owner has set. */
static void limit(const struct gate_ask *ask, const struct gate_tool *tool, struct gate_decision *d)
{
    struct gate_domains_ask of = { .server = ask->server,
                                   .tool = tool,
                                   .class = ask->class,
                                   .arguments = ask->arguments,
                                   .list = true };
    d->listed = d->listed && gate_domains_refuse(&of) == NULL;
    of.list = ask->list;
    const char *why = gate_domains_refuse(&of);
    if (!d->allowed || why == NULL)
        return;
    *d = (struct gate_decision){ .listed = d->listed, .source = "owner", .reason = why };
}

void gate_decide(const struct gate_ask *ask, struct gate_decision *ret)
{
    const struct gate_tool *tool = gate_tool_find(ask->server, ask->tool);
    struct gate_decision d = { .allowed = false };
    if (!shut(ask, tool, &d)) {
        d = rules_say(ask, ask->list);
        d.listed = d.allowed || (!ask->list && rules_say(ask, true).allowed);
        limit(ask, tool, &d);
        d.needs_approval = d.needs_approval || (d.allowed && tool != NULL && tool->approval);
    }
    *ret = d;
}

bool gate_may_be_given(const struct gate_ask *ask)
{
    const struct gate_tool *tool = gate_tool_find(ask->server, ask->tool);
    struct question question = question_of(ask, true);
    struct answers a = { .can = { .done = false } };
    struct gate_decision d;
    if (tool == NULL || oid_is_set(ask->server->owner) || shut(ask, tool, &d))
        return false;
    ask_rows(&question, &a);
    if (a.enabled.rule != NULL && !a.enabled.yes)
        return false;
    if (a.can.rule == NULL)
        return ask->class != GATE_READ;
    return !a.can.yes && !a.can.rule->can[ask->class].v;
}
