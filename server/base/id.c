#include "base/id.h"

#include <time.h>

#include "base/random.h"
#include "base/text.h"



struct id id_new(void)
{
    struct timespec now;
    struct id id;
    uint64_t ms;

    random_fill(id.b, sizeof(id.b));
    clock_gettime(CLOCK_REALTIME, &now);
    ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    for (int i = 5; i >= 0; i--, ms >>= 8)
        id.b[i] = (uint8_t)ms;
    id.b[6] = (uint8_t)(0x70 | (id.b[6] & 0x0f));
    id.b[8] = (uint8_t)(0x80 | (id.b[8] & 0x3f));
    return id;
}

void id_text(const struct id *id, char *out)
{
    static const size_t groups[] = { 4, 2, 2, 2, 6 };
    size_t at = 0;

    for (size_t i = 0; i < 5; at += groups[i++]) {
        text_hex(bytes_of(id->b + at, groups[i]), out);
        out += groups[i] * 2;
        *out++ = i < 4 ? '-' : '\0';
    }
}

bool id_parse(const char *text, struct id *out)
{
    struct id id;
    size_t len;

    if (strlen(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        return false;
    if (strspn(text, "0123456789abcdefABCDEF-") != 36)
        return false;
    if (!text_unhex(text, id.b, sizeof(id.b), &len) || len != sizeof(id.b))
        return false;
    *out = id;
    return true;
}

bool id_is_none(const struct id *id)
{
    static const struct id none;

    return id_equal(id, &none);
}
