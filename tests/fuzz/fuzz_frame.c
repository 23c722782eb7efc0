/* fuzz_frame - what comes to the keeper over a channel: frames, their fields, and the bodies that it is asked to sign.
   First octet 0: a frame as it is; else the rest is put before each rule as that shape. */
#include "fuzz.h"

#include <sys/socket.h>
#include <unistd.h>

#include "keeper/rules.h"
#include "keeper/verbs.h"

static struct vault *vault(void)
{
    static struct ring ring;
    static struct vault v;

    if (ring.len == 0) {
        ring_make(&ring);
        vault_init(&v, &ring);
        v.is_open = true;
    }
    return &v;
}

/* RSA keys take seconds to make; what is wanted is the parser. */
static bool is_slow(const struct frame *f)
{
    return f->verb == VERB_MAKE && f->body.len > 1 && f->body.at[1] >= KEY_RSA_2048 && f->body.at[1] <= KEY_RSA_4096;
}

static void through_a_socket(const uint8_t *data, size_t size)
{
    struct frame_room room;
    struct frame f;
    struct buf out;
    enum err status;
    int fd[2];

    if (size > 60000 || socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0)
        return;
    must(send(fd[0], data, size, 0) == (ssize_t)size);
    close(fd[0]);
    buf_init(&out, FRAME_SMALL);
    if (frame_receive(fd[1], frame_question_ceiling, &room, &f) == FRAME_HERE && !is_slow(&f) && verbs_answer(vault(), &f, &status, &out))
        must(status <= ERR_BUG);
    buf_wipe(&out);
    frame_wipe(&room);
    close(fd[1]);
}

static void before_the_rules(enum signed_shape shape, struct bytes body)
{
    static const enum purpose purposes[] = { PURPOSE_CA, PURPOSE_OCSP, PURPOSE_SUBJECT, PURPOSE_SEAL };

    for (size_t i = 0; i < sizeof(purposes) / sizeof(*purposes); i++) {
        struct blob head = { .purpose = purposes[i], .type = KEY_EC_P256, .path_len = 0, .not_after = 4000000000 };
        struct error e = { 0 };

        /* Nothing hashes to zeros: a body that names an issuer or a key must never pass. */
        must(rules_sign(&head, shape, body, &e) != ERR_NONE || shape > SHAPE_REQUEST);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] == 0)
        through_a_socket(data + 1, size - 1);
    else
        before_the_rules((enum signed_shape)(data[0] % 6), bytes_of(data + 1, size - 1));
    return 0;
}
