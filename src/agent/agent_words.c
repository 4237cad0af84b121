/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent_words.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static bool output_find(struct agent_words *w, const char *name)
{
    for (size_t i = 0; w->outputs[i] != NULL; i++) {
        if (strcmp(name, w->outputs[i]) == 0) {
            w->output = i;
            return true;
        }
    }
    return false;
}

static bool words_take(struct agent_words *w, int argc, char **argv)
{
    static const struct option longs[] = {
        { "state", required_argument, NULL, 's' },
        { "output", required_argument, NULL, 'o' },
        { NULL, 0, NULL, 0 },
    };
    int found;
    bool good = true;
    optind = 1;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the program has one thread */
    while (good && (found = getopt_long(argc, argv, "o:", longs, NULL)) != -1) {
        if (found == 'o')
            good = output_find(w, optarg);
        else
            good = found == 's' && w->has_state;
        if (found == 's')
            w->dir = optarg;
    }
    bool has_dir = w->dir != NULL && w->dir[0] != '\0';
    return good && optind == argc && (has_dir || !w->has_state);
}

bool agent_words_read(struct agent_words *w, int argc, char **argv, enum agent_exit *ret)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        (void)fputs(w->usage, stdout);
        *ret = AGENT_EXIT_OK;
        return false;
    }
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the program has one thread */
    w->dir = getenv("SENESCHAL_AGENT_STATE");
    if (words_take(w, argc, argv))
        return true;
    (void)fputs(w->usage, stderr);
    *ret = AGENT_EXIT_USAGE;
    return false;
}
