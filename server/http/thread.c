#include "http/thread.h"

#include <signal.h>
#include <string.h>

enum err thread_start(pthread_t *out, const char *name, size_t stack, void *(*run)(void *), void *ctx, struct error *e)
{
    sigset_t all, before;
    pthread_attr_t how;
    int rc;

    pthread_attr_init(&how);
    pthread_attr_setstacksize(&how, stack);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(out, &how, run, ctx);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&how);
    if (rc != 0)
        return fail(e, ERR_IO, "no thread to be had for %s: %s", name, strerror(rc));

    pthread_setname_np(*out, name);
    return ERR_NONE;
}
