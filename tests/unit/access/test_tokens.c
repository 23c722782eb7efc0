/* test_tokens - bearer tokens: shown once, known by their hash, refused at once when revoked. */
#include "fixture.h"

#include <pthread.h>
#include <stdatomic.h>

static void a_token_is_its_role_until_it_is_revoked(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    struct actor who = { .source = "192.0.2.5" };
    const char *token;
    struct token_row *list;
    size_t len;
    struct id id;

    fixture_admin(f);
    assert_ok(access_token_make(f->access, &f->admin, "ci", ROLE_OPERATOR, 30, f->arena, &token, &id, &e));
    assert_int_equal(strlen(token), 109);
    assert_ok(access_token(f->access, token, &who, &e));
    assert_int_equal(who.kind, ACTOR_TOKEN);
    assert_true(id_equal(&who.id, &id));
    assert_true(access_may(&who, RIGHT_ISSUE, "", NULL));
    assert_false(access_may(&who, RIGHT_ACCESS, "", NULL));
    assert_int_equal(who.proved_at, 0);
    fixture_reopen(f);
    assert_ok(access_token(f->access, token, &who, &e));
    assert_ok(access_tokens(f->access, f->arena, &list, &len, &e));
    assert_int_equal(len, 1);
    assert_string_equal(list[0].name, "ci");
    assert_string_equal(list[0].role, "operator");
    assert_string_equal(list[0].owner, "admin");
    assert_true(list[0].used_at > 0);
    assert_ok(access_token_revoke(f->access, &f->admin, &id, &e));
    assert_int_equal(access_token(f->access, token, &who, &e), ERR_DENIED);
    assert_int_equal(access_token_revoke(f->access, &f->admin, &id, &e), ERR_ABSENT);
    assert_ok(access_token_make(f->access, &f->admin, "ci", ROLE_VIEWER, 1, f->arena, &token, &id, &e));
}

static void what_is_no_token_says_so(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    struct actor who = { 0 };
    const char *token;
    char bent[128];
    struct id id;

    fixture_admin(f);
    assert_ok(access_token_make(f->access, &f->admin, "ci", ROLE_VIEWER, 30, f->arena, &token, &id, &e));
    snprintf(bent, sizeof(bent), "%s", token);
    bent[50] = bent[50] == 'a' ? 'b' : 'a';
    assert_int_equal(access_token(f->access, bent, &who, &e), ERR_DENIED);
    assert_says("copied whole");
    assert_int_equal(access_token(f->access, "sgn_", &who, &e), ERR_DENIED);
    assert_int_equal(access_token(f->access, "", &who, &e), ERR_DENIED);
    assert_int_equal(who.kind, ACTOR_NOBODY);
}

static void nobody_makes_a_token_that_may_more_than_they(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    struct actor operator;
    const char *token;
    struct id id;

    fixture_admin(f);
    operator = f->admin;
    operator.rights = role_rights(ROLE_OPERATOR);
    assert_int_equal(access_token_make(f->access, &operator, "x", ROLE_VIEWER, 30, f->arena, &token, &id, &e), ERR_DENIED);
    operator.rights |= RIGHT_BIT(RIGHT_ACCESS);
    assert_int_equal(access_token_make(f->access, &operator, "x", ROLE_ADMIN, 30, f->arena, &token, &id, &e), ERR_DENIED);
    assert_ok(access_token_make(f->access, &operator, "x", ROLE_OPERATOR, 30, f->arena, &token, &id, &e));
}

static void days_and_names_have_bounds(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    const char *token;
    struct id id;

    fixture_admin(f);
    assert_int_equal(access_token_make(f->access, &f->admin, "x", ROLE_VIEWER, 0, f->arena, &token, &id, &e), ERR_INVALID);
    assert_string_equal(e.field, "/expires_in_days");
    assert_int_equal(access_token_make(f->access, &f->admin, "x", ROLE_VIEWER, 366, f->arena, &token, &id, &e), ERR_INVALID);
    assert_int_equal(access_token_make(f->access, &f->admin, " x", ROLE_VIEWER, 1, f->arena, &token, &id, &e), ERR_INVALID);
    assert_string_equal(e.field, "/name");
    assert_ok(access_token_make(f->access, &f->admin, "x", ROLE_VIEWER, 365, f->arena, &token, &id, &e));
    assert_int_equal(access_token_make(f->access, &f->admin, "x", ROLE_VIEWER, 1, f->arena, &token, &id, &e), ERR_CONFLICT);
    assert_says("another name");
}

struct hammer { struct fixture *f; const char *token; atomic_bool is_over; };

static void *ask(void *arg)
{
    struct hammer *h = arg;
    struct actor who = { 0 };

    while (!h->is_over)
        (void)!access_token(h->f->access, h->token, &who, NULL);
    return NULL;
}

static void a_revoked_token_is_refused_as_soon_as_the_call_returns(void **state)
{
    struct fixture *f = *state;
    struct error e = { 0 };
    pthread_t threads[3];

    fixture_admin(f);
    for (int round = 0; round < 10; round++) {
        struct hammer h = { .f = f };
        struct actor who = { 0 };
        struct id id;

        assert_ok(access_token_make(f->access, &f->admin, "ci", ROLE_VIEWER, 30, f->arena, &h.token, &id, &e));
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, ask, &h), 0);
        assert_ok(access_token(f->access, h.token, &who, &e));
        assert_ok(access_token_revoke(f->access, &f->admin, &id, &e));
        assert_int_equal(access_token(f->access, h.token, &who, &e), ERR_DENIED);
        h.is_over = true;
        for (size_t i = 0; i < 3; i++)
            pthread_join(threads[i], NULL);
    }
}

int main(void)
{
    const struct CMUnitTest list[] = {
        with_fixture(a_token_is_its_role_until_it_is_revoked),
        with_fixture(what_is_no_token_says_so),
        with_fixture(nobody_makes_a_token_that_may_more_than_they),
        with_fixture(days_and_names_have_bounds),
        with_fixture(a_revoked_token_is_refused_as_soon_as_the_call_returns),
    };

    return tests_of(list);
}
