#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"

/* One write, so that lines of two threads never mix. Controls and line ends of any script become \xNN. */
static void line(const char *level, const char *fmt, va_list args)
{
    char text[1024], out[4200], when[TIME_TEXT];
    size_t n;

    vsnprintf(text, sizeof(text), fmt, args);
    time_text(clock_now(), when);
    n = (size_t)snprintf(out, 128, "time=%s level=%s msg=\"", when, level);
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\') {
            out[n++] = '\\';
            out[n++] = (char)*p;
        } else if (*p < 0x20 || *p >= 0x7f) {
            n += (size_t)snprintf(out + n, 5, "\\x%02x", *p);
        } else {
            out[n++] = (char)*p;
        }
    }
    out[n++] = '"';
    out[n++] = '\n';
    if (write(STDERR_FILENO, out, n) < 0)
        return;   /* nobody is left to tell */
}

#define LOG(name, level) \
    void name(const char *fmt, ...) \
    { \
        va_list args; \
        va_start(args, fmt); \
        line(level, fmt, args); \
        va_end(args); \
    }
LOG(log_info, "info")
LOG(log_warn, "warn")
LOG(log_error, "error")
