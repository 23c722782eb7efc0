/* test_seen - what strangers make us write is bounded, and nothing of their words is kept. */
#include "check.h"

#include "../store/store.h"
#include "base/agent.h"
#include "base/time.h"
#include "publish/seen.h"
#include "store/seen.h"

static void programs_are_named_in_our_own_words(void **state)
{
    static const struct { const char *header, *words; } cases[] = {
        { "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128 on Linux" },
        { "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge 131 on Windows" },
        { "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15", "Safari 17 on macOS" },
        { "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36", "Chrome 130 on Android" },
        { "curl/7.88.1", "curl 7" },
        { "<script>alert(1)</script>", "another program" },
        { "Firefox/99999999999999999999", "Firefox" },
        { "", "another program" },
    };
    char words[AGENT_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        agent_words(cases[i].header, words);
        assert_string_equal(words, cases[i].words);
    }
    agent_words(NULL, words);
    assert_string_equal(words, "another program");
}

static size_t rows(struct place *p, struct arena *a, struct seen_row **out)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct error e = { 0 };
    size_t len = 0;

    assert_ok(store_look(p->store, &look, &e));
    assert_ok(store_seen_list(look_db(&look), a, out, &len, &e));
    return len;
}

struct crowd { int from, to; const char *name; int64_t at; };

static enum err put_crowd(struct tx *tx, void *arg, struct error *e)
{
    const struct crowd *c = arg;
    enum err r = ERR_NONE;

    for (int i = c->from; r == ERR_NONE && i < c->to; i++) {
        char address[32];

        snprintf(address, sizeof(address), "10.0.%d.%d", i / 256, i % 256);
        r = store_seen_put(tx, &(struct seen_row){ .address = address, .agent = "curl 7", .name = c->name, .last_at = c->at + i }, e);
    }
    return r;
}

static void the_table_has_a_most_and_strangers_go_before_users(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct crowd users = { 0, 3, "admin", 1000 }, strangers = { 3, SEEN_MAX + 50, "", 5000 };
    struct seen_row *list;
    struct place *p = *state;
    struct error e = { 0 };
    int named = 0;

    assert_ok(store_write(p->store, &p->who, put_crowd, &users, &e));
    assert_ok(store_write(p->store, &p->who, put_crowd, &strangers, &e));
    assert_int_equal(rows(p, a, &list), SEEN_MAX);
    for (size_t i = 0; i < SEEN_MAX; i++)
        named += list[i].name[0] != '\0';
    assert_int_equal(named, 3);
    assert_int_equal(list[0].last_at, 5000 + SEEN_MAX + 49);
}

static void a_program_is_one_row_counted_once_a_minute_and_keeps_its_user(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct place *p = *state;
    struct seen_row *list;
    struct error e = { 0 };

    assert_ok(store_write(p->store, &p->who, put_crowd, &(struct crowd){ 7, 8, "admin", 1000 }, &e));
    assert_ok(store_write(p->store, &p->who, put_crowd, &(struct crowd){ 7, 8, "", 1010 }, &e));
    assert_ok(store_write(p->store, &p->who, put_crowd, &(struct crowd){ 7, 8, "", 1080 }, &e));
    assert_int_equal(rows(p, a, &list), 1);
    assert_string_equal(list[0].name, "admin");
    assert_int_equal(list[0].times, 2);
    assert_int_equal(list[0].first_at, 1007);
    assert_int_equal(list[0].last_at, 1087);
}

static void repeats_many_programs_of_one_address_and_floods_are_not_noted(void **state)
{
    struct place *p = *state;
    struct seen *s = NULL;
    struct error e = { 0 };
    const int64_t now = 1800000000;
    unsigned taken = 0;
    char text[48];

    assert_ok(seen_open(p->store, &s, &e));
    assert_true(seen_note(s, "10.0.0.1", "curl/7.88", now));
    assert_false(seen_note(s, "10.0.0.1", "curl/7.99", now + 5));
    for (int i = 0; i < 20; i++) {
        snprintf(text, sizeof(text), "Firefox/%d", 100 + i);
        taken += seen_note(s, "10.0.0.1", text, now + 6);
    }
    assert_int_equal(taken, SEEN_EACH_ADDRESS - 1);
    for (int i = 0; i < 500; i++) {
        snprintf(text, sizeof(text), "2001:db8::%x", i);
        taken += seen_note(s, text, "curl/7.88", now + 60);
    }
    assert_int_equal(taken, SEEN_EACH_ADDRESS - 1 + SEEN_EACH_MINUTE);
    assert_true(seen_note(s, "10.0.0.2", "curl/7.88", now + 120));
    seen_close(s);
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(programs_are_named_in_our_own_words), in_place(the_table_has_a_most_and_strangers_go_before_users),
        in_place(a_program_is_one_row_counted_once_a_minute_and_keeps_its_user), in_place(repeats_many_programs_of_one_address_and_floods_are_not_noted),
    };

    return tests_of(list);
}
