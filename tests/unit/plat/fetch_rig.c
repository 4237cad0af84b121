/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch_rig.h"

#include "check.h"

bool rig_library;
const struct outbound_rules rig_near = { .loopback = true };
const struct outbound_rules rig_far = { .loopback = false };

static void on_head(void *arg, const struct http_answer *head)
{
    struct rig *r = arg;
    str_t type = http_answer_field(head, STR("content-type"));
    r->status = head->status;
    snprintf(r->type, sizeof r->type, "%.*s", STR_ARG(type));
}

static void on_body(void *arg, str_t part)
{
    struct rig *r = arg;
    buf_add(&r->body, part);
}

static void on_end(void *arg, const struct fetch_end *end)
{
    struct rig *r = arg;
    r->end = *end;
    snprintf(r->text, sizeof r->text, "%s", end->text != NULL ? end->text : "");
    r->end.text = r->text;
    r->fetch = NULL;
    if (++r->ended == r->wanted)
        loop_stop(r->loop);
}

const struct fetch_events rig_events = { .head = on_head, .body = on_body, .end = on_end };

struct fetcher_cfg rig_cfg(struct rig *r)
{
    return (struct fetcher_cfg){ .loop = r->loop,
                                 .rules = &rig_near,
                                 .lookups = r->lookups,
                                 .url = str_from_cz(r->peer.url),
                                 .connections_max = 4,
                                 .library = rig_library };
}

void rig_up(struct rig *r, const struct outbound_rules *rules, peer_script_f *script)
{
    memset(r, 0, sizeof *r);
    peer_up(&r->peer, script);
    assert_int_equal(loop_new(NULL, &r->loop), E_OK);
    r->lookups = outbound_lookups_new(2);
    assert_non_null(r->lookups);
    buf_init(&r->body, MIB(4));
    r->wanted = 1;
    struct fetcher_cfg cfg = rig_cfg(r);
    cfg.rules = rules;
    assert_int_equal(fetcher_new(&cfg, NULL, &r->fetcher), E_OK);
}

void rig_down(struct rig *r)
{
    fetcher_free(r->fetcher);
    outbound_lookups_free(r->lookups);
    loop_free(r->loop);
    peer_down(&r->peer);
    buf_fini(&r->body);
}

struct fetch_request rig_request(struct rig *r)
{
    return (struct fetch_request){ .method = "GET",
                                   .url = str_from_cz(r->peer.url),
                                   .connect_max = DUR_S(20),
                                   .idle_max = DUR_S(20),
                                   .on = &rig_events,
                                   .arg = r };
}

void rig_start(struct rig *r, const struct fetch_request *req)
{
    struct diag why = { 0 };
    assert_int_equal(fetch_start(r->fetcher, req, &why, &r->fetch), E_OK);
}

void rig_fetch(struct rig *r, const struct fetch_request *req)
{
    buf_clear(&r->body);
    r->ended = 0;
    r->status = 0;
    rig_start(r, req);
    loop_run(r->loop);
}

void serve_ok(struct peer *p, int fd)
{
    while (peer_hear(p, fd))
        peer_tell(p, fd,
                  STR("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                      "\r\nhello"));
}

void serve_flood(struct peer *p, int fd)
{
    static char block[65536];
    peer_hear(p, fd);
    bool ok = peer_tell(p, fd, STR("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"));
    while (ok)
        ok = peer_tell(p, fd, str_of(block, sizeof block));
}
