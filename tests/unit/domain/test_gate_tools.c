/* SPDX-License-Identifier: Apache-2.0 */
/* Tools as they are pinned, what is sent to a server, and snapshots of a real store. */
#include "access_world.h"
#include "base/fault.h"
#include "base/ref.h"
#include "domain/gateway/credential.h"
#include "domain/gateway/decide.h"
#include "domain/gateway/permission.h"
#include "domain/gateway/tool.h"

#define TOOL(name, text, more)                                                                     \
    "{\"name\":\"" name "\",\"description\":\"" text                                               \
    "\",\"inputSchema\":{\"type\":\"object\"}" more "}"
#define READS ",\"annotations\":{\"readOnlyHint\":true}"

static const struct gate_command commands[] = {
    { .name = { "files", 5 },
      .path = { "/usr/bin/files", 14 },
      .vars = (const str_t[]){ { "KEY", 3 } },
      .vars_n = 1 },
};

static struct row_server make_server(struct access_world *w, const char *pinning,
                                     enum gate_kind kind)
{
    struct row_server row;
    struct server_rules rules = { .kind = kind, .commands = commands, .commands_n = 1 };
    static int n;
    char name[32];
    (void)snprintf(name, sizeof name, "server-%d", ++n);
    struct server_in in = { .name = str_from_cz(name),
                            .transport = STR("http"),
                            .url = STR("https://mcp.example.org/"),
                            .pinning = str_from_cz(pinning) };
    assert_int_equal(server_create(&w->act, &rules, &in, &row), E_OK);
    return row;
}

/* What has come of a list: "calm:new sly:quarantined". */
static const char *see(struct access_world *w, const struct row_server *s, const char *tools)
{
    static const char *const kinds[] = { [GATE_SIGHT_NEW] = "new",
                                         [GATE_SIGHT_QUARANTINED] = "quarantined",
                                         [GATE_SIGHT_CHANGED] = "changed",
                                         [GATE_SIGHT_BACK] = "back",
                                         [GATE_SIGHT_GONE] = "gone" };
    static char text[256];
    struct gate_sight sight;
    size_t n = 0;
    assert_int_equal(gate_tools_seen(&w->act, s->id, str_from_cz(tools), &sight), E_OK);
    text[0] = '\0';
    for (size_t i = 0; i < sight.n; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%.*s:%s", i > 0 ? " " : "",
                              STR_ARG(sight.v[i].name), kinds[sight.v[i].kind]);
    return text;
}

static struct row_tool tool(struct access_world *w, const struct row_server *s, const char *name)
{
    struct row_tool row;
    assert_int_equal(tool_get(&w->act, s->id, str_from_cz(name), &row), E_OK);
    return row;
}

static void pinned_when_first_seen(void **state)
{
    struct access_world *w = *state;
    struct row_server s = make_server(w, "new", GATE_KIND_ANY);
    assert_string_equal(see(w, &s, "[" TOOL("calm", "a", READS) "," TOOL("do", "b", "") "]"),
                        "calm:new do:new");
    assert_int_equal(tool(w, &s, "calm").class, GATE_READ);
    assert_int_equal(tool(w, &s, "do").class, GATE_WRITE);
    assert_string_equal(see(w, &s, "[" TOOL("do", "b", "") "," TOOL("calm", "a", READS) "]"), "");
    /* The same in another order of members is the same. */
    assert_string_equal(
        see(w, &s,
            "[" TOOL("do", "b", "") ",{\"inputSchema\":{\"type\":\"object\"},\"annotations\":"
                                    "{\"readOnlyHint\":true},\"description\":\"a\",\"name\":"
                                    "\"calm\"}]"),
        "");
    /* A change waits, and what was approved stays what it was. */
    assert_string_equal(see(w, &s, "[" TOOL("calm", "evil", "") "]"), "calm:quarantined do:gone");
    struct row_tool calm = tool(w, &s, "calm");
    assert_int_equal(calm.state, GATE_TOOL_QUARANTINED);
    assert_int_equal(calm.class, GATE_READ);
    assert_true(calm.definition.p != NULL && calm.pending.p != NULL);
    assert_string_equal(see(w, &s, "[" TOOL("calm", "evil", "") "]"), "");
    /* Back to what was approved, it needs no one; gone and come again neither. */
    assert_string_equal(see(w, &s, "[" TOOL("calm", "a", READS) "," TOOL("do", "b", "") "]"),
                        "calm:back do:back");
    /* What comes again as another waits. */
    assert_string_equal(see(w, &s, "[]"), "calm:gone do:gone");
    assert_string_equal(see(w, &s, "[" TOOL("calm", "evil", "") "]"), "calm:quarantined");
    struct row_tool row = tool(w, &s, "calm");
    digest_t other = { .b = { 1 } };
    assert_int_equal(tool_approve(&w->act, &row, &other, &row), E_STALE);
    act_clear_why(&w->act);
    assert_int_equal(tool_approve(&w->act, &row, NULL, &row), E_OK);
    assert_int_equal(row.class, GATE_WRITE);
    assert_string_equal(see(w, &s, "[" TOOL("calm", "evil", "") "]"), "");
    assert_int_equal(tool_approve(&w->act, &row, NULL, &row), E_CONFLICT);
    act_clear_why(&w->act);
}

static void strict_and_off(void **state)
{
    struct access_world *w = *state;
    struct row_server strict = make_server(w, "strict", GATE_KIND_ANY);
    struct row_server off = make_server(w, "off", GATE_KIND_ANY);
    struct row_server fresh = make_server(w, "new", GATE_KIND_ANY);
    assert_string_equal(see(w, &strict, "[" TOOL("a", "x", "") "]"), "a:quarantined");
    assert_string_equal(see(w, &strict, "[" TOOL("a", "y", "") "]"), "a:quarantined");
    assert_string_equal(see(w, &off, "[" TOOL("a", "x", "") "]"), "a:new");
    assert_string_equal(see(w, &off, "[" TOOL("a", "y", READS) "]"), "a:changed");
    assert_int_equal(tool(w, &off, "a").class, GATE_READ);
    /* Text that hides something waits although it is new (AC49). */
    assert_string_equal(see(w, &fresh, "[" TOOL("a", "x \\u001b[8m hidden", "") "]"),
                        "a:quarantined");
    /* Who names a tool twice means the first; what is none is no tool. */
    assert_string_equal(
        see(w, &fresh, "[" TOOL("b", "x", "") "," TOOL("b", "y", "") ",7,{\"name\":\"c\"}]"),
        "b:new a:gone");
}

static void home_assistant(void **state)
{
    struct access_world *w = *state;
    struct row_server s = make_server(w, "new", GATE_KIND_HOMEASSISTANT);
    (void)see(w, &s,
              "[" TOOL("HassTurnOn", "x", READS) "," TOOL("GetLiveContext", "x",
                                                          "") "," TOOL("morning", "x", "") "]");
    assert_int_equal(tool(w, &s, "HassTurnOn").class, GATE_WRITE);
    assert_int_equal(tool(w, &s, "GetLiveContext").class, GATE_READ);
    assert_int_equal(tool(w, &s, "morning").class, GATE_EXECUTE);
}

static void no_list(void **state)
{
    struct access_world *w = *state;
    struct row_server s = make_server(w, "new", GATE_KIND_ANY);
    struct gate_sight sight;
    static const char *const bad[] = { "", "{}", "[", "7", "[{\"name\":\"a\",\"name\":\"b\"}]" };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(gate_tools_seen(&w->act, s.id, str_from_cz(bad[i]), &sight), E_BAD_FIELD);
        act_clear_why(&w->act);
    }
    assert_int_equal(gate_tools_seen(&w->act, oid_make(), STR("[]"), &sight), E_NOT_FOUND);
    act_clear_why(&w->act);
}

/* What is sent for each person is his own, in place of the server's. */
static void what_is_sent(void **state)
{
    struct access_world *w = *state;
    oid_t ann = world_user(w, "ann");
    oid_t ben = world_user(w, "ben");
    struct server_rules rules = { .kind = GATE_KIND_ANY, .commands = commands, .commands_n = 1 };
    struct server_in in = { .name = STR("mail"),
                            .transport = STR("http"),
                            .url = STR("https://mail.example.org/"),
                            .headers = STR("{\"Authorization\":\"Basic x\",\"X-App\":\"1\"}") };
    struct row_server s;
    struct gate_lines lines;
    assert_int_equal(server_create(&w->act, &rules, &in, &s), E_OK);
    assert_int_equal(gate_credential_open(&w->act, s.id, (oid_t){ 0 }, &lines), E_OK);
    assert_int_equal(lines.n, 2);
    in = (struct server_in){ .per_user = { true, true } };
    assert_int_equal(server_change(&w->act, &rules, &s, &in, &s), E_OK);
    assert_int_equal(gate_credential_open(&w->act, s.id, ann, &lines), E_NOT_FOUND);
    act_clear_why(&w->act);
    struct credential_in own = { .kind = STR("bearer"), .value = STR("hers") };
    assert_int_equal(credential_put(&w->act, &rules, &s, ann, &own), E_OK);
    assert_int_equal(gate_credential_open(&w->act, s.id, ann, &lines), E_OK);
    assert_int_equal(lines.n, 2);
    assert_true(str_eq(lines.v[0], STR("Authorization: Bearer hers")));
    assert_true(str_eq(lines.v[1], STR("X-App: 1")));
    assert_int_equal(gate_credential_open(&w->act, s.id, ben, &lines), E_NOT_FOUND);
    act_clear_why(&w->act);
    assert_int_equal(gate_credential_open(&w->act, s.id, (oid_t){ 0 }, &lines), E_NOT_FOUND);
    act_clear_why(&w->act);
    own.expires_at = (ts_t){ w->act.now.us - 1 };
    assert_int_equal(credential_put(&w->act, &rules, &s, ann, &own), E_OK);
    assert_int_equal(gate_credential_open(&w->act, s.id, ann, &lines), E_NOT_FOUND);
    act_clear_why(&w->act);
    /* He goes, and what he showed with him. */
    assert_int_equal(user_delete(&w->act, ann), E_OK);
    struct row_credential row;
    assert_int_equal(credential_get(&w->act, s.id, ann, &row), E_NOT_FOUND);
    act_clear_why(&w->act);
}

/* Sealed bytes of one server are nothing to another (SAFETY rule 4). */
static void rows_cannot_be_swapped(void **state)
{
    struct access_world *w = *state;
    struct row_server a = make_server(w, "new", GATE_KIND_ANY);
    struct server_rules rules = { .kind = GATE_KIND_ANY };
    struct server_in in = { .headers = STR("{\"X-Key\":\"1\"}") };
    CLEANUP(json_freep) struct json *open = NULL;
    assert_int_equal(server_change(&w->act, &rules, &a, &in, &a), E_OK);
    assert_int_equal(server_unseal(&w->act, &a, &open), E_OK);
    struct row_server b = a;
    b.id = oid_make();
    struct json *none = NULL;
    assert_int_equal(server_unseal(&w->act, &b, &none), E_CORRUPT);
    act_clear_why(&w->act);
}

static void snapshots(void **state)
{
    struct access_world *w = *state;
    struct row_server s = make_server(w, "new", GATE_KIND_ANY);
    (void)see(w, &s, "[" TOOL("zed", "x", "") "," TOOL("abc", "x", READS) "]");
    oid_t ann = world_user(w, "ann2");
    struct permission_of of;
    struct row_permission row;
    str_t text;
    assert_int_equal(permission_of(&w->act, GATE_SUBJECT_USER, ann, &of), E_OK);
    assert_int_equal(str_format(w->act.arena, &text, "%.*s__zed", STR_ARG(s.prefix)), E_OK);
    struct gate_place place;
    assert_int_equal(tool_place(&w->act, text, &place), E_OK);
    struct permission_in in = { .can_write = { true, true } };
    assert_int_equal(permission_put(&w->act, &of, &place, &in, &row), E_OK);
    struct gate_catalogue *c = NULL;
    struct gate_access *a = NULL;
    struct gate_who who = { .kind = ACTOR_USER, .id = ann, .org = w->org };
    assert_int_equal(gate_catalogue_load(&w->act, w->org, &c), E_OK);
    assert_int_equal(gate_access_load(&w->act, &who, &a), E_OK);
    const struct gate_server *found = gate_server_find(c, ann, s.name);
    assert_non_null(found);
    assert_int_equal(found->tools_n, 2);
    struct gate_decision d;
    gate_decide(&(struct gate_ask){ .access = a,
                                    .server = found,
                                    .tool = STR("zed"),
                                    .class = gate_tool_find(found, STR("zed"))->class },
                &d);
    assert_true(d.allowed && oid_eq(d.rule, row.id));
    ref_drop(a);
    ref_drop(c);
    /* A server that goes takes its permissions along. */
    assert_int_equal(server_delete(&w->act, s.id), E_OK);
    assert_int_equal(permission_find(&w->act, &of, &place, &row), E_NOT_FOUND);
    act_clear_why(&w->act);
    who.id = oid_make();
    assert_int_equal(gate_access_load(&w->act, &who, &a), E_NOT_FOUND);
    act_clear_why(&w->act);
}

/* Each failed step is an error, and leaves nothing that a caller could take for an answer. */
static void faults(void **state)
{
    struct access_world *w = *state;
    struct row_server s = make_server(w, "new", GATE_KIND_ANY);
    (void)see(w, &s, "[" TOOL("a", "x", "") "]");
    oid_t ann = world_user(w, "ann3");
    struct gate_who who = { .kind = ACTOR_USER, .id = ann, .org = w->org };
    for (long n = 0;; n++) {
        struct gate_catalogue *c = NULL;
        struct gate_access *a = NULL;
        fault_arm(n);
        err_t e = gate_catalogue_load(&w->act, w->org, &c);
        if (e == E_OK)
            e = gate_access_load(&w->act, &who, &a);
        bool fired = fault_used();
        fault_disarm();
        assert_true(fired ? e != E_OK && a == NULL : e == E_OK && a != NULL);
        ref_drop(a);
        ref_drop(c);
        act_clear_why(&w->act);
        if (!fired)
            break;
    }
}

#define DIGEST "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789ABCDEF"

static void words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        err_t want;
    } cases[] = {
        { "files=/usr/bin/files --root /srv env:KEY", E_OK },
        { " a = /b  -c ", E_OK },
        { "/usr/bin/files", E_BAD_FIELD },
        { "=/usr/bin/files", E_BAD_FIELD },
        { "A=/usr/bin/files", E_BAD_FIELD },
        { "a=usr/bin/files", E_BAD_FIELD },
        { "a=/usr/./files", E_BAD_FIELD },
        { "a=/usr/../files", E_BAD_FIELD },
        { "a=/", E_BAD_FIELD },
        { "a=/usr/bin/", E_BAD_FIELD },
        { "a=", E_BAD_FIELD },
        { "a=/b env:PATH", E_BAD_FIELD },
        { "a=/b env:LD_AUDIT", E_BAD_FIELD },
        { "a=/b env:key", E_BAD_FIELD },
        { "a=/b env:", E_BAD_FIELD },
        { "a=env:KEY", E_BAD_FIELD },
        { "a=/b read:/c network", E_OK },
        { "a=/b network:api.example.org network:*.example.net:8443", E_OK },
        { "a=/b network network:api.example.org", E_BAD_FIELD },
        { "a=/b network:", E_BAD_FIELD },
        { "a=/b network:*", E_BAD_FIELD },
        { "a=/b network:https://api.example.org", E_BAD_FIELD },
        { "a=/b network:api.example.org:0", E_BAD_FIELD },
        { "a=/b network:[::1]:443", E_BAD_FIELD },
        { "a=/b sha256:" DIGEST, E_OK },
        { "a=/b sha256:" DIGEST "0", E_BAD_FIELD },
        { "a=/b sha256:" DIGEST " sha256:" DIGEST, E_BAD_FIELD },
        { "a=/b sha256:0123", E_BAD_FIELD },
        { "a=/b sha256:", E_BAD_FIELD },
        { "a=/b write:/srv/notes write:/srv/more", E_OK },
        { "a=/srv/notes2/b write:/srv/notes", E_OK },
        { "a=/srv/notes/b write:/srv/notes", E_BAD_FIELD },
        { "a=/b write:/b", E_BAD_FIELD },
        { "a=/b write:/", E_BAD_FIELD },
        { "a=/b write:srv", E_BAD_FIELD },
        { "a=/b write:/usr/local/share/x", E_BAD_FIELD },
        { "a=/b write:/srv read:/srv/tools", E_BAD_FIELD },
        { "a=/b write:/srv/tools read:/srv", E_BAD_FIELD },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct gate_command c;
        if (gate_command_parse(a, str_from_cz(cases[i].text), NULL, &c) != cases[i].want)
            fail_msg("%s", cases[i].text);
    }
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    struct gate_command c;
    assert_int_equal(gate_command_parse(a, str_from_cz(cases[0].text), NULL, &c), E_OK);
    assert_int_equal(c.argv_n, 3);
    assert_string_equal(c.argv[2], "/srv");
    assert_null(c.argv[3]);
    assert_int_equal(gate_command_parse(a, str_from_cz(cases[17].text), NULL, &c), E_OK);
    assert_int_equal(c.hosts_n, 2);
    assert_int_equal(c.hosts[0].port, 443);
    assert_int_equal(c.hosts[1].port, 8443);
    assert_int_equal(gate_command_parse(a, str_from_cz(cases[0].text), NULL, &c), E_OK);
    assert_true(gate_command_takes(&c, STR("KEY")) && !gate_command_takes(&c, STR("KEYS")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pinned_when_first_seen),
        cmocka_unit_test(strict_and_off),
        cmocka_unit_test(home_assistant),
        cmocka_unit_test(no_list),
        cmocka_unit_test(what_is_sent),
        cmocka_unit_test(rows_cannot_be_swapped),
        cmocka_unit_test(snapshots),
        cmocka_unit_test(faults),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, access_world_open, access_world_close);
}
