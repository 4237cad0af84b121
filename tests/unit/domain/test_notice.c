/* SPDX-License-Identifier: Apache-2.0 */
/* Notices: who is told what in which language, what the portal keeps, and what a mail looks like
 * whatever its fields hold. */
#include "base/fault.h"
#include "base/rng.h"
#include "domain/hooks/mail.h"
#include "domain/identity/first_start.h"
#include "domain/identity/group.h"
#include "domain/identity/keys.h"
#include "domain/identity/user.h"
#include "store.h"

#include "check.h"

struct fixture {
    struct store store;
    struct keys keys;
    struct act act;
    oid_t org;
};

static const str_t role_administrator[] = { { "administrator", 13 } };
static const struct notice_cfg by_mail = { true, LANG_EN, { "home", 4 } };
static const struct notice_cfg portal_only = { false, LANG_FR, { "home", 4 } };

static int setup(void **state)
{
    static struct fixture f;
    memset(&f, 0, sizeof f);
    rng_seed_for_test(7);
    store_open(&f.store);
    assert_int_equal(db_tx_begin(f.store.db), E_OK);
    f.keys.master.n = 32;
    f.act = (struct act){ .arena = f.store.a,
                          .db = f.store.db,
                          .now = clock_now(),
                          .keys = &f.keys,
                          .actor = { .kind = ACTOR_SYSTEM, .perms = perms_all() } };
    effects_init(&f.act.effects);
    assert_int_equal(first_start(&f.act, &f.org), E_OK);
    f.act.org = f.act.actor.org = f.org;
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    db_tx_rollback(f->store.db);
    store_close(&f->store);
    rng_seed_for_test(0);
    return 0;
}

static oid_t user_make(struct fixture *f, const char *name, bool admin)
{
    char email[64];
    struct row_user_account row;
    (void)snprintf(email, sizeof email, "%s@example.org", name);
    struct user_in in = { .username = str_from_cz(name), .email = str_from_cz(email) };
    if (admin)
        in.roles = (struct names){ role_administrator, 1, true };
    assert_int_equal(user_create(&f->act, &in, &row), E_OK);
    return row.id;
}

static bool has(str_t text, const char *part)
{
    return memmem(text.p, text.n, part, strlen(part)) != NULL;
}

static const struct notice_field recovery_fields[] = {
    { "username", { "ann", 3 }, false },
    { "link", { "https://home/recover/sen_l_secret", 33 }, true },
    { "expires", { "noon", 4 }, false },
};

static err_t tell(struct fixture *f, enum notice_kind kind, oid_t user,
                  const struct notice_cfg *cfg)
{
    struct notice_in in = { .kind = kind,
                            .user = user,
                            .cfg = cfg,
                            .fields = recovery_fields,
                            .fields_n = ARRAY_LEN(recovery_fields) };
    return notice_add(&f->act, &in);
}

static size_t page(struct fixture *f, oid_t user, enum lang lang, struct notice_view **ret)
{
    size_t n = 0;
    const struct notice_ask ask = { .user = user, .lang = lang, .limit = 10 };
    assert_int_equal(notice_page(&f->act, &ask, ret, &n), E_OK);
    return n;
}

static void test_mail_alone(void **state)
{
    struct fixture *f = *state;
    struct notice_view *rows = NULL;
    struct mail_due due;
    oid_t ann = user_make(f, "ann", false);
    assert_int_equal(tell(f, NOTICE_RECOVERY, ann, &by_mail), E_OK);
    assert_int_equal(page(f, ann, LANG_EN, &rows), 0);
    assert_int_equal(mail_next(&f->act, &due), E_OK);
    assert_true(str_eq(due.row.recipient, STR("ann@example.org")));
    assert_true(str_eq(due.text.subject, STR("A new password for home")));
    assert_true(has(due.text.text, "https://home/recover/sen_l_secret"));
    assert_false(has(due.row.sealed, "sen_l_secret"));
    assert_int_equal(mail_sent(&f->act, due.row.id), E_OK);
    assert_int_equal(mail_next(&f->act, &due), E_NOT_FOUND);
    assert_int_equal(tell(f, NOTICE_RECOVERY, ann, &portal_only), E_OK);
    assert_int_equal(mail_next(&f->act, &due), E_NOT_FOUND);
}

/* Who asks for something need not say why; older programs stored that as null. */
static void test_unsaid(void **state)
{
    struct fixture *f = *state;
    struct notice_view *rows = NULL;
    oid_t ann = user_make(f, "ann", false);
    const struct notice_field fields[] = { { "application", { "Photos", 6 }, false },
                                           { "reason", { NULL, 0 }, false } };
    const struct notice_in in = { .kind = NOTICE_ACCESS_REFUSED,
                                  .user = ann,
                                  .cfg = &portal_only,
                                  .fields = fields,
                                  .fields_n = ARRAY_LEN(fields) };
    assert_int_equal(notice_add(&f->act, &in), E_OK);
    struct sql_notice_put old = { .id = oid_make(),
                                  .org = f->act.org,
                                  .user_id = ann,
                                  .kind = STR("access-refused"),
                                  .fields = STR("{\"application\":\"Photos\",\"reason\":null}"),
                                  .now = f->act.now };
    assert_int_equal(sql_notice_put(f->act.db, &old), E_OK);
    assert_int_equal(page(f, ann, LANG_EN, &rows), 2);
    for (size_t i = 0; i < 2; i++)
        assert_true(has(rows[i].text, "for Photos. Reason: –"));
}

static void test_language(void **state)
{
    struct fixture *f = *state;
    struct notice_view *rows = NULL;
    struct mail_due due;
    oid_t ann = user_make(f, "ann", false);
    assert_int_equal(user_lang_set(&f->act, ann, LANG_FR), E_OK);
    assert_int_equal(tell(f, NOTICE_ACCOUNT_VALIDATED, ann, &by_mail), E_OK);
    assert_int_equal(mail_next(&f->act, &due), E_OK);
    assert_true(str_eq(due.text.subject, STR("Votre compte est prêt")));
    assert_int_equal(page(f, ann, LANG_FR, &rows), 1);
    assert_true(str_eq(rows[0].subject, STR("Votre compte est prêt")));
    assert_false(has(rows[0].text, "sen_l_secret")); /* the portal never has a secret */
    assert_int_equal(page(f, ann, LANG_EN, &rows), 1);
    assert_true(str_eq(rows[0].subject, STR("Your account is ready")));
    assert_int_equal(user_lang_set(&f->act, ann, LANG_NONE), E_OK);
    assert_int_equal(tell(f, NOTICE_PASSWORD_CHANGED, ann, &portal_only), E_OK);
    assert_int_equal(page(f, ann, LANG_FR, &rows), 2);
    assert_true(str_eq(rows[0].kind, STR("password-changed"))); /* the newest first */
}

static void test_read_by_himself_alone(void **state)
{
    struct fixture *f = *state;
    struct notice_view *rows = NULL;
    oid_t ann = user_make(f, "ann", false);
    oid_t bob = user_make(f, "bob", false);
    assert_int_equal(tell(f, NOTICE_ACCOUNT_WAITS, ann, &portal_only), E_OK);
    assert_int_equal(page(f, bob, LANG_EN, &rows), 0);
    assert_int_equal(page(f, ann, LANG_EN, &rows), 1);
    assert_int_equal(rows[0].read_at.us, 0);
    assert_int_equal(notice_read(&f->act, bob, rows[0].id), E_NOT_FOUND);
    assert_int_equal(notice_read(&f->act, ann, rows[0].id), E_OK);
    assert_int_equal(notice_read(&f->act, ann, rows[0].id), E_OK);
    assert_int_equal(page(f, ann, LANG_EN, &rows), 1);
    assert_int_equal(rows[0].read_at.us, f->act.now.us);
    assert_int_equal(user_delete(&f->act, ann), E_OK);
    assert_int_equal(page(f, ann, LANG_EN, &rows), 0);
}

static void test_administrators(void **state)
{
    struct fixture *f = *state;
    struct notice_view *rows = NULL;
    struct row_principal_group group;
    oid_t own = user_make(f, "own", true);
    oid_t by_group = user_make(f, "by-group", false);
    oid_t plain = user_make(f, "plain", false);
    struct group_in in = { .name = STR("admin"), .roles = { role_administrator, 1, true } };
    struct member_in member = { .user_id = by_group };
    struct member added;
    bool is_new;
    assert_int_equal(group_create(&f->act, &in, &group), E_OK);
    assert_int_equal(group_member_add(&f->act, group.id, &member, &added, &is_new), E_OK);
    struct notice_in told = { .kind = NOTICE_ADMIN_NEW_PERSON,
                              .cfg = &portal_only,
                              .fields = recovery_fields,
                              .fields_n = 1 };
    assert_int_equal(notice_tell_admins(&f->act, &told), E_OK);
    assert_int_equal(page(f, own, LANG_EN, &rows), 1);
    assert_int_equal(page(f, by_group, LANG_EN, &rows), 1);
    assert_int_equal(page(f, plain, LANG_EN, &rows), 0);
}

static const struct {
    const char *address;
    bool ok;
} addresses[] = {
    { "ann@example.org", true },
    { "ann+tag@mail.example.org", true },
    { "a.b-c_d@x", true },
    { "ann@example.org\r\nBcc: eve@example.org", false },
    { "ann@example.org>", false },
    { "<ann@example.org", false },
    { "ann@example.org, eve@example.org", false },
    { "ann eve@example.org", false },
    { "ann@@example.org", false },
    { "ann@", false },
    { "@example.org", false },
    { "ann", false },
    { "-oX@example.org", false },
    { "ann@-x.org", false },
    { "\"ann eve\"@example.org", false },
    { "ann@[127.0.0.1]", false },
    { "anné@example.org", false },
    { "", false },
};

static void test_addresses(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        struct notice_in in = { .kind = NOTICE_INVITATION,
                                .email = str_from_cz(addresses[i].address),
                                .cfg = &by_mail };
        check(mail_address_obeys(in.email) == addresses[i].ok, addresses[i].address);
        if (in.email.n > 0)
            check(notice_add(&f->act, &in) == (addresses[i].ok ? E_OK : E_BAD_FIELD),
                  addresses[i].address);
    }
}

/* Each line of the head is one that we wrote, and no line of the text begins with a dot or is too
 * long, whatever the fields hold. */
static void test_nothing_is_injected(void **state)
{
    struct fixture *f = *state;
    static const char evil[] =
        "x\r\nBcc: eve@example.org\r\n\r\n.\r\nQUIT\n.\nz\xc3\xa9\xe2\x82\xac";
    char value[4000];
    for (size_t i = 0; i < sizeof value; i++)
        value[i] = evil[i % (sizeof evil - 1)];
    const struct notice_field fields[] = {
        { "inviter", str_of(value, 3964), false }, /* ends between two characters */
        { "server", STR("\n.home"), false },
    };
    struct mail_head head = { .from = STR("server@example.org"),
                              .from_name = STR("Fam\xc3\xadlia\r\nX: y"),
                              .recipient = STR("ann@example.org"),
                              .id = oid_make(),
                              .at = { INT64_C(1795348800) * 1000000 } };
    struct notice_text text;
    str_t bytes;
    assert_int_equal(notice_render(f->store.a, NOTICE_INVITATION, LANG_FR, fields, 2, &text), E_OK);
    assert_int_equal(mail_write(f->store.a, &head, &text, &bytes), E_OK);
    assert_true(has(bytes, "Date: Sun, 22 Nov 2026 12:00:00 +0000\r\n"));
    assert_false(has(bytes, "\r\nBcc"));
    assert_false(has(bytes, "\r\nX:"));
    for (size_t at = 0; at < bytes.n;) {
        str_t line = str_sub(bytes, at, str_find(str_sub(bytes, at, bytes.n), '\r'));
        assert_true(line.n <= 78);
        assert_true(line.n == 0 || line.p[0] != '.');
        at += line.n;
        assert_true(str_starts(str_sub(bytes, at, 2), STR("\r\n")) || at == bytes.n);
        at += 2;
    }
    for (size_t i = 0; i < bytes.n; i++)
        assert_true(bytes.p[i] == '\r' || bytes.p[i] == '\n' ||
                    (bytes.p[i] >= ' ' && bytes.p[i] <= '~'));
}

static void test_mail_that_fails(void **state)
{
    struct fixture *f = *state;
    struct mail_due due;
    bool dropped = true;
    oid_t ann = user_make(f, "ann", false);
    ts_t begun = f->act.now;
    assert_int_equal(tell(f, NOTICE_RECOVERY, ann, &by_mail), E_OK);
    for (int i = 0; i < 12; i++) {
        assert_int_equal(mail_next(&f->act, &due), E_OK);
        assert_int_equal(mail_failed(&f->act, &due.row, STR("no"), &dropped), E_OK);
        assert_false(dropped);
        assert_int_equal(mail_next(&f->act, &due), E_NOT_FOUND); /* not at once */
        f->act.now = ts_add(f->act.now, DUR_HOURS(5));
    }
    f->act.now = ts_add(begun, DUR_HOURS(73));
    assert_int_equal(mail_next(&f->act, &due), E_OK);
    assert_int_equal(mail_failed(&f->act, &due.row, STR("no"), &dropped), E_OK);
    assert_true(dropped);
    assert_int_equal(mail_next(&f->act, &due), E_NOT_FOUND);
}

static void test_faults(void **state)
{
    struct fixture *f = *state;
    oid_t ann = user_make(f, "ann", false);
    assert_int_equal(tell(f, NOTICE_EXPIRING, ann, &by_mail), E_OK); /* the key is there then */
    for (long n = 0;; n++) {
        fault_arm(n);
        err_t e = tell(f, NOTICE_EXPIRING, ann, &by_mail);
        bool fired = fault_used();
        fault_disarm();
        check(fired ? e != E_OK : e == E_OK, "a failed step fails the act");
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_mail_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unsaid, setup, teardown),
        cmocka_unit_test_setup_teardown(test_language, setup, teardown),
        cmocka_unit_test_setup_teardown(test_read_by_himself_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_administrators, setup, teardown),
        cmocka_unit_test_setup_teardown(test_addresses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_is_injected, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mail_that_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(test_faults, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
