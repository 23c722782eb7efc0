#include "help.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "keeper/ask.h"

static void in_proc(const struct home *h, const char *what, char *out, size_t room)
{
    char path[64];
    ssize_t got;
    int fd;

    snprintf(path, sizeof(path), "/proc/%ld/%s", keeper_pid(h->k), what);
    fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    got = read(fd, out, room - 1);
    assert_true(got >= 0);
    out[got] = '\0';
    close(fd);
}

static void the_ring_is_made_at_first_run_for_its_owner_alone(void **state)
{
    struct home *h = *state;
    struct stat st;

    assert_int_equal(stat(h->ring, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(keeper_state(h->k), KEEPER_OPEN);
}

static void it_holds_no_descriptor_but_its_channels(void **state)
{
    struct home *h = *state;
    char path[64], link[128];
    struct dirent *entry;
    size_t sockets = 0;
    DIR *dir;

    snprintf(path, sizeof(path), "/proc/%ld/fd", keeper_pid(h->k));
    dir = opendir(path);
    if (dir == NULL) {   /* only root may look */
        assert_int_equal(errno, EACCES);
        return;
    }
    for (entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        ssize_t len = readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1);

        if (len < 0)
            continue;
        link[len] = '\0';
        if (strncmp(link, "socket:", 7) == 0)
            sockets++;
        else if (atoi(entry->d_name) != STDERR_FILENO)
            assert_string_equal(link, "/dev/null");
    }
    closedir(dir);
    assert_int_equal(sockets, 2 + 2 + 2 + 1);   /* hand, work, slow, and its life */
}

static void all_its_threads_are_under_the_filter_and_it_leaves_no_core(void **state)
{
    struct home *h = *state;
    char text[4096], what[64];
    struct dirent *entry;
    size_t threads = 0;
    DIR *dir;

    snprintf(what, sizeof(what), "/proc/%ld/task", keeper_pid(h->k));
    dir = opendir(what);
    assert_non_null(dir);
    for (entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(what, sizeof(what), "task/%.20s/status", entry->d_name);
        in_proc(h, what, text, sizeof(text));
        assert_non_null(strstr(text, "Seccomp:\t2"));
        assert_non_null(strstr(text, "NoNewPrivs:\t1"));
        threads++;
    }
    closedir(dir);
    assert_true(threads >= 2 + 2 + 2 + 1);   /* one a channel, and the first */
    in_proc(h, "limits", text, sizeof(text));
    assert_non_null(strstr(text, "Max core file size        0                    0 "));
}

static atomic_int told;

static void tell(void *arg)
{
    (void)arg;
    told++;
}

static void wait_until_told(int times)
{
    for (int i = 0; i < 500 && told < times; i++)
        usleep(2000);
    assert_int_equal(told, times);
}

static void when_it_is_killed_every_call_says_so_at_once(void **state)
{
    struct home *h = *state;
    struct key_spec spec = spec_subject(KEY_EC_P256);
    struct sealed_key key;
    struct keeper_key *loaded;
    struct error e = { 0 };
    int64_t from;

    told = 0;
    keeper_watch(h->k, tell, NULL);
    assert_ok(keeper_make(h->k, &spec, h->a, &key, &e));
    assert_ok(keeper_load(h->k, key.blob, &loaded, &e));
    kill((pid_t)keeper_pid(h->k), SIGKILL);
    from = clock_mono_ms();
    wait_until_told(1);
    assert_int_equal(keeper_state(h->k), KEEPER_DEAD);
    assert_int_equal(keeper_make(h->k, &spec, h->a, &key, &e), ERR_IO);
    assert_says("keeper process has ended");
    assert_int_equal(keeper_load(h->k, key.blob, &loaded, &e), ERR_IO);
    keeper_key_unref(loaded);
    assert_true(clock_mono_ms() - from < 500);
    usleep(20000);
    assert_int_equal(told, 1);
}

/* An RSA key takes long enough to be in the middle of. */
static void *make_rsa(void *arg)
{
    struct home *h = arg;
    struct arena *a = arena_new();
    struct key_spec spec = spec_subject(KEY_RSA_4096);
    struct sealed_key key;
    struct error e = { 0 };
    enum err r = keeper_make(h->k, &spec, a, &key, &e);

    arena_free(a);
    return (void *)(uintptr_t)r;
}

static void a_caller_in_the_middle_of_a_question_is_told_too(void **state)
{
    struct home *h = *state;
    pthread_t thread;
    void *r;

    assert_int_equal(pthread_create(&thread, NULL, make_rsa, h), 0);
    usleep(10000);
    kill((pid_t)keeper_pid(h->k), SIGKILL);
    pthread_join(thread, &r);
    if ((uintptr_t)r != ERR_NONE)   /* a lucky prime within 10 ms would do */
        assert_int_equal((uintptr_t)r, ERR_IO);
}

static void stopping_it_in_order_tells_nobody(void **state)
{
    struct home h;
    struct error e = { 0 };
    long pid;

    (void)state;
    home_make(&h);
    assert_ok(home_start(&h, &e));
    told = 0;
    keeper_watch(h.k, tell, NULL);
    pid = keeper_pid(h.k);
    home_done(&h);
    assert_int_equal(told, 0);
    assert_int_equal(kill((pid_t)pid, 0), -1);
}

/* What a bug or an attacker sends, over the very channel of the daemon. */
static void speak(void **state, const void *words, size_t len)
{
    struct home *h = *state;
    struct error e = { 0 };
    struct bytes out;

    told = 0;
    keeper_watch(h->k, tell, NULL);
    assert_int_equal(send(h->k->lanes[LANE_WORK].at[0].fd, words, len, MSG_NOSIGNAL), (ssize_t)len);
    wait_until_told(1);
    assert_int_equal(keeper_secret_seal(h->k, bytes_text("x"), h->a, &out, &e), ERR_IO);
}

static void an_unknown_verb_ends_it(void **state)
{
    static const uint16_t words[] = { 0, 0, VERB_COUNT, 0 };

    speak(state, words, sizeof(words));
}

static void a_frame_over_its_ceiling_ends_it(void **state)
{
    static const uint32_t words[] = { FRAME_SMALL + 1, VERB_LOAD };

    speak(state, words, sizeof(words));
}

static void fields_that_do_not_add_up_end_it(void **state)
{
    static const uint32_t words[] = { 8, VERB_LOAD, 100, 0 };

    speak(state, words, sizeof(words));
}

static void more_bytes_than_the_frame_said_end_it(void **state)
{
    static const uint32_t words[] = { 4, VERB_DROP, 1, 0 };

    speak(state, words, sizeof(words));
}

static void a_hello_from_the_wrong_side_ends_it(void **state)
{
    static const uint32_t words[] = { 0, VERB_HELLO };

    speak(state, words, sizeof(words));
}

static void *sign_much(void *arg)
{
    struct home *h = arg;
    struct arena *a = arena_new();
    struct error e = { 0 };
    uintptr_t bad = 0;

    for (int i = 0; i < 50; i++) {
        struct bytes sealed, open;

        bad |= keeper_secret_seal(h->k, bytes_of(&i, sizeof(i)), a, &sealed, &e) != ERR_NONE ||
               keeper_secret_open(h->k, sealed, a, &open, &e) != ERR_NONE || open.len != sizeof(i) || memcmp(open.at, &i, sizeof(i)) != 0;
    }
    arena_free(a);
    return (void *)bad;
}

static void many_threads_share_few_channels(void **state)
{
    pthread_t threads[8];
    void *bad;

    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, sign_much, *state), 0);
    for (size_t i = 0; i < 8; i++) {
        pthread_join(threads[i], &bad);
        assert_null(bad);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_ring_is_made_at_first_run_for_its_owner_alone, home_up, home_down),
        cmocka_unit_test_setup_teardown(it_holds_no_descriptor_but_its_channels, home_up, home_down),
        cmocka_unit_test_setup_teardown(all_its_threads_are_under_the_filter_and_it_leaves_no_core, home_up, home_down),
        cmocka_unit_test_setup_teardown(when_it_is_killed_every_call_says_so_at_once, home_up, home_down),
        cmocka_unit_test_setup_teardown(a_caller_in_the_middle_of_a_question_is_told_too, home_up, home_down),
        cmocka_unit_test(stopping_it_in_order_tells_nobody),
        cmocka_unit_test_setup_teardown(an_unknown_verb_ends_it, home_up, home_down),
        cmocka_unit_test_setup_teardown(a_frame_over_its_ceiling_ends_it, home_up, home_down),
        cmocka_unit_test_setup_teardown(fields_that_do_not_add_up_end_it, home_up, home_down),
        cmocka_unit_test_setup_teardown(more_bytes_than_the_frame_said_end_it, home_up, home_down),
        cmocka_unit_test_setup_teardown(a_hello_from_the_wrong_side_ends_it, home_up, home_down),
        cmocka_unit_test_setup_teardown(many_threads_share_few_channels, home_up, home_down),
    };

    return tests_of(tests);
}
