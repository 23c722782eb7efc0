/* time - the one clock, and how its instants read. Inside: Unix seconds; outside: RFC 3339 with Z. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#define MINUTES 60
#define HOURS 3600
#define DAYS 86400

/* Wall clock, Unix seconds. In a test build SIGNET_TEST_CLOCK names a file that holds an offset in seconds,
   read again at most every 50 ms. */
int64_t clock_now(void);
/* Never goes back, not touched by tests: for timeouts. Milliseconds. */
int64_t clock_mono_ms(void);

enum { TIME_TEXT = 24 };
/* "2026-11-21T01:25:00Z"; out holds TIME_TEXT. */
void time_text(int64_t at, char *out);
bool time_parse(const char *text, int64_t *out);   /* RFC 3339, Z only, seconds */
/* Broken-down UTC to Unix seconds and back, for DER; year 0000 to 9999. False on a date that does not exist. */
bool time_from_utc(int year, int month, int day, int hour, int minute, int second, int64_t *out);
void time_to_utc(int64_t at, int *year, int *month, int *day, int *hour, int *minute, int *second);

#endif
