#include "check.h"

#include "../sql.h"
#include "base/text.h"
#include "inventory.h"
#include "store/certificates.h"
#include "store/find.h"

/* Its row stands there now, as if as many had come before it. */
static void move_to(struct place *p, struct making *m, int64_t n, struct arena *a)
{
    sql_run(p->path, arena_printf(a, "BEGIN; UPDATE version SET n = %lld WHERE n = %lld; UPDATE der SET n = %lld WHERE n = %lld;"
                                     " UPDATE certificate SET current = %lld WHERE current = %lld; COMMIT;",
                                  (long long)n, (long long)m->n, (long long)n, (long long)m->n, (long long)n, (long long)m->n));
    m->n = n;
}

static void finds_alone(const struct db *db, struct bytes number, size_t digits, int64_t n, struct arena *a)
{
    struct error e = { 0 };
    struct digits asked;
    struct found found = { 0 };

    assert_true(digits_parse(arena_printf(a, "%.*s", (int)digits, text_hex_in(a, number)), &asked));
    assert_ok(store_find_digits(db, &asked, &found, &e));
    assert_int_equal(found.len, 1);
    assert_int_equal(found.at[0], n);
}

static void numbers_are_found_at_both_ends_of_the_parts_that_their_index_is_kept_in(void **state)
{
    static const int64_t places[] = { 1, 4095, 4096, 4097, 8191, 8192, 1000000 };
    enum { PLACES = sizeof(places) / sizeof(*places) };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct place *p = *state;

    for (int is_foreign = 0; is_foreign <= 1; is_foreign++) {
        struct making made[PLACES] = { 0 };
        struct error e = { 0 };

        for (size_t i = 0; i < PLACES; i++) {
            made[i] = (struct making){ .common_name = "www.lab.lan", .is_self_signed = is_foreign != 0 };
            assert_ok(make(p, &made[i], &e));
            move_to(p, &made[i], 2 * places[i] + is_foreign, a);
        }
        for (size_t i = 0; i < PLACES; i++) {
            CLEANUP(look_done) struct look look = { 0 };
            struct version_row row;

            assert_ok(store_look(p->store, &look, &e));
            assert_ok(store_version(look_db(&look), made[i].n, a, &row, &e));
            finds_alone(look_db(&look), row.serial, 40, made[i].n, a);
            finds_alone(look_db(&look), row.sha1, 40, made[i].n, a);
            finds_alone(look_db(&look), row.sha1, 15, made[i].n, a);
            finds_alone(look_db(&look), row.sha256, 64, made[i].n, a);
        }
    }
}

static void a_number_that_nothing_has_finds_nothing(void **state)
{
    struct making m = { .common_name = "www.lab.lan" };
    CLEANUP(look_done) struct look look = { 0 };
    struct place *p = *state;
    struct error e = { 0 };
    struct digits asked;
    struct found found = { 0 };

    assert_true(digits_parse("0123456789abcdef0123", &asked));
    assert_ok(store_look(p->store, &look, &e));
    assert_ok(store_find_digits(look_db(&look), &asked, &found, &e));      /* an empty store has no parts */
    assert_int_equal(found.len, 0);
    look_done(&look);
    assert_ok(make(p, &m, &e));
    assert_ok(store_look(p->store, &look, &e));
    assert_ok(store_find_digits(look_db(&look), &asked, &found, &e));
    assert_int_equal(found.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(numbers_are_found_at_both_ends_of_the_parts_that_their_index_is_kept_in),
        in_place(a_number_that_nothing_has_finds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
