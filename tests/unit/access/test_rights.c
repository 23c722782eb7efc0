/* test_rights - what a role allows, and what a grant on one thing does not. */
#include "check.h"

#include "access/rights.h"

static void every_role_reads_back_from_its_word(void **state)
{
    enum role r;

    (void)state;
    for (enum role want = ROLE_ADMIN; want < ROLE_COUNT; want++) {
        assert_true(role_parse(role_text(want), &r));
        assert_int_equal(r, want);
    }
    assert_false(role_parse("none", &r));
    assert_false(role_parse("Admin", &r));
    assert_false(role_parse("", &r));
}

static void an_administrator_may_everything_but_set_up_a_finished_server(void **state)
{
    struct actor who = { .kind = ACTOR_USER, .rights = role_rights(ROLE_ADMIN) };

    (void)state;
    for (enum right r = RIGHT_PUBLIC; r < RIGHT_COUNT; r++)
        assert_int_equal(access_may(&who, r, "", NULL), r != RIGHT_SETUP);
    assert_false(access_may(&who, RIGHT_NONE, "", NULL));
    assert_false(access_may(&who, RIGHT_COUNT, "", NULL));
}

static void nobody_may_only_what_is_public(void **state)
{
    struct actor who = { 0 };

    (void)state;
    for (enum right r = RIGHT_NONE; r < RIGHT_COUNT; r++)
        assert_int_equal(access_may(&who, r, "", NULL), r == RIGHT_PUBLIC);
}

static void each_role_has_exactly_its_rights(void **state)
{
    static const struct { enum role role; enum right right; bool may; } rows[] = {
        { ROLE_OPERATOR, RIGHT_ISSUE, true }, { ROLE_OPERATOR, RIGHT_EXPORT, true }, { ROLE_OPERATOR, RIGHT_SERVER, false },
        { ROLE_OPERATOR, RIGHT_AUTHORITY, false }, { ROLE_OPERATOR, RIGHT_ACCESS, false }, { ROLE_REQUESTER, RIGHT_REQUEST, true },
        { ROLE_REQUESTER, RIGHT_ISSUE, false }, { ROLE_REQUESTER, RIGHT_EXPORT, false }, { ROLE_AUDITOR, RIGHT_AUDIT, true },
        { ROLE_AUDITOR, RIGHT_REQUEST, false }, { ROLE_VIEWER, RIGHT_READ, true }, { ROLE_VIEWER, RIGHT_AUDIT, false },
        { ROLE_VIEWER, RIGHT_SETTINGS, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct actor who = { .rights = role_rights(rows[i].role) };

        assert_int_equal(access_may(&who, rows[i].right, "*", NULL), rows[i].may);
    }
}

static void a_grant_on_one_thing_holds_for_that_thing_only(void **state)
{
    struct id mine = id_new(), other = id_new();
    struct grant grant = { .rights = RIGHT_BIT(RIGHT_ISSUE), .scope = "authority", .scope_id = mine };
    struct actor who = { .name = "ops", .grants = &grant, .grants_len = 1 };
    struct error e = { 0 };

    (void)state;
    assert_true(access_may(&who, RIGHT_ISSUE, "authority", &mine));
    assert_false(access_may(&who, RIGHT_ISSUE, "authority", &other));
    assert_false(access_may(&who, RIGHT_ISSUE, "certificate", &mine));
    assert_false(access_may(&who, RIGHT_ISSUE, "", &mine));
    assert_false(access_may(&who, RIGHT_EXPORT, "authority", &mine));
    assert_int_equal(access_check(&who, RIGHT_EXPORT, "authority", &mine, &e), ERR_DENIED);
    assert_says("\"export\" is missing");
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(every_role_reads_back_from_its_word),
        cmocka_unit_test(an_administrator_may_everything_but_set_up_a_finished_server),
        cmocka_unit_test(nobody_may_only_what_is_public),
        cmocka_unit_test(each_role_has_exactly_its_rights),
        cmocka_unit_test(a_grant_on_one_thing_holds_for_that_thing_only),
    };

    return tests_of(list);
}
