/* Decided on the writer: what nobody used a moment ago may be shown by the time it would be gone. */
#include "inventory/lineage.h"

#include "base/detail.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/time.h"
#include "inventory/rows.h"
#include "store/lineages.h"

/* users ------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *by, *text;         /* %s: the name */
    const char *nameless;
} kinds[] = {
    { "web-server", "This web server shows it to those who ask for %.100s: select another certificate for that name first", "This web server shows it: select another certificate first" },
    { "web-server-previous", "It is the way back of this web server for %.100s: selecting the present certificate again gives that up",
      "It is the way back of this web server: selecting the present certificate again gives that up" },
    { "probe", "The trust probe shows it, to find out who trusts the root", "The trust probe shows it, to find out who trusts the root" },
    { "authority", "The authority \"%.100s\" signs with it", "An authority signs with it" },
    { "job", "The job \"%.100s\" is about to work on it: try again in a moment", "A job is about to work on it: try again in a moment" },
};

static const char *text_of(const struct user_row *row, struct arena *a)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        const char *mark;

        if (strcmp(kinds[i].by, row->by) != 0)
            continue;
        mark = strstr(kinds[i].text, "%.100s");
        if (row->name[0] == '\0' || mark == NULL)
            return kinds[i].nameless;
        return arena_printf(a, "%.*s%.100s%s", (int)(mark - kinds[i].text), kinds[i].text, row->name, mark + 6);
    }
    return arena_printf(a, "%.60s uses it%s%.100s", row->by, row->name[0] != '\0' ? ": " : "", row->name);
}

static enum err users_of(const struct db *db, const struct lineage *of, const struct id *certificate, struct arena *a, struct users *out, struct error *e)
{
    struct user_row *rows = NULL;
    size_t len = 0;
    enum err r = store_users(db, of, certificate, a, &rows, &len, e);

    if (r)
        return r;
    out->at = arena_take(a, (len + 1) * sizeof(*out->at));
    out->len = len;
    for (size_t i = 0; i < len; i++)
        out->at[i] = (struct user){ .by = rows[i].by, .name = rows[i].name, .version = rows[i].version, .id = rows[i].id, .text = text_of(&rows[i], a) };
    return ERR_NONE;
}

enum err inventory_users(const struct db *db, const struct id *certificate, struct arena *a, struct users *out, struct error *e)
{
    struct lineage lineage;
    enum err r = store_certificate_find(db, certificate, a, &lineage, e);

    return r ? r : users_of(db, &lineage, certificate, a, out, e);
}

/* what is asked of one ---------------------------------------------------------------------------------------- */

struct asked {
    struct id certificate;
    const char *name;              /* of a deletion; NULL: archived only */
    bool is_archived;              /* as it shall be */
    struct arena *arena;           /* of the request: on the writer thread while its own waits */
    struct users users;
};

static enum err check_seen(const struct tx *tx, const struct lineage *l, struct error *e)
{
    int64_t seen = tx_actor(tx)->if_match;

    if (seen < 0 || seen == l->row_version)
        return ERR_NONE;
    return fail_kind(e, ERR_CONFLICT, "precondition", "this certificate has changed since it was read: look again");
}

static enum err check_free(struct tx *tx, struct asked *ask, const struct lineage *l, const char *what, struct error *e)
{
    enum err r = users_of(tx_db(tx), l, &ask->certificate, ask->arena, &ask->users, e);

    if (r || ask->users.len == 0)
        return r;
    return fail_kind(e, ERR_CONFLICT, "in-use", "this certificate is in use and cannot be %s", what);
}

static void tell(const struct users *users, struct findings *faults)
{
    for (size_t i = 0; i < users->len; i++)
        findings_add(faults, LEVEL_ERROR, "in-use", "", "%s", users->at[i].text);
}

static enum err find(struct tx *tx, const struct id *certificate, struct arena *a, struct lineage *l, struct error *e)
{
    enum err r = store_certificate_find(tx_db(tx), certificate, a, l, e);

    return r ? r : check_seen(tx, l, e);
}

/* What is archived counts nowhere. */
static void count(struct tx *tx, const struct lineage *l, int by)
{
    tx_tally(tx, "expiry", l->current_state, l->current_not_after / DAYS, by);
}

/* archive ----------------------------------------------------------------------------------------------------- */

static enum err record_archive(struct tx *tx, void *arg, struct error *e)
{
    struct asked *ask = arg;
    struct lineage l;
    enum err r = find(tx, &ask->certificate, ask->arena, &l, e);

    ask->users.len = 0;
    if (r || l.is_archived == ask->is_archived)
        return r;
    if (ask->is_archived)
        r = check_free(tx, ask, &l, "archived", e);
    if (r == ERR_NONE)
        r = store_lineage_archive(tx, l.n, ask->is_archived, e);
    if (r == ERR_NONE)
        r = store_version_mark(tx, l.current, ask->is_archived ? VERSION_ARCHIVED : 0, VERSION_ARCHIVED, e);
    if (r)
        return r;
    count(tx, &l, ask->is_archived ? -1 : 1);
    tx_note(tx, ask->is_archived ? "certificate.archived" : "certificate.unarchived", "certificate", &ask->certificate, "{}");
    fault_point("lineage.archived");
    return ERR_NONE;
}

enum err inventory_archive(struct store *store, const struct actor *who, const struct id *certificate, bool is_archived, struct arena *a,
                           struct users *users, struct findings *faults, struct error *e)
{
    struct asked ask = { .certificate = *certificate, .is_archived = is_archived, .arena = a };
    enum err r = store_write(store, who, record_archive, &ask, e);

    *users = ask.users;
    if (r)
        tell(users, faults);
    return r;
}

/* delete ------------------------------------------------------------------------------------------------------ */

static enum err check_name(struct tx *tx, const struct asked *ask, const struct lineage *l, struct error *e)
{
    struct version_row row;
    enum err r;

    if (ask->name == NULL && l->is_archived)
        return ERR_NONE;
    r = store_version(tx_db(tx), l->current, ask->arena, &row, e);
    if (r)
        return r;
    if (ask->name == NULL)
        return fail_kind(e, ERR_CONFLICT, "not-archived", "archive it first, or confirm with its name (%.100s) that it shall be gone at once",
                         row.common_name[0] != '\0' ? row.common_name : row.label);
    if (strcmp(ask->name, row.common_name) == 0 || strcmp(ask->name, row.label) == 0)
        return ERR_NONE;
    return fail_at(e, "/confirm", "that is not its name");
}

/* The last word on it: what a row of the journal must still say when all else is gone. */
static const char *detail_of(const struct version_row *rows, size_t len, struct arena *a)
{
    const char *list = "";

    for (size_t i = 0; i < len && i < 20; i++)
        list = arena_printf(a, "%s%s{\"version\":%d,\"serial\":\"%s\",\"thumbprint_sha256\":\"%s\",\"common_name\":%s}", list, i > 0 ? "," : "", rows[i].number,
                            text_hex_in(a, rows[i].serial), text_hex_in(a, rows[i].sha256), detail_quote(a, rows[i].common_name));
    return arena_printf(a, "{\"label\":%s,\"versions\":[%s]}", detail_quote(a, rows[0].label), list);
}

static enum err record_delete(struct tx *tx, void *arg, struct error *e)
{
    CLEANUP(arena_drop) struct arena *scratch = arena_new();
    struct asked *ask = arg;
    struct version_row *rows;
    struct lineage l;
    size_t len;
    enum err r = find(tx, &ask->certificate, ask->arena, &l, e);

    ask->users.len = 0;
    if (r == ERR_NONE)
        r = check_free(tx, ask, &l, "deleted", e);
    if (r == ERR_NONE)
        r = check_name(tx, ask, &l, e);
    if (r == ERR_NONE)
        r = store_versions(tx_db(tx), &ask->certificate, scratch, &rows, &len, e);
    if (r == ERR_NONE)
        r = store_lineage_end(tx, l.n, &ask->certificate, e);
    if (r)
        return r;
    if (!l.is_archived)
        count(tx, &l, -1);
    tx_note(tx, "certificate.deleted", "certificate", &ask->certificate, detail_of(rows, len, scratch));
    fault_point("lineage.deleted");
    return ERR_NONE;
}

enum err inventory_delete(struct store *store, const struct actor *who, const struct id *certificate, const char *name,
                          struct arena *a, struct users *users, struct findings *faults, struct error *e)
{
    struct asked ask = { .certificate = *certificate, .name = name, .arena = a };
    enum err r = store_write(store, who, record_delete, &ask, e);

    *users = ask.users;
    if (r && users->len > 0)
        tell(users, faults);
    return r;
}
