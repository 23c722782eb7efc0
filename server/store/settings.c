#include "store/settings.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "pki/hash.h"
#include "store/journal.h"
#include "store/query.h"
#include "store/settings_names.h"

const struct setting settings_table[] = {
    { "server.hostnames",          SETTING_LIST,   "",    0, 100,   "Host names that this server is reached by.", setting_hostnames },
    { "server.ip_addresses",       SETTING_LIST,   "",    0, 100,   "Addresses that this server is reached by.", setting_addresses },
    { "server.public_http_url",    SETTING_TEXT,   "",    0, 200,   "Plain HTTP address that certificates carry for revocation lists; an authority keeps the one it was made with.", setting_http_url },
    { "server.hsts",               SETTING_FLAG,   "no",  0, 1,     "Tell browsers to come by HTTPS only (Strict-Transport-Security); takes effect while plain HTTP is on port 80, and never for localhost.", NULL },
    { "limits.per_address",        SETTING_NUMBER, "500", 1, 100000, "Connections that one address may have open at a time.", NULL },
    { "limits.connections",        SETTING_NUMBER, "20000", 16, 1000000, "Connections that may be open at a time in all.", NULL },
    { "limits.handshake_ms",       SETTING_NUMBER, "10000", 1000, 120000, "Milliseconds that a TLS handshake may take.", NULL },
    { "limits.headers_ms",         SETTING_NUMBER, "10000", 1000, 120000, "Milliseconds that the headers of a request may take.", NULL },
    { "limits.body_ms",            SETTING_NUMBER, "30000", 1000, 600000, "Milliseconds that the body of a request may take.", NULL },
    { "session.idle_minutes",      SETTING_NUMBER, "30",  1, 1440,  "Minutes without a request after which a session ends.", NULL },
    { "session.absolute_hours",    SETTING_NUMBER, "12",  1, 168,   "Hours after which a session ends in any case.", NULL },
    { "certificates.expiring_days", SETTING_NUMBER, "30", 1, 365,   "Days before its end from which a certificate counts as expiring.", NULL },
    { "certificates.hide_expired_days", SETTING_NUMBER, "30", 0, 3650, "Days after its end from which the console hides an expired certificate until it is asked for.", NULL },
    { "tools.loopback",            SETTING_FLAG,   "no",  0, 1,     "Whether the toolbox may connect to services of this very machine by 127.0.0.1 and ::1.", NULL },
    { "authority.crl_days",        SETTING_NUMBER, "7",   1, 365,   "Days that a revocation list is good for; it is signed again well before.", NULL },
};
const size_t settings_table_len = sizeof(settings_table) / sizeof(*settings_table);

enum { SETTINGS = sizeof(settings_table) / sizeof(*settings_table), VALUE_MAX = 4000 };

struct settings {
    struct store *store;
    pthread_mutex_t lock;          /* guards what follows; texts are copied out under it */
    char *values[SETTINGS];        /* NULL: the default */
    void (*changed)(void *arg);    /* set once, before any other thread runs */
    void *changed_arg;
    int64_t seq;                   /* of the journal when they were read: of two reloads at once the later one stays */
};

/* table ------------------------------------------------------------------------------------------------------ */

static const struct setting *find(const char *name)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(settings_table[i].name, name) == 0)
            return &settings_table[i];
    return NULL;
}

static size_t must_find(const char *name)
{
    const struct setting *s = find(name);

    if (s == NULL)
        abort();
    return (size_t)(s - settings_table);
}

static bool flag_parse(const char *text, bool *out)
{
    static const struct { const char *text; bool value; } words[] = {
        { "yes", true }, { "true", true }, { "on", true }, { "1", true }, { "no", false }, { "false", false }, { "off", false }, { "0", false },
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (strcmp(words[i].text, text) == 0) {
            *out = words[i].value;
            return true;
        }
    }
    return false;
}

static size_t list_count(const char *value)
{
    size_t len = *value != '\0';

    for (const char *p = value; *p != '\0'; p++)
        len += *p == ',';
    return len;
}

/* For texts max is the length, for lists the number of entries. */
static enum err check(const struct setting *s, const char *value, struct error *e)
{
    int64_t number;
    bool flag;

    if (strlen(value) > VALUE_MAX || !text_is_clean(bytes_text(value)))
        return fail(e, ERR_INVALID, "%s: longer than %d bytes, or with control characters", s->name, VALUE_MAX);
    switch (s->kind) {
    case SETTING_NUMBER:
        if (!text_number(value, s->min, s->max, &number))
            return fail(e, ERR_INVALID, "%s is a number from %lld to %lld", s->name, (long long)s->min, (long long)s->max);
        return ERR_NONE;
    case SETTING_FLAG:
        return flag_parse(value, &flag) ? ERR_NONE : fail(e, ERR_INVALID, "%s is yes or no", s->name);
    case SETTING_TEXT:
        return (int64_t)strlen(value) <= s->max ? ERR_NONE : fail(e, ERR_INVALID, "%s has at most %lld characters", s->name, (long long)s->max);
    case SETTING_LIST:
        return (int64_t)list_count(value) <= s->max ? ERR_NONE : fail(e, ERR_INVALID, "%s has at most %lld entries", s->name, (long long)s->max);
    }
    return fail(e, ERR_BUG, "%s: a setting of no kind", s->name);
}

static enum err check_at(const char *name, const char *value, struct error *e)
{
    const struct setting *s = find(name);
    enum err r;

    if (s == NULL)
        r = fail(e, ERR_INVALID, "there is no setting of that name");
    else
        r = value != NULL ? check(s, value, e) : ERR_NONE;
    if (r && e != NULL)
        snprintf(e->field, sizeof(e->field), "/%.60s", name);
    return r;
}

/* rows ------------------------------------------------------------------------------------------------------- */

/* Nothing of what is secret is a setting: values may stand in the journal. */
static void note_change(struct tx *tx, const char *name, const char *value)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();

    tx_note(tx, "setting.changed", "setting", NULL, arena_printf(a, "{\"name\":\"%s\",\"is_default\":%s}", name, value == NULL ? "true" : "false"));
}

static enum err put_one(struct tx *tx, const char *name, const char *value, struct error *e)
{
    CLEANUP(query_done) struct query q = { 0 };
    enum err r = check_at(name, value, e);

    if (r)
        return r;
    q = query_begin(tx_db(tx), value != NULL ? Q_SETTING_PUT : Q_SETTING_REMOVE);
    query_text(&q, ":name", name);
    if (value != NULL) {
        query_text(&q, ":value", value);
        query_int(&q, ":now", tx_now(tx));
        query_ident(&q, ":by", &tx_actor(tx)->id);
    }
    r = query_run(&q, NULL, e);
    if (r == ERR_NONE)
        note_change(tx, name, value);
    return r;
}

enum err store_setting_number(const struct db *db, const char *name, int64_t *out, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    CLEANUP(query_done) struct query q = query_begin(db, Q_SETTING_GET);
    const struct setting *s = &settings_table[must_find(name)];

    query_text(&q, ":name", name);
    if (query_next(&q) && text_number(query_get_text(&q, 0, a), s->min, s->max, out))
        return ERR_NONE;
    *out = strtoll(s->otherwise, NULL, 10);
    return query_end(&q, e);
}

/* values ----------------------------------------------------------------------------------------------------- */

static void drop_all(char *values[SETTINGS])
{
    for (size_t i = 0; i < SETTINGS; i++)
        free(values[i]);
}

/* From 0: -1 is who did not say what was seen. */
static int64_t version_of(char *const values[SETTINGS])
{
    uint8_t digest[SHA256_LEN];
    int64_t version = 0;
    struct buf b;

    buf_init(&b, (size_t)SETTINGS * (VALUE_MAX + 64));
    for (size_t i = 0; i < SETTINGS; i++)
        buf_printf(&b, "%s=%s\n", settings_table[i].name, values[i] != NULL ? values[i] : settings_table[i].otherwise);
    hash_sha256(buf_bytes(&b), digest);
    buf_done(&b);
    for (size_t i = 0; i < 6; i++)
        version = version << 8 | digest[i];
    return version;
}

static void replace_all(struct settings *s, char *fresh[SETTINGS], int64_t seq)
{
    char *old[SETTINGS];

    pthread_mutex_lock(&s->lock);
    memcpy(old, seq >= s->seq ? s->values : fresh, sizeof(old));
    if (seq >= s->seq) {
        memcpy(s->values, fresh, sizeof(old));
        s->seq = seq;
    }
    pthread_mutex_unlock(&s->lock);
    drop_all(old);
}

/* A row that this program does not know, or whose bounds have become narrower, leaves the default. */
static void take_row(char *values[SETTINGS], const char *name, const char *value)
{
    const struct setting *known = find(name);

    if (known != NULL && check(known, value, NULL) == ERR_NONE)
        values[known - settings_table] = own_text(value);
}

static enum err load(const struct db *db, char *values[SETTINGS], int64_t *seq, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    CLEANUP(query_done) struct query q = query_begin(db, Q_SETTING_ALL);
    enum err r = journal_last(db, seq, e);

    if (r)
        return r;
    while (query_next(&q))
        take_row(values, query_get_text(&q, 0, a), query_get_text(&q, 1, a));
    return query_end(&q, e);
}

static enum err reload(struct settings *s, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    char *fresh[SETTINGS] = { 0 };
    int64_t seq = 0;
    enum err r;

    r = store_look(s->store, &look, e);
    if (r)
        return r;
    r = load(look_db(&look), fresh, &seq, e);
    if (r) {
        drop_all(fresh);
        return r;
    }
    replace_all(s, fresh, seq);
    if (s->changed != NULL)
        s->changed(s->changed_arg);
    return ERR_NONE;
}

/* changing --------------------------------------------------------------------------------------------------- */

struct changes { const struct setting_change *at; size_t len; };

static enum err look_again(struct tx *tx, int64_t *version, bool *has_name, struct error *e)
{
    char *values[SETTINGS] = { 0 };
    int64_t seq;
    enum err r = load(tx_db(tx), values, &seq, e);

    *version = version_of(values);
    *has_name = values[must_find("server.hostnames")] != NULL || values[must_find("server.ip_addresses")] != NULL;
    drop_all(values);
    return r;
}

/* Without a name of its own a server lets itself be called by any: that is for before the setup, and for nobody afterwards. */
static enum err put_all(struct tx *tx, void *arg, struct error *e)
{
    const struct changes *c = arg;
    int64_t seen = tx_actor(tx)->if_match, version;
    bool had_name, has_name;
    enum err r = look_again(tx, &version, &had_name, e);

    if (!r && seen >= 0 && seen != version)
        r = fail_kind(e, ERR_CONFLICT, "precondition", "the settings have changed since they were read: look again");
    for (size_t i = 0; i < c->len && !r; i++)
        r = put_one(tx, c->at[i].name, c->at[i].value, e);
    if (!r)
        r = look_again(tx, &version, &has_name, e);
    if (!r && had_name && !has_name)
        r = fail_at(e, "/server.hostnames", "Keep at least one host name or IP address by which this server is reached.");
    return r;
}

/* Into the form in which it is kept; an empty list is the default. */
static enum err normalise(const struct setting_change *from, struct arena *a, struct setting_change *out, struct error *e)
{
    const struct setting *s = find(from->name);
    char entry[sizeof(e->field)];
    enum err r;

    *out = *from;
    if (from->value == NULL || s->normal == NULL)
        return ERR_NONE;
    r = s->normal(from->value, a, &out->value, e);
    if (r && e != NULL) {
        strcpy(entry, e->field);
        snprintf(e->field, sizeof(e->field), "/%.30s%.12s", from->name, entry);
    }
    if (!r && *out->value == '\0')
        out->value = NULL;
    return r;
}

enum err settings_change(struct settings *s, const struct actor *who, const struct setting_change *changes, size_t len, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct setting_change *normal = arena_take(a, (len + 1) * sizeof(*normal));
    struct changes all = { normal, len };
    enum err r = ERR_NONE;

    for (size_t i = 0; i < len && !r; i++) {
        r = check_at(changes[i].name, changes[i].value, e);
        if (!r)
            r = normalise(&changes[i], a, &normal[i], e);
    }
    if (!r)
        r = store_write(s->store, who, put_all, &all, e);
    return r ? r : reload(s, e);
}

void settings_watch(struct settings *s, void (*fn)(void *arg), void *arg)
{
    s->changed_arg = arg;
    s->changed = fn;
}

enum err settings_open(struct store *store, struct settings **out, struct error *e)
{
    struct settings *s = own_alloc(sizeof(*s));
    enum err r;

    s->store = store;
    pthread_mutex_init(&s->lock, NULL);
    r = reload(s, e);
    if (r) {
        settings_close(s);
        return r;
    }

    *out = s;
    return ERR_NONE;
}

void settings_close(struct settings *s)
{
    if (s == NULL)
        return;
    drop_all(s->values);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

const char *settings_text(struct settings *s, const char *name, struct arena *a)
{
    size_t i = must_find(name);
    const char *text;

    pthread_mutex_lock(&s->lock);
    text = arena_text(a, s->values[i] != NULL ? s->values[i] : settings_table[i].otherwise);
    pthread_mutex_unlock(&s->lock);
    return text;
}

int64_t settings_number(struct settings *s, const char *name)
{
    size_t i = must_find(name);
    int64_t number;

    pthread_mutex_lock(&s->lock);
    number = strtoll(s->values[i] != NULL ? s->values[i] : settings_table[i].otherwise, NULL, 10);
    pthread_mutex_unlock(&s->lock);
    return number;
}

bool settings_flag(struct settings *s, const char *name)
{
    size_t i = must_find(name);
    bool flag = false;

    pthread_mutex_lock(&s->lock);
    flag_parse(s->values[i] != NULL ? s->values[i] : settings_table[i].otherwise, &flag);
    pthread_mutex_unlock(&s->lock);
    return flag;
}

static char *trimmed(char *text)
{
    char *end;

    while (*text == ' ')
        text++;
    end = text + strlen(text);
    while (end > text && end[-1] == ' ')
        *--end = '\0';
    return text;
}

int64_t settings_version(struct settings *s)
{
    int64_t version;

    pthread_mutex_lock(&s->lock);
    version = version_of(s->values);
    pthread_mutex_unlock(&s->lock);
    return version;
}

size_t settings_list(struct settings *s, const char *name, struct arena *a, const char *const **out)
{
    char *rest = (char *)settings_text(s, name, a), *entry;
    const char **list = arena_take(a, (list_count(rest) + 1) * sizeof(*list));
    size_t len = 0;

    for (entry = strsep(&rest, ","); entry != NULL; entry = strsep(&rest, ",")) {
        entry = trimmed(entry);
        if (*entry != '\0')
            list[len++] = entry;
    }
    *out = list;
    return len;
}
