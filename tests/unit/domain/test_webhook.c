/* SPDX-License-Identifier: Apache-2.0 */
/* Webhooks: what may be saved, what is secret of one, which events it wants, what each receiver
 * gets. */
#include "domain/hooks/webhook_send.h"

#include "base/enc.h"
#include "domain/hooks/webhook_match.h"
#include "domain/hooks/webhook_sealed.h"
#include "fault_loop.h"
#include "plat/crypto/crypto.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
#define TEXT(lit)                                                                                  \
    {                                                                                              \
        lit, sizeof lit - 1                                                                        \
    } /* STR for what is constant */
#define PAYLOAD                                                                                    \
    "{\"type\":\"user.created\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"data\":{"                 \
    "\"actor\":{\"kind\":\"user\",\"name\":\"ro\\\"ot\"},"                                         \
    "\"target\":{\"kind\":\"user\",\"name\":\"<ann>\"},"                                           \
    "\"result\":\"ok\",\"n\":7,\"list\":[1,\"{{event.type}}\"]}}"

static struct row_webhook hook_of(struct world *w, struct webhook_in in, str_t *ret_secret)
{
    struct row_webhook row;
    if (in.name.p == NULL)
        in.name = STR("ci");
    if (in.url.p == NULL)
        in.url = STR("https://ci.example/hook");
    err_t e = ACT(w, webhook_create(&w->act, &in, &row, ret_secret));
    check(e == E_OK, w->act.why.text);
    return row;
}

static struct names names_of(const str_t *v, size_t n)
{
    return (struct names){ v, n, true };
}

static const str_t shouted[] = { TEXT("User.Created") };
static const str_t nothing[] = { TEXT("") };
static const str_t blank[] = { TEXT("a b") };

#define MANY_1                                                                                     \
    "\"a\":\"1\",\"b\":\"1\",\"c\":\"1\",\"d\":\"1\",\"e\":\"1\",\"f\":\"1\",\"g\":\"1\","         \
    "\"h\":\"1\",\"i\":\"1\",\"j\":\"1\",\"k\":\"1\",\"l\":\"1\",\"m\":\"1\",\"n\":\"1\","         \
    "\"o\":\"1\",\"p\":\"1\",\"q\":\"1\""

/* clang-format off */
static const struct {
    const char *name;
    const char *field;
    struct webhook_in in;
} refused[] = {
    { "no name",                 "name",     { .name = TEXT("") } },
    { "a format nobody has",     "format",   { .format = TEXT("pager") } },
    { "a status of people",      "status",   { .status = TEXT("pending") } },
    { "a shouted event",         "events",   { .events = { shouted, 1, true } } },
    { "an empty event",          "events",   { .events = { nothing, 1, true } } },
    { "two events in one",       "events",   { .events = { blank, 1, true } } },
    { "a template without text", "template", { .format = TEXT("template") } },
    { "a template of no JSON",   "template", { .template = TEXT("{{event.type}}") } },
    { "a name that is not said", "template", { .template = TEXT("\"{{other.type}}\"") } },
    { "a path with a quote",     "template", { .template = TEXT("\"{{event.a'b}}\"") } },
    { "an open brace",           "template", { .template = TEXT("\"{{event.type\"") } },
    { "a value that is none",    "template", { .template = TEXT("\"{{value.key}}\"") } },
    { "a token of two lines",    "token",    { .token = TEXT("a\r\nX: y") } },
    { "a token with a blank",    "token",    { .token = TEXT("a b") } },
    { "headers as a list",       "headers",  { .headers = TEXT("[]") } },
    { "headers as no JSON",      "headers",  { .headers = TEXT("{") } },
    { "a header that is ours",   "headers",  { .headers = TEXT("{\"Host\":\"x\"}") } },
    { "a signature of his own",  "headers",  { .headers = TEXT("{\"Webhook-Id\":\"x\"}") } },
    { "a header of two lines",   "headers",  { .headers = TEXT("{\"X-A\":\"a\\r\\nB: c\"}") } },
    { "a name with a colon",     "headers",  { .headers = TEXT("{\"X:\":\"a\"}") } },
    { "an empty header",         "headers",  { .headers = TEXT("{\"X-A\":\"\"}") } },
    { "a header that is a number", "headers", { .headers = TEXT("{\"X-A\":1}") } },
    { "too many headers",        "headers",  { .headers = TEXT("{" MANY_1 "}") } },
    { "a value that is a list",  "values",   { .values = TEXT("{\"a\":[]}") } },
};
/* clang-format on */

static void test_what_is_no_webhook_is_refused(void **state)
{
    struct world *w = *state;
    struct row_webhook row;
    str_t secret;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct webhook_in in = refused[i].in;
        in.name = in.name.p != NULL ? in.name : STR("ci");
        in.url = STR("https://ci.example/hook");
        err_t e = ACT(w, webhook_create(&w->act, &in, &row, &secret));
        if (e != E_BAD_FIELD || strcmp(w->act.why.field, refused[i].field) != 0)
            fail_msg("%s: %s, %s: %s", refused[i].name, err_info(e)->slug, w->act.why.field,
                     w->act.why.text);
    }
}

static void test_a_name_is_of_one_webhook_of_one_organisation(void **state)
{
    struct world *w = *state;
    str_t secret;
    struct row_webhook row;
    struct row_webhook mine = hook_of(w, (struct webhook_in){ .name = STR("ci") }, &secret);
    struct webhook_in again = { .name = STR("CI"), .url = mine.url };
    assert_int_equal(ACT(w, webhook_create(&w->act, &again, &row, &secret)), E_CONFLICT);
    w->act.org = w->other_org;
    assert_int_equal(webhook_get(&w->act, mine.id, &row), E_NOT_FOUND);
    assert_int_equal(ACT(w, webhook_delete(&w->act, mine.id)), E_NOT_FOUND);
    assert_int_equal(ACT(w, webhook_create(&w->act, &again, &row, &secret)), E_OK);
    w->act.org = w->org;
    for (int i = 1; i < WEBHOOK_ORG_MAX; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "h-%d", i);
        (void)hook_of(w, (struct webhook_in){ .name = str_from_cz(name) }, &secret);
    }
    again.name = STR("one-more");
    assert_int_equal(ACT(w, webhook_create(&w->act, &again, &row, &secret)), E_CONFLICT);
    assert_int_equal(ACT(w, webhook_delete(&w->act, mine.id)), E_OK);
    assert_int_equal(ACT(w, webhook_create(&w->act, &again, &row, &secret)), E_OK);
}

static void test_absent_stays_and_empty_clears(void **state)
{
    struct world *w = *state;
    str_t secret;
    const str_t events[] = { STR("user.*"), STR("device.enrolled") };
    struct row_webhook row = hook_of(w,
                                     (struct webhook_in){ .description = STR("tells the CI"),
                                                          .events = names_of(events, 2),
                                                          .group_id = oid_make(),
                                                          .token = STR("t0p"),
                                                          .tags = STR("warning") },
                                     &secret);
    const struct row_webhook was = row;
    struct webhook_in in = { .tags = STR("skull") };
    assert_int_equal(ACT(w, webhook_change(&w->act, &was, &in, &row)), E_OK);
    assert_true(str_eq(row.tags, STR("skull")));
    assert_true(str_eq(row.description, STR("tells the CI")));
    assert_true(str_eq(row.events, STR("user.* device.enrolled")));
    assert_true(oid_eq(row.group_id, was.group_id));
    assert_int_equal(row.revision, was.revision + 1);
    in =
        (struct webhook_in){ .description = STR(""), .any_group = true, .events = { .set = true } };
    const struct row_webhook then = row;
    assert_int_equal(ACT(w, webhook_change(&w->act, &then, &in, &row)), E_OK);
    assert_null(row.description.p);
    assert_int_equal(row.events.n, 0);
    assert_false(oid_is_set(row.group_id));
}

/* What the store holds opens nothing, and one row's cannot be put into another. */
static void test_secrets_are_sealed(void **state)
{
    struct world *w = *state;
    struct json *open = NULL;
    str_t secret;
    str_t other_secret;
    struct row_webhook a = hook_of(w, (struct webhook_in){ .token = STR("top-secret") }, &secret);
    struct row_webhook b = hook_of(w, (struct webhook_in){ .name = STR("b") }, &other_secret);
    assert_true(str_starts(secret, STR("whsec_")));
    assert_false(str_eq(secret, other_secret));
    assert_null(memmem(a.sealed.p, a.sealed.n, "top-secret", 10));
    assert_null(memmem(a.sealed.p, a.sealed.n, secret.p + 6, 20));
    assert_int_equal(webhook_unseal(&w->act, &a, &open), E_OK);
    assert_true(str_eq(json_string(json_member(open, STR("token"))), STR("top-secret")));
    json_free(open);
    b.sealed = a.sealed;
    assert_int_equal(webhook_unseal(&w->act, &b, &open), E_CORRUPT);
}

static void test_which_events_it_wants(void **state)
{
    static const struct {
        const char *name;
        const char *events;
        int group;
        int application;
        const char *event;
        bool wants;
    } cases[] = {
        { "all", "", 0, 0, "user.created", true },
        { "its name", "user.created", 0, 0, "user.created", true },
        { "a part of its name", "user", 0, 0, "user.created", false },
        { "a glob", "device.* user.*", 0, 0, "user.created", true },
        { "another glob", "device.* group.*", 0, 0, "user.created", false },
        { "a group that it is about", "", 1, 0, "user.created", true },
        { "another group", "", 3, 0, "user.created", false },
        { "group and application", "", 1, 2, "user.created", true },
        { "group, but another application", "", 1, 3, "user.created", false },
        { "the group, another event", "device.*", 1, 0, "user.created", false },
    };
    struct world *w = *state;
    const oid_t ids[] = { { { 0 } }, oid_make(), oid_make(), oid_make() };
    char group[OID_TEXT];
    char application[OID_TEXT];
    str_t body;
    oid_format(ids[1], group);
    oid_format(ids[2], application);
    assert_int_equal(str_format(w->act.arena, &body,
                                "{\"group\":\"%.*s\",\"application\":\"%.*s\"}", OID_TEXT, group,
                                OID_TEXT, application),
                     E_OK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct webhook_want want = { str_from_cz(cases[i].events), ids[cases[i].group],
                                     ids[cases[i].application] };
        check(webhook_wants(&want, str_from_cz(cases[i].event), body) == cases[i].wants,
              cases[i].name);
    }
}

static str_t line_of(const struct webhook_request *r, const char *name)
{
    str_t found = STR_NONE;
    for (size_t i = 0; i < r->lines_n; i++) {
        str_t line = str_from_cz(r->lines[i]);
        size_t colon = str_find(line, ':');
        assert_null(strpbrk(r->lines[i], "\r\n"));
        if (!str_eq_nocase(str_sub(line, 0, colon), str_from_cz(name)))
            continue;
        assert_null(found.p); /* once */
        found = str_sub(line, colon + 2, line.n);
    }
    return found;
}

static struct webhook_request request_of(struct world *w, const struct row_webhook *row, oid_t id)
{
    struct webhook_request r;
    assert_int_equal(webhook_request_make(&w->act, row, id, STR("user.created"), STR(PAYLOAD), &r),
                     E_OK);
    return r;
}

static void test_what_each_receiver_gets(void **state)
{
    static const struct {
        struct webhook_in in;
        const char *body;
        const char *line; /* one that it has */
        const char *is;
    } cases[] = {
        { { .name = TEXT("standard") }, PAYLOAD, "content-type", "application/json" },
        { { .name = TEXT("slack"), .format = TEXT("slack") },
          "{\"text\":\"user.created: user &lt;ann&gt;, by ro\\\"ot\"}",
          "content-type",
          "application/json" },
        { { .name = TEXT("ntfy"), .format = TEXT("ntfy"), .priority = TEXT("high") },
          "user.created: user <ann>, by ro\"ot",
          "priority",
          "high" },
        { { .name = TEXT("dispatch"), .format = TEXT("github"), .token = TEXT("ghp_x") },
          "{\"event_type\":\"user.created\",\"client_payload\":" PAYLOAD "}",
          "authorization",
          "Bearer ghp_x" },
        { { .name = TEXT("template"),
            .format = TEXT("template"),
            .values = TEXT("{\"key\":\"a\\\"b\\n{{event.type}}\"}"),
            .headers = TEXT("{\"X-Key\":\"v\"}"),
            .template = TEXT("{\"a\":\"{{ event.target.name }}|{{event.n}}|{{event.no.such}}\","
                             "\"b\":\"{{value.key}}\",\"c\":\"{{event.list}}\"}") },
          "{\"a\":\"<ann>|7|\",\"b\":\"a\\\"b\\n{{event.type}}\","
          "\"c\":\"[1,\\\"{{event.type}}\\\"]\"}",
          "x-key",
          "v" },
    };
    struct world *w = *state;
    str_t secret;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct row_webhook row = hook_of(w, cases[i].in, &secret);
        struct webhook_request r = request_of(w, &row, oid_make());
        if (!str_eq(r.body, str_from_cz(cases[i].body)))
            fail_msg("%.*s: %.*s", STR_ARG(row.name), STR_ARG(r.body));
        check(str_eq(line_of(&r, cases[i].line), str_from_cz(cases[i].is)), cases[i].line);
    }
}

/* One signature of the list, made here by what Standard Webhooks says. */
static bool signed_by(struct world *w, const struct webhook_request *r, oid_t id, str_t whsec)
{
    char text[OID_TEXT];
    secret_t key;
    str_t list = line_of(r, "webhook-signature");
    str_t one;
    struct buf b;
    bool found = false;
    oid_format(id, text);
    const str_t parts[] = { str_of(text, sizeof text), STR("."), line_of(r, "webhook-timestamp"),
                            STR("."), r->body };
    assert_int_equal(webhook_secret_read(whsec, &key), E_OK);
    assert_int_equal(key.n, 32);
    digest_t mac = hmac_of_bytes(&key, parts, ARRAY_LEN(parts));
    buf_init(&b, KIB(1));
    BUF_ADD(&b, "v1,");
    buf_add_base64(&b, mac.b, sizeof mac.b);
    while (str_split(&list, ' ', &one))
        found = found || str_eq(one, buf_str(&b));
    assert_true(str_eq(line_of(r, "webhook-id"), str_of(text, sizeof text)));
    assert_int_equal(line_of(r, "webhook-timestamp").n, 10);
    buf_fini(&b);
    (void)w;
    return found;
}

static void test_two_secrets_sign_for_a_day(void **state)
{
    struct world *w = *state;
    const dur_t overlap = WEBHOOK_SECRET_OVERLAP;
    str_t first;
    str_t second;
    oid_t id = oid_make();
    struct row_webhook row = hook_of(w, (struct webhook_in){ .name = STR("ci") }, &first);
    const struct row_webhook was = row;
    assert_int_equal(ACT(w, webhook_rotate(&w->act, &was, &row, &second)), E_OK);
    assert_false(str_eq(first, second));
    struct webhook_request r = request_of(w, &row, id);
    assert_true(signed_by(w, &r, id, first));
    assert_true(signed_by(w, &r, id, second));
    world_time(w, ts_add(world_start, overlap));
    r = request_of(w, &row, id);
    assert_false(signed_by(w, &r, id, first));
    assert_true(signed_by(w, &r, id, second));
}

static struct row_webhook known; /* of the fault loop */

struct made {
    struct row_webhook row;
    str_t secret;
};

static const struct webhook_in whole = {
    .name = TEXT("ci"),
    .url = TEXT("https://ci.example/hook"),
    .format = TEXT("template"),
    .template = TEXT("{\"a\":\"{{event.type}} {{value.key}} {{event.list}}\"}"),
    .token = TEXT("t0p"),
    .headers = TEXT("{\"X-A\":\"b\"}"),
    .values = TEXT("{\"key\":\"v\"}"),
};

static err_t make_it(struct world *w, void *ret)
{
    struct made *made = ret;
    return webhook_create(&w->act, &whole, &made->row, &made->secret);
}

static err_t change_it(struct world *w, void *ret)
{
    const struct webhook_in in = { .values = STR("{\"key\":\"w\"}"), .tags = STR("x") };
    return webhook_change(&w->act, &known, &in, ret);
}

static err_t rotate_it(struct world *w, void *ret)
{
    struct made *made = ret;
    return webhook_rotate(&w->act, &known, &made->row, &made->secret);
}

static err_t request_it(struct world *w, void *ret)
{
    return webhook_request_make(&w->act, &known, w->org, STR("user.created"), STR(PAYLOAD), ret);
}

static void test_each_step_may_fail(void **state)
{
    static const struct fault_case cases[] = {
        { "create", make_it, sizeof(struct made) },
        { "change", change_it, sizeof(struct row_webhook) },
        { "rotate", rotate_it, sizeof(struct made) },
    };
    static const struct fault_case request = { "request", request_it,
                                               sizeof(struct webhook_request) };
    struct world *w = *state;
    str_t secret;
    known = hook_of(w, (struct webhook_in){ .name = STR("known"), .token = STR("t") }, &secret);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        fails_whole(w, &cases[i]);
    for (int64_t f = WEBHOOK_STANDARD; f < WEBHOOK_FORMATS; f++) {
        struct webhook_in in = whole;
        in.name = in.format = str_from_cz(webhook_format_name((enum webhook_format)f));
        known = hook_of(w, in, &secret);
        fails_whole(w, &request);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_no_webhook_is_refused),
        TEST(test_a_name_is_of_one_webhook_of_one_organisation),
        TEST(test_absent_stays_and_empty_clears),
        TEST(test_secrets_are_sealed),
        TEST(test_which_events_it_wants),
        TEST(test_what_each_receiver_gets),
        TEST(test_two_secrets_sign_for_a_day),
        TEST(test_each_step_may_fail),
    };
    return cmocka_run_group_tests_name("webhook", tests, NULL, NULL);
}
