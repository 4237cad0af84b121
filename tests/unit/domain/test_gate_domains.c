/* SPDX-License-Identifier: Apache-2.0 */
/* The domains that somebody has limited his Home Assistant to, call by call; and laws of them over
 * generated calls, each named by its seed. */
#include "base/fault.h"
#include "base/rng.h"
#include "domain/gateway/decide.h"
#include "domain/gateway/domains.h"

#include "../../check.h"

enum { CASES = 5000 };

static const str_t limits[] = { { "light", 5 }, { "switch", 6 } };
static const struct gate_server limited = { .domains = limits, .domains_n = 2, .active = true };
static const struct gate_server single = { .domains = limits, .domains_n = 1, .active = true };
static const struct gate_server open_house = { .active = true };

#define SCHEMA(domain) "{\"inputSchema\":{\"properties\":{\"name\":{},\"domain\":" domain "}}}"
#define LIST           SCHEMA("{\"type\":\"array\",\"items\":{\"type\":\"string\"}}")
#define LIGHTS         SCHEMA("{\"type\":\"array\",\"items\":{\"enum\":[\"light\",\"fan\"]}}")
#define LOCKS          SCHEMA("{\"type\":\"array\",\"items\":{\"enum\":[\"lock\"]}}")
#define ONE            SCHEMA("{\"type\":\"string\"}")
#define EITHER         SCHEMA("{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"array\"}]}")
#define BARE           "{\"inputSchema\":{\"properties\":{\"name\":{}}}}"

static const struct {
    const char *what;
    const struct gate_server *server;
    const char *tool;
    const char *definition;
    enum gate_class class;
    const char *arguments; /* NULL: none */
    const char *sent;      /* NULL: refused; "": as it came */
} cases[] = {
    { "no limit", &open_house, "HassTurnOn", LIST, GATE_WRITE, "{\"domain\":\"lock\"}", "" },
    { "one of them", &limited, "HassTurnOn", LIST, GATE_WRITE, "{\"domain\":\"light\"}", "" },
    { "both", &limited, "HassTurnOn", LIST, GATE_WRITE, "{\"domain\":[\"switch\",\"light\"]}", "" },
    { "another", &limited, "HassTurnOn", LIST, GATE_WRITE, "{\"domain\":\"lock\"}", NULL },
    { "another among them", &limited, "HassTurnOn", LIST, GATE_WRITE,
      "{\"domain\":[\"light\",\"lock\"]}", NULL },
    { "nested", &limited, "HassTurnOn", LIST, GATE_WRITE, "{\"domain\":[[\"light\"]]}", NULL },
    { "an object", &limited, "HassTurnOn", LIST, GATE_WRITE, "{\"domain\":{\"light\":1}}", NULL },
    { "a number", &limited, "HassTurnOn", LIST, GATE_WRITE, "{\"domain\":0}", NULL },
    { "other case", &limited, "HassTurnOn", LIST, GATE_WRITE, "{\"domain\":\"Light\"}", NULL },
    { "a prefix", &limited, "HassTurnOn", LIST, GATE_WRITE, "{\"domain\":\"lights\"}", NULL },
    { "empty text", &limited, "HassTurnOn", LIST, GATE_WRITE, "{\"domain\":\"\"}", NULL },
    { "absent", &limited, "HassTurnOn", LIST, GATE_WRITE, "{\"name\":\"Lamp\",\"x\":1.10}",
      "{\"name\":\"Lamp\",\"x\":1.10,\"domain\":[\"light\",\"switch\"]}" },
    { "no arguments", &limited, "HassTurnOn", LIST, GATE_WRITE, NULL,
      "{\"domain\":[\"light\",\"switch\"]}" },
    { "an empty list is none", &limited, "HassTurnOn", LIST, GATE_WRITE, "{\"domain\":[]}",
      "{\"domain\":[\"light\",\"switch\"]}" },
    { "null is none", &limited, "HassTurnOn", LIST, GATE_WRITE, "{\"domain\":null}",
      "{\"domain\":[\"light\",\"switch\"]}" },
    { "what the tool knows", &limited, "HassLightSet", LIGHTS, GATE_WRITE, "{}",
      "{\"domain\":[\"light\"]}" },
    { "a tool for others", &limited, "HassLock", LOCKS, GATE_WRITE, "{}", NULL },
    { "a reading tool for others", &limited, "GetLocks", LOCKS, GATE_READ, "{}", NULL },
    { "it takes one of several", &limited, "HassTurnOn", ONE, GATE_WRITE, "{}", NULL },
    { "it takes one of one", &single, "HassTurnOn", ONE, GATE_WRITE, "{}",
      "{\"domain\":\"light\"}" },
    { "either form", &limited, "HassTurnOn", EITHER, GATE_WRITE, "{}",
      "{\"domain\":[\"light\",\"switch\"]}" },
    { "a writing tool without it", &limited, "HassBroadcast", BARE, GATE_WRITE, "{}", NULL },
    { "that is told one all the same", &limited, "HassBroadcast", BARE, GATE_WRITE,
      "{\"domain\":\"light\"}", NULL },
    { "a script", &limited, "leave_home", LIST, GATE_EXECUTE, "{\"domain\":\"light\"}", NULL },
    { "a script that was classed anew", &limited, "leave_home", LIST, GATE_WRITE,
      "{\"domain\":\"light\"}", NULL },
    { "reading without it", &limited, "GetLiveContext", BARE, GATE_READ, "{}", "" },
    { "reading another", &limited, "GetLiveContext", BARE, GATE_READ, "{\"domain\":\"lock\"}",
      NULL },
    { "no definition", &limited, "HassTurnOn", "", GATE_WRITE, "{\"domain\":\"light\"}", NULL },
    { "a broken one", &limited, "HassTurnOn", "{", GATE_WRITE, "{\"domain\":\"light\"}", NULL },
    { "no object", &limited, "HassTurnOn", LIST, GATE_WRITE, "[]", NULL },
};

static struct gate_tool tool_make(struct arena *a, const struct gate_server *s, const char *name,
                                  const char *definition)
{
    struct gate_tool t = { .name = str_from_cz(name), .definition = str_from_cz(definition) };
    assert_int_equal(gate_domains_of(a, s, &t, &t.domains), E_OK);
    return t;
}

static void calls(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        CLEANUP(json_freep) struct json *arguments = NULL;
        str_t raw = str_from_cz(cases[i].arguments);
        str_t sent = STR_NONE;
        struct gate_tool t = tool_make(a, cases[i].server, cases[i].tool, cases[i].definition);
        if (raw.p != NULL)
            assert_int_equal(json_parse(raw, NULL, &arguments), E_OK);
        struct gate_domains_ask ask = {
            .server = cases[i].server, .tool = &t, .class = cases[i].class, .arguments = arguments
        };
        bool refused = gate_domains_refuse(&ask) != NULL;
        check(refused == (cases[i].sent == NULL), cases[i].what);
        if (refused)
            continue;
        assert_int_equal(gate_domains_fill(a, &t, raw, &sent), E_OK);
        str_t want = cases[i].sent[0] == '\0' ? raw : str_from_cz(cases[i].sent);
        check(str_eq(sent, want), cases[i].what);
    }
}

static void a_tool_that_nobody_knows(void **state)
{
    (void)state;
    struct gate_domains_ask ask = { .server = &limited, .class = GATE_WRITE };
    assert_non_null(gate_domains_refuse(&ask));
    ask.class = GATE_READ;
    assert_null(gate_domains_refuse(&ask));
}

/* ---- laws ---- */

static void holds(bool is, const char *what, uint64_t seed)
{
    if (!is)
        fail_msg("%s: seed %llu", what, (unsigned long long)seed);
}

static const char *const names[] = { "HassTurnOn", "GetLiveContext", "leave_home" };
static const char *const definitions[] = { LIST, LIGHTS, LOCKS, ONE, EITHER, BARE, "" };
static const char *const words[] = { "light", "switch", "fan", "lock", "" };

static struct json *value_make(void)
{
    struct json *list;
    switch (rng_below(4)) {
    case 0:
        return json_new_null();
    case 1:
        return json_new_string(str_from_cz(words[rng_below(ARRAY_LEN(words))]));
    case 2:
        return json_new_int((int64_t)rng_below(3));
    default:
        list = json_new_array();
        for (uint64_t n = rng_below(4); n > 0; n--)
            assert_int_equal(
                json_push(list, json_new_string(str_from_cz(words[rng_below(ARRAY_LEN(words))]))),
                E_OK);
        return list;
    }
}

static bool is_limit(const struct json *v)
{
    return json_type(v) == JSON_STRING &&
           (str_eq(json_string(v), limits[0]) || str_eq(json_string(v), limits[1]));
}

/* Whatever was asked: what is sent by a tool that writes names allowed domains, and at least one;
 * and it may be sent again. */
static void law(struct arena *a, uint64_t seed)
{
    CLEANUP(json_freep) struct json *arguments = json_new_object();
    CLEANUP(json_freep) struct json *after = NULL;
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t sent = STR_NONE;
    struct gate_tool t = tool_make(a, &limited, names[rng_below(ARRAY_LEN(names))],
                                   definitions[rng_below(ARRAY_LEN(definitions))]);
    struct gate_domains_ask ask = { .server = &limited,
                                    .tool = &t,
                                    .class = (enum gate_class)(GATE_READ + rng_below(3)),
                                    .arguments = arguments };
    if (rng_below(4) > 0)
        assert_int_equal(json_set(arguments, STR("domain"), value_make()), E_OK);
    if (gate_domains_refuse(&ask) != NULL)
        return;
    ask.list = true;
    holds(gate_domains_refuse(&ask) == NULL, "what may be called is listed", seed);
    ask.list = false;
    buf_init(&b, KIB(4));
    json_write(&b, arguments);
    assert_int_equal(gate_domains_fill(a, &t, buf_str(&b), &sent), E_OK);
    assert_int_equal(json_parse(sent, NULL, &after), E_OK);
    ask.arguments = after;
    holds(gate_domains_refuse(&ask) == NULL, "and again", seed);
    const struct json *v = json_member(after, STR("domain"));
    if (ask.class == GATE_READ)
        return;
    bool good = v != NULL && (json_type(v) != JSON_ARRAY ? is_limit(v) : json_count(v) > 0);
    for (size_t i = 0; good && json_type(v) == JSON_ARRAY && i < json_count(v); i++)
        good = is_limit(json_at(v, i));
    holds(good, "only what is allowed is touched", seed);
}

static void laws(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        rng_seed_for_test(seed);
        law(a, seed);
    }
}

static void memory_runs_out(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct gate_tool t = { .name = STR("HassTurnOn"), .definition = STR(LIST) };
        str_t sent = STR_NONE;
        err_t e = a == NULL ? E_NO_MEMORY : gate_domains_of(a, &limited, &t, &t.domains);
        if (e == E_OK)
            e = gate_domains_fill(a, &t, STR("{}"), &sent);
        bool fired = fault_used();
        check(fired ? e == E_NO_MEMORY : e == E_OK && sent.p != NULL, "failed allocation");
        if (!fired)
            break;
    }
    fault_disarm();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls),
        cmocka_unit_test(a_tool_that_nobody_knows),
        cmocka_unit_test(laws),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
