#include <stdio.h>

#include "access/parts.h"
#include "base/fault.h"
#include "base/random.h"
#include "base/text.h"
#include "base/time.h"
#include "store/credentials.h"
#include "store/principals.h"
#include "store/sessions.h"

enum { SECRET_LEN = 32, AGENT_MOST = 200 };

/* Clean UTF-8 for the row; what a browser says of itself is not trusted to be any. */
static const char *agent_text(struct arena *a, const char *agent)
{
    char *text;

    if (agent == NULL || !text_is_clean(bytes_text(agent)) || !text_is_printable_ascii(agent))
        return "";
    text = arena_text(a, agent);
    if (strlen(text) > AGENT_MOST)
        text[AGENT_MOST] = '\0';
    return text;
}

/* The principal and its stored password; none and NULL for a name that is not there. */
static enum err find_user(struct access *a, const char *name, struct arena *arena, struct id *id, const char **secret, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct principal_row row = { 0 };
    enum err r = store_look(a->store, &look, e);

    *id = (struct id){ { 0 } };
    *secret = NULL;
    if (r)
        return r;
    r = store_principal_by_name(look_db(&look), "user", name, arena, &row, e);
    if (!r)
        r = store_password(look_db(&look), &row.id, arena, secret, e);
    if (r == ERR_ABSENT)
        return ERR_NONE;
    if (!r)
        *id = row.id;
    return r;
}

static enum err note_throttled(struct tx *tx, void *arg, struct error *e)
{
    (void)arg;
    (void)e;
    tx_note(tx, "session.throttled", "user", NULL, NULL);
    return ERR_NONE;
}

/* The journal gets one row a name and address when the last try is spent, not one a try: strangers do not fill the disk. */
static enum err check_password(struct access *a, const char *name, const char *password, const struct actor *who, struct id *id, struct error *e)
{
    CLEANUP(arena_drop) struct arena *arena = arena_new();
    struct actor asker = *who;
    const char *secret;
    unsigned tries;
    enum err r = throttle_take(a->throttle, name, who->source, clock_now(), &tries, e);

    if (r)
        return r;
    r = find_user(a, name, arena, id, &secret, e);
    if (r)
        return r;
    if (strlen(password) < 512 && password_is(password, secret)) {
        throttle_forgive(a->throttle, name, who->source);
        return ERR_NONE;
    }
    if (tries == THROTTLE_TRIES) {
        asker.kind = ACTOR_NOBODY;
        snprintf(asker.name, sizeof(asker.name), "%.60s", text_is_clean(bytes_text(name)) ? name : "?");
        r = store_write(a->store, &asker, note_throttled, NULL, e);
        if (r)
            return r;
    }
    return fail_kind(e, ERR_DENIED, "unauthenticated", "the name or the password is wrong");
}

struct new_session { struct session_row row; int64_t idle_sec; };

static enum err write_session(struct tx *tx, void *arg, struct error *e)
{
    const struct new_session *n = arg;
    enum err r = store_session_tidy(tx, tx_now(tx) - n->idle_sec, e);

    if (!r)
        r = store_session_add(tx, &n->row, e);
    if (!r)
        tx_note(tx, "session.opened", "user", &n->row.principal, NULL);
    return r;
}

enum err access_login(struct access *a, const char *name, const char *password, const char *agent,
                      char cookie[COOKIE_ROOM], struct actor *out, struct error *e)
{
    CLEANUP(arena_drop) struct arena *arena = arena_new();
    uint8_t secret[SECRET_LEN], lookup[SHA256_LEN];
    struct new_session n = { .row = { .lookup = bytes_of(lookup, sizeof(lookup)), .source = out->source }, .idle_sec = a->idle_sec };
    struct actor who = *out;
    enum err r = check_password(a, name, password, out, &n.row.principal, e);

    if (r)
        return r;
    random_fill(secret, sizeof(secret));
    snprintf(cookie, COOKIE_ROOM, "%s", text_base64url(arena, bytes_of(secret, sizeof(secret))));
    own_wipe(secret, sizeof(secret));
    access_hash(cookie, lookup);
    n.row.expires_at = clock_now() + a->life_sec;
    n.row.agent = agent_text(arena, agent);
    who.kind = ACTOR_USER;
    who.id = n.row.principal;
    snprintf(who.name, sizeof(who.name), "%s", name);
    r = store_write(a->store, &who, write_session, &n, e);
    if (r)
        return r;
    access_wrote(a);
    return access_session(a, cookie, out, e);
}

static enum err ended(struct error *e)
{
    return fail_kind(e, ERR_DENIED, "unauthenticated", "the session has ended: sign in again");
}

static bool is_live(const struct access *a, const struct entry *entry)
{
    int64_t now = clock_now();

    return now < entry->expires_at && now - entry->seen_at <= a->idle_sec;
}

enum err access_session(struct access *a, const char *cookie, struct actor *out, struct error *e)
{
    CLEANUP(snapshot_drop) struct snapshot *s = NULL;
    uint8_t lookup[SHA256_LEN];
    struct entry *entry;
    enum err r;

    if (strnlen(cookie, COOKIE_ROOM) >= COOKIE_ROOM)
        return ended(e);
    r = access_snapshot(a, &s, e);
    if (r)
        return r;
    access_hash(cookie, lookup);
    entry = snapshot_find(s, ENTRY_SESSION, lookup);
    if (entry == NULL || !is_live(a, entry))
        return ended(e);
    access_entry_actor(entry, ACTOR_USER, out);
    return ERR_NONE;
}

int64_t access_ends(struct access *a, const char *secret)
{
    CLEANUP(snapshot_drop) struct snapshot *s = NULL;
    uint8_t lookup[SHA256_LEN];
    const struct entry *entry;

    if (access_snapshot(a, &s, NULL))
        return 0;
    access_hash(secret, lookup);
    entry = snapshot_find(s, ENTRY_SESSION, lookup);
    if (entry == NULL)
        entry = snapshot_find(s, ENTRY_TOKEN, lookup);
    return entry != NULL ? entry->expires_at : 0;
}

struct session_change { uint8_t lookup[SHA256_LEN]; struct id principal; };

static enum err write_end(struct tx *tx, void *arg, struct error *e)
{
    const struct session_change *c = arg;
    enum err r = store_session_end(tx, bytes_of(c->lookup, sizeof(c->lookup)), e);

    if (!r)
        tx_note(tx, "session.closed", "user", &c->principal, NULL);
    return r;
}

static enum err write_proof(struct tx *tx, void *arg, struct error *e)
{
    const struct session_change *c = arg;
    enum err r = store_session_proved(tx, bytes_of(c->lookup, sizeof(c->lookup)), e);

    if (!r)
        tx_note(tx, "session.proved", "user", &c->principal, NULL);
    return r;
}

static enum err change_session(struct access *a, const char *cookie, const struct actor *who, store_fn fn, struct error *e)
{
    struct session_change c = { .principal = who->id };
    enum err r;

    access_hash(cookie, c.lookup);
    r = store_write(a->store, who, fn, &c, e);
    if (r)
        return r;
    access_wrote(a);
    return ERR_NONE;
}

enum err access_logout(struct access *a, const char *cookie, const struct actor *who, struct error *e)
{
    return change_session(a, cookie, who, write_end, e);
}

enum err access_prove_again(struct access *a, const char *cookie, const struct actor *who, const char *password, struct error *e)
{
    struct id id;
    enum err r = check_password(a, who->name, password, who, &id, e);

    if (r)
        return r;
    return change_session(a, cookie, who, write_proof, e);
}

struct new_password { struct id principal; char hash[PASSWORD_HASH]; };

static enum err write_password(struct tx *tx, void *arg, struct error *e)
{
    const struct new_password *p = arg;
    enum err r = store_password_change(tx, &p->principal, p->hash, e);

    if (!r)
        r = store_session_end_of(tx, &p->principal, e);
    if (!r)
        tx_note(tx, "user.password", "user", &p->principal, NULL);
    return r;
}

enum err access_change_password(struct access *a, const struct actor *who, const char *name, const char *password, struct error *e)
{
    CLEANUP(arena_drop) struct arena *arena = arena_new();
    struct new_password p = { 0 };
    const char *secret;
    enum err r = password_check(password, e);

    if (!r)
        r = find_user(a, name, arena, &p.principal, &secret, e);
    if (!r && id_is_none(&p.principal))
        r = fail(e, ERR_ABSENT, "there is no user of this name");
    if (!r)
        r = password_hash(password, p.hash, e);
    if (r)
        return r;
    fault_point("access.password");
    r = store_write(a->store, who, write_password, &p, e);
    own_wipe(&p, sizeof(p));
    if (r)
        return r;
    access_wrote(a);
    return ERR_NONE;
}
