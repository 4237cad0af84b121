/* SPDX-License-Identifier: Apache-2.0 */
#include "up_words.h"

#include "base/num.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 32 };

static void check_host(const char *text, struct host_rule *ret)
{
    err_t e = host_rule_parse(str_from_cz(text), 443, ret);
    assert(e == E_OK);
}

static void on_joined(void *arg)
{
    (void)arg;
    printf("{\"event\":\"joined\"}\n");
    fflush(stdout);
}

/* Its target is printable, and has no quotes where it is a host and a port. */
static void on_refused(void *arg, str_t target, const char *why)
{
    (void)arg;
    printf("{\"event\":\"forbidden\",\"target\":\"%.*s\",\"why\":\"%s\"}\n",
           str_find(target, '"') < target.n || str_find(target, '\\') < target.n ? 0
                                                                                 : (int)target.n,
           target.p == NULL ? "" : target.p, why);
    fflush(stdout);
}

static struct outbound_rules rules = { .loopback = true };

const struct outbound_rules *up_words_rules(void)
{
    rules.ca_file = getenv("UP_PROBE_CA"); /* NULL: the machine's own */
    return &rules;
}

/* A command of stdio, in words; `strict`: this machine is not called. */
const struct up_command *up_words_command(char *text)
{
    static const char *argv[WORDS_MAX + 1];
    static const char *read[WORDS_MAX + 1];
    static const char *write[WORDS_MAX + 1];
    static struct host_rule hosts[WORDS_MAX];
    static struct up_crashes crashes;
    static struct up_command c = { .argv = argv,
                                   .read = read,
                                   .write = write,
                                   .hosts = hosts,
                                   .joined = on_joined,
                                   .refused = on_refused,
                                   .crashes = &crashes };
    size_t argv_n = 0;
    size_t read_n = 0;
    size_t write_n = 0;
    for (char *word = strsep(&text, " "); word != NULL; word = strsep(&text, " ")) {
        uint64_t ms;
        if (strncmp(word, "read:", 5) == 0)
            read[read_n++] = word + 5;
        else if (strncmp(word, "sha256:", 7) == 0)
            c.sha256 = word + 7;
        else if (strncmp(word, "write:", 6) == 0)
            write[write_n++] = word + 6;
        else if (strncmp(word, "network:", 8) == 0)
            check_host(word + 8, &hosts[c.hosts_n++]);
        else if (strcmp(word, "strict") == 0)
            rules.loopback = false;
        else if (strncmp(word, "idle:", 5) != 0)
            argv[argv_n++] = word;
        else if (num_parse_u64(str_from_cz(word + 5), &ms) == E_OK)
            c.idle = DUR_MS(ms);
        assert(argv_n < WORDS_MAX && read_n < WORDS_MAX && write_n < WORDS_MAX &&
               c.hosts_n < WORDS_MAX);
    }
    return &c;
}
