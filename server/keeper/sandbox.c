#include "keeper/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* All gaps between what stays. */
static bool close_others(int *keep, size_t len)
{
    unsigned from = STDERR_FILENO + 1;

    qsort(keep, len, sizeof(*keep), by_number);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned)keep[i] > from && close_range(from, (unsigned)keep[i] - 1, 0) != 0)
            return false;
        from = (unsigned)keep[i] + 1;
    }
    return close_range(from, ~0U, 0) == 0;
}

static bool silence(void)
{
    int fd;

    fd = open("/dev/null", O_RDWR);
    if (fd < 0)
        return false;
    if (dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0)
        return false;
    if (fd > STDERR_FILENO)
        close(fd);
    return true;
}

/* Ctrl-C goes to the whole group: the keeper ends with its sockets, when the daemon has finished what it was doing. */
static void ignore_signals(void)
{
    static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2 };
    sigset_t none;

    for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
        signal(ignored[i], SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

enum err sandbox_process(int *keep, size_t len, struct error *e)
{
    struct rlimit none = { 0, 0 };

    prctl(PR_SET_NAME, "signet-keeper");
    ignore_signals();
    if (!silence() || !close_others(keep, len))
        return fail(e, ERR_IO, "the keeper cannot let go of its descriptors: %s", strerror(errno));
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
        return fail(e, ERR_IO, "the keeper cannot forbid core dumps: %s", strerror(errno));
    /* A few small threads: one more heap each would cost more than it gives. */
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_TRIM_THRESHOLD, 256 * 1024);
    return ERR_NONE;
}

void *sandbox_page(size_t len)
{
    void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        abort();
    madvise(at, len, MADV_DONTDUMP);
    /* Where RLIMIT_MEMLOCK forbids even one page the keys may be swapped; that is no reason not to start. */
    mlock(at, len);
    return at;
}

#if KEEPER_IS_SANITIZED

/* Their run-time needs half of the kernel: only what a thief would want first is refused. */
static int fill(scmp_filter_ctx filter)
{
    static const int refused[] = { SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(execve), SCMP_SYS(ptrace) };
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof(refused) / sizeof(*refused); i++)
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
    return rc;
}
#define OTHERWISE SCMP_ACT_ALLOW

#else

static int fill(scmp_filter_ctx filter)
{
    static const int allowed[] = {
        SCMP_SYS(read), SCMP_SYS(recvfrom), SCMP_SYS(sendmsg), SCMP_SYS(write), SCMP_SYS(futex), SCMP_SYS(getrandom),
        SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise),
        SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(sched_yield), SCMP_SYS(getpid), SCMP_SYS(gettid),
        SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall), SCMP_SYS(tgkill),
        SCMP_SYS(exit), SCMP_SYS(exit_group),
    };
    static const int not_executable[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof(allowed) / sizeof(*allowed); i++)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; rc == 0 && i < sizeof(not_executable) / sizeof(*not_executable); i++)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, not_executable[i], 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    return rc;
}
#define OTHERWISE SCMP_ACT_KILL_PROCESS

#endif

enum err sandbox_filter(struct error *e)
{
    scmp_filter_ctx filter = seccomp_init(OTHERWISE);
    int rc;

    if (filter == NULL)
        return fail(e, ERR_IO, "seccomp cannot be used");
    rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);   /* every thread, not this one alone */
    if (rc == 0)
        rc = fill(filter);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    if (rc != 0)
        return fail(e, ERR_IO, "the keeper's sandbox cannot be closed: %s", strerror(-rc));
    return ERR_NONE;
}
