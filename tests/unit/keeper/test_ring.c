#include "help.h"

#include <fcntl.h>
#include <sys/stat.h>

#define PHRASE "correct horse battery"

/* Without a keeper: each test starts its own. */
static int home_only(void **state)
{
    struct home *h = calloc(1, sizeof(*h));

    home_make(h);
    *state = h;
    return 0;
}

static void stop(struct home *h)
{
    keeper_stop(h->k);
    h->k = NULL;
}

/* A secret that only the right ring opens again. */
static struct bytes seal(struct home *h)
{
    struct error e = { 0 };
    struct bytes sealed;

    assert_ok(keeper_secret_seal(h->k, bytes_text("tide"), h->a, &sealed, &e));
    return sealed;
}

static void opens(struct home *h, struct bytes sealed)
{
    struct error e = { 0 };
    struct bytes open;

    assert_ok(keeper_secret_open(h->k, sealed, h->a, &open, &e));
    assert_true(bytes_equal(open, bytes_text("tide")));
}

static void a_bare_ring_opens_by_itself_after_a_restart(void **state)
{
    struct home *h = *state;
    struct error e = { 0 };
    struct bytes sealed;

    assert_ok(home_start(h, &e));
    sealed = seal(h);
    stop(h);
    assert_ok(home_start(h, &e));
    opens(h, sealed);
}

static void a_passphrase_seals_the_keeper_until_it_is_given(void **state)
{
    struct home *h = *state;
    struct error e = { 0 };
    struct bytes sealed, open;

    assert_ok(home_start(h, &e));
    sealed = seal(h);
    stop(h);
    assert_ok(keeper_ring_passphrase(h->ring, "", PHRASE, &e));
    assert_ok(home_start(h, &e));
    assert_int_equal(keeper_state(h->k), KEEPER_SEALED);
    assert_int_equal(keeper_secret_open(h->k, sealed, h->a, &open, &e), ERR_CONFLICT);
    assert_says("signet unlock");
    assert_ok(keeper_unseal(h->k, PHRASE, &e));
    assert_int_equal(keeper_state(h->k), KEEPER_OPEN);
    opens(h, sealed);
    assert_int_equal(keeper_unseal(h->k, PHRASE, &e), ERR_CONFLICT);
}

static void a_wrong_passphrase_is_refused_once_a_second(void **state)
{
    struct home *h = *state;
    struct error e = { 0 };

    assert_ok(home_start(h, &e));
    stop(h);
    assert_ok(keeper_ring_passphrase(h->ring, "", PHRASE, &e));
    assert_ok(home_start(h, &e));
    assert_int_equal(keeper_unseal(h->k, "wrong horse battery", &e), ERR_DENIED);
    assert_says("passphrase is wrong");
    assert_int_equal(keeper_unseal(h->k, PHRASE, &e), ERR_LIMIT);
    assert_int_equal(keeper_state(h->k), KEEPER_SEALED);
    usleep(1100000);
    assert_ok(keeper_unseal(h->k, PHRASE, &e));
}

static void the_passphrase_is_changed_and_taken_away_without_losing_a_key(void **state)
{
    struct home *h = *state;
    struct error e = { 0 };
    struct bytes sealed;

    assert_ok(home_start(h, &e));
    sealed = seal(h);
    stop(h);
    assert_int_equal(keeper_ring_passphrase(h->ring, "", "short", &e), ERR_INVALID);
    assert_ok(keeper_ring_passphrase(h->ring, "", PHRASE, &e));
    assert_int_equal(keeper_ring_passphrase(h->ring, "another one", "", &e), ERR_DENIED);
    assert_ok(keeper_ring_passphrase(h->ring, PHRASE, "", &e));
    assert_ok(home_start(h, &e));
    opens(h, sealed);
}

static void put(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void a_credential_wraps_the_ring_and_is_asked_for_from_then_on(void **state)
{
    struct home *h = *state;
    char path[96];
    struct keeper_options how = { .ring_path = h->ring, .credential = path, .hand = 1, .work = 1 };
    struct error e = { 0 };
    struct bytes sealed;

    snprintf(path, sizeof(path), "%s/credential", h->folder);
    assert_ok(home_start(h, &e));   /* bare at first */
    sealed = seal(h);
    stop(h);
    put(path, "0123456789abcdef0123456789abcdef", 0600);
    for (int i = 0; i < 2; i++) {
        assert_ok(keeper_start(&how, &h->k, &e));
        opens(h, sealed);
        stop(h);
    }
    assert_int_equal(home_start(h, &e), ERR_DENIED);
    assert_says("LoadCredential");
    put(path, "another credential, of another machine", 0600);
    assert_int_equal(keeper_start(&how, &h->k, &e), ERR_DENIED);
    assert_says("not the one");
    assert_int_equal(keeper_ring_passphrase(h->ring, "", PHRASE, &e), ERR_CONFLICT);
    unlink(path);
}

static void a_ring_that_others_may_read_is_refused(void **state)
{
    struct home *h = *state;
    struct error e = { 0 };

    assert_ok(home_start(h, &e));
    stop(h);
    assert_int_equal(chmod(h->ring, 0644), 0);
    assert_int_equal(home_start(h, &e), ERR_DENIED);
    assert_says("chmod 600");
}

static void a_damaged_ring_is_refused_and_left_as_it_is(void **state)
{
    struct home *h = *state;
    struct error e = { 0 };
    uint8_t byte;
    int fd;

    assert_ok(home_start(h, &e));
    stop(h);
    fd = open(h->ring, O_RDWR);
    assert_int_equal(pread(fd, &byte, 1, 100), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, 100), 1);
    close(fd);
    assert_int_equal(home_start(h, &e), ERR_INVALID);
    assert_says("damaged");
    assert_int_equal(truncate(h->ring, 0), 0);
    assert_int_equal(home_start(h, &e), ERR_INVALID);
    assert_says("damaged");
}

static void a_key_of_another_ring_says_what_is_missing(void **state)
{
    struct home *h = *state;
    struct error e = { 0 };
    struct bytes sealed, open;

    assert_ok(home_start(h, &e));
    sealed = seal(h);
    stop(h);
    unlink(h->ring);
    assert_ok(home_start(h, &e));
    assert_int_equal(keeper_secret_open(h->k, sealed, h->a, &open, &e), ERR_CONFLICT);
    assert_says("restore the ring");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_bare_ring_opens_by_itself_after_a_restart, home_only, home_down),
        cmocka_unit_test_setup_teardown(a_passphrase_seals_the_keeper_until_it_is_given, home_only, home_down),
        cmocka_unit_test_setup_teardown(a_wrong_passphrase_is_refused_once_a_second, home_only, home_down),
        cmocka_unit_test_setup_teardown(the_passphrase_is_changed_and_taken_away_without_losing_a_key, home_only, home_down),
        cmocka_unit_test_setup_teardown(a_credential_wraps_the_ring_and_is_asked_for_from_then_on, home_only, home_down),
        cmocka_unit_test_setup_teardown(a_ring_that_others_may_read_is_refused, home_only, home_down),
        cmocka_unit_test_setup_teardown(a_damaged_ring_is_refused_and_left_as_it_is, home_only, home_down),
        cmocka_unit_test_setup_teardown(a_key_of_another_ring_says_what_is_missing, home_only, home_down),
    };

    return tests_of(tests);
}
