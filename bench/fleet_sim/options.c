/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include "base/enc.h"
#include "base/num.h"

#include <arpa/inet.h>
#include <netdb.h>

enum { DEVICES_MAX = 4000000, WAIT_MAX_S = 55, EXIT_USAGE = 2 };

enum kind { KIND_TEXT, KIND_COUNT, KIND_TIME, KIND_SHARE, KIND_FLAG };

#define AT(member) offsetof(struct sim_options, member)

/* clang-format off */
static const struct row {
    const char *name;
    const char *arg;
    enum kind kind;
    size_t at;
    const char *help;
} rows[] = {
    { "server",             "URL",   KIND_TEXT,  AT(server),      "http://HOST:PORT" },
    { "devices",            "N",     KIND_COUNT, AT(devices),     "how many (100)" },
    { "seed",               "TEXT",  KIND_TEXT,  AT(seed),        "names, keys and habits follow from it (1)" },
    { "enrolment-key-file", "FILE",  KIND_TEXT,  AT(key_file),    "an enrolment key; without it requests wait in the lobby" },
    { "prefilled",          NULL,    KIND_FLAG,  AT(prefilled),   "the devices and tokens of bench-fill, enrolled already" },
    { "etag",               "HEX",   KIND_TEXT,  AT(etag_text),   "the configuration that prefilled devices have already" },
    { "interval",           "S",     KIND_TIME,  AT(interval),    "between two polls, give or take a tenth (60)" },
    { "wait",               "S",     KIND_COUNT, AT(wait_s),      "long polls of so many seconds, 1..55, in place of --interval" },
    { "stream",             NULL,    KIND_FLAG,  AT(stream),      "a stream each, and polls when it says so, in place of --interval" },
    { "fail",               "SHARE", KIND_SHARE, AT(fail),        "acknowledge as failed: 5 of them, or 5%" },
    { "vanish",             "SHARE", KIND_SHARE, AT(vanish),      "fall silent where an acknowledgement is owed" },
    { "clone",              "SHARE", KIND_SHARE, AT(clone),       "live twice: a copy of the machine rotates too" },
    { "rotate",             "SHARE", KIND_SHARE, AT(rotate),      "rotate their token once" },
    { "from-change",        "K",     KIND_COUNT, AT(from_change), "fail and vanish from the K-th configuration on (1)" },
    { "ramp",               "S",     KIND_TIME,  AT(ramp),        "the first requests are spread over so long (1)" },
    { "storm",              "S",     KIND_TIME,  AT(storm),       "after an outage all come back within S seconds" },
    { "spread",             "S",     KIND_TIME,  AT(spread),      "the first reconnect waits 0..S (2)" },
    { "cap",                "S",     KIND_TIME,  AT(cap),         "backoff: c doubles up to S, then waits c..2c (60)" },
    { "ask-blocked",        "S",     KIND_TIME,  AT(long_wait),   "blocked and refused ones ask again, give or take a fifth (300)" },
    { "connections",        "N",     KIND_COUNT, AT(connections), "shared by all, as behind a proxy; else one a device" },
    { "for",                "S",     KIND_TIME,  AT(until),       "end after so long" },
    { "warm",               "S",     KIND_TIME,  AT(warm),        "count from then on" },
    { "expect",             "LIST",  KIND_TEXT,  AT(expect_text), "end with 0 as soon as it holds: applied=190,blocked>=2; else 1" },
    { "json",               "FILE",  KIND_TEXT,  AT(json_file),   "write what was counted" },
    { "pids",               "LIST",  KIND_TEXT,  AT(pids_text),   "the server's processes: count their CPU and memory" },
    { "quiet",              NULL,    KIND_FLAG,  AT(quiet),       "no progress, no summary" },
    { "help",               NULL,    KIND_FLAG,  AT(help),        "this" },
};
/* clang-format on */

void options_help(FILE *out)
{
    (void)fputs(
        "usage: fleet-sim --server URL [OPTION...]\n"
        "Simulate a fleet against a real server. Times are seconds, with a fraction if need "
        "be.\n",
        out);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char left[48];
        (void)snprintf(left, sizeof left, "--%s%s%s", rows[i].name, rows[i].arg != NULL ? " " : "",
                       rows[i].arg != NULL ? rows[i].arg : "");
        (void)fprintf(out, "  %-26s %s\n", left, rows[i].help);
    }
    (void)fputs("What --expect can name:", out);
    for (int t = 0; t < TALLIES; t++)
        (void)fprintf(out, " %s", tally_name((enum tally)t));
    (void)fputs("\n", out);
}

uint32_t share_of(struct share s, uint64_t devices)
{
    return (uint32_t)(s.percent ? (devices * s.n + 50U) / 100U : s.n);
}

/* "2", "0.25": microseconds. */
static bool time_parse(str_t text, dur_t *ret)
{
    str_t whole;
    uint64_t s = 0;
    uint64_t us = 0;
    uint64_t unit = 1000000;
    str_t rest = text;
    if (!str_split(&rest, '.', &whole) || num_parse_u64(whole, &s) != E_OK || s > 1000000000U)
        return false;
    for (size_t i = 0; rest.p != NULL && i < rest.n; i++) {
        unit /= 10U;
        if (rest.p[i] < '0' || rest.p[i] > '9')
            return false;
        us += unit * (uint64_t)(rest.p[i] - '0');
    }
    *ret = (dur_t){ (int64_t)(s * 1000000U + us) };
    return rest.p == NULL || rest.n > 0;
}

static bool share_parse(str_t text, struct share *ret)
{
    struct share s = { .percent = str_ends(text, STR("%")) };
    if (num_parse_u64(str_sub(text, 0, text.n - (s.percent ? 1U : 0U)), &s.n) != E_OK ||
        (s.percent && s.n > 100))
        return false;
    *ret = s;
    return true;
}

static bool value_parse(const struct row *r, const char *value, struct sim_options *o)
{
    void *at = (char *)o + r->at;
    str_t text = str_from_cz(value);
    switch (r->kind) {
    case KIND_TEXT:
        *(const char **)at = value;
        return true;
    case KIND_FLAG:
        *(bool *)at = true;
        return true;
    case KIND_COUNT:
        return num_parse_u64(text, at) == E_OK;
    case KIND_TIME:
        return time_parse(text, at);
    case KIND_SHARE:
        return share_parse(text, at);
    }
    return false;
}

static const struct row *row_find(const char *arg)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strncmp(arg, "--", 2) == 0 && strcmp(arg + 2, rows[i].name) == 0)
            return &rows[i];
    return NULL;
}

static int complain(const char *what, const char *why)
{
    (void)fprintf(stderr, "fleet-sim: %s%s\n(fleet-sim --help lists what it takes)\n", what, why);
    return EXIT_USAGE;
}

/* http://HOST:PORT, nothing behind it. */
static int server_parse(struct sim_options *o)
{
    static const char scheme[] = "http://";
    struct addrinfo want = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    if (o->server == NULL)
        return complain("--server", ": say which, e.g. http://127.0.0.1:8080");
    if (strncmp(o->server, scheme, sizeof scheme - 1) != 0)
        return complain(o->server, ": want http://HOST:PORT (TLS is not spoken: put the simulator "
                                   "behind the proxy that ends it)");
    int n = snprintf(o->host, sizeof o->host, "%s", o->server + sizeof scheme - 1);
    if (n > 0 && (size_t)n < sizeof o->host && o->host[n - 1] == '/')
        o->host[n - 1] = '\0';
    char name[sizeof o->host];
    (void)snprintf(name, sizeof name, "%s", o->host);
    char *colon = strrchr(name, ':');
    if (colon == NULL || strchr(name, '/') != NULL)
        return complain(o->server, ": want http://HOST:PORT");
    *colon = '\0';
    int e = getaddrinfo(name, colon + 1, &want, &found);
    if (e != 0)
        return complain("cannot find the server: ", gai_strerror(e));
    memcpy(&o->to, found->ai_addr, sizeof o->to);
    freeaddrinfo(found);
    return 0;
}

static int options_check(struct sim_options *o)
{
    struct diag why = { 0 };
    uint64_t roles = (uint64_t)share_of(o->fail, o->devices) + share_of(o->vanish, o->devices) +
                     share_of(o->clone, o->devices) + share_of(o->rotate, o->devices);
    if (o->devices == 0 || o->devices > DEVICES_MAX)
        return complain("--devices", ": want 1..4000000");
    if (roles > o->devices)
        return complain("--fail, --vanish, --clone and --rotate", " together are more than all");
    if (o->wait_s > WAIT_MAX_S)
        return complain("--wait", ": want 1..55, as the server takes it");
    if (o->stream && o->wait_s > 0)
        return complain("--stream and --wait", ": choose one");
    if (o->prefilled && (o->clone.n > 0 || o->key_file != NULL))
        return complain("--prefilled",
                        " devices are enrolled already: leave out --clone and the key");
    if (o->expect_text != NULL &&
        expect_parse(o->expect_text, &why, o->expect, &o->expect_n) != E_OK)
        return complain("", why.text);
    if (o->etag_text != NULL &&
        (!o->prefilled || hex_decode(str_from_cz(o->etag_text), o->etag, sizeof o->etag) != E_OK))
        return complain("--etag", ": want 64 hex digits, and --prefilled with it");
    if (o->pids_text != NULL && !procfs_parse(o->pids_text, &o->pids))
        return complain("--pids", ": want numbers with commas between them");
    return 0;
}

int options_parse(int argc, char **argv, struct sim_options *ret)
{
    struct sim_options o = {
        .devices = 100,
        .seed = "1",
        .from_change = 1,
        .interval = DUR_S(60),
        .ramp = DUR_S(1),
        .spread = DUR_S(2),
        .cap = DUR_S(60),
        .long_wait = DUR_S(300),
    };
    for (int i = 1; i < argc; i++) {
        const struct row *r = row_find(argv[i]);
        if (r == NULL)
            return complain(argv[i], ": unknown");
        const char *value = "";
        if (r->kind != KIND_FLAG && ++i == argc)
            return complain(argv[i - 1], ": a value must follow");
        if (r->kind != KIND_FLAG)
            value = argv[i];
        if (!value_parse(r, value, &o))
            return complain(r->name, r->kind == KIND_TIME ? ": want seconds, e.g. 2 or 0.5"
                                                          : ": want a number");
        o.storms = o.storms || r->at == AT(storm);
    }
    if (!o.help) {
        int e = server_parse(&o);
        e = e != 0 ? e : options_check(&o);
        if (e != 0)
            return e;
    }
    *ret = o;
    return 0;
}
