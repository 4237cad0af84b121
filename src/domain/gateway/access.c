/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/access.h"

#include "base/ref.h"
#include "domain/access/facts.h"
#include "sql/gateway.h"

enum { DEVICE_ENROLLED = 2 }; /* of the table `device` */
enum { DEVICE_LABELS_MAX = 64 };
/* Groups by priority, the greatest first, between what is one's own and the default. */
#define LEVEL_GROUPS  (INT64_C(1) << 40)
#define LEVEL_DEFAULT (INT64_C(1) << 41)

static void access_fini(void *block)
{
    const struct gate_access *a = block;
    arena_free(a->arena);
}

static err_t labels_load(struct act *act, struct gate_access *a)
{
    struct sql_gate_device_labels in = { .device_id = a->device.id, .limit = DEVICE_LABELS_MAX };
    struct sql_gate_device_labels_row *rows = NULL;
    size_t n = 0;
    TRY(sql_gate_device_labels(act->db, a->arena, &in, &rows, &n));
    struct gate_label *labels = ARENA_ARRAY(a->arena, struct gate_label, n + 1);
    if (labels == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        labels[i] = (struct gate_label){ rows[i].name, rows[i].value };
    a->device.labels = labels;
    a->device.labels_n = n;
    return E_OK;
}

static void shut(struct gate_access *a, const char *why)
{
    a->shut = true;
    a->why_shut = why;
}

/* The device that he is on, or is. */
static err_t device_load(struct act *act, oid_t id, struct gate_access *a)
{
    struct sql_gate_device_row row;
    TRY(sql_gate_device(act->db, act->arena, &(struct sql_gate_device){ .org = a->org, .id = id },
                        &row));
    a->device =
        (struct gate_device){ .id = id,
                              .enrolled = row.status == DEVICE_ENROLLED,
                              .level = row.key_hash.p != NULL ? GATE_LEVEL_KEY : GATE_LEVEL_TOKEN };
    if (!a->device.enrolled)
        shut(a, N_("the device is not enrolled"));
    if (a->kind == ACTOR_DEVICE)
        a->person = row.user_id;
    return labels_load(act, a);
}

/* A device whose owner may do nothing does nothing either. */
static err_t owner_load(struct act *act, struct gate_access *a)
{
    struct access_facts facts = { 0 };
    err_t e = facts_load(act, a->org, ACTOR_USER, a->person, &facts);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (!facts.active)
        shut(a, N_("the owner of the device is not active"));
    return E_OK;
}

static err_t principal_load(struct act *act, const struct gate_who *who, struct gate_access *a)
{
    struct access_facts facts = { 0 };
    TRY(facts_load(act, a->org, a->kind, a->id, &facts));
    if (!facts.active)
        shut(a, N_("the account or device is not active"));
    if (a->kind == ACTOR_USER)
        a->person = a->id;
    oid_t device = a->kind == ACTOR_DEVICE ? a->id : who->device;
    if (oid_is_set(device))
        TRY(device_load(act, device, a));
    if (a->kind == ACTOR_DEVICE && oid_is_set(a->person))
        TRY(owner_load(act, a));
    return E_OK;
}

int64_t gate_level(enum gate_subject kind, int64_t priority)
{
    if (kind == GATE_SUBJECT_GROUP)
        return LEVEL_GROUPS - priority;
    return kind == GATE_SUBJECT_DEFAULT ? LEVEL_DEFAULT : 0;
}

err_t gate_rule_place(struct arena *a, const struct gate_source *of, struct gate_rule *ret)
{
    static const char *const sources[GATE_SUBJECTS] = {
        [GATE_SUBJECT_USER] = "user",
        [GATE_SUBJECT_SERVICE] = "service-account",
        [GATE_SUBJECT_DEVICE] = "device",
        [GATE_SUBJECT_DEFAULT] = "default",
    };
    str_t source = STR_NONE;
    if (of->kind == GATE_SUBJECT_GROUP)
        TRY(str_format(a, &source, "group %.*s%c", STR_ARG(of->name), '\0'));
    ret->source = of->kind == GATE_SUBJECT_GROUP ? source.p : sources[of->kind];
    ret->level = gate_level(of->kind, of->priority);
    return E_OK;
}

static err_t rule_read(struct arena *a, const struct sql_permission_rules_row *row,
                       struct gate_rule *ret)
{
    struct gate_rule r = { .id = row->id,
                           .server = row->server_id,
                           .tool = row->tool,
                           .can = { [GATE_READ] = row->can_read,
                                    [GATE_WRITE] = row->can_write,
                                    [GATE_EXECUTE] = row->can_execute },
                           .enabled = row->is_enabled,
                           .approval = row->approval };
    struct gate_source of = { (enum gate_subject)row->kind, row->name, row->priority.v };
    TRY(gate_rule_place(a, &of, &r));
    err_t e = gate_conditions_read(a, row->arguments, row->device_when, NULL, &r.when);
    if (e == E_NO_MEMORY)
        return e;
    r.when.broken = e != E_OK;
    *ret = r;
    return E_OK;
}

static int by_level(const void *x, const void *y)
{
    const struct gate_rule *a = x;
    const struct gate_rule *b = y;
    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    return memcmp(a->id.b, b->id.b, sizeof a->id.b);
}

void gate_rules_sort(struct gate_rule *rules, size_t n)
{
    qsort(rules, n, sizeof *rules, by_level);
}

/* The membership that is tried, where it is one of those that count here. */
static struct act_trial trial_of(const struct act *act, const struct gate_access *a)
{
    oid_t member = act->trial.member;
    bool counts =
        oid_eq(member, a->id) || oid_eq(member, a->device.id) || oid_eq(member, a->person);
    return counts ? act->trial : (struct act_trial){ .joins = { { 0 } } };
}

static err_t rules_load(struct act *act, oid_t group, struct gate_access *a)
{
    struct act_trial trial = trial_of(act, a);
    struct sql_permission_rules in = { .org = a->org,
                                       .kind = a->kind,
                                       .id = a->id,
                                       .device = a->device.id,
                                       .person = a->person,
                                       .member = trial.member,
                                       .joins = oid_is_set(group) ? group : trial.joins,
                                       .leaves = trial.leaves,
                                       .limit = GATE_RULES_MAX };
    struct sql_permission_rules_row *rows = NULL;
    size_t n = 0;
    TRY(sql_permission_rules(act->db, a->arena, &in, &rows, &n));
    if (n == GATE_RULES_MAX) /* those that were left out might be the ones that refuse */
        shut(a, N_("there are too many permissions for this principal"));
    struct gate_rule *rules = ARENA_ARRAY(a->arena, struct gate_rule, n + 1);
    if (rules == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        TRY(rule_read(a->arena, &rows[i], &rules[i]));
        a->looks_at_arguments = a->looks_at_arguments || rules[i].when.arguments_n > 0;
    }
    gate_rules_sort(rules, n);
    a->rules = rules;
    a->rules_n = n;
    return E_OK;
}

err_t gate_access_load(struct act *act, const struct gate_who *who, struct gate_access **ret)
{
    CLEANUP(ref_dropp) struct gate_access *a = ref_new_owner(sizeof *a, access_fini);
    if (a == NULL)
        return E_NO_MEMORY;
    *a = (struct gate_access){
        .org = who->org, .kind = who->kind, .id = who->id, .arena = arena_new(GATE_ACCESS_MAX)
    };
    if (a->arena == NULL)
        return E_NO_MEMORY;
    if (who->kind != ACTOR_NONE)
        TRY(principal_load(act, who, a));
    TRY(rules_load(act, who->group, a));
    *ret = ref_take(a);
    return E_OK;
}
