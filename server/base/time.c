#include "base/time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef TEST_SEAMS
static int64_t test_offset(void)
{
    static _Atomic int64_t offset, read_at_ms;
    const char *path = getenv("SIGNET_TEST_CLOCK");
    int64_t now = clock_mono_ms();
    long long value;
    FILE *file;

    if (path == NULL)
        return 0;
    if (read_at_ms != 0 && now - read_at_ms < 50)
        return offset;

    file = fopen(path, "re");
    if (file != NULL) {
        if (fscanf(file, "%lld", &value) == 1)
            offset = value;
        fclose(file);
    }
    read_at_ms = now;
    return offset;
}
#else
static int64_t test_offset(void)
{
    return 0;
}
#endif

int64_t clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec + test_offset();
}

int64_t clock_mono_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static char *put_number(char *out, unsigned value, int digits, char behind)
{
    for (int i = digits - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    out[digits] = behind;
    return out + digits + 1;
}

/* By hand: a page of the list writes hundreds, and printf was a twentieth of it. */
void time_text(int64_t at, char *out)
{
    int y, mo, d, h, mi, s;

    time_to_utc(at, &y, &mo, &d, &h, &mi, &s);
    out = put_number(out, (unsigned)y, 4, '-');
    out = put_number(out, (unsigned)mo, 2, '-');
    out = put_number(out, (unsigned)d, 2, 'T');
    out = put_number(out, (unsigned)h, 2, ':');
    out = put_number(out, (unsigned)mi, 2, ':');
    *put_number(out, (unsigned)s, 2, 'Z') = '\0';
}

bool time_parse(const char *text, int64_t *out)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    int v[6], fields = 0;

    if (strlen(text) != sizeof(form) - 1)
        return false;
    for (size_t i = 0; form[i] != '\0'; i++) {
        if (form[i] != 'd') {
            if (text[i] != form[i])
                return false;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            return false;
        if (i == 0 || form[i - 1] != 'd')
            v[fields++] = 0;
        v[fields - 1] = v[fields - 1] * 10 + text[i] - '0';
    }
    return time_from_utc(v[0], v[1], v[2], v[3], v[4], v[5], out);
}

bool time_from_utc(int year, int month, int day, int hour, int minute, int second, int64_t *out)
{
    static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 };
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    int64_t years = year - 1, days;

    if (year < 0 || year > 9999 || month < 1 || month > 12 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 59)
        return false;
    if (day < 1 || day > before[month] - before[month - 1] + (month == 2 && is_leap))
        return false;

    days = years * 365 + (years >= 0 ? years / 4 - years / 100 + years / 400 : -1);
    days += before[month - 1] + (month > 2 && is_leap) + day - 1;
    *out = (days - 719162) * DAYS + hour * HOURS + minute * MINUTES + second;
    return true;
}

void time_to_utc(int64_t at, int *year, int *month, int *day, int *hour, int *minute, int *second)
{
    time_t t = (time_t)at;
    struct tm tm = { 0 };

    gmtime_r(&t, &tm);
    *year = tm.tm_year + 1900;
    *month = tm.tm_mon + 1;
    *day = tm.tm_mday;
    *hour = tm.tm_hour;
    *minute = tm.tm_min;
    *second = tm.tm_sec;
}
