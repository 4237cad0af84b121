/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind the gateway while memory or the store fails: nothing is half made, no result
 * is written, and a fault of ours is not told as the caller's. */
#include "base/ref.h"
#include "domain/gateway/approval.h"
#include "domain/gateway/homeassistant.h"
#include "domain/gateway/permission.h"
#include "domain/gateway/tool.h"
#include "domain/identity/user.h"
#include "fault_loop.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)
#define LIST                                                                                       \
    "[{\"name\":\"calm\",\"description\":\"a\",\"inputSchema\":{\"type\":\"object\"}},"            \
    "{\"name\":\"new\",\"inputSchema\":{\"type\":\"object\"}}]"
#define LIST_OF_LATER                                                                              \
    "[{\"name\":\"calm\",\"description\":\"evil\",\"inputSchema\":{\"type\":\"object\"}}]"

#define RULE "[{\"pointer\":\"/path\",\"op\":\"prefix\",\"value\":\"/srv\"}]"

struct rows { /* what two results of a list are */
    void *v;
    size_t n;
};

static const struct server_rules rules = { .kind = GATE_KIND_ANY };
static oid_t ann;
static struct row_server server;

static int setup(void **state)
{
    const struct user_in user = { .username = STR("ann"), .email = STR("ann@example.org") };
    const struct server_in in = { .name = STR("files"),
                                  .transport = STR("http"),
                                  .url = STR("https://mcp.example.org/"),
                                  .headers = STR("{\"X-Key\":\"k\"}"),
                                  .pinning = STR("new"),
                                  .per_user = { true, true } };
    struct row_user_account row;
    int failed = world_setup(state);
    struct world *w = *state;
    assert_int_equal(ACT(w, user_create(&w->act, &user, &row)), E_OK);
    ann = row.id;
    w->act.actor.id = ann;
    assert_int_equal(ACT(w, server_create(&w->act, &rules, &in, &server)), E_OK);
    return failed;
}

static void fail_all(struct world *w, const struct fault_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fails_whole(w, &cases[i]);
}

/* ---- servers, and what is shown to them ---- */

static err_t make_server(struct world *w, void *ret)
{
    const struct server_in in = { .name = STR("second"),
                                  .transport = STR("http"),
                                  .url = STR("https://two.example.org/"),
                                  .headers = STR("{\"X-Key\":\"k\"}") };
    return server_create(&w->act, &rules, &in, ret);
}

static err_t get_server(struct world *w, void *ret)
{
    return server_get(&w->act, server.id, ret);
}

static err_t change_server(struct world *w, void *ret)
{
    const struct server_in in = { .name = STR("renamed"), .headers = STR("{\"X-Other\":\"o\"}") };
    return server_change(&w->act, &rules, &server, &in, ret);
}

static err_t list_servers(struct world *w, void *ret)
{
    struct rows *rows = ret;
    const oid_t none = { 0 };
    return server_list(&w->act, none, none, 10, (struct row_server **)&rows->v, &rows->n);
}

static err_t hear_answer(struct world *w, void *ret)
{
    (void)ret;
    return server_answered(&w->act, server.id, STR("2025-11-25"), STR("files 1.0"));
}

static err_t hear_nothing(struct world *w, void *ret)
{
    (void)ret;
    return server_failed(&w->act, server.id, STR("connection refused"));
}

static err_t drop_server(struct world *w, void *ret)
{
    (void)ret;
    return server_delete(&w->act, server.id);
}

static err_t put_credential(struct world *w, void *ret)
{
    const struct credential_in in = { .kind = STR("bearer"), .value = STR("secret") };
    (void)ret;
    return credential_put(&w->act, &rules, &server, ann, &in);
}

static err_t get_credential(struct world *w, void *ret)
{
    return credential_get(&w->act, server.id, ann, ret);
}

static err_t open_credential(struct world *w, void *ret)
{
    return gate_credential_open(&w->act, server.id, ann, ret);
}

static err_t drop_credential(struct world *w, void *ret)
{
    (void)ret;
    return credential_drop(&w->act, server.id, ann);
}

static void test_servers(void **state)
{
    static const struct fault_case put = { "put a credential", put_credential, 0 };
    static const struct fault_case cases[] = {
        { "make", make_server, sizeof(struct row_server) },
        { "get", get_server, sizeof(struct row_server) },
        { "change", change_server, sizeof(struct row_server) },
        { "list", list_servers, sizeof(struct rows) },
        { "an answer", hear_answer, 0 },
        { "no answer", hear_nothing, 0 },
        { "get a credential", get_credential, sizeof(struct row_credential) },
        { "open a credential", open_credential, sizeof(struct gate_lines) },
        { "drop a credential", drop_credential, 0 },
        { "delete", drop_server, 0 },
    };
    struct world *w = *state;
    struct gate_lines lines;
    fails_whole(w, &put);
    assert_int_equal(ACT(w, put_credential(w, NULL)), E_OK);
    fails_whole(w, &put); /* in the place of an older one */
    fail_all(w, cases, ARRAY_LEN(cases));
    assert_int_equal(ACT(w, open_credential(w, &lines)), E_OK);
    assert_int_equal(lines.n, 2);
}

/* ---- tools ---- */

static struct row_tool calm;

static err_t see_tools(struct world *w, void *ret)
{
    return gate_tools_seen(&w->act, server.id, STR(LIST), ret);
}

static err_t see_others(struct world *w, void *ret)
{
    return gate_tools_seen(&w->act, server.id, STR(LIST_OF_LATER), ret);
}

static err_t get_tool(struct world *w, void *ret)
{
    return tool_get(&w->act, server.id, STR("calm"), ret);
}

static err_t page_tools(struct world *w, void *ret)
{
    struct rows *rows = ret;
    const struct tool_ask ask = { .server = server.id, .limit = 10 };
    return tool_page(&w->act, &ask, (struct row_tool **)&rows->v, &rows->n);
}

static err_t count_tools(struct world *w, void *ret)
{
    struct rows *rows = ret;
    return tool_counts(&w->act, (oid_t){ 0 }, (struct row_tool_count **)&rows->v, &rows->n);
}

static err_t approve_tool(struct world *w, void *ret)
{
    return tool_approve(&w->act, &calm, NULL, ret);
}

static err_t change_tool(struct world *w, void *ret)
{
    const struct tool_in in = { .class = STR("READ"), .approval = { true, true } };
    return tool_change(&w->act, &calm, &in, ret);
}

static void test_tools(void **state)
{
    static const struct fault_case see = { "see", see_tools, sizeof(struct gate_sight) };
    static const struct fault_case other = { "others", see_others, sizeof(struct gate_sight) };
    static const struct fault_case cases[] = {
        { "get", get_tool, sizeof(struct row_tool) },
        { "page", page_tools, sizeof(struct rows) },
        { "count", count_tools, sizeof(struct rows) },
        { "approve", approve_tool, sizeof(struct row_tool) },
        { "change", change_tool, sizeof(struct row_tool) },
    };
    struct world *w = *state;
    struct gate_sight sight;
    fails_whole(w, &see);
    assert_int_equal(ACT(w, see_tools(w, &sight)), E_OK);
    assert_int_equal(sight.n, 2);
    fails_whole(w, &other); /* one has changed, one is gone */
    assert_int_equal(ACT(w, see_others(w, &sight)), E_OK);
    assert_int_equal(ACT(w, get_tool(w, &calm)), E_OK);
    assert_int_equal(calm.state, GATE_TOOL_QUARANTINED);
    fail_all(w, cases, ARRAY_LEN(cases));
}

/* ---- permissions ---- */

static struct permission_of of;
static struct gate_place place;
static struct row_permission permission;

static err_t whose(struct world *w, void *ret)
{
    return permission_of(&w->act, GATE_SUBJECT_USER, ann, ret);
}

static err_t find_place(struct world *w, void *ret)
{
    return tool_place(&w->act, STR("files/calm"), ret);
}

static err_t say_place(struct world *w, void *ret)
{
    struct server_names names;
    TRY(server_names_load(&w->act, &names));
    return tool_text(w->act.arena, &names, &place, ret);
}

static err_t put_permission(struct world *w, void *ret)
{
    const struct permission_in in = { .can_read = { true, true }, .arguments = STR(RULE) };
    return permission_put(&w->act, &of, &place, &in, ret);
}

static err_t find_permission(struct world *w, void *ret)
{
    return permission_find(&w->act, &of, &place, ret);
}

static err_t get_permission(struct world *w, void *ret)
{
    return permission_get(&w->act, permission.id, ret);
}

static err_t all_permissions(struct world *w, void *ret)
{
    struct rows *rows = ret;
    return permission_all(&w->act, (oid_t){ 0 }, 10, (struct permission_row **)&rows->v, &rows->n);
}

static err_t page_permissions(struct world *w, void *ret)
{
    struct rows *rows = ret;
    return permission_page(&w->act, &of, (oid_t){ 0 }, 10, (struct row_permission **)&rows->v,
                           &rows->n);
}

static err_t what_counts(struct world *w, void *ret)
{
    struct gate_access *access = NULL;
    (void)ret;
    TRY(permission_access(&w->act, &of, &access));
    check(access->rules_n == 1, "the rule that was put");
    ref_drop(access);
    return E_OK;
}

static err_t drop_permission(struct world *w, void *ret)
{
    (void)ret;
    return permission_drop(&w->act, &of, permission.id);
}

static void test_permissions(void **state)
{
    static const struct fault_case first[] = {
        { "whose", whose, sizeof(struct permission_of) },
        { "which tool", find_place, sizeof(struct gate_place) },
    };
    static const struct fault_case put = { "put", put_permission, sizeof(struct row_permission) };
    static const struct fault_case cases[] = {
        { "as text", say_place, sizeof(str_t) },
        { "find", find_permission, sizeof(struct row_permission) },
        { "get", get_permission, sizeof(struct row_permission) },
        { "all", all_permissions, sizeof(struct rows) },
        { "page", page_permissions, sizeof(struct rows) },
        { "what counts", what_counts, 0 },
        { "drop", drop_permission, 0 },
    };
    struct world *w = *state;
    fail_all(w, first, ARRAY_LEN(first));
    assert_int_equal(ACT(w, whose(w, &of)), E_OK);
    assert_int_equal(ACT(w, find_place(w, &place)), E_OK);
    fails_whole(w, &put);
    assert_int_equal(ACT(w, put_permission(w, &permission)), E_OK);
    fails_whole(w, &put); /* in the place of an older one */
    fail_all(w, cases, ARRAY_LEN(cases));
}

/* ---- calls that wait for a yes ---- */

static struct row_approval waiting;

static err_t ask_approval(struct world *w, void *ret)
{
    const struct approval_in in = { .server = server.id,
                                    .tool = STR("calm"),
                                    .arguments = STR("{\"path\":\"/srv\"}"),
                                    .life = DUR_S(60) };
    return approval_ask(&w->act, &in, ret);
}

static err_t get_approval(struct world *w, void *ret)
{
    return approval_get(&w->act, waiting.id, ret);
}

static err_t page_approvals(struct world *w, void *ret)
{
    struct rows *rows = ret;
    const struct approval_list list = { .state = APPROVAL_WAITING, .limit = 10 };
    return approval_page(&w->act, &list, (struct row_approval **)&rows->v, &rows->n);
}

static err_t newest_approvals(struct world *w, void *ret)
{
    struct rows *rows = ret;
    const struct approval_list list = { .newest = true, .limit = 10 };
    return approval_page(&w->act, &list, (struct row_approval **)&rows->v, &rows->n);
}

static err_t open_arguments(struct world *w, void *ret)
{
    return approval_arguments(&w->act, &waiting, ret);
}

static err_t decide_approval(struct world *w, void *ret)
{
    const struct approval_answer in = { .id = waiting.id, .yes = true, .own_is_fine = true };
    return approval_decide(&w->act, &in, ret);
}

static err_t end_approval(struct world *w, void *ret)
{
    (void)ret;
    return approval_end(&w->act, waiting.id, STR("nobody waits"));
}

static void test_approvals(void **state)
{
    static const struct fault_case ask = { "ask", ask_approval, sizeof(oid_t) };
    static const struct fault_case cases[] = {
        { "get", get_approval, sizeof(struct row_approval) },
        { "page", page_approvals, sizeof(struct rows) },
        { "newest first", newest_approvals, sizeof(struct rows) },
        { "arguments", open_arguments, sizeof(str_t) },
        { "decide", decide_approval, sizeof(digest_t) },
        { "end", end_approval, 0 },
    };
    struct world *w = *state;
    oid_t id;
    digest_t digest;
    fails_whole(w, &ask);
    assert_int_equal(ACT(w, ask_approval(w, &id)), E_OK);
    waiting.id = id;
    assert_int_equal(ACT(w, get_approval(w, &waiting)), E_OK);
    fail_all(w, cases, ARRAY_LEN(cases));
    assert_int_equal(ACT(w, decide_approval(w, &digest)), E_OK);
}

/* ---- a person's own ---- */

static struct row_server home;

static err_t make_home(struct world *w, void *ret)
{
    const str_t domains[] = { STR("light") };
    const struct ha_in in = { .name = STR("home"),
                              .url = STR("https://ha.example.org/"),
                              .token = STR("secret"),
                              .domains = { domains, 1, true } };
    return ha_create(&w->act, &in, ret);
}

static err_t change_home(struct world *w, void *ret)
{
    const struct ha_in in = { .name = STR("house"),
                              .url = STR("https://ha.example.org:8123"),
                              .token = STR("other") };
    return ha_change(&w->act, &home, &in, ret);
}

static err_t get_home(struct world *w, void *ret)
{
    return ha_get(&w->act, home.id, ret);
}

static err_t list_homes(struct world *w, void *ret)
{
    struct rows *rows = ret;
    return ha_list(&w->act, (oid_t){ 0 }, 10, (struct row_server **)&rows->v, &rows->n);
}

static err_t drop_home(struct world *w, void *ret)
{
    (void)ret;
    return ha_delete(&w->act, &home);
}

static void test_homes(void **state)
{
    static const struct fault_case make = { "make", make_home, sizeof(struct row_server) };
    static const struct fault_case cases[] = {
        { "change", change_home, sizeof(struct row_server) },
        { "get", get_home, sizeof(struct row_server) },
        { "list", list_homes, sizeof(struct rows) },
        { "delete", drop_home, 0 },
    };
    struct world *w = *state;
    fails_whole(w, &make);
    assert_int_equal(ACT(w, make_home(w, &home)), E_OK);
    fail_all(w, cases, ARRAY_LEN(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_servers),   TEST(test_tools), TEST(test_permissions),
        TEST(test_approvals), TEST(test_homes),
    };
    return cmocka_run_group_tests_name("gate_faults", tests, NULL, NULL);
}
