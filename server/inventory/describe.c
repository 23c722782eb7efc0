#include "inventory/describe.h"

#include "base/detail.h"
#include "base/fault.h"
#include "base/text.h"
#include "inventory/rows.h"
#include "store/describe.h"
#include "store/find.h"

enum { MARK = 0x01 /* stands in no clean text */ };

/* search text ------------------------------------------------------------------------------------------------- */

static const char *search_text(struct arena *a, const char *head, const char *owner, const char *account, const char *const *tags, size_t tags_len, const char *notes)
{
    const char *said = "";

    for (size_t i = 0; i < tags_len; i++)
        said = arena_printf(a, "%s\n%s", said, tags[i]);
    if (account[0] != '\0')
        said = arena_printf(a, "%s\n%s", said, account);
    if (owner[0] == '\0' && notes[0] == '\0' && said[0] == '\0')
        return head;
    return arena_printf(a, "%s\n%c%s", head, MARK, text_lower(a, arena_printf(a, "%s%s\n%s", owner, said, notes)));
}

const char *description_kept(struct arena *a, const char *head, const char *before)
{
    const char *mark = strchr(before, MARK);

    return mark == NULL ? head : arena_printf(a, "%s\n%s", head, mark);
}

/* What the certificate says, under another label. */
static const char *relabelled(struct arena *a, const char *before, const char *label)
{
    const char *rest = strchr(before, '\n'), *mark = strchr(before, MARK);
    size_t len = rest == NULL ? 0 : mark == NULL ? strlen(rest) : (size_t)(mark - rest - 1);

    return arena_printf(a, "%s%.*s", text_lower(a, label), (int)len, rest != NULL ? rest : "");
}

/* checks ------------------------------------------------------------------------------------------------------ */

static void check_line(const char *text, size_t min, size_t max, const char *pointer, struct findings *faults)
{
    if (text == NULL)
        return;
    if (strlen(text) < min || strlen(text) > max)
        findings_add(faults, LEVEL_ERROR, "bad-length", pointer, "it has %zu to %zu bytes", min, max);
    else if (!text_is_clean(bytes_text(text)))
        findings_add(faults, LEVEL_ERROR, "bad-text", pointer, "a line of UTF-8 without control characters");
}

/* Lines and tabs are fine in notes. */
static void check_notes(const char *text, struct arena *a, struct findings *faults)
{
    char *flat;

    if (text == NULL)
        return;
    flat = arena_text(a, text);
    for (char *p = flat; *p != '\0'; p++)
        if (*p == '\n' || *p == '\r' || *p == '\t')
            *p = ' ';
    check_line(flat, 0, NOTES_MAX, "/notes", faults);
}

/* It goes between the quotes of scripts that root runs: only what names of accounts are made of, and nothing that begins an option. */
void description_check_account(const char *text, struct findings *faults)
{
    static const char marks[] = "_.-\\$ @";

    if (text == NULL)
        return;
    if (strlen(text) > ACCOUNT_MAX)
        findings_add(faults, LEVEL_ERROR, "bad-length", "/account", "it has at most %d bytes", ACCOUNT_MAX);
    for (const char *p = text; *p != '\0'; p++) {
        bool is_alnum = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9');

        if (is_alnum || (strchr(marks, *p) != NULL && !(p == text && (*p == '-' || *p == ' '))))
            continue;
        findings_add(faults, LEVEL_ERROR, "bad-text", "/account", "the name of an account has letters, digits and %s only, and begins with neither - nor a space", marks);
        return;
    }
}

static enum err check(const struct description *wish, struct arena *a, struct findings *faults, struct error *e)
{
    check_line(wish->label, 1, LABEL_MAX, "/label", faults);
    check_line(wish->owner, 0, OWNER_MAX, "/owner", faults);
    check_notes(wish->notes, a, faults);
    description_check_account(wish->account, faults);
    for (size_t i = 0; i < wish->tags_len; i++)
        check_line(wish->tags[i], 1, TAG_MAX, arena_printf(a, "/tags/%zu", i), faults);
    if (wish->tags_len > TAGS_MAX)
        findings_add(faults, LEVEL_ERROR, "too-many", "/tags", "a certificate has at most %d tags", TAGS_MAX);
    return findings_fail(faults, e);
}

/* recording --------------------------------------------------------------------------------------------------- */

struct describing { struct id certificate; const struct description *wish; };

static bool is_in(const char *const *list, size_t len, const char *text)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
}

/* Those that stay, then those that come. */
static enum err merge_tags(const struct description *wish, const char *const *now, size_t now_len, struct arena *a,
                           const char *const **out, size_t *len, struct error *e)
{
    const char **list = arena_take(a, (now_len + wish->tags_len + 1) * sizeof(*list));
    size_t n = 0;

    for (size_t i = 0; i < now_len; i++)
        if (!wish->sets_tags && !is_in(wish->untags, wish->untags_len, now[i]))
            list[n++] = now[i];
    for (size_t i = 0; i < wish->tags_len; i++)
        if (!is_in(list, n, wish->tags[i]))
            list[n++] = wish->tags[i];
    if (n > TAGS_MAX)
        return fail_at(e, "/tags", "a certificate has at most %d tags", TAGS_MAX);

    *out = list;
    *len = n;
    return ERR_NONE;
}

static const char *tags_json(struct arena *a, const char *const *tags, size_t len)
{
    const char *list = "";

    for (size_t i = 0; i < len; i++)
        list = arena_printf(a, "%s%s%s", list, i > 0 ? "," : "", detail_quote(a, tags[i]));
    return arena_printf(a, "[%s]", list);
}

/* Notes may be long, and secret to the journal's readers: only that they changed is told. */
static const char *detail_of(struct arena *a, const struct version_row *was, const char *label, const char *owner, const char *account, bool notes_changed,
                             const char *const *before, size_t before_len, const char *const *after, size_t after_len)
{
    return arena_printf(a, "{\"label\":{\"before\":%s,\"after\":%s},\"owner\":{\"before\":%s,\"after\":%s},\"account\":{\"before\":%s,\"after\":%s},\"tags\":{\"before\":%s,\"after\":%s},\"notes_changed\":%s}",
                        detail_quote(a, was->label), detail_quote(a, label), detail_quote(a, was->owner), detail_quote(a, owner),
                        detail_quote(a, was->account), detail_quote(a, account),
                        tags_json(a, before, before_len), tags_json(a, after, after_len), notes_changed ? "true" : "false");
}

static enum err put(struct tx *tx, const struct version_row *row, const struct description *wish, const struct id *certificate, struct arena *a, struct error *e)
{
    const char *label = wish->label != NULL ? wish->label : row->label, *owner = wish->owner != NULL ? wish->owner : row->owner;
    const char *notes = wish->notes != NULL ? wish->notes : row->notes, *text = NULL;
    const char *account = wish->account != NULL ? wish->account : row->account;
    const char *const *before, *const *tags;
    size_t before_len, tags_len;
    enum err r;

    r = store_tags(tx_db(tx), row->certificate_n, a, &before, &before_len, e);
    if (r == ERR_NONE)
        r = merge_tags(wish, before, before_len, a, &tags, &tags_len, e);
    if (r == ERR_NONE)
        r = store_describe(tx, row->certificate_n, label, owner, notes, account, e);
    if (r == ERR_NONE)
        r = store_tags_put(tx, row->certificate_n, tags, tags_len, e);
    if (r == ERR_NONE)
        r = store_text(tx_db(tx), row->certificate_n, a, &text, e);
    if (r == ERR_NONE)
        r = store_text_put(tx, row->certificate_n, search_text(a, relabelled(a, text, label), owner, account, tags, tags_len, notes), false, e);
    if (r)
        return r;
    tx_note(tx, "certificate.described", "certificate", certificate,
            detail_of(a, row, label, owner, account, strcmp(notes, row->notes) != 0, before, before_len, tags, tags_len));
    return ERR_NONE;
}

static enum err record(struct tx *tx, void *arg, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct describing *d = arg;
    int64_t seen = tx_actor(tx)->if_match;
    struct version_row row;
    enum err r = store_version_of(tx_db(tx), &d->certificate, 0, a, &row, e);

    if (r)
        return r;
    if (seen >= 0 && seen != row.row_version)
        return fail_kind(e, ERR_CONFLICT, "precondition", "this certificate has changed since it was read: look again");
    r = put(tx, &row, d->wish, &d->certificate, a, e);
    fault_point("describe.recorded");
    return r;
}

enum err inventory_describe(struct store *store, const struct actor *who, const struct id *certificate, const struct description *wish,
                            struct findings *faults, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct describing d = { *certificate, wish };
    enum err r = check(wish, a, faults, e);

    return r ? r : store_write(store, who, record, &d, e);
}
