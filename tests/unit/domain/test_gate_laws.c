/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every decision of the gateway, over generated permissions: each case is named by
 * its seed. */
#include "base/rng.h"
#include "domain/gateway/decide.h"

#include "../../check.h"

enum { CASES = 20000, RULES = 12, LEVELS = 4, NEAR = 4 };

struct world {
    struct gate_server server;
    struct gate_access access;
    struct gate_rule rules[RULES + 1];
    struct gate_predicate predicates[RULES + 1];
    struct gate_value values[RULES + 1];
    struct json *arguments;
    struct gate_ask ask;
};

static const str_t steps[] = { { "domain", 6 } };
static const str_t domains[] = { { "light", 5 }, { "lock", 4 } };
static const str_t tools[] = {
    { "turn_on", 7 }, { "prompt:a", 8 }, { "turn_off", 8 }, { "*", 1 }, { "prompt:*", 8 }
};
static const oid_t here = { .b = { 1 } };
static const oid_t servers[] = {
    { .b = { 1 } }, { .b = { 1 } }, { .b = { [15] = 1 } }, { .b = { 2 } }
};

static opt_bool_t flag(void)
{
    uint64_t n = rng_below(4);
    return (opt_bool_t){ .set = n > 1, .v = n == 3 };
}

static void rule_make(struct world *w, size_t i)
{
    struct gate_rule *r = &w->rules[i];
    *r = (struct gate_rule){ .id = { .b = { 9, [15] = (uint8_t)(i + 1) } },
                             .level = (int64_t)rng_below(LEVELS),
                             .source = "group x",
                             .tool = tools[rng_below(ARRAY_LEN(tools))],
                             .enabled = flag(),
                             .approval = flag() };
    if (rng_below(3) > 0 || !str_eq(r->tool, STR("*")))
        r->server = servers[rng_below(4)];
    for (int c = GATE_READ; c < GATE_CLASSES; c++)
        r->can[c] = flag();
    if (rng_below(3) == 0) {
        w->values[i] = (struct gate_value){ .type = JSON_STRING, .text = domains[rng_below(2)] };
        w->predicates[i] = (struct gate_predicate){
            .steps = steps, .steps_n = 1, .op = GATE_OP_EQ, .values = &w->values[i], .values_n = 1
        };
        r->when.arguments = &w->predicates[i];
        r->when.arguments_n = 1;
    }
    r->when.enrolled = rng_below(5) == 0;
}

static int by_level(const void *x, const void *y)
{
    const struct gate_rule *a = x;
    const struct gate_rule *b = y;
    return a->level < b->level ? -1 : a->level > b->level;
}

static void sort(struct world *w)
{
    qsort(w->rules, w->access.rules_n, sizeof w->rules[0], by_level);
}

static void world_make(struct world *w)
{
    *w = (struct world){ .server = { .id = here, .active = true, .pinning = GATE_PIN_NEW },
                         .access = { .device = { .enrolled = rng_below(2) == 0 } } };
    if (rng_below(2) == 0) {
        w->server.kind = GATE_KIND_HOMEASSISTANT;
        w->server.owner = w->access.person = (oid_t){ .b = { 5 } };
    }
    w->access.rules = w->rules;
    w->access.rules_n = (size_t)rng_below(RULES + 1);
    for (size_t i = 0; i < w->access.rules_n; i++)
        rule_make(w, i);
    sort(w);
    if (rng_below(3) > 0) {
        w->arguments = json_new_object();
        assert_int_equal(
            json_set(w->arguments, STR("domain"), json_new_string(domains[rng_below(2)])), E_OK);
    }
    w->ask = (struct gate_ask){ .access = &w->access,
                                .server = &w->server,
                                .tool = tools[rng_below(2)],
                                .class = (enum gate_class)(GATE_READ + rng_below(3)),
                                .arguments = w->arguments,
                                .list = rng_below(4) == 0 };
}

static struct gate_decision decide(const struct world *w)
{
    struct gate_decision d;
    gate_decide(&w->ask, &d);
    return d;
}

/* How far a row is from the most specific place; -1: it is about something else. */
static int64_t place(const struct world *w, const struct gate_rule *r)
{
    bool any_server = !oid_is_set(r->server);
    bool any_tool = str_eq(r->tool, STR("*"));
    bool prompts = str_eq(r->tool, STR("prompt:*")) && str_eq(w->ask.tool, STR("prompt:a"));
    bool own = oid_is_set(w->server.owner) && oid_eq(r->server, gate_own_homeassistant);
    if (!any_server && !own && !oid_eq(r->server, here))
        return -1;
    if (!any_tool && !prompts && !str_eq(r->tool, w->ask.tool))
        return -1;
    return r->level * NEAR + (any_tool ? (any_server ? 3 : 2) : prompts ? 1 : 0);
}

static bool model_allows(const struct world *w, const struct gate_rule *r)
{
    if (!r->can[w->ask.class].v || (r->when.enrolled && !w->access.device.enrolled))
        return false;
    if (w->ask.list || r->when.arguments_n == 0)
        return true;
    const struct json *v = w->arguments != NULL ? json_member(w->arguments, STR("domain")) : NULL;
    return v != NULL && str_eq(json_string(v), r->when.arguments[0].values[0].text);
}

/* The same question, asked as the design says it: the nearest place that says something, and there
 * no before yes. */
static bool model_flag(const struct world *w, bool enabled, bool built_in)
{
    for (int64_t at = 0; at < LEVELS * NEAR; at++) {
        bool said = false;
        bool no = false;
        for (size_t i = 0; i < w->access.rules_n; i++) {
            const struct gate_rule *r = &w->rules[i];
            opt_bool_t f = enabled ? r->enabled : r->can[w->ask.class];
            if (place(w, r) != at || !f.set)
                continue;
            said = true;
            no = no || (enabled ? !f.v : !model_allows(w, r));
        }
        if (said)
            return !no;
    }
    return built_in;
}

/* The nearest place that says something about it, and there wanted before not. */
static bool model_waits(const struct world *w)
{
    for (int64_t at = 0; at < LEVELS * NEAR; at++) {
        bool said = false;
        bool wanted = false;
        for (size_t i = 0; i < w->access.rules_n; i++) {
            const struct gate_rule *r = &w->rules[i];
            if (place(w, r) != at || !r->approval.set)
                continue;
            said = true;
            wanted = wanted || r->approval.v;
        }
        if (said)
            return wanted;
    }
    return false;
}

static bool model(const struct world *w)
{
    bool shut = !gate_is_tool(w->ask.tool) && model_waits(w);
    return !shut && model_flag(w, true, true) && model_flag(w, false, w->ask.class == GATE_READ);
}

static void for_all(void (*law)(struct world *w, uint64_t seed))
{
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        struct world w;
        rng_seed_for_test(seed);
        world_make(&w);
        law(&w, seed);
        json_free(w.arguments);
    }
    rng_seed_for_test(0);
}

#define must(cond, seed, what)                                                                     \
    do {                                                                                           \
        if (!(cond))                                                                               \
            fail_msg("seed %llu: %s", (unsigned long long)(seed), what);                           \
    } while (0)

static void law_model(struct world *w, uint64_t seed)
{
    must(decide(w).allowed == model(w), seed, "not what the plain model says");
}

/* Rows of a level have no order. */
static void law_order(struct world *w, uint64_t seed)
{
    bool before = decide(w).allowed;
    for (size_t i = w->access.rules_n; i > 1; i--) {
        size_t other = (size_t)rng_below(i);
        struct gate_rule kept = w->rules[i - 1];
        w->rules[i - 1] = w->rules[other];
        w->rules[other] = kept;
    }
    sort(w);
    must(decide(w).allowed == before, seed, "the order of equal rows decides");
}

static const struct gate_rule *rule_of(const struct world *w, oid_t id)
{
    for (size_t i = 0; i < w->access.rules_n; i++) {
        if (oid_eq(w->rules[i].id, id))
            return &w->rules[i];
    }
    return NULL;
}

/* A no beside the row that says yes wins. */
static void law_deny(struct world *w, uint64_t seed)
{
    struct gate_decision d = decide(w);
    const struct gate_rule *r = rule_of(w, d.rule);
    if (!d.allowed || r == NULL)
        return;
    struct gate_rule no = *r;
    no.id = (oid_t){ .b = { 8 } };
    no.can[w->ask.class].v = false;
    w->rules[w->access.rules_n++] = no;
    sort(w);
    must(!decide(w).allowed, seed, "an equal no does not win");
}

/* What is less specific than the row that decides changes nothing; what is more so decides. */
static void law_specific(struct world *w, uint64_t seed)
{
    struct gate_decision d = decide(w);
    const struct gate_rule *r = rule_of(w, d.rule);
    struct gate_rule more = { .id = { .b = { 8 } },
                              .tool = STR("*"),
                              .level = r != NULL ? r->level + 1 : LEVELS };
    for (int c = GATE_READ; c < GATE_CLASSES; c++)
        more.can[c] = (opt_bool_t){ .set = true, .v = !d.allowed };
    if (r != NULL) {
        w->rules[w->access.rules_n++] = more;
        sort(w);
        must(decide(w).allowed == d.allowed, seed, "a less specific row decides");
        w->access.rules_n = 0;
    }
    more.level = -1;
    more.enabled = (opt_bool_t){ .set = true, .v = true };
    more.approval = (opt_bool_t){ .set = true };
    w->rules[w->access.rules_n++] = more;
    sort(w);
    must(decide(w).allowed == !d.allowed, seed, "the most specific row does not decide");
}

/* What may be called is listed, and conditions on arguments only ever take away. */
static void law_listed(struct world *w, uint64_t seed)
{
    struct gate_decision call = decide(w);
    must(!call.allowed || call.listed, seed, "allowed, but not listed");
    w->ask.list = true;
    must(decide(w).listed == call.listed, seed, "listed in a list, and not with a call");
    w->ask.list = false;
    for (size_t i = 0; i < w->access.rules_n; i++)
        w->rules[i].when.arguments_n = 0;
    must(decide(w).allowed == call.listed, seed, "without conditions not what a list says");
}

/* A yes is wanted for what is allowed alone, by the row that says so, and never waived for a tool
 * that wants it itself. */
static void law_approval(struct world *w, uint64_t seed)
{
    struct gate_decision d = decide(w);
    const struct gate_rule *r = rule_of(w, d.approval_rule);
    if (!gate_is_tool(w->ask.tool)) {
        must(!d.needs_approval && (!d.allowed || !model_waits(w)), seed, "a prompt waits");
        return;
    }
    must(d.needs_approval == (d.allowed && model_waits(w)), seed, "not what the plain model says");
    must(d.needs_approval == (r != NULL && r->approval.v), seed, "it names another row");
    const struct gate_tool tool = {
        .name = w->ask.tool, .state = GATE_TOOL_ACTIVE, .class = w->ask.class, .approval = true
    };
    w->server.tools = &tool;
    w->server.tools_n = 1;
    struct gate_decision own = decide(w);
    must(own.allowed == d.allowed && own.needs_approval == d.allowed, seed, "a row waives it");
}

/* Nothing but a yes of a row opens what is built in to be shut, and it names itself. */
static void law_said(struct world *w, uint64_t seed)
{
    struct gate_decision d = decide(w);
    const struct gate_rule *r = rule_of(w, d.rule);
    if (r == NULL)
        must(d.allowed == (w->ask.class == GATE_READ), seed, "built in is something else");
    else if (d.allowed)
        must(r->can[w->ask.class].set && r->can[w->ask.class].v, seed, "the row says no yes");
    must(d.reason != NULL && d.source != NULL, seed, "it does not say why");
}

static void agrees_with_the_model(void **state)
{
    (void)state;
    for_all(law_model);
}

static void has_no_order(void **state)
{
    (void)state;
    for_all(law_order);
}

static void no_wins_among_equals(void **state)
{
    (void)state;
    for_all(law_deny);
}

static void the_most_specific_decides(void **state)
{
    (void)state;
    for_all(law_specific);
}

static void lists_what_may_be_called(void **state)
{
    (void)state;
    for_all(law_listed);
}

static void says_why(void **state)
{
    (void)state;
    for_all(law_said);
}

static void waits_where_the_rows_or_the_tool_say_so(void **state)
{
    (void)state;
    for_all(law_approval);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_model),
        cmocka_unit_test(has_no_order),
        cmocka_unit_test(no_wins_among_equals),
        cmocka_unit_test(the_most_specific_decides),
        cmocka_unit_test(lists_what_may_be_called),
        cmocka_unit_test(says_why),
        cmocka_unit_test(waits_where_the_rows_or_the_tool_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
