/* test_setup - the one-time link: who has it makes the first administrator, once. */
#include "fixture.h"

#include <sys/stat.h>

static void the_link_is_kept_in_a_private_file_until_it_is_used(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    const char *first, *again;
    char path[128];
    struct stat st;

    assert_ok(access_setup_link(f->access, "https://a.lan:8443", f->arena, &first, &e));
    assert_memory_equal(first, "https://a.lan:8443/setup#token=", 31);
    assert_int_equal(strlen(first), 31 + 43);
    snprintf(path, sizeof(path), "%s/setup-token", f->dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    fixture_reopen(f);
    assert_ok(access_setup_link(f->access, "https://a.lan:8443", f->arena, &again, &e));
    assert_string_equal(first, again);
    fixture_admin(f);
    assert_int_equal(stat(path, &st), -1);
    assert_ok(access_setup_link(f->access, "https://a.lan:8443", f->arena, &again, &e));
    assert_string_equal(again, "https://a.lan:8443/setup");
}

static void a_lost_file_makes_a_new_link_and_voids_the_old(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    const char *first, *second;
    struct actor who = f->setup;
    char path[128];

    assert_ok(access_setup_link(f->access, "", f->arena, &first, &e));
    snprintf(path, sizeof(path), "%s/setup-token", f->dir);
    assert_int_equal(unlink(path), 0);
    assert_ok(access_setup_link(f->access, "", f->arena, &second, &e));
    assert_string_not_equal(first, second);
    assert_int_equal(access_setup_prove(f->access, strchr(first, '=') + 1, &who, &e), ERR_DENIED);
    assert_ok(access_setup_prove(f->access, strchr(second, '=') + 1, &who, &e));
}

static void the_link_makes_one_administrator_and_is_spent(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    struct actor who = f->setup;
    const char *name;
    struct id id;

    assert_ok(access_admin_name(f->access, f->arena, &name, &e));
    assert_null(name);
    fixture_admin(f);
    assert_ok(access_admin_name(f->access, f->arena, &name, &e));
    assert_string_equal(name, "admin");
    assert_int_equal(access_first_admin(f->access, &f->setup, "second", ADMIN_PASSWORD, &id, &e), ERR_CONFLICT);
    assert_int_equal(access_setup_prove(f->access, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &who, &e), ERR_DENIED);
    assert_false(access_is_set_up(f->access));
}

static void without_the_link_nothing_is_set_up(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    struct actor nobody = { .source = "192.0.2.9" };
    struct id id;

    assert_int_equal(access_setup_prove(f->access, "", &nobody, &e), ERR_DENIED);
    assert_int_equal(access_first_admin(f->access, &nobody, "mallory", ADMIN_PASSWORD, &id, &e), ERR_DENIED);
    assert_int_equal(access_setup_finish(f->access, &nobody, &e), ERR_DENIED);
}

static void a_bad_name_or_password_does_not_spend_the_link(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    const char *link;
    struct id id;

    assert_ok(access_setup_link(f->access, "", f->arena, &link, &e));
    assert_ok(access_setup_prove(f->access, strchr(link, '=') + 1, &f->setup, &e));
    assert_int_equal(access_first_admin(f->access, &f->setup, "", ADMIN_PASSWORD, &id, &e), ERR_INVALID);
    assert_string_equal(e.field, "/name");
    assert_int_equal(access_first_admin(f->access, &f->setup, "admin", "short", &id, &e), ERR_INVALID);
    assert_string_equal(e.field, "/password");
    assert_ok(access_setup_prove(f->access, strchr(link, '=') + 1, &f->setup, &e));
}

static void finished_stays_finished_after_a_restart(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    const char *link;

    fixture_admin(f);
    f->admin.rights |= RIGHT_BIT(RIGHT_SETUP);
    assert_ok(access_setup_finish(f->access, &f->admin, &e));
    assert_true(access_is_set_up(f->access));
    fixture_reopen(f);
    assert_true(access_is_set_up(f->access));
    assert_int_equal(access_setup_link(f->access, "https://a.lan", f->arena, &link, &e), ERR_CONFLICT);
    assert_says("reset-password");
}

int main(void)
{
    const struct CMUnitTest list[] = {
        with_fixture(the_link_is_kept_in_a_private_file_until_it_is_used),
        with_fixture(a_lost_file_makes_a_new_link_and_voids_the_old),
        with_fixture(the_link_makes_one_administrator_and_is_spent),
        with_fixture(without_the_link_nothing_is_set_up),
        with_fixture(a_bad_name_or_password_does_not_spend_the_link),
        with_fixture(finished_stays_finished_after_a_restart),
    };

    return tests_of(list);
}
