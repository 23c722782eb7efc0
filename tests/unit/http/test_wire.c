#include "check.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/wire.h"

struct pair {
    struct wire ours;
    int theirs;
};

static void open_pair(struct pair *p, int type)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, ends), 0);
    *p = (struct pair){ .ours.fd = ends[0], .theirs = ends[1] };
}

static void close_pair(struct pair *p)
{
    close(p->ours.fd);
    close(p->theirs);
    wire_done(&p->ours);
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
    p.ours.holds = HOLDS_NEXT;
    assert_int_equal(wire_write(&p.ours, head, 2), 5);
    assert_int_equal(recv(p.theirs, got, sizeof(got), 0), -1);
    assert_int_equal(wire_write(&p.ours, &body, 1), 4);
    assert_int_equal(recv(p.theirs, got, sizeof(got), 0), 9);
    assert_memory_equal(got, "head:body", 9);
    assert_int_equal(wire_write(&p.ours, &body, 1), 4);
    assert_int_equal(recv(p.theirs, got, sizeof(got), 0), 4);
    close_pair(&p);
}

static void a_flight_leaves_in_one_piece_when_we_wait_for_the_peer(void **state)
{
    struct iovec one = part("one ", 4), two = part("two ", 4), three = part("three", 5);
    struct pair p;
    char got[32];

    (void)state;
    open_pair(&p, SOCK_SEQPACKET);
    p.ours.holds = HOLDS_ALL;
    assert_int_equal(wire_write(&p.ours, &one, 1), 4);
    assert_int_equal(wire_write(&p.ours, &two, 1), 4);
    assert_int_equal(recv(p.theirs, got, sizeof(got), 0), -1);
    assert_int_equal(wire_read(&p.ours, got, sizeof(got)), -1);
    assert_int_equal(errno, EAGAIN);
    assert_false(wire_is_full(&p.ours));
    assert_int_equal(recv(p.theirs, got, sizeof(got), 0), 8);
    assert_memory_equal(got, "one two ", 8);

    assert_int_equal(wire_write(&p.ours, &one, 1), 4);
    p.ours.holds = HOLDS_NONE;
    assert_int_equal(wire_write(&p.ours, &three, 1), 5);
    assert_int_equal(recv(p.theirs, got, sizeof(got), 0), 9);
    assert_memory_equal(got, "one three", 9);
    close_pair(&p);
}

static void a_flight_that_the_peer_does_not_take_waits_for_it_and_not_for_what_it_says(void **state)
{
    static uint8_t flight[300000], got[sizeof(flight)];
    struct iovec whole = part(flight, sizeof(flight));
    size_t at = 0;
    struct pair p;
    char byte;

    (void)state;
    for (size_t i = 0; i < sizeof(flight); i++)
        flight[i] = (uint8_t)(i * 13 + i / 700);
    open_pair(&p, SOCK_STREAM);
    p.ours.holds = HOLDS_ALL;
    assert_int_equal(wire_write(&p.ours, &whole, 1), sizeof(flight));
    while (at < sizeof(got)) {
        ssize_t len;

        assert_int_equal(wire_read(&p.ours, &byte, 1), -1);
        assert_int_equal(errno, EAGAIN);
        assert_true(at > 0 || wire_is_full(&p.ours));
        len = recv(p.theirs, got + at, sizeof(got) - at, 0);
        assert_true(len > 0);
        at += (size_t)len;
    }
    assert_false(wire_is_full(&p.ours));
    assert_memory_equal(got, flight, sizeof(flight));
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

        p.ours.holds = HOLDS_NEXT;
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
        cmocka_unit_test(a_flight_leaves_in_one_piece_when_we_wait_for_the_peer),
        cmocka_unit_test(a_flight_that_the_peer_does_not_take_waits_for_it_and_not_for_what_it_says),
        cmocka_unit_test(a_peer_that_reads_slowly_loses_nothing_of_head_or_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
