/* SPDX-License-Identifier: Apache-2.0 */
/* The hub when it ends with everything under way, and when its memory runs out at any step. */
#include "hub_rig.h"

#include "../../check.h"

#include <pthread.h>
#include <unistd.h>

enum { ANSWER_MAX = 65536, FAULTS_MAX = 4000 };

static char text[ANSWER_MAX];

/* Two calls that went well, and a session's handshake, which is none of a tool. */
static void check_counted(void)
{
    struct mcp_figures f;
    uint64_t answers = 0;
    mcp_hub_figures(rig_hub, &f);
    for (size_t i = 0; i < MCP_ENDS; i++)
        check(f.tool_calls[i] == (i == MCP_END_OK ? 2 : 0), "calls of tools by their end");
    for (size_t i = 0; i <= HIST_BUCKETS; i++)
        answers += f.answers.n[i];
    check(answers == 2 && f.answers.us > 0, "both were timed");
}

static void plain(void **state)
{
    (void)state;
    rig_up();
    const char *session = session_line();
    check(session[0] != '\0', "a session begins");
    check(answer_of(post(session, CALL("echo", "{\"text\":\"well\"}")), text) == 200, "a call");
    check(strstr(text, "\"text\":\"well\"") != NULL, "is answered");
    check(answer_of(post(MODERN("demo__add"), MODERN_CALL("add", "{\"a\":1,\"b\":2}")), text) ==
              200,
          "a call of 2026-07-28");
    check(strstr(text, "\"text\":\"3\"") != NULL, "is answered");
    check(clerk_asked(CLERK_RECORD) == 3, "one record of what reads, two of what writes");
    check_counted();
    rig_down();
}

/* ---- its end ---- */

static int begin_get(void)
{
    int fd = get(session_line());
    assert_true(hears(fd, "text/event-stream"));
    mcp_hub_gone(rig_hub, (oid_t){ { 2 } });
    return fd;
}

static int begin_echo(void)
{
    return post(MODERN("demo__echo"), MODERN_CALL("echo", "{\"text\":\"x\"}"));
}

static int begin_add(void)
{
    return post(MODERN("demo__add"), MODERN_CALL("add", "{\"a\":1,\"b\":2}"));
}

static int begin_time(void)
{
    return post(session_line(), CALL("time", "{}"));
}

static int begin_sealed(void)
{
    rig_credential(true);
    return begin_echo();
}

/* What the hub waits for when it is told to end; the clerk brings it before, after, or never. */
static const struct {
    const char *name;
    int (*begin)(void);
    enum clerk kept;
    bool stream; /* its head was heard before: it just ends */
} ends[] = {
    { "a look at who has a stream", begin_get, CLERK_LOOK, true },
    { "the snapshots of a list", begin_echo, CLERK_LOOK, false },
    { "tools being written down", begin_echo, CLERK_SIGHT, false },
    { "the start of a call on the record", begin_add, CLERK_RECORD, false },
    { "a row that is being made for approval", begin_time, CLERK_APPROVE, false },
    { "a credential", begin_sealed, CLERK_OPEN, false },
};

static void *stop(void *hub)
{
    mcp_hub_stop(hub);
    return NULL;
}

static void check_ended(size_t i, int fd)
{
    (void)answer_of(fd, text);
    check(ends[i].stream || strstr(text, "The gateway is stopping") != NULL, ends[i].name);
}

static void ends_while_it_waits(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        pthread_t thread;
        rig_up();
        clerk_keep(ends[i].kept, true);
        int fd = ends[i].begin();
        clerk_await(ends[i].kept, 1);
        assert_int_equal(pthread_create(&thread, NULL, stop, rig_hub), 0);
        check_ended(i, fd); /* whoever waits is told, whatever the clerk does */
        clerk_release(ends[i].kept);
        assert_int_equal(pthread_join(thread, NULL), 0);
        rig_down();
    }
}

/* Brought when the hub's thread has ended: only its memory is left, and nobody is asked anything
 * any more. The hub gives up waiting after four seconds; all of them are one test. */
static void brought_too_late(void **state)
{
    (void)state;
    rig_up();
    for (size_t c = 0; c < CLERKS; c++)
        clerk_keep((enum clerk)c, c != CLERK_SIGHT && c != CLERK_OPEN);
    int streams = get(session_line());
    assert_true(hears(streams, "text/event-stream"));
    clerk_release(CLERK_LOOK);
    check(answer_of(begin_echo(), text) == 200, "the tools are known");
    clerk_keep(CLERK_LOOK, true);
    size_t looks = clerk_asked(CLERK_LOOK);
    mcp_hub_gone(rig_hub, (oid_t){ { 2 } });
    clerk_await(CLERK_LOOK, looks + 1);
    size_t records = clerk_asked(CLERK_RECORD);
    int add = begin_add();
    clerk_await(CLERK_RECORD, records + 1);
    int time = begin_time();
    clerk_await(CLERK_APPROVE, 1);
    mcp_hub_stop(rig_hub);
    check(answer_of(add, text) != 0 && answer_of(time, text) != 0, "both are told");
    (void)answer_of(streams, text);
    size_t approvals = clerk_asked(CLERK_APPROVE);
    rig_down();
    check(clerk_asked(CLERK_APPROVE) == approvals, "nobody is asked after the end");
}

/* What waits for its client: parked, asked on a stream, and asked by a session of its own. */
static void ends_with_clients_away(void **state)
{
    (void)state;
    rig_up();
    const char *session = session_line();
    int asked = post(session, CALL("ask", "{}"));
    assert_true(hears(asked, "elicitation/create"));
    check(answer_of(post(MODERN("demo__ask"), MODERN_CALL("ask", "{}")), text) == 200, "parked");
    check(strstr(text, "input_required") != NULL, "it is asked to come back");
    struct mcp_figures f;
    mcp_hub_figures(rig_hub, &f);
    check(f.calls == 2 && f.parked == 1, "both are under way");
    mcp_hub_drain(rig_hub, DUR_S(60));
    mcp_hub_stop(rig_hub);
    (void)answer_of(asked, text);
    mcp_hub_figures(rig_hub, &f);
    check(f.calls == 0 && f.parked == 0 && f.upstreams == 0 && f.streams == 0, "nothing is left");
    rig_down();
}

/* ---- its memory ---- */

static bool is_whole(int status)
{
    return status == 0 || status >= 400 || strstr(text, "\"result\"") != NULL ||
           strstr(text, "\"error\"") != NULL;
}

/* Every request has an answer, or its connection is closed; and the hub lives on. */
static bool all_is_said(void)
{
    bool well = true;
    const char *session = session_line();
    if (session[0] != '\0') {
        well = answer_of(post(session, CALL("echo", "{\"text\":\"x\"}")), text) == 200;
        check(is_whole(well ? 200 : 0), "a call of a session");
        well = well && strstr(text, "\"text\":\"x\"") != NULL;
    }
    int status = answer_of(begin_add(), text);
    check(is_whole(status), "a call that writes");
    return well && session[0] != '\0' && status == 200 && strstr(text, "\"3\"") != NULL;
}

static void no_memory(void **state)
{
    bool fired = true;
    (void)state;
    rig_up();
    for (long n = 0; fired; n++) {
        check(n < FAULTS_MAX, "it comes to an end");
        rig_fault_arm(n);
        bool well = all_is_said();
        fired = rig_fault_used();
        check(fired || well, "without a fault everything is answered well");
        rig_renew();
    }
    rig_down();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),
        cmocka_unit_test(ends_while_it_waits),
        cmocka_unit_test(brought_too_late),
        cmocka_unit_test(ends_with_clients_away),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
