/* SPDX-License-Identifier: Apache-2.0 */
/* Identity assertions: what is read is what was made, each is good once, and for whom it is. */
#include "domain/oauth/id_jag.h"

#include "domain/oauth/issuer_keys.h"
#include "fault_loop.h"
#include "fleet_world.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define ISSUER  "https://id.example.org"

static struct issuer *issuer;
static struct profile profile;
static str_t made; /* one that is good */

static struct id_jag_in about(struct world *w)
{
    return (struct id_jag_in){ .issuer = STR(ISSUER),
                               .audience = STR(ISSUER),
                               .client_id = STR("agent"),
                               .resource = STR(ISSUER "/mcp " ISSUER "/s/files/mcp"),
                               .scope = STR("mcp"),
                               .session = oid_make(),
                               .auth_at = w->act.now,
                               .now = w->act.now,
                               .profile = &profile };
}

static str_t minted(struct world *w, const struct id_jag_in *in)
{
    struct buf b;
    str_t text = STR_NONE;
    buf_init(&b, JWT_TEXT_MAX);
    assert_int_equal(id_jag_mint(issuer, in, &b), E_OK);
    assert_int_equal(str_copy(w->store.a, buf_str(&b), &text), E_OK);
    buf_fini(&b);
    return text;
}

static int setup(void **state)
{
    int failed = world_setup(state);
    struct world *w = *state;
    if (failed != 0)
        return failed;
    assert_int_equal(issuer_new(&issuer), E_OK);
    assert_int_equal(ACT(w, issuer_keys_open(&w->act, issuer)), E_OK);
    profile = (struct profile){ .sub = oid_make(), .email = STR("ann@example.org") };
    const struct id_jag_in in = about(w);
    made = minted(w, &in);
    return 0;
}

static int teardown(void **state)
{
    issuer_free(issuer);
    issuer = NULL;
    return world_teardown(state);
}

static err_t read_as(struct world *w, str_t text, const char *as, struct id_jag *ret)
{
    const struct id_jag_ask ask = { .text = text, .issuer = str_from_cz(as) };
    return id_jag_read(&w->act, issuer, &ask, ret);
}

static void test_it_is_read_as_it_was_made(void **state)
{
    struct world *w = *state;
    struct id_jag_look look;
    struct id_jag got;
    assert_int_equal(id_jag_look(w->act.arena, made, &look), E_OK);
    assert_true(look.is && str_eq(look.iss, STR(ISSUER)) && str_eq(look.client_id, STR("agent")));
    assert_int_equal(read_as(w, made, ISSUER, &got), E_OK);
    assert_null(got.provider);
    assert_true(oid_eq(got.user, profile.sub) && oid_is_set(got.session));
    assert_true(str_eq(got.client_id, STR("agent")) && str_eq(got.scope, STR("mcp")));
    assert_int_equal(got.resource_n, 2);
    assert_true(str_eq(got.resource[1], STR(ISSUER "/s/files/mcp")));
    assert_null(got.dpop_jkt.p);
    assert_int_equal(got.spent.until.us, w->act.now.us / 1000000 * 1000000 + 360 * 1000000LL);
}

static void test_it_is_for_one_server_and_for_five_minutes(void **state)
{
    struct world *w = *state;
    struct id_jag_in in = about(w);
    struct id_jag got;
    assert_int_equal(read_as(w, made, "https://elsewhere.example", &got), E_INVALID_GRANT);
    in.audience = STR("https://elsewhere.example");
    assert_int_equal(read_as(w, minted(w, &in), ISSUER, &got), E_INVALID_GRANT);
    ts_t end = ts_add(ts_add(w->act.now, ID_JAG_LIFE), JWT_LEEWAY);
    world_time(w, ts_add(end, DUR_S(-2)));
    assert_int_equal(read_as(w, made, ISSUER, &got), E_OK);
    world_time(w, ts_add(end, DUR_S(1)));
    assert_int_equal(read_as(w, made, ISSUER, &got), E_INVALID_GRANT);
}

static void test_it_is_good_once(void **state)
{
    struct world *w = *state;
    const struct id_jag_in in = about(w);
    struct id_jag got;
    assert_int_equal(read_as(w, made, ISSUER, &got), E_OK);
    assert_int_equal(ACT(w, assertion_spend(&w->act, &got.spent)), E_OK);
    assert_int_equal(ACT(w, assertion_spend(&w->act, &got.spent)), E_INVALID_GRANT);
    assert_int_equal(read_as(w, minted(w, &in), ISSUER, &got), E_OK); /* another one is another */
    assert_int_equal(ACT(w, assertion_spend(&w->act, &got.spent)), E_OK);
}

static void test_what_is_none(void **state)
{
    struct world *w = *state;
    static const char *const texts[] = { "", "a", "a.b.c", "eyJhbGciOiJub25lIn0.e30." };
    struct id_jag_look look;
    struct id_jag got;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_int_equal(id_jag_look(w->act.arena, str_from_cz(texts[i]), &look), E_OK);
        assert_false(look.is);
        assert_int_equal(read_as(w, str_from_cz(texts[i]), ISSUER, &got), E_INVALID_GRANT);
    }
}

static void test_resources_of_this_server(void **state)
{
    static const struct {
        const char *name;
        const char *resource;
        bool own;
        bool mcp;
    } cases[] = {
        { "the API", ISSUER "/api/v1", true, false },
        { "all servers", ISSUER "/mcp", true, true },
        { "one server", ISSUER "/s/home-assistant_2.x/mcp", true, true },
        { "the issuer itself", ISSUER, false, false },
        { "a slash behind", ISSUER "/mcp/", false, false },
        { "no name", ISSUER "/s//mcp", false, false },
        { "no name at all", ISSUER "/s/mcp", false, false },
        { "two names", ISSUER "/s/a/b/mcp", false, false },
        { "an escaped name", ISSUER "/s/a%2fb/mcp", false, false },
        { "another host that begins so", ISSUER ".evil.example/mcp", false, false },
        { "another case", ISSUER "/MCP", false, false },
        { "a query", ISSUER "/mcp?x", false, false },
        { "nothing", "", false, false },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str_t one = str_from_cz(cases[i].resource);
        check(resource_is_own(STR(ISSUER), one) == cases[i].own, cases[i].name);
        check(resources_are_mcp(STR(ISSUER), one) == cases[i].mcp, cases[i].name);
    }
    assert_true(resources_are_mcp(STR(ISSUER), STR(ISSUER "/mcp " ISSUER "/s/a/mcp")));
    assert_false(resources_are_mcp(STR(ISSUER), STR(ISSUER "/mcp " ISSUER "/api/v1")));
}

static err_t run_look(struct world *w, void *ret)
{
    return id_jag_look(w->act.arena, made, ret);
}

static err_t run_read(struct world *w, void *ret)
{
    return read_as(w, made, ISSUER, ret);
}

static err_t run_mint(struct world *w, void *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    const struct id_jag_in in = about(w);
    (void)ret;
    buf_init(&b, JWT_TEXT_MAX);
    return id_jag_mint(issuer, &in, &b);
}

static void test_each_step_that_fails(void **state)
{
    static const struct fault_case cases[] = {
        { "look", run_look, sizeof(struct id_jag_look) },
        { "read", run_read, sizeof(struct id_jag) },
        { "mint", run_mint, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        fails_whole(*state, &cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_it_is_read_as_it_was_made),
        TEST(test_it_is_for_one_server_and_for_five_minutes),
        TEST(test_it_is_good_once),
        TEST(test_what_is_none),
        cmocka_unit_test(test_resources_of_this_server),
        TEST(test_each_step_that_fails),
    };
    return cmocka_run_group_tests_name("id_jag", tests, NULL, NULL);
}
