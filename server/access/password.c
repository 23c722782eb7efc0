#include <crypt.h>
#include <stdlib.h>

#include "access/parts.h"
#include "base/random.h"
#include "base/text.h"

enum { LEAST = 12, MOST = 128, COST = 7, WORDS_MOST = 4, REST_MOST = 8 };

static const char *const common[] = {
#include "access/common.inc"
};

static int by_text(const void *x, const void *y)
{
    return strcmp(x, *(const char *const *)y);
}

static bool is_common(const char *word)
{
    return bsearch(word, common, sizeof(common) / sizeof(*common), sizeof(*common), by_text) != NULL;
}

/* One common word, or a few one behind the other: "adminadminadmin", "welcometothe". */
static bool is_made_of_common(const char *text, size_t len, int most)
{
    char head[MOST * 4 + 1];

    if (len == 0)
        return true;
    if (most == 0)
        return false;
    for (size_t n = len; n > 0; n--) {
        memcpy(head, text, n);
        head[n] = '\0';
        if (is_common(head) && is_made_of_common(text + n, len - n, most - 1)) {
            own_wipe(head, sizeof(head));
            return true;
        }
    }
    own_wipe(head, sizeof(head));
    return false;
}

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* "P@ssw0rd" is no better than "password". */
static char plain(char c)
{
    static const char from[] = "0134578@$!+", to[] = "oleastbasit";
    const char *at = c != '\0' ? strchr(from, c) : NULL;

    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return at != NULL ? to[at - from] : c;
}

/* The middle without the digits and signs around it, and without those within it. */
static bool is_common_inside(const char *password, size_t len)
{
    char text[MOST * 4 + 1];
    size_t from = 0, to = len, n = 0;
    bool is;

    while (from < to && !is_letter((char)(password[from] | 0x20)))
        from++;
    while (to > from && !is_letter((char)(password[to - 1] | 0x20)))
        to--;
    if (to == from || len - (to - from) > REST_MOST)
        return false;
    for (size_t i = from; i < to; i++)
        if (is_letter(plain(password[i])))
            text[n++] = plain(password[i]);
    is = is_made_of_common(text, n, WORDS_MOST);
    own_wipe(text, sizeof(text));
    return is;
}

/* "abcabcabcabc", "111111111111", "123456789012", "zyxwvutsrqpo". */
static bool is_pattern(const unsigned char *text, size_t len)
{
    bool is_seen[256] = { false };
    size_t different = 0, steps = 0;

    for (size_t i = 0; i < len; i++) {
        different += !is_seen[text[i]];
        is_seen[text[i]] = true;
        if (i > 0) {
            int step = abs((int)text[i] - (int)text[i - 1]);

            steps += step <= 1 || step == 9;
        }
    }
    return different < 5 || steps == len - 1;
}

static size_t characters(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

enum err password_check(const char *password, struct error *e)
{
    size_t len = strnlen(password, MOST * 4 + 1);

    if (len > MOST * 4 - 1 || characters(password) > MOST)
        return fail_at(e, "/password", "a password has at most %d characters", MOST);
    if (!text_is_clean(bytes_of(password, len)))
        return fail_at(e, "/password", "a password has no control characters");
    if (characters(password) < LEAST)
        return fail_at(e, "/password", "a password has at least %d characters; a few words that do not belong together are best", LEAST);
    if (is_pattern((const unsigned char *)password, len) || is_common_inside(password, len))
        return fail_at(e, "/password", "this is one of the first passwords that are tried: take a few words that do not belong together");
    return ERR_NONE;
}

static bool make_setting(char out[CRYPT_GENSALT_OUTPUT_SIZE])
{
    char salt[16];

    random_fill(salt, sizeof(salt));
    return crypt_gensalt_rn("$y$", COST, salt, sizeof(salt), out, CRYPT_GENSALT_OUTPUT_SIZE) != NULL;
}

/* crypt_ra answers in memory of its own: copied before it is wiped. */
static bool derive(const char *password, const char *setting, char out[PASSWORD_HASH])
{
    void *work = NULL;
    int room = 0;
    const char *text = crypt_ra(password, setting, &work, &room);
    bool is_good = text != NULL && text[0] != '*' && strlen(text) < PASSWORD_HASH;

    if (is_good)
        memcpy(out, text, strlen(text) + 1);
    if (work != NULL)
        own_wipe(work, (size_t)room);
    free(work);
    return is_good;
}

enum err password_hash(const char *password, char out[PASSWORD_HASH], struct error *e)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];

    if (!make_setting(setting) || !derive(password, setting, out))
        return fail(e, ERR_BUG, "the password could not be hashed: libcrypt lacks yescrypt");
    return ERR_NONE;
}

bool password_is(const char *password, const char *stored)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE], kept[PASSWORD_HASH] = "", fresh[PASSWORD_HASH];
    bool is;

    if (stored != NULL && strlen(stored) < sizeof(kept))
        memcpy(kept, stored, strlen(stored) + 1);
    if (kept[0] == '\0' && !make_setting(setting))
        return false;
    if (!derive(password, kept[0] != '\0' ? kept : setting, fresh))
        return false;
    is = kept[0] != '\0' && hash_same(bytes_text(kept), bytes_text(fresh));
    own_wipe(kept, sizeof(kept));
    own_wipe(fresh, sizeof(fresh));
    return is;
}
