/* thread - one of ours: named, without signals (main waits for those), with a stack of known size. */
#ifndef HTTP_THREAD_H
#define HTTP_THREAD_H

#include <pthread.h>
#include <stddef.h>

#include "base/error.h"

enum err thread_start(pthread_t *out, const char *name, size_t stack, void *(*run)(void *), void *ctx, struct error *e) MUST_CHECK;

#endif
