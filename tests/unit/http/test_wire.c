#include "check.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/wire.h"

struct pair {
    struct wire ours;
    int theirs;
    struct arena *arena;
};

static void open_pair(struct pair *p, int type)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, ends), 0);
    *p = (struct pair){ .ours.fd = ends[0], .theirs = ends[1], .arena = arena_new() };
}

static void close_pair(struct pair *p)
{
    close(p->ours.fd);
    close(p->theirs);
    arena_free(p->arena);
}

static struct iovec part(const void *at, size_t len)
{
    return (struct iovec){ (void *)at, len };
}

static void what_came_behind_a_head_is_handed_out_without_asking_the_kernel_again(void **state)
{
    struct pair p;
    char got[8];

    (void)state;
    open_pair(&p, SOCK_STREAM);
    assert_int_equal(write(p.theirs, "head:body", 9), 9);
    assert_int_equal(wire_read(&p.ours, got, 5), 5);
    assert_memory_equal(got, "head:", 5);
    assert_int_equal(recv(p.ours.fd, got, sizeof(got), 0), -1);
    assert_int_equal(wire_read(&p.ours, got, sizeof(got)), 4);
    assert_memory_equal(got, "body", 4);
    assert_int_equal(wire_read(&p.ours, got, sizeof(got)), -1);
    assert_int_equal(errno, EAGAIN);
    close_pair(&p);
}

static void what_is_longer_than_the_store_comes_whole_and_in_order_and_the_end_is_told(void **state)
{
    static uint8_t sent[10000], got[sizeof(sent)];
    size_t at = 0;
    struct pair p;

    (void)state;
    for (size_t i = 0; i < sizeof(sent); i++)
        sent[i] = (uint8_t)(i * 7 + i / 256);
    open_pair(&p, SOCK_STREAM);
    assert_int_equal(write(p.theirs, sent, sizeof(sent)), sizeof(sent));
    close(p.theirs);
    for (size_t n = 0; at < sizeof(sent); n++) {
        size_t room = n % 2 == 0 ? 5 : 3000;
        ssize_t len = wire_read(&p.ours, got + at, room < sizeof(got) - at ? room : sizeof(got) - at);

        assert_true(len > 0);
        at += (size_t)len;
    }
    assert_memory_equal(got, sent, sizeof(sent));
    assert_int_equal(wire_read(&p.ours, got, 5), 0);
    p.theirs = -1;
    close_pair(&p);
}

static void a_head_leaves_with_its_body_in_one_piece(void **state)
{
    struct iovec head[] = { part("he", 2), part("ad:", 3) }, body = part("body", 4);
    struct pair p;
    char got[32];

    (void)state;
    open_pair(&p, SOCK_SEQPACKET);     /* keeps what is sent at once apart */
    wire_hold(&p.ours, p.arena);
    assert_int_equal(wire_write(&p.ours, head, 2), 5);
    assert_int_equal(recv(p.theirs, got, sizeof(got), 0), -1);
    assert_int_equal(wire_write(&p.ours, &body, 1), 4);
    assert_int_equal(recv(p.theirs, got, sizeof(got), 0), 9);
    assert_memory_equal(got, "head:body", 9);
    assert_int_equal(wire_write(&p.ours, &body, 1), 4);
    assert_int_equal(recv(p.theirs, got, sizeof(got), 0), 4);
    close_pair(&p);
}

static void what_was_held_for_a_request_that_is_over_is_not_sent_with_the_next(void **state)
{
    struct iovec head = part("head", 4), other = part("other", 5);
    struct pair p;
    char got[32];

    (void)state;
    open_pair(&p, SOCK_SEQPACKET);
    wire_hold(&p.ours, p.arena);
    assert_int_equal(wire_write(&p.ours, &head, 1), 4);
    wire_drop(&p.ours);
    assert_int_equal(wire_write(&p.ours, &other, 1), 5);
    assert_int_equal(recv(p.theirs, got, sizeof(got), 0), 5);
    close_pair(&p);
}

/* One answer as GnuTLS hands it over: what was not taken is offered again. False when the peer must read first. */
static bool offer(struct wire *w, const uint8_t *at, size_t len, size_t *done)
{
    while (*done < len) {
        struct iovec rest = part(at + *done, len - *done);
        ssize_t sent = wire_write(w, &rest, 1);

        if (sent < 0) {
            assert_int_equal(errno, EAGAIN);
            return false;
        }
        assert_true(sent > 0);
        *done += (size_t)sent;
    }
    return true;
}

static void a_peer_that_reads_slowly_loses_nothing_of_head_or_body(void **state)
{
    enum { ANSWERS = 60, HEAD = 6000, BODY = 900 };
    static uint8_t all[ANSWERS * (HEAD + BODY)], got[sizeof(all)];
    size_t read_at = 0, waited = 0;
    struct pair p;

    (void)state;
    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (uint8_t)(i * 31 + i / 1000);
    open_pair(&p, SOCK_STREAM);
    assert_int_equal(setsockopt(p.ours.fd, SOL_SOCKET, SO_SNDBUF, &(int){ 4096 }, sizeof(int)), 0);
    for (size_t n = 0; n < ANSWERS; n++) {
        const uint8_t *head = all + n * (HEAD + BODY);
        size_t head_done = 0, body_done = 0;

        wire_hold(&p.ours, p.arena);
        assert_true(offer(&p.ours, head, HEAD, &head_done));
        while (!offer(&p.ours, head + HEAD, BODY, &body_done)) {
            ssize_t len = recv(p.theirs, got + read_at, 611 < sizeof(got) - read_at ? 611 : sizeof(got) - read_at, 0);

            assert_true(len > 0);
            read_at += (size_t)len;
            waited++;
        }
    }
    while (read_at < sizeof(got)) {
        ssize_t len = recv(p.theirs, got + read_at, sizeof(got) - read_at, 0);

        assert_true(len > 0);
        read_at += (size_t)len;
    }
    assert_memory_equal(got, all, sizeof(all));
    assert_true(waited > 0);
    close_pair(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_behind_a_head_is_handed_out_without_asking_the_kernel_again),
        cmocka_unit_test(what_is_longer_than_the_store_comes_whole_and_in_order_and_the_end_is_told),
        cmocka_unit_test(a_head_leaves_with_its_body_in_one_piece),
        cmocka_unit_test(what_was_held_for_a_request_that_is_over_is_not_sent_with_the_next),
        cmocka_unit_test(a_peer_that_reads_slowly_loses_nothing_of_head_or_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
