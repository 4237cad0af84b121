/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody else made of an adapter's file: pointers for the journal and the server. */
#include "agent/adapt_in.h"
#include "agent/diff.h"
#include "agent/journal.h"

static void drift_note(struct adapt_target *t, str_t pointer)
{
    t->drift_n++;
    if (t->drift_shown == ADAPT_POINTERS_MAX)
        return;
    char *room = t->drift[t->drift_shown];
    str_t cut = str_clip(pointer, ADAPT_POINTER_MAX - 1);
    for (size_t i = 0; i < cut.n; i++)
        room[i] = (char)((unsigned char)cut.p[i] < ' ' || cut.p[i] == 0x7f ? '?' : cut.p[i]);
    room[cut.n] = '\0';
    for (size_t i = 0; i < t->drift_shown; i++) {
        if (strcmp(t->drift[i], room) == 0)
            return; /* the same place as before */
    }
    t->drift_shown++;
}

static void drift_each(void *arg, const struct agent_change *c)
{
    drift_note(arg, c->pointer);
}

err_t adapt_drifted(struct adapt *x, struct adapt_target *t, str_t have)
{
    CLEANUP(json_freep) struct json *from = NULL;
    CLEANUP(json_freep) struct json *to = NULL;
    const char *event = "drifted";
    int64_t before = t->drift_n;
    TRY(adapt_decode(x->step, t->product->format, buf_str(&t->want), &from));
    if (have.p != NULL)
        TRY(adapt_decode(x->step, t->product->format, have, &to));
    if (have.p == NULL)
        drift_note(t, STR("(removed)"));
    else if (to == NULL)
        drift_note(t, STR("(not readable)"));
    else
        TRY(agent_diff(x->step, from, to, drift_each, t));
    if (t->drift_n == before) /* the same values in other bytes, or another mode */
        drift_note(t, STR("(form)"));
    int64_t now = clock_wall().us;
    x->drifted_us = now > x->drifted_us ? now : x->drifted_us + 1;
    const struct journal_drift entry = { event, str_from_cz(t->product->name), str_from_cz(t->path),
                                         from, to };
    struct diag why = { 0 };
    if (journal_drifted(x->dir, &entry, &why) != E_OK)
        x->tell(x->arg, "agent-failed", why.text);
    char text[AGENT_TEXT];
    (void)snprintf(text, sizeof text, "%s: somebody changed %.200s%s%.150s", t->product->name,
                   t->path, t->drift_shown > 0 ? " at " : "",
                   t->drift_shown > 0 ? t->drift[t->drift_shown - 1] : "");
    x->tell(x->arg, "agent-drift", text);
    return E_OK;
}
