/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent_main.h"
#include "agent/seneschal_agent.h"
#include "base/log.h"

#include <getopt.h>
#include <signal.h>

enum { EXIT_USAGE = 2, EXIT_TRY_LATER = 75 };

enum agent_option {
    OPT_SERVER = 1,
    OPT_STATE,
    OPT_CONFIG_OUT,
    OPT_KEY_FILE,
    OPT_MACHINE_ID,
    OPT_CA_FILE,
    OPT_INSECURE,
    OPT_ROTATE,
    OPT_ONCE,
    OPT_HELP,
};

static const struct option options[] = {
    { "server", required_argument, NULL, OPT_SERVER },
    { "state", required_argument, NULL, OPT_STATE },
    { "config-out", required_argument, NULL, OPT_CONFIG_OUT },
    { "enrollment-key-file", required_argument, NULL, OPT_KEY_FILE },
    { "machine-id", required_argument, NULL, OPT_MACHINE_ID },
    { "ca-file", required_argument, NULL, OPT_CA_FILE },
    { "insecure-http", no_argument, NULL, OPT_INSECURE },
    { "rotate", no_argument, NULL, OPT_ROTATE },
    { "once", no_argument, NULL, OPT_ONCE },
    { "help", no_argument, NULL, OPT_HELP },
    { NULL, 0, NULL, 0 },
};

static const char usage[] =
    "usage: seneschal agent --server URL --state DIR --config-out FILE\n"
    "       [--enrollment-key-file FILE] [--machine-id ID] [--ca-file FILE]\n"
    "       [--insecure-http] [--rotate] [--once]\n"
    "\n"
    "Enrols this machine, keeps its configuration in FILE, and switches it off when the server\n"
    "revokes or blocks the device or stays away for an hour.\n"
    "  --server URL                https://HOST[:PORT]; http only to this machine\n"
    "  --state DIR                 key, token and what is in force; made 0700\n"
    "  --config-out FILE           {\"config\",\"enabled\",\"version\"}, replaced as a whole\n"
    "  --enrollment-key-file FILE  enrol with this key instead of waiting in the lobby\n"
    "  --machine-id ID             the machine's own name (default: from /etc/machine-id)\n"
    "  --rotate                    ask for a new token first; also on SIGUSR1\n"
    "  --once                      one pass; exit 0 in force, 4 refused, 75 try later\n";

/* The handler needs it, and there is one agent in this program. */
static struct seneschal_agent *running;

static void on_signal(int number)
{
    if (number == SIGUSR1)
        seneschal_agent_rotate(running);
    else
        seneschal_agent_stop(running);
}

static bool catch_signals(void)
{
    static const int numbers[] = { SIGTERM, SIGINT, SIGUSR1 };
    struct sigaction catch = { 0 };
    catch.sa_handler = on_signal;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        if (sigaction(numbers[i], &catch, NULL) != 0)
            return false;
    }
    struct sigaction ignore = { 0 };
    ignore.sa_handler = SIG_IGN;
    return sigaction(SIGPIPE, &ignore, NULL) == 0;
}

/* Standard error gets one JSON object a notice; standard output the one line that a person waits
 * for. */
static void on_notice(void *arg, const struct seneschal_notice *n)
{
    (void)arg;
    bool bad = strcmp(n->event, "agent-refused") == 0 || strcmp(n->event, "agent-failed") == 0;
    bool poor = strcmp(n->event, "agent-unreached") == 0 || strcmp(n->event, "agent-clock") == 0;
    LOG(bad    ? LOG_ERROR
        : poor ? LOG_WARNING
               : LOG_INFO,
        n->event, LOG_F("state", n->state), LOG_F("reason", n->reason), LOG_F("code", n->code),
        LOG_F("etag", n->etag));
    if (strcmp(n->event, "agent-code") == 0 && n->code != NULL) {
        printf("code %s: ask an administrator to approve the device that shows this code\n",
               n->code);
        (void)fflush(stdout);
    }
}

static bool read_options(int argc, char **argv, struct seneschal_agent_options *o, bool *ret_once,
                         bool *ret_rotate)
{
    int option;
    optind = 1;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the program has one thread yet */
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case OPT_SERVER:
            o->server = optarg;
            break;
        case OPT_STATE:
            o->state_dir = optarg;
            break;
        case OPT_CONFIG_OUT:
            o->config_out = optarg;
            break;
        case OPT_KEY_FILE:
            o->enrollment_key_file = optarg;
            break;
        case OPT_MACHINE_ID:
            o->machine_id = optarg;
            break;
        case OPT_CA_FILE:
            o->ca_file = optarg;
            break;
        case OPT_INSECURE:
            o->insecure_http = 1;
            break;
        case OPT_ROTATE:
            *ret_rotate = true;
            break;
        case OPT_ONCE:
            *ret_once = true;
            break;
        default:
            return false;
        }
    }
    return optind == argc && o->server != NULL && o->state_dir != NULL && o->config_out != NULL;
}

int agent_main(int argc, char **argv)
{
    struct seneschal_agent_options o = { .size = sizeof o, .notify = on_notice };
    char error[DIAG_TEXT_MAX];
    bool once = false;
    bool rotate = false;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        (void)fputs(usage, stdout);
        return 0;
    }
    if (!read_options(argc, argv, &o, &once, &rotate)) {
        (void)fputs(usage, stderr);
        return EXIT_USAGE;
    }
    int result = seneschal_agent_open(&o, &running, error, sizeof error);
    if (result != SENESCHAL_OK) {
        LOG(LOG_ERROR, "agent-failed", LOG_F("reason", (const char *)error));
        return result;
    }
    if (rotate)
        seneschal_agent_rotate(running);
    result = !catch_signals() ? SENESCHAL_FAILED
             : once           ? seneschal_agent_once(running)
                              : seneschal_agent_run(running);
    seneschal_agent_close(running);
    running = NULL;
    return result == SENESCHAL_STOPPED ? 0 : result;
}
