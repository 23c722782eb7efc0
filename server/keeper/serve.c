#include "keeper/serve.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "keeper/sandbox.h"
#include "keeper/verbs.h"

enum { EXIT_START = 1, EXIT_MALFORMED = 70, CREDENTIAL_MIN = 16, CREDENTIAL_MAX = 4096, ATTEMPTS = 3 };
enum { STACK = KEEPER_IS_SANITIZED ? 2 * 1024 * 1024 : 256 * 1024 };

static const int niceness[LANE_COUNT] = { [LANE_HAND] = 0, [LANE_WORK] = 0, [LANE_SLOW] = 15 };

struct worker {
    struct vault *vault;
    pthread_barrier_t *begin;
    int fd, nice;
};

/* One line, without the clock and the heap: this may be the last thing that works. */
static _Noreturn void die(const char *why)
{
    char line[256];
    int n = snprintf(line, sizeof(line), "level=error msg=\"keeper: %s; the keeper ends\"\n", why);

    if (write(STDERR_FILENO, line, (size_t)n) < 0)
        _exit(EXIT_MALFORMED);
    _exit(EXIT_MALFORMED);
}

/* a channel --------------------------------------------------------------------------------------------------- */

static void answer(struct vault *v, int fd, const struct frame *asked)
{
    struct buf out;
    enum err status = ERR_BUG;

    buf_init(&out, FRAME_SMALL);
    if (!verbs_answer(v, asked, &status, &out))
        die("a malformed frame came in");
    if (!frame_send(fd, asked->verb, (uint16_t)status, buf_bytes(&out), bytes_of(NULL, 0)))
        _exit(0);
    buf_wipe(&out);
}

static void *run(void *arg)
{
    struct worker *w = arg;
    struct frame_room room;
    struct frame asked;

    setpriority(PRIO_PROCESS, (id_t)gettid(), w->nice);   /* of this thread alone: Linux */
    pthread_barrier_wait(w->begin);
    for (;;) {
        enum frame_got got = frame_receive(w->fd, frame_question_ceiling, &room, &asked);

        if (got == FRAME_BROKEN)
            die("a frame of an unknown kind or length came in");
        if (got == FRAME_END)
            _exit(0);
        answer(w->vault, w->fd, &asked);
        frame_wipe(&room);
    }
    return NULL;
}

static enum err start_threads(const struct serve_start *s, struct vault *v, struct error *e)
{
    struct worker *workers = own_alloc(s->len * sizeof(*workers));   /* for as long as the process lives */
    pthread_barrier_t *begin = own_alloc(sizeof(*begin));
    pthread_attr_t attr;
    pthread_t thread;

    pthread_barrier_init(begin, NULL, (unsigned)s->len + 1);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK);
    for (size_t i = 0; i < s->len; i++) {
        workers[i] = (struct worker){ v, begin, s->at[i].fd, niceness[s->at[i].lane] };
        if (pthread_create(&thread, &attr, run, &workers[i]) != 0)
            return fail(e, ERR_IO, "the keeper cannot start its threads");
        pthread_detach(thread);
    }
    pthread_attr_destroy(&attr);
    pthread_barrier_wait(begin);
    return ERR_NONE;
}

/* the ring ------------------------------------------------------------------------------------------------------- */

/* The systemd credential, when there is one: its content is the secret. */
static enum err read_credential(const struct keeper_options *how, struct buf *out, struct error *e)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    char path[PATH_MAX], text[CREDENTIAL_MAX];
    ssize_t got;
    int fd;

    if (how->credential == NULL && folder == NULL)
        return ERR_NONE;
    if (how->credential != NULL)
        snprintf(path, sizeof(path), "%s", how->credential);
    else
        snprintf(path, sizeof(path), "%s/signet-ring", folder);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && how->credential == NULL)
        return ERR_NONE;
    got = fd < 0 ? -1 : read(fd, text, sizeof(text));
    if (fd >= 0)
        close(fd);
    if (got < CREDENTIAL_MIN)
        return fail(e, ERR_IO, "the credential %s cannot be read or has fewer than %d octets", path, CREDENTIAL_MIN);
    buf_add(out, text, (size_t)got);
    own_wipe(text, sizeof(text));
    return ERR_NONE;
}

/* First run. Another daemon may be as early as we are: then its ring is read. */
static enum err make_ring(const struct keeper_options *how, struct bytes credential, struct error *e)
{
    struct ring fresh;
    enum err r;

    ring_make(&fresh);
    r = ring_write(how->ring_path, &fresh, credential.len > 0 ? RING_CREDENTIAL : RING_BARE, credential, true, e);
    own_wipe(&fresh, sizeof(fresh));
    return r == ERR_CONFLICT ? ERR_NONE : r;
}

static enum err read_ring(const struct keeper_options *how, struct bytes credential, struct ring_file *out, struct error *e)
{
    enum err r = ERR_ABSENT;

    for (int i = 0; i < ATTEMPTS && r == ERR_ABSENT; i++) {
        r = ring_read(how->ring_path, out, e);
        if (r == ERR_ABSENT && make_ring(how, credential, e) != ERR_NONE)
            return e->code;
    }
    return r;
}

/* A bare ring that meets a credential is wrapped by it from now on. */
static enum err open_ring(const struct keeper_options *how, struct vault *v, struct bytes credential, struct error *e)
{
    enum err r;

    r = read_ring(how, credential, &v->file, e);
    if (r)
        return r;
    if (v->file.wrap == RING_PASSPHRASE)
        return ERR_NONE;
    if (v->file.wrap == RING_CREDENTIAL && credential.len == 0)
        return fail(e, ERR_DENIED, "keeper.ring is wrapped by the systemd credential signet-ring, which is not there: add LoadCredential to the unit");
    r = ring_open(&v->file, credential, v->ring, e);
    if (r)
        return r;
    v->is_open = true;
    if (v->file.wrap == RING_BARE && credential.len > 0)
        return ring_write(how->ring_path, v->ring, RING_CREDENTIAL, credential, false, e);
    return ERR_NONE;
}

/* the process ------------------------------------------------------------------------------------------------------ */

static enum err prepare(const struct serve_start *s, struct vault *v, struct error *e)
{
    int keep[SERVE_CHANNELS + 1];
    struct buf credential;
    enum err r;

    keep[s->len] = s->life;
    for (size_t i = 0; i < s->len; i++)
        keep[i] = s->at[i].fd;
    r = sandbox_process(keep, s->len + 1, e);
    if (r)
        return r;

    vault_init(v, sandbox_page(sizeof(struct ring)));
    buf_init(&credential, CREDENTIAL_MAX);
    r = read_credential(s->how, &credential, e);
    if (r == ERR_NONE)
        r = open_ring(s->how, v, buf_bytes(&credential), e);
    buf_wipe(&credential);
    if (r)
        return r;
    r = start_threads(s, v, e);
    if (r)
        return r;
    return sandbox_filter(e);
}

static bool say_hello(int life, enum err r, bool is_open, const struct error *e)
{
    uint8_t state = is_open ? 0 : 1;
    struct bytes body = r == ERR_NONE ? bytes_of(&state, 1) : bytes_text(e->text);

    return frame_send(life, VERB_HELLO, (uint16_t)r, body, bytes_of(NULL, 0));
}

_Noreturn void serve(const struct serve_start *start)
{
    struct vault *v = own_alloc(sizeof(*v));   /* for as long as the process lives */
    struct error e = { 0 };
    char nothing;
    enum err r;

    r = prepare(start, v, &e);
    if (!say_hello(start->life, r, v->is_open, &e) || r)
        _exit(EXIT_START);
    /* Nothing is ever said here again: what comes is the end. */
    while (read(start->life, &nothing, 1) > 0)
        die("the life line spoke");
    _exit(0);
}
