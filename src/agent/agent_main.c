/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent_main.h"
#include "agent/adapt.h"
#include "agent/agent_options.h"
#include "agent/journal.h"
#include "agent/seneschal_agent.h"
#include "base/log.h"
#include "plat/os/proc.h"

#include <signal.h>

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
    return true;
}

static const struct {
    const char *event;
    enum log_level level;
} levels[] = {
    { "agent-refused", LOG_ERROR },     { "agent-failed", LOG_ERROR },
    { "agent-unreached", LOG_WARNING }, { "agent-clock", LOG_WARNING },
    { "agent-socket", LOG_WARNING },    { "agent-rejected", LOG_WARNING },
    { "agent-adapter", LOG_WARNING },   { "agent-drift", LOG_WARNING },
};

/* What the supervisor shows, and that it need not restart us (sd_notify(3)). */
static void tell_supervisor(const struct seneschal_notice *n)
{
    char status[128];
    (void)snprintf(status, sizeof status, "READY=1\nSTATUS=%s%s%s\nWATCHDOG=1", n->state,
                   n->reason != NULL ? ": " : "", n->reason != NULL ? n->reason : "");
    if (strcmp(n->event, "agent-state") == 0)
        proc_notify(status);
    else if (strcmp(n->event, "agent-alive") == 0)
        proc_notify("WATCHDOG=1");
}

/* Standard error gets one JSON object a notice; standard output the one line that a person waits
 * for. */
static void on_notice(void *arg, const struct seneschal_notice *n)
{
    enum log_level level = LOG_INFO;
    (void)arg;
    tell_supervisor(n);
    if (strcmp(n->event, "agent-alive") == 0)
        return;
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        if (strcmp(n->event, levels[i].event) == 0)
            level = levels[i].level;
    }
    LOG(level, n->event, LOG_F("state", n->state), LOG_F("reason", n->reason),
        LOG_F("code", n->code), LOG_F("etag", n->etag));
    if (strcmp(n->event, "agent-code") == 0 && n->code != NULL) {
        printf("code %s: ask an administrator to approve the device that shows this code\n",
               n->code);
        (void)fflush(stdout);
    }
}

int agent_main(int argc, char **argv)
{
    struct agent_values v;
    struct diag why = { 0 };
    char error[DIAG_TEXT_MAX];
    if (argc > 1 && strcmp(argv[1], "journal") == 0)
        return journal_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "status") == 0)
        return status_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "adapters") == 0)
        return adapters_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "key") == 0)
        return key_main(argc - 1, argv + 1);
    if (agent_options_read(argc, argv, &v, &why) != E_OK) {
        (void)fprintf(stderr,
                      "seneschal agent: %s\nhint: `seneschal agent --help` lists the options\n",
                      why.text);
        return AGENT_EXIT_USAGE;
    }
    if (v.of[OPTION_HELP] != NULL) {
        agent_options_help(stdout);
        return AGENT_EXIT_OK;
    }
    const struct seneschal_agent_options o = {
        .size = sizeof o,
        .server = v.of[OPTION_SERVER],
        .state_dir = v.of[OPTION_STATE],
        .config_out = v.of[OPTION_CONFIG_OUT],
        .enrollment_key_file = v.of[OPTION_KEY_FILE],
        .machine_id = v.of[OPTION_MACHINE_ID],
        .ca_file = v.of[OPTION_CA_FILE],
        .insecure_http = v.of[OPTION_INSECURE_HTTP] != NULL,
        .notify = on_notice,
        .proxy = v.of[OPTION_PROXY],
        .socket_path = v.of[OPTION_SOCKET],
        .socket_group = v.of[OPTION_SOCKET_GROUP],
        .adapters = v.many,
        .key_file = v.of[OPTION_DEVICE_KEY],
    };
    if (proc_harden() != E_OK) {
        (void)fprintf(stderr, "seneschal agent: the process could not be hardened\n");
        return AGENT_EXIT_FAILED;
    }
    int result = seneschal_agent_open(&o, &running, error, sizeof error);
    if (result != SENESCHAL_OK) {
        LOG(LOG_ERROR, "agent-failed", LOG_F("reason", (const char *)error));
        return result;
    }
    if (v.of[OPTION_ROTATE] != NULL)
        seneschal_agent_rotate(running);
    result = !catch_signals()            ? SENESCHAL_FAILED
             : v.of[OPTION_ONCE] != NULL ? seneschal_agent_once(running)
                                         : seneschal_agent_run(running);
    proc_notify("STOPPING=1");
    seneschal_agent_close(running);
    running = NULL;
    return result == SENESCHAL_STOPPED ? AGENT_EXIT_OK : result;
}
