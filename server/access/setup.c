/* The first run: a link that whoever started the daemon can read, and nobody else; it makes the first administrator, once. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "access/parts.h"
#include "base/fault.h"
#include "base/random.h"
#include "base/text.h"
#include "base/time.h"
#include "store/credentials.h"
#include "store/principals.h"

enum { SECRET_LEN = 32, TOKEN_ROOM = 64 };

bool access_is_set_up(struct access *a)
{
    CLEANUP(snapshot_drop) struct snapshot *s = NULL;

    return access_snapshot(a, &s, NULL) == ERR_NONE && s->is_set_up;
}

static enum err wrong_link(struct error *e)
{
    return fail_kind(e, ERR_DENIED, "setup-token", "the setup link is wrong or was used: \"signet setup-link\" on the host prints a good one");
}

enum err access_setup_prove(struct access *a, const char *token, struct actor *out, struct error *e)
{
    CLEANUP(snapshot_drop) struct snapshot *s = NULL;
    uint8_t lookup[SHA256_LEN];
    struct entry *entry;
    enum err r;

    if (strnlen(token, TOKEN_ROOM) >= TOKEN_ROOM)
        return wrong_link(e);
    r = access_snapshot(a, &s, e);
    if (r)
        return r;
    access_hash(token, lookup);
    entry = snapshot_find(s, ENTRY_SETUP, lookup);
    if (entry == NULL || s->has_admin)
        return wrong_link(e);
    access_entry_actor(entry, ACTOR_SETUP, out);
    return ERR_NONE;
}

/* The token that the file holds; false when there is none or it is not one line of ours. */
static bool read_file(const char *path, char out[TOKEN_ROOM])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t got;

    if (fd < 0)
        return false;
    got = read(fd, out, TOKEN_ROOM - 1);
    close(fd);
    if (got <= 0)
        return false;
    out[got] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    return out[0] != '\0';
}

static bool write_all(int fd, const char *text)
{
    size_t len = strlen(text);

    return write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
}

/* Beside, then renamed: the file is never half a token. */
static enum err write_file(const char *path, const char *token, struct error *e)
{
    char aside[4200], line[TOKEN_ROOM + 1];
    bool is_good;
    int fd;

    snprintf(aside, sizeof(aside), "%s.new", path);
    snprintf(line, sizeof(line), "%s\n", token);
    unlink(aside);
    fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail(e, ERR_IO, "%s: %s", aside, strerror(errno));
    is_good = write_all(fd, line);
    close(fd);
    own_wipe(line, sizeof(line));
    if (!is_good || rename(aside, path) != 0)
        return fail(e, ERR_IO, "%s: %s", path, strerror(errno));
    return ERR_NONE;
}

struct new_link { struct id principal, credential; uint8_t lookup[SHA256_LEN]; };

/* One principal stands for all links that there ever were; one link is good at a time. */
static enum err write_link(struct tx *tx, void *arg, struct error *e)
{
    const struct new_link *l = arg;
    CLEANUP(arena_drop) struct arena *arena = arena_new();
    struct principal_row row = { .id = l->principal, .kind = "setup", .name = "setup link" };
    struct credential_row proof = { .kind = "setup", .lookup = bytes_of(l->lookup, sizeof(l->lookup)) };
    enum err r = store_principal_by_name(tx_db(tx), "setup", "setup link", arena, &row, e);

    if (r == ERR_ABSENT)
        r = store_principal_add(tx, &row, e);
    if (!r)
        r = store_credential_end(tx, &row.id, "setup", e);
    proof.principal = row.id;
    if (!r)
        r = store_credential_add(tx, &l->credential, &proof, e);
    if (!r)
        tx_note(tx, "setup.link", "setup", &row.id, NULL);
    return r;
}

static enum err new_link(struct access *a, struct arena *arena, const char **out, struct error *e)
{
    struct actor who = actor_clock("setup link");
    struct new_link l = { .principal = id_new(), .credential = id_new() };
    uint8_t secret[SECRET_LEN];
    const char *token;
    enum err r;

    random_fill(secret, sizeof(secret));
    token = text_base64url(arena, bytes_of(secret, sizeof(secret)));
    own_wipe(secret, sizeof(secret));
    access_hash(token, l.lookup);
    r = write_file(a->token_path, token, e);
    if (r)
        return r;
    fault_point("access.setup_link");
    r = store_write(a->store, &who, write_link, &l, e);
    if (r)
        return r;
    access_wrote(a);
    *out = token;
    return ERR_NONE;
}

enum err access_setup_link(struct access *a, const char *base_url, struct arena *arena, const char **out, struct error *e)
{
    CLEANUP(snapshot_drop) struct snapshot *s = NULL;
    char kept[TOKEN_ROOM];
    struct actor who = { 0 };
    const char *token = kept;
    enum err r = access_snapshot(a, &s, e);

    if (r)
        return r;
    if (s->is_set_up)
        return fail(e, ERR_CONFLICT, "this server is set up: sign in at %s/; a lost password is reset with \"signet admin reset-password\"", base_url);
    if (s->has_admin) {
        *out = arena_printf(arena, "%s/setup", base_url);
        return ERR_NONE;
    }
    if (!read_file(a->token_path, kept) || access_setup_prove(a, kept, &who, NULL) != ERR_NONE)
        r = new_link(a, arena, &token, e);
    if (!r)
        *out = arena_printf(arena, "%s/setup#token=%s", base_url, token);
    own_wipe(kept, sizeof(kept));
    return r;
}

struct new_admin { struct principal_row row; struct id credential; char hash[PASSWORD_HASH]; };

/* The link that proved the caller is void with this commit; a second administrator is never made this way. */
static enum err write_admin(struct tx *tx, void *arg, struct error *e)
{
    struct new_admin *n = arg;
    CLEANUP(arena_drop) struct arena *arena = arena_new();
    struct credential_row proof = { .principal = n->row.id, .kind = "password", .secret = n->hash };
    struct principal_row *people, link = { 0 };
    size_t len;
    enum err r = store_principals(tx_db(tx), arena, &people, &len, e);

    if (r)
        return r;
    for (size_t i = 0; i < len; i++)
        if (strcmp(people[i].kind, "user") == 0)
            return fail(e, ERR_CONFLICT, "there is an administrator already: sign in to go on");
    r = store_principal_by_name(tx_db(tx), "setup", "setup link", arena, &link, e);
    if (!r)
        r = store_credential_end(tx, &link.id, "setup", e);
    if (r == ERR_NONE || r == ERR_ABSENT)
        r = store_principal_add(tx, &n->row, e);
    if (!r)
        r = store_credential_add(tx, &n->credential, &proof, e);
    if (!r)
        tx_note(tx, "user.created", "user", &n->row.id, "{\"role\":\"admin\",\"by\":\"setup\"}");
    return r;
}

enum err access_first_admin(struct access *a, const struct actor *who, const char *name, const char *password, struct id *out, struct error *e)
{
    struct new_admin n = { .row = { .id = id_new(), .kind = "user", .name = name, .role = "role:admin" }, .credential = id_new() };
    enum err r = access_check(who, RIGHT_SETUP, "", NULL, e);

    if (!r)
        r = access_name_check(name, e);
    if (!r)
        r = password_check(password, e);
    if (!r)
        r = password_hash(password, n.hash, e);
    if (r)
        return r;
    fault_point("access.first_admin");
    r = store_write(a->store, who, write_admin, &n, e);
    own_wipe(n.hash, sizeof(n.hash));
    if (r)
        return r;
    access_wrote(a);
    unlink(a->token_path);
    *out = n.row.id;
    return ERR_NONE;
}

enum err access_admin_name(struct access *a, struct arena *arena, const char **out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct principal_row *people;
    size_t len;
    enum err r = store_look(a->store, &look, e);

    if (!r)
        r = store_principals(look_db(&look), arena, &people, &len, e);
    if (r)
        return r;
    *out = NULL;
    for (size_t i = 0; i < len && *out == NULL; i++)
        if (strcmp(people[i].kind, "user") == 0 && strcmp(people[i].role, "role:admin") == 0)
            *out = people[i].name;
    return ERR_NONE;
}

static enum err write_finish(struct tx *tx, void *arg, struct error *e)
{
    (void)arg;
    tx_note(tx, "setup.finished", "setup", NULL, NULL);
    return store_set_up_put(tx, e);
}

enum err access_setup_finish(struct access *a, const struct actor *who, struct error *e)
{
    enum err r = access_check(who, RIGHT_SETUP, "", NULL, e);

    if (r)
        return r;
    fault_point("access.setup_finish");
    r = store_write(a->store, who, write_finish, NULL, e);
    if (r)
        return r;
    access_wrote(a);
    return ERR_NONE;
}
