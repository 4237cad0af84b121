/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots in memory: what changed is not found any more, and what was read before is not kept. */
#include "base/fault.h"
#include "base/ref.h"
#include "domain/gateway/memory.h"

#include "../../check.h"

struct world {
    struct gate_memory *memory;
    struct arena *a;
    oid_t org;
    oid_t gone[64];
    size_t gone_n;
};

static void gone(void *arg, oid_t id)
{
    struct world *w = arg;
    if (w->gone_n < ARRAY_LEN(w->gone))
        w->gone[w->gone_n++] = id;
}

static int open_world(void **state)
{
    static struct world w;
    static const struct gate_memory_cfg cfg = { .accesses_max = 8, .catalogues_max = 2 };
    w = (struct world){ .a = arena_new(KIB(64)), .org = oid_make() };
    assert_int_equal(gate_memory_new(&cfg, &w.memory), E_OK);
    gate_memory_listen(w.memory, gone, &w);
    *state = &w;
    return 0;
}

static int close_world(void **state)
{
    struct world *w = *state;
    gate_memory_free(w->memory);
    arena_free(w->a);
    return 0;
}

static struct gate_who user(const struct world *w)
{
    return (struct gate_who){ .kind = ACTOR_USER, .id = oid_make(), .org = w->org };
}

static err_t put(struct world *w, uint64_t stamp, const struct gate_who *who, oid_t person)
{
    struct gate_access *a = ref_new(sizeof *a);
    assert_non_null(a);
    *a = (struct gate_access){ .org = who->org,
                               .kind = who->kind,
                               .id = who->id,
                               .device = { .id = who->device },
                               .person = person };
    err_t e = gate_access_fill(w->memory, stamp, who, a);
    ref_drop(a);
    return e;
}

static bool there(struct world *w, const struct gate_who *who)
{
    struct gate_access *a = gate_access_find(w->memory, who);
    if (a == NULL)
        return false;
    assert_true(oid_eq(a->id, who->id));
    ref_drop(a);
    return true;
}

static void tell(struct world *w, struct effect what)
{
    struct effects e;
    effects_init(&e);
    assert_int_equal(effect_add(w->a, &e, what), E_OK);
    gate_memory_apply(w->memory, &e);
}

static void forgets(void **state)
{
    struct world *w = *state;
    oid_t owner = oid_make();
    struct gate_who who = user(w);
    struct gate_who other = user(w);
    who.device = oid_make();
    const struct {
        const char *name;
        struct effect what;
        bool stays, other_stays;
    } cases[] = {
        { "his rights", { .kind = EFFECT_PRINCIPAL, .id = who.id }, false, true },
        { "his device", { .kind = EFFECT_DEVICE, .id = who.device }, false, true },
        { "its owner", { .kind = EFFECT_PRINCIPAL, .id = owner }, false, true },
        { "its labels",
          { .kind = EFFECT_SCOPE, .scope = SCOPE_DEVICE, .id = who.device },
          false,
          true },
        { "his permissions", { .kind = EFFECT_GATEWAY, .org = w->org, .id = who.id }, false, true },
        { "everybody's", { .kind = EFFECT_GATEWAY, .org = w->org }, false, false },
        { "his organisation", { .kind = EFFECT_ORG, .org = w->org }, false, false },
        { "another organisation", { .kind = EFFECT_GATEWAY, .org = oid_make() }, true, true },
        { "a policy of his",
          { .kind = EFFECT_SCOPE, .scope = SCOPE_USER, .id = who.id },
          true,
          true },
        { "a key", { .kind = EFFECT_SIGNER, .org = w->org }, true, true },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint64_t stamp = gate_memory_stamp(w->memory);
        check(put(w, stamp, &who, owner) == E_OK && put(w, stamp, &other, other.id) == E_OK,
              cases[i].name);
        check(there(w, &who) && there(w, &other), cases[i].name);
        w->gone_n = 0;
        tell(w, cases[i].what);
        check(there(w, &who) == cases[i].stays, cases[i].name);
        check(there(w, &other) == cases[i].other_stays, cases[i].name);
        check(w->gone_n == (cases[i].stays ? 0U : 1U), cases[i].name);
    }
}

/* What was read before the change is refused, whenever it comes. */
static void late(void **state)
{
    struct world *w = *state;
    struct gate_who who = user(w);
    uint64_t before = gate_memory_stamp(w->memory);
    tell(w, (struct effect){ .kind = EFFECT_PRINCIPAL, .id = who.id });
    assert_int_equal(put(w, before, &who, who.id), E_AGAIN);
    assert_false(there(w, &who));
    assert_int_equal(put(w, gate_memory_stamp(w->memory), &who, who.id), E_OK);
    assert_true(there(w, &who));
    assert_int_equal(put(w, before, &who, who.id), E_AGAIN);
}

/* One principal on two devices is two snapshots. */
static void devices(void **state)
{
    struct world *w = *state;
    struct gate_who one = user(w);
    struct gate_who two = one;
    two.device = oid_make();
    uint64_t stamp = gate_memory_stamp(w->memory);
    assert_int_equal(put(w, stamp, &one, one.id), E_OK);
    assert_false(there(w, &two));
    assert_int_equal(put(w, stamp, &two, one.id), E_OK);
    tell(w, (struct effect){ .kind = EFFECT_DEVICE, .id = two.device });
    assert_true(there(w, &one));
    assert_false(there(w, &two));
}

/* A full table keeps what is asked for. */
static void full(void **state)
{
    struct world *w = *state;
    struct gate_who kept = user(w);
    uint64_t stamp = gate_memory_stamp(w->memory);
    assert_int_equal(put(w, stamp, &kept, kept.id), E_OK);
    for (int i = 0; i < 100; i++) {
        struct gate_who who = user(w);
        assert_int_equal(put(w, stamp, &who, who.id), E_OK);
        assert_true(there(w, &kept));
    }
}

static void catalogues(void **state)
{
    struct world *w = *state;
    oid_t orgs[3] = { oid_make(), oid_make(), oid_make() };
    for (size_t i = 0; i < 3; i++) {
        struct gate_catalogue *c = ref_new(sizeof *c);
        assert_non_null(c);
        c->org = orgs[i];
        assert_int_equal(gate_catalogue_fill(w->memory, gate_memory_stamp(w->memory), c), E_OK);
        ref_drop(c);
        c = gate_catalogue_find(w->memory, orgs[i]);
        assert_non_null(c);
        ref_drop(c);
    }
    tell(w, (struct effect){ .kind = EFFECT_GATEWAY, .org = orgs[2], .id = oid_make() });
    struct gate_catalogue *c = gate_catalogue_find(w->memory, orgs[2]);
    assert_non_null(c); /* one person's permissions are none of its business */
    ref_drop(c);
    tell(w, (struct effect){ .kind = EFFECT_GATEWAY, .org = orgs[2] });
    assert_null(gate_catalogue_find(w->memory, orgs[2]));
}

static void memory_short(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct world w = { .org = oid_make() };
        struct gate_who who = user(&w);
        static const struct gate_memory_cfg cfg = { .accesses_max = 8, .catalogues_max = 2 };
        fault_arm(n);
        err_t e = gate_memory_new(&cfg, &w.memory);
        bool fired = fault_used();
        fault_disarm();
        if (e == E_OK) {
            struct gate_access *a = ref_new(sizeof *a);
            assert_non_null(a);
            a->id = who.id;
            fault_arm(0);
            e = gate_access_fill(w.memory, 0, &who, a);
            bool short_of_it = fault_used();
            fault_disarm();
            assert_int_equal(e, short_of_it ? E_NO_MEMORY : E_OK);
            assert_int_equal(there(&w, &who), !short_of_it);
            ref_drop(a);
            gate_memory_free(w.memory);
        }
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(forgets, open_world, close_world),
        cmocka_unit_test_setup_teardown(late, open_world, close_world),
        cmocka_unit_test_setup_teardown(devices, open_world, close_world),
        cmocka_unit_test_setup_teardown(full, open_world, close_world),
        cmocka_unit_test_setup_teardown(catalogues, open_world, close_world),
        cmocka_unit_test(memory_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
