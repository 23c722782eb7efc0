/* test_sessions - signing in, being known, proving it again, signing out. */
#include "fixture.h"

static struct actor from(const char *source)
{
    struct actor who = { .if_match = -1 };

    snprintf(who.source, sizeof(who.source), "%s", source);
    return who;
}

static void a_session_is_known_until_it_is_closed(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    struct actor who = from("192.0.2.1"), again = from("192.0.2.7");
    char cookie[COOKIE_ROOM];

    fixture_admin(f);
    assert_ok(access_login(f->access, "admin", ADMIN_PASSWORD, "Mozilla/5.0", cookie, &who, &e));
    assert_int_equal(strlen(cookie), 43);
    assert_int_equal(who.kind, ACTOR_USER);
    assert_true(access_may(&who, RIGHT_ACCESS, "", NULL));
    assert_true(who.proved_at > 0);
    assert_ok(access_session(f->access, cookie, &again, &e));
    assert_string_equal(again.name, "admin");
    assert_string_equal(again.source, "192.0.2.7");
    fixture_reopen(f);
    assert_ok(access_session(f->access, cookie, &again, &e));
    assert_ok(access_logout(f->access, cookie, &again, &e));
    assert_int_equal(access_session(f->access, cookie, &again, &e), ERR_DENIED);
    assert_string_equal(e.kind, "unauthenticated");
    assert_int_equal(access_ends(f->access, cookie), 0);
}

/* The administrator, made and signed in. */
static struct actor sign_in(struct fixture *f, char cookie[COOKIE_ROOM])
{
    struct actor who = from("192.0.2.1");
    struct error e = { 0 };

    fixture_admin(f);
    assert_ok(access_login(f->access, "admin", ADMIN_PASSWORD, NULL, cookie, &who, &e));
    return who;
}

static void a_wrong_name_and_a_wrong_password_read_the_same(void **state)
{
    struct fixture *f = *state;
    struct error name = { 0 }, password = { 0 };
    struct actor who = from("192.0.2.1");
    char cookie[COOKIE_ROOM];

    fixture_admin(f);
    assert_int_equal(access_login(f->access, "nobody", ADMIN_PASSWORD, NULL, cookie, &who, &name), ERR_DENIED);
    assert_int_equal(access_login(f->access, "admin", "not this one at all", NULL, cookie, &who, &password), ERR_DENIED);
    assert_memory_equal(&name, &password, sizeof(name));
    assert_int_equal(who.kind, ACTOR_NOBODY);
}

static void after_five_tries_even_the_right_password_waits_but_not_on_the_host(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    struct actor who = from("192.0.2.1"), host = from("local");
    char cookie[COOKIE_ROOM];

    fixture_admin(f);
    for (int i = 0; i < 5; i++)
        assert_int_equal(access_login(f->access, "admin", "not this one at all", NULL, cookie, &who, &e), ERR_DENIED);
    assert_int_equal(access_login(f->access, "admin", ADMIN_PASSWORD, NULL, cookie, &who, &e), ERR_LIMIT);
    assert_ok(access_login(f->access, "admin", ADMIN_PASSWORD, NULL, cookie, &host, &e));
}

static void a_new_password_ends_every_session(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    struct actor who = from("192.0.2.1"), later = from("192.0.2.1");
    char cookie[COOKIE_ROOM];

    fixture_admin(f);
    assert_ok(access_login(f->access, "admin", ADMIN_PASSWORD, NULL, cookie, &who, &e));
    assert_int_equal(access_change_password(f->access, &f->admin, "admin", "password1234", &e), ERR_INVALID);
    assert_ok(access_change_password(f->access, &f->admin, "admin", "another kettle altogether", &e));
    assert_int_equal(access_session(f->access, cookie, &later, &e), ERR_DENIED);
    assert_int_equal(access_login(f->access, "admin", ADMIN_PASSWORD, NULL, cookie, &later, &e), ERR_DENIED);
    assert_ok(access_login(f->access, "admin", "another kettle altogether", NULL, cookie, &later, &e));
    assert_int_equal(access_change_password(f->access, &f->admin, "nobody", "another kettle altogether", &e), ERR_ABSENT);
}

static void proving_again_needs_the_password(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    char cookie[COOKIE_ROOM];
    struct actor who = sign_in(f, cookie);

    assert_int_equal(access_prove_again(f->access, cookie, &who, "not this one at all", &e), ERR_DENIED);
    assert_ok(access_prove_again(f->access, cookie, &who, ADMIN_PASSWORD, &e));
    assert_ok(access_session(f->access, cookie, &who, &e));
    assert_true(who.proved_at >= clock_now() - 5);
}

static char clock_path[64];

/* The clock goes by seconds from now on. */
static void clock_moves(int64_t by)
{
    FILE *clock = fopen(clock_path, "w");

    fprintf(clock, "%lld\n", (long long)by);
    fclose(clock);
    usleep(60 * 1000);                         /* the offset is read every 50 ms */
}

static void no_session_lives_longer_than_half_a_day(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    char cookie[COOKIE_ROOM];
    struct actor who = sign_in(f, cookie);

    for (int minutes = 29; minutes < 12 * 60; minutes += 29) {
        clock_moves(minutes * MINUTES);
        assert_ok(access_session(f->access, cookie, &who, &e));
    }
    clock_moves(12 * HOURS + 5);
    assert_int_equal(access_session(f->access, cookie, &who, &e), ERR_DENIED);
    clock_moves(0);
}

static void a_session_that_is_not_used_ends(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    char cookie[COOKIE_ROOM];
    struct actor who = sign_in(f, cookie);

    clock_moves(-1 * HOURS);
    assert_ok(access_session(f->access, cookie, &who, &e));
    clock_moves(SESSION_IDLE + 5);
    assert_int_equal(access_session(f->access, cookie, &who, &e), ERR_DENIED);
    clock_moves(0);
}

static void the_settings_bound_idleness_and_life(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    struct actor who = from("192.0.2.1");
    char cookie[COOKIE_ROOM];

    fixture_admin(f);
    access_session_limits(f->access, 60, 600);
    assert_ok(access_login(f->access, "admin", ADMIN_PASSWORD, NULL, cookie, &who, &e));
    assert_true(access_ends(f->access, cookie) <= clock_now() + 600);
    clock_moves(65);
    assert_int_equal(access_session(f->access, cookie, &who, &e), ERR_DENIED);
    clock_moves(0);
}

static void junk_cookies_are_nobody(void **state)
{
    struct fixture *f = *state;
    struct actor who = from("192.0.2.1");
    char cookie[70000];
    struct error e = { 0 };

    memset(cookie, 'A', sizeof(cookie) - 1);
    cookie[sizeof(cookie) - 1] = '\0';
    assert_int_equal(access_session(f->access, cookie, &who, &e), ERR_DENIED);
    assert_int_equal(access_session(f->access, "", &who, &e), ERR_DENIED);
    assert_int_equal(access_session(f->access, "\r\nx", &who, &e), ERR_DENIED);
}

int main(void)
{
    const struct CMUnitTest list[] = {
        with_fixture(a_session_is_known_until_it_is_closed),
        with_fixture(a_wrong_name_and_a_wrong_password_read_the_same),
        with_fixture(after_five_tries_even_the_right_password_waits_but_not_on_the_host),
        with_fixture(a_new_password_ends_every_session),
        with_fixture(proving_again_needs_the_password),
        with_fixture(no_session_lives_longer_than_half_a_day),
        with_fixture(a_session_that_is_not_used_ends),
        with_fixture(the_settings_bound_idleness_and_life),
        with_fixture(junk_cookies_are_nobody),
    };

    int failed, fd;

    snprintf(clock_path, sizeof(clock_path), "/tmp/signet-clock-XXXXXX");
    fd = mkstemp(clock_path);
    if (fd < 0)
        return 1;
    close(fd);
    setenv("SIGNET_TEST_CLOCK", clock_path, 1);    /* before the first thread reads the clock */
    failed = tests_of(list);
    unlink(clock_path);
    return failed;
}
