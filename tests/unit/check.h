/* check - what every unit test needs: cmocka, and words for our errors. */
#ifndef CHECK_H
#define CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail   /* ours means something else: base/error.h */
#undef fail_msg
#define fail_msg(...) do { print_error("ERROR: " __VA_ARGS__); print_error("\n"); _fail(__FILE__, __LINE__); } while (0)

#include "base/error.h"

/* The call succeeds; its sentence is shown when it does not. */
#define assert_ok(call) \
    do { \
        enum err r_ = (call); \
        if (r_ != ERR_NONE) \
            fail_msg("%s: %s (%s)", #call, e.text, e.field); \
    } while (0)
#define assert_says(part) \
    do { \
        if (strstr(e.text, part) == NULL) \
            fail_msg("\"%s\" does not say \"%s\"", e.text, part); \
    } while (0)
#define tests_of(list) cmocka_run_group_tests_name(__FILE__, list, NULL, NULL)

#endif
