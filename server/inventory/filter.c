#include "inventory/filter.h"

#include <stdio.h>
#include <strings.h>

#include "base/text.h"
#include "base/time.h"
#include "pki/key.h"

enum { WORD_MAX = 200, DIGITS_MIN = 4, LABELLED_DIGITS_MIN = 16, IS_SUPERSEDED = 1 << 30 /* no flag of a row: another set of rows */ };

/* words of the grammar ----------------------------------------------------------------------------------------- */

static enum err bad(struct error *e, const char *text, const char *why)
{
    return fail_at(e, "/filter", "\"%.60s\": %s", text, why);
}

/* Behind a failure: counted in characters, from 1. */
static enum err bad_from(enum err r, const char *whole, const char *from, struct error *e)
{
    size_t place = 1;
    char text[sizeof(e->text)];

    if (r == ERR_NONE || e == NULL)
        return r;
    for (const char *p = whole; p < from; p++)
        place += ((unsigned char)*p & 0xc0) != 0x80;
    memcpy(text, e->text, sizeof(text));
    snprintf(e->text, sizeof(e->text), "at character %zu: %.*s", place, (int)sizeof(text) - 32, text);
    return r;
}

static enum err read_status(struct term *t, int64_t now, struct error *e)
{
    (void)now;
    return status_parse(t->text, &t->status) ? ERR_NONE : bad(e, t->text, "a status is valid, expiring, expired, not-yet-valid or revoked");
}

/* "ec" and "rsa" are all of their kind; "rsa-other" those of unusual size, which are stored as "rsa". */
static enum err read_key(struct term *t, int64_t now, struct error *e)
{
    enum key_type type;

    (void)now;
    if (strcmp(t->text, "ec") == 0 || strcmp(t->text, "rsa") == 0 || strcmp(t->text, "unknown") == 0 || key_type_parse(t->text, &type))
        return ERR_NONE;
    if (strcmp(t->text, "rsa-other") == 0)
        return ERR_NONE;
    return bad(e, t->text, "a key is rsa, rsa-2048, rsa-3072, rsa-4096, rsa-other, ec, ec-p256, ec-p384, ec-p521, ed25519 or unknown");
}

/* Of several values that are allowed, by their own names or by those that others give them. */
struct alias { const char *word, *value; };

static bool read_alias(struct term *t, const struct alias *rows, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (strcmp(t->text, rows[i].word) != 0)
            continue;
        t->text = rows[i].value;
        return true;
    }
    return false;
}

static enum err read_source(struct term *t, int64_t now, struct error *e)
{
    static const struct alias rows[] = {
        { "rest", "rest" }, { "cli", "cli" }, { "import", "import" }, { "imported", "import" }, { "setup", "setup" }, { "renewal", "renewal" },
        { "request", "request" }, { "authority", "authority" }, { "issued", "" },
    };

    (void)now;
    return read_alias(t, rows, sizeof(rows) / sizeof(*rows))
               ? ERR_NONE : bad(e, t->text, "a source is import, issued (all that is made here), rest, cli, setup, renewal, request or authority");
}

/* The names of certutil and PowerShell too. */
static enum err read_store(struct term *t, int64_t now, struct error *e)
{
    static const struct alias rows[] = {
        { "personal", "personal" }, { "my", "personal" }, { "root", "root" }, { "intermediate", "intermediate" }, { "ca", "intermediate" },
        { "people", "people" }, { "trustedpeople", "people" }, { "untrusted", "untrusted" }, { "disallowed", "untrusted" },
    };

    (void)now;
    return read_alias(t, rows, sizeof(rows) / sizeof(*rows)) ? ERR_NONE : bad(e, t->text, "a store is personal, root, intermediate, people or untrusted");
}

static enum err read_has(struct term *t, int64_t now, struct error *e)
{
    (void)now;
    if (strcmp(t->text, "key") == 0)
        return ERR_NONE;
    if (strcmp(t->text, "owner") != 0 && strcmp(t->text, "account") != 0)
        return bad(e, t->text, "to have is a key, an owner or an account: has:key, has:owner, has:account");
    *t = (struct term){ .kind = t->text[0] == 'o' ? TERM_OWNER : TERM_ACCOUNT, .is_not = !t->is_not, .text = "" };
    return ERR_NONE;
}

static const struct { const char *word; unsigned flag; } marks[] = {
    { "self-signed", VERSION_SELF_SIGNED }, { "authority", VERSION_AUTHORITY }, { "archived", VERSION_ARCHIVED }, { "flagged", VERSION_FLAGGED }, { "superseded", IS_SUPERSEDED },
};

static enum err read_is(struct term *t, int64_t now, struct error *e)
{
    (void)now;
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
        if (strcmp(t->text, marks[i].word) == 0)
            t->flag = marks[i].flag;
    if (strcmp(t->text, "in-use") == 0)
        t->kind = TERM_USED;
    return t->flag != 0 || t->kind == TERM_USED ? ERR_NONE : bad(e, t->text, "is:self-signed, is:authority, is:flagged, is:archived, is:superseded or is:in-use");
}

static enum err read_san(struct term *t, int64_t now, struct error *e)
{
    const char *rest = text_starts(t->text, "*.") ? t->text + 2 : t->text;

    (void)now;
    return *rest != '\0' && strchr(rest, '*') == NULL ? ERR_NONE : bad(e, t->text, "a name, an address, or *.name for everything below it");
}

static enum err read_digits(struct term *t, int64_t now, struct error *e)
{
    (void)now;
    return digits_parse(t->text, &t->digits) ? ERR_NONE : bad(e, t->text, "the beginning of a serial number or thumbprint, in hexadecimal");
}

/* "30d" from now, "-30d" ago, or a day "2027-01-31". */
static bool parse_instant(const char *text, int64_t now, int64_t *out)
{
    static const struct { char unit; int64_t seconds; } units[] = { { 'h', HOURS }, { 'd', DAYS }, { 'w', 7 * DAYS }, { 'y', 365 * DAYS } };
    char digits[8] = "", instant[TIME_TEXT];
    int64_t sign = text[0] == '-' ? -1 : 1, count;
    size_t len;

    text += sign < 0;
    len = strlen(text);
    if (len == 10 && sign > 0) {
        memcpy(instant, text, 10);
        memcpy(instant + 10, "T00:00:00Z", 11);
        return time_parse(instant, out);
    }
    if (len < 2 || len > sizeof(digits))
        return false;
    memcpy(digits, text, len - 1);
    if (!text_number(digits, 0, 1000000, &count))
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        if (units[i].unit == text[len - 1]) {
            *out = now + sign * count * units[i].seconds;
            return true;
        }
    }
    return false;
}

static enum err read_expires(struct term *t, int64_t now, struct error *e)
{
    int64_t at;

    if ((t->text[0] != '<' && t->text[0] != '>') || !parse_instant(t->text + 1, now, &at))
        return bad(e, t->text, "expires<30d, expires>1y, expires>-30d (30 days ago) or expires<2027-01-31");
    t->from = t->text[0] == '<' ? INT64_MIN : at;
    t->to = t->text[0] == '<' ? at : INT64_MAX;
    return ERR_NONE;
}

static enum err read_plain(struct term *t, int64_t now, struct error *e)
{
    (void)t;
    (void)now;
    (void)e;
    return ERR_NONE;
}

static const struct word {
    const char *name;              /* with what stands between it and its value */
    size_t skip;                   /* characters of the name that are no part of the value */
    enum term_kind kind;
    enum err (*read)(struct term *t, int64_t now, struct error *e);
} words[] = {
    { "status:",     7, TERM_STATUS,  read_status },
    { "state:",      6, TERM_STATUS,  read_status },
    { "expires<",    7, TERM_EXPIRES, read_expires },
    { "expires>",    7, TERM_EXPIRES, read_expires },
    { "issuer:",     7, TERM_ISSUER,  read_plain },
    { "key:",        4, TERM_KEY,     read_key },
    { "has:",        4, TERM_HAS_KEY, read_has },
    { "is:",         3, TERM_IS,      read_is },
    { "source:",     7, TERM_SOURCE,  read_source },
    { "store:",      6, TERM_STORE,   read_store },
    { "san:",        4, TERM_SAN,     read_san },
    { "serial:",     7, TERM_DIGITS,  read_digits },
    { "thumbprint:", 11, TERM_DIGITS, read_digits },
    { "tag:",        4, TERM_TAG,     read_plain },
    { "owner:",      6, TERM_OWNER,   read_plain },
    { "account:",    8, TERM_ACCOUNT, read_plain },
};

/* parsing ------------------------------------------------------------------------------------------------------ */

static enum err add(struct filter *f, const struct term *t, const char *field, struct error *e)
{
    if (f->len == TERMS_MAX)
        return fail_at(e, field, "at most %d conditions", TERMS_MAX);
    if (t->kind == TERM_IS && t->flag == IS_SUPERSEDED) {
        f->is_superseded = !t->is_not;
        return ERR_NONE;
    }
    f->at[f->len++] = *t;
    f->asks_archived |= t->kind == TERM_IS && t->flag == VERSION_ARCHIVED;
    return ERR_NONE;
}

static enum err add_word(struct filter *f, const char *text, bool is_not, const char *field, struct error *e)
{
    struct term t = { .kind = TERM_WORD, .text = text, .is_not = is_not };

    if (strlen(text) > WORD_MAX)
        return fail_at(e, field, "a word to search for has at most %d bytes", WORD_MAX);
    if (!digits_parse(text, &t.digits) || t.digits.nibbles < DIGITS_MIN)
        t.digits.nibbles = 0;
    return add(f, &t, field, e);
}

/* "fe80::1" and "ab:cd:ef" are no conditions, "colour:red" would be one. */
static bool is_number_like(const char *token)
{
    return token[strspn(token, "0123456789abcdefABCDEF:.")] == '\0';
}

/* "days<30", "state=valid", "< 30d": whoever writes so means a condition, and would take an empty list for its answer. */
static bool is_comparison(const char *token)
{
    size_t word = strspn(token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");

    if (strcmp(token, "<") == 0 || strcmp(token, ">") == 0)
        return true;
    return token[word] != '\0' && strchr("<>=", token[word]) != NULL && (word > 0 || (token[1] >= '0' && token[1] <= '9'));
}

static bool keeps_case(enum term_kind kind)
{
    return kind == TERM_ISSUER || kind == TERM_TAG || kind == TERM_OWNER || kind == TERM_ACCOUNT;
}

static enum err read_term(const char *token, bool is_not, bool is_quoted, int64_t now, struct arena *a, struct filter *f, struct error *e)
{
    if (strcmp(token, "in-use") == 0)
        token = "is:in-use";
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        struct term t = { .kind = words[i].kind, .is_not = is_not };
        enum err r;

        if (strncasecmp(token, words[i].name, strlen(words[i].name)) != 0)
            continue;
        t.text = keeps_case(t.kind) ? arena_text(a, token + words[i].skip) : text_lower(a, token + words[i].skip);
        if (t.text[0] == '\0')
            return bad(e, token, "a value is missing");
        r = words[i].read(&t, now, e);
        return r ? r : add(f, &t, "/filter", e);
    }
    if (!is_quoted && (is_comparison(token) || (strchr(token, ':') != NULL && !is_number_like(token))))
        return bad(e, token, "known are state: expires< expires> issuer: key: has: is: source: store: san: serial: thumbprint: tag: owner: account: in-use, and words");
    return add_word(f, text_lower(a, token), is_not, "/filter", e);
}

/* The next token, its quotes taken away, with \" and \\ for those two within them; NULL at the end. *from: where it begins; *is_open: a quote was
   not closed. */
static char *next_token(const char **at, struct arena *a, const char **from, bool *is_open)
{
    const char *p = *at;
    char *token;
    size_t len = 0;
    bool is_quoted = false;

    while (*p == ' ')
        p++;
    *from = p;
    if (*p == '\0')
        return NULL;
    token = arena_take(a, strlen(p) + 1);
    for (; *p != '\0' && (is_quoted || *p != ' '); p++) {
        if (*p == '"') {
            is_quoted = !is_quoted;
            continue;
        }
        p += is_quoted && *p == '\\' && (p[1] == '"' || p[1] == '\\');
        token[len++] = *p;
    }
    *at = p;
    *is_open = is_quoted;
    return token;
}

static enum err check_text(const char *text, const char *field, struct error *e)
{
    if (strlen(text) > FILTER_TEXT_MAX)
        return fail_at(e, field, "longer than %d bytes", FILTER_TEXT_MAX);
    return text_is_clean(bytes_text(text)) ? ERR_NONE : fail_at(e, field, "not UTF-8, or with control characters");
}

enum err filter_parse(const char *text, int64_t now, struct arena *a, struct filter *out, struct error *e)
{
    const char *whole = text, *from;
    bool is_open = false;
    char *token;
    enum err r;

    if (text == NULL)
        return ERR_NONE;
    r = check_text(text, "/filter", e);
    if (r)
        return r;
    for (token = next_token(&text, a, &from, &is_open); token != NULL; token = next_token(&text, a, &from, &is_open)) {
        bool is_not = token[0] == '-';

        if (is_open)
            return bad_from(fail_at(e, "/filter", "a quotation mark is not closed"), whole, from, e);
        if (is_not && token[1] == '\0')
            return bad_from(fail_at(e, "/filter", "a \"-\" stands before what is not wanted, without a blank between"), whole, from, e);
        r = token[0] != '\0' ? read_term(token + is_not, is_not, from[is_not] == '"', now, a, out, e) : ERR_NONE;
        if (r)
            return bad_from(r, whole, from, e);
    }
    return ERR_NONE;
}

/* What is pasted as a serial number or thumbprint, without "SHA1 Fingerprint=", "Thumbprint:" or "0x" in front; NULL: no such thing. */
static const char *number_behind(const char *q)
{
    const char *starts[] = { strrchr(q, '='), strchr(q, ':'), strncasecmp(q, "0x", 2) == 0 ? q + 1 : NULL };
    struct digits digits;

    for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
        if (starts[i] != NULL && digits_parse(starts[i] + 1, &digits) && digits.nibbles >= LABELLED_DIGITS_MIN)
            return starts[i] + 1;
    return NULL;
}

/* Invisible marks around what was copied out of a window. */
static const char *without_marks(const char *q, struct arena *a)
{
    size_t len;

    while (text_separator(q) > 1)
        q += text_separator(q);
    len = strlen(q);
    while (len >= 3 && text_separator(q + len - 3) == 3)
        len -= 3;
    return q[len] == '\0' ? q : arena_copy(a, q, len);
}

/* A pasted serial number or thumbprint is one thing, whatever stands between its digits; else every word must be found. */
enum err filter_parse_q(const char *q, struct arena *a, struct filter *out, struct error *e)
{
    struct digits digits;
    bool is_open = false;
    const char *from;
    char *token;
    enum err r;

    if (q == NULL)
        return ERR_NONE;
    r = check_text(q, "/q", e);
    if (r)
        return r;
    q = without_marks(q, a);
    if (!digits_parse(q, &digits) && number_behind(q) != NULL)
        q = number_behind(q);
    if (digits_parse(q, &digits) && digits.nibbles >= DIGITS_MIN)
        return add_word(out, text_lower(a, q), false, "/q", e);
    for (token = next_token(&q, a, &from, &is_open); token != NULL; token = next_token(&q, a, &from, &is_open)) {
        r = *token != '\0' ? add_word(out, text_lower(a, token), false, "/q", e) : ERR_NONE;
        if (r)
            return r;
    }
    return ERR_NONE;
}

enum err filter_resolve(struct filter *f, const struct db *db, struct error *e)
{
    for (size_t i = 0; i < f->len; i++) {
        struct term *t = &f->at[i];
        enum err r;

        if (t->kind == TERM_WORD && strlen(t->text) >= TRIGRAM) {
            r = store_issuers_named(db, t->text, t->issuers, &t->issuers_len, e);
            if (r)
                return r;
        }
        if (t->kind != TERM_ISSUER)
            continue;
        if (id_parse(t->text, &t->issuers[0])) {
            t->issuers_len = 1;
            continue;
        }
        r = store_issuers_labelled(db, t->text, t->issuers, &t->issuers_len, e);
        if (r)
            return r;
    }
    return ERR_NONE;
}
