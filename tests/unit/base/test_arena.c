/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/fault.h"
#include "base/grow.h"
#include "base/str.h"
#include "check.h"

static bool all_zero(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != 0)
            return false;
    }
    return true;
}

/* Each piece is zeroed, aligned and nobody else's: a pattern written into all of them stays. */
static void pieces_do_not_touch(void **state)
{
    (void)state;
    enum { PIECES = 400 };
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    unsigned char *pieces[PIECES];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < PIECES; i++) {
            size_t size = (i * 37) % 1500 + (i % 50 == 0 ? 5000 : 0);
            pieces[i] = arena_alloc(a, size);
            assert_non_null(pieces[i]);
            assert_true((uintptr_t)pieces[i] % _Alignof(max_align_t) == 0);
            assert_true(all_zero(pieces[i], size));
            memset(pieces[i], (int)(i % 251 + 1), size);
        }
        for (size_t i = 0; i < PIECES; i++) {
            size_t size = (i * 37) % 1500 + (i % 50 == 0 ? 5000 : 0);
            for (size_t k = 0; k < size; k++)
                assert_int_equal(pieces[i][k], i % 251 + 1);
        }
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
    }
}

static void limits(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(100);
    assert_null(arena_alloc(a, 101));
    assert_null(arena_alloc(a, SIZE_MAX));
    assert_null(arena_array(a, SIZE_MAX / 2, 3));
    assert_null(arena_array(a, 3, SIZE_MAX / 2));
    assert_int_equal(arena_used(a), 0);
    assert_non_null(arena_alloc(a, 96));
    assert_null(arena_alloc(a, 5));
    arena_reset(a);
    /* One byte costs a rounded piece: the limit bounds the memory, not only the sum of the sizes.
     */
    int n = 0;
    while (arena_alloc(a, 1) != NULL)
        n++;
    assert_int_equal(n, 100 / 16);
}

static void large_first_block_goes(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
    for (int i = 0; i < 3; i++) {
        assert_non_null(arena_alloc(a, MIB(3)));
        arena_reset(a);
        assert_non_null(ARENA_NEW(
            a, struct { int n; }));
        arena_reset(a);
    }
    arena_free(NULL);
}

static void wiped_bytes_are_gone(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    char *pieces[3];
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) { /* each in a block of its own */
        pieces[i] = arena_alloc(a, 5000);
        memset(pieces[i], 's', 5000);
    }
    arena_wipe(a);
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        for (size_t k = 0; k < 5000; k++)
            assert_int_equal(pieces[i][k], 0);
    }
}

/* The leak checker tells where it loses the arena whose only pointer it wipes. */
static void wiped_and_freed(void **state)
{
    struct arena *a = arena_new(KIB(64));
    struct {
        struct arena *arena;
    } *inside = arena_alloc(a, sizeof *inside);
    (void)state;
    inside->arena = a;
    arena_wipe_free(inside->arena);
    arena_wipe_free(NULL);
}

static void lists_grow(void **state)
{
    enum { ENTRIES = 1000 };
    struct arena *a = arena_new(KIB(16));
    int *v = NULL;
    size_t room = 0;
    size_t moves = 0;
    (void)state;
    for (int n = 0; n < ENTRIES; n++) {
        int *more = grow_list(a, v, (size_t)n, sizeof *v, &room);
        assert_non_null(more);
        moves += more != v;
        v = more;
        v[n] = n;
    }
    for (int n = 0; n < ENTRIES; n++)
        assert_int_equal(v[n], n);
    assert_int_equal(moves, 5); /* 64, 128 ... 1024 */
    assert_null(grow_list(a, v, room, 16, &room));
    assert_int_equal(room, 1024); /* it is as it was */
    arena_free(a);
}

#ifdef SENESCHAL_FAULTS
static err_t use(struct arena **ret)
{
    struct arena *a = arena_new(KIB(64));
    if (a == NULL)
        return E_NO_MEMORY;
    str_t first = STR_NONE;
    static const char text[6000];
    err_t e = str_copy(a, STR("first"), &first);
    if (e == E_OK)
        e = str_copy(a, str_of(text, sizeof text), &first);
    if (e != E_OK) {
        assert_true(first.p == NULL || str_eq(first, STR("first")));
        arena_free(a);
        return e;
    }
    *ret = a;
    return E_OK;
}

static void each_failing_step(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct arena *a = NULL;
        fault_arm(n);
        err_t e = use(&a);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        assert_true((a == NULL) == fired);
        arena_free(a);
        if (!fired) {
            assert_int_equal(n, 3); /* the arena and its two blocks */
            break;
        }
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_do_not_touch),    cmocka_unit_test(limits),
        cmocka_unit_test(large_first_block_goes), cmocka_unit_test(wiped_bytes_are_gone),
        cmocka_unit_test(wiped_and_freed),        cmocka_unit_test(lists_grow),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(each_failing_step),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
