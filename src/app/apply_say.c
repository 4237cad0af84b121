/* SPDX-License-Identifier: Apache-2.0 */
/* A plan for people: what is made, changed and deleted, and who gains or loses which application.
 */
#include "app/apply.h"
#include "app/cli_print.h"
#include "app/cli_say.h"

static void say_member_change(struct buf *b, const struct step *s, const struct file_member *m)
{
    str_t name = str_from_cz(m->name);
    const struct json *from = s->from == NULL ? NULL : json_member(s->from, name);
    if (!step_changes(s, m))
        return;
    buf_addf(b, "    %s: ", m->name);
    if (m->compare == COMPARE_SECRET) {
        BUF_ADD(b, "(a secret is sent)\n");
        return;
    }
    if (from != NULL) {
        say_value(b, from);
        BUF_ADD(b, " -> ");
    }
    say_value(b, json_member(s->to, name));
    BUF_ADD(b, "\n");
}

static void say_step(struct buf *b, const struct step *s)
{
    static const char signs[] = { [STEP_CREATE] = '+', [STEP_CHANGE] = '~', [STEP_DELETE] = '-' };
    buf_addf(b, "%c %s ", signs[s->verb], s->kind->noun);
    cli_shown(b, s->name);
    BUF_ADD(b, "\n");
    for (size_t i = 0; s->verb != STEP_DELETE && i < s->kind->members_n; i++)
        say_member_change(b, s, &s->kind->members[i]);
}

static void say_reach(struct buf *b, const struct reach *r)
{
    if (r->n > 0)
        BUF_ADD(b, "\nwho may open what:\n");
    for (size_t i = 0; i < r->n; i++) {
        const struct reach_change *c = &r->v[i];
        buf_addf(b, "  %c ", c->gains ? '+' : '-');
        cli_shown(b, c->who);
        buf_addf(b, "%s %s ", c->person ? "" : " (service account)", c->gains ? "gains" : "loses");
        cli_shown(b, c->application);
        BUF_ADD(b, "\n");
    }
}

static void say_tools(struct buf *b, const struct tool_reach *r)
{
    static const struct {
        char sign;
        const char *words;
        const char *end;
    } turns[] = { [TOOL_GAINS] = { '+', "gains", "" },
                  [TOOL_LOSES] = { '-', "loses", "" },
                  [TOOL_NARROWS] = { '~', "keeps", ", under other conditions" } };
    static const char *const kinds[GATE_SUBJECTS] = {
        [GATE_SUBJECT_SERVICE] = " (service account)", [GATE_SUBJECT_DEVICE] = " (device)"
    };
    if (r->n > 0)
        BUF_ADD(b, "\nwho may call what:\n");
    for (size_t i = 0; i < r->n; i++) {
        const struct tool_change *c = &r->v[i];
        buf_addf(b, "  %c ", turns[c->turn].sign);
        cli_shown(b, c->kind == GATE_SUBJECT_DEFAULT ? STR("everybody") : c->who);
        buf_addf(b, "%s %s %s of ", kinds[c->kind] == NULL ? "" : kinds[c->kind],
                 turns[c->turn].words, gate_class_name(c->class));
        cli_shown(b, c->tool);
        buf_addf(b, "%s\n", turns[c->turn].end);
    }
}

static size_t count_of(const struct plan *plan, enum step_verb verb)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n; i++)
        n += plan->steps[i].verb == verb ? 1U : 0U;
    return n;
}

err_t apply_say(struct apply *p)
{
    struct buf b;
    const struct plan_in in = { p->wanted, p->had, p->owned, p->prune, p->renew };
    size_t left = plan_left(p->cli->arena, &in);
    buf_init(&b, SAY_MAX);
    for (size_t i = 0; i < p->plan.n; i++)
        say_step(&b, &p->plan.steps[i]);
    say_reach(&b, &p->reach);
    say_tools(&b, &p->tools);
    if (p->plan.n == 0)
        BUF_ADD(&b, "no change\n");
    else
        buf_addf(&b, "\n%zu to make, %zu to change, %zu to delete\n",
                 count_of(&p->plan, STEP_CREATE), count_of(&p->plan, STEP_CHANGE),
                 count_of(&p->plan, STEP_DELETE));
    if (left > 0)
        buf_addf(&b, "%zu that files made are in none now and stay: --prune deletes them\n", left);
    return say_out(&b);
}
