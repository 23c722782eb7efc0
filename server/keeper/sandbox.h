/* sandbox - what the keeper's process gives up: descriptors, cores, being looked at, and nearly all system calls. */
#ifndef KEEPER_SANDBOX_H
#define KEEPER_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KEEPER_IS_SANITIZED 1
#else
#define KEEPER_IS_SANITIZED 0
#endif

/* First thing after the fork. Standard input and output lead nowhere, standard error stays for one line at death.
   keep: descriptors that stay open, sorted here. */
enum err sandbox_process(int *keep, size_t len, struct error *e) MUST_CHECK;
/* Memory that is never swapped nor dumped, zeroed. */
void *sandbox_page(size_t len);
/* When all threads are there and all files are read: no file, no network, no new process from here on. */
enum err sandbox_filter(struct error *e) MUST_CHECK;

#endif
