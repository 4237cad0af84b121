/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/whatif/gathering.h"

struct outcome {
    str_t word;
    const char *source;
};

static struct outcome outcome_of(const struct gate_access *access, const struct gate_server *s,
                                 const struct gate_tool *tool)
{
    struct gate_decision d;
    gate_decide(
        &(struct gate_ask){
            .access = access, .server = s, .tool = tool->name, .class = tool->class },
        &d);
    if (!d.allowed)
        return (struct outcome){ d.listed ? STR("conditional") : STR("none"), d.source };
    return (struct outcome){ d.needs_approval ? STR("approval") : STR("allowed"), d.source };
}

/* What a person has for himself is called by what it is: its name is his own. */
static str_t server_name(const struct gate_server *s)
{
    return oid_is_set(s->owner) ? STR(OWN_HOMEASSISTANT) : s->name;
}

static err_t note_tool(struct gathering *g, const struct gate_server *s,
                       const struct gate_tool *tool, const struct gate_access *sides[2])
{
    struct outcome from = outcome_of(sides[0], s, tool);
    struct outcome to = outcome_of(sides[1], s, tool);
    struct whatif_change c = { .what = WHATIF_TOOL, .from = from.word, .to = to.word };
    if (str_eq(from.word, to.word))
        return E_OK;
    TRY(str_format(g->now.arena, &c.name, "%.*s/%.*s", STR_ARG(server_name(s)),
                   STR_ARG(tool->name)));
    /* It lies in the memory of `sides`, which end before what is noted is kept. */
    TRY(str_copy(g->now.arena, str_from_cz(to.source), &c.by));
    return gathering_note(g, &c);
}

err_t note_tools(struct gathering *g, const struct gate_catalogue *all,
                 const struct gate_access *now, const struct gate_access *then)
{
    const struct gate_access *sides[2] = { now, then };
    for (size_t i = 0; i < all->servers_n; i++) {
        const struct gate_server *s = &all->servers[i];
        if (!s->active || (oid_is_set(s->owner) && !oid_eq(s->owner, now->person)))
            continue;
        for (size_t k = 0; k < s->tools_n; k++) {
            if (s->tools[k].state != GATE_TOOL_GONE)
                TRY(note_tool(g, s, &s->tools[k], sides));
        }
    }
    return E_OK;
}
