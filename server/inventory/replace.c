#include "inventory/replace.h"

#include "base/time.h"
#include "inventory/incoming.h"

static const char *const words[DIFFERENCES] = {
    [DIFFERENT_NAMES] = "other-names", [DIFFERENT_PURPOSE] = "other-purpose", [NO_PRIVATE_KEY] = "no-private-key",
    [NOT_NEWER] = "older", [IS_EXPIRED] = "expired", [BREAKS_RULE] = "flagged",
};

bool difference_parse(const char *word, unsigned *accepts)
{
    for (unsigned d = 0; d < DIFFERENCES; d++)
        if (strcmp(words[d], word) == 0) {
            *accepts |= 1u << d;
            return true;
        }
    return false;
}

/* which of the file -------------------------------------------------------------------------------------------- */

static bool is_certificate(const struct incoming *in)
{
    return in->item->kind == ITEM_CERTIFICATE && in->is_taken;
}

static const struct incoming *key_in_file(const struct import *im, const struct incoming *of)
{
    for (size_t i = 0; i < im->len; i++)
        if (im->at[i].item->kind == ITEM_KEY && im->at[i].is_taken && memcmp(im->at[i].spki_sha256, of->spki_sha256, sizeof(of->spki_sha256)) == 0)
            return &im->at[i];
    return NULL;
}

static bool could_be(const struct incoming *in, const struct cert *now)
{
    return is_certificate(in) && in->cert.is_ca == now->is_ca && (!now->is_ca || bytes_equal(in->cert.subject, now->subject));
}

/* Where several could be meant, the one that comes with its key. */
static enum err choose(struct import *im, const struct cert *now, struct error *e)
{
    struct incoming *any = NULL, *with_key = NULL;
    size_t anys = 0, with_keys = 0;

    for (size_t i = 0; i < im->len; i++) {
        if (!could_be(&im->at[i], now))
            continue;
        any = &im->at[i];
        anys++;
        if (key_in_file(im, any) == NULL)
            continue;
        with_key = any;
        with_keys++;
    }
    if (anys == 0)
        return fail_at(e, "/data", "nothing in the file could take its place: it holds no certificate of this kind");
    if (anys > 1 && with_keys != 1)
        return fail_at(e, "/data", "%zu certificates of the file could be meant: leave the right one in it", anys);
    im->replacing = anys == 1 ? any : with_key;
    return ERR_NONE;
}

/* in what it differs ------------------------------------------------------------------------------------------- */

struct compared {
    const struct cert *now, *then;         /* of the file, and what is current */
    const struct version_row *row;
    bool has_key, is_same_key, is_flagged;
    struct replacement *wish;
};

static void differ(const struct compared *c, enum difference d, const char *text)
{
    bool is_accepted = (c->wish->accepts & (1u << d)) != 0;

    findings_add(&c->wish->differences, is_accepted ? LEVEL_WARNING : LEVEL_ERROR, words[d], "/data", "%s", text);
}

static const char *names_text(const struct cert *c, struct arena *a)
{
    const char *text = c->names.len > 0 ? c->names.at[0].text : c->common_name[0] != '\0' ? c->common_name : c->subject_text;

    for (size_t i = 1; i < c->names.len && i < 5; i++)
        text = arena_printf(a, "%s, %s", text, c->names.at[i].text);
    return c->names.len > 5 ? arena_printf(a, "%s and %zu more", text, c->names.len - 5) : text;
}

/* The same key says that it belongs, whatever else has changed. */
static void compare_names(const struct compared *c, struct arena *a)
{
    const char *text;

    if (certs_same_names(c->now, c->then))
        return;
    text = arena_printf(a, "It is for other names: %.300s instead of %.300s.", names_text(c->now, a), names_text(c->then, a));
    if (c->is_same_key)
        findings_add(&c->wish->differences, LEVEL_NOTE, words[DIFFERENT_NAMES], "/data", "%s", text);
    else
        differ(c, DIFFERENT_NAMES, text);
}

static void compare(const struct compared *c, struct arena *a)
{
    char then[TIME_TEXT], now[TIME_TEXT];

    time_text(c->then->not_after, then);
    time_text(c->now->not_after, now);
    compare_names(c, a);
    if (c->now->has_purposes != c->then->has_purposes || c->now->purposes != c->then->purposes)
        differ(c, DIFFERENT_PURPOSE, "It is meant for other purposes.");
    if (c->row->has_key && !c->has_key)
        differ(c, NO_PRIVATE_KEY, "Its private key is neither in the file nor here: nothing could be shown or exported with it.");
    if (c->now->not_after <= clock_now())
        differ(c, IS_EXPIRED, arena_printf(a, "It expired on %s.", now));
    else if (certs_newer(c->then, c->now))
        differ(c, NOT_NEWER, arena_printf(a, "It is older than what it would replace: valid until %s instead of %s.", now, then));
    if (c->is_flagged && (c->row->flags & VERSION_FLAGGED) == 0)
        differ(c, BREAKS_RULE, "It breaks a rule, which the current version does not: its findings say which.");
}

/* --------------------------------------------------------------------------------------------------------------- */

static enum err read_current(struct store *store, struct replacement *wish, struct arena *a, struct version_row *row, struct cert *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct lineage lineage;
    struct bytes der;
    enum err r = store_look(store, &look, e);

    if (r == ERR_NONE)
        r = store_certificate_find(look_db(&look), &wish->certificate, a, &lineage, e);
    if (r == ERR_NONE)
        r = store_version(look_db(&look), lineage.current, a, row, e);
    if (r == ERR_NONE)
        r = store_der(look_db(&look), lineage.current, a, &der, e);
    if (r)
        return r;
    if (row->is_archived)
        return fail_kind(e, ERR_CONFLICT, "archived", "it is archived: bring it back first");
    if ((row->flags & VERSION_AUTHORITY) != 0)
        return fail(e, ERR_CONFLICT, "an authority signs with it: a file cannot take its place");
    wish->seen_n = lineage.current;
    wish->next = lineage.next_number;
    return cert_parse(der, a, out, e);
}

/* The private key of what comes: the file's own, or one that is here. Is the certificate itself here? */
static enum err find_key(struct store *store, const struct import *im, struct arena *a, struct bytes *blob, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    const struct incoming *of = im->replacing, *key = key_in_file(im, of);
    struct key_row row = { 0 };
    enum err r = store_look(store, &look, e);

    if (r == ERR_NONE)
        r = incoming_is_known(look_db(&look), im, e);
    if (r)
        return r;
    if (key != NULL) {
        *blob = key->key.blob;
        return ERR_NONE;
    }
    r = store_key_by_spki(look_db(&look), bytes_of(of->spki_sha256, sizeof(of->spki_sha256)), a, &row, NULL);
    if (r != ERR_NONE && r != ERR_ABSENT)
        return fail(e, r, "the keys cannot be read");
    *blob = row.blob;
    return ERR_NONE;
}

static enum err ask_users(const struct import *im, struct bytes key_blob, struct error *e)
{
    struct replacement *wish = im->wish->replaces;
    struct bytes *others = arena_take(im->arena, (im->len + 1) * sizeof(*others));
    struct candidate_version candidate = { .cert = &im->replacing->cert, .key_blob = key_blob, .others = others };

    for (size_t i = 0; i < im->len; i++)
        if (is_certificate(&im->at[i]) && &im->at[i] != im->replacing)
            others[candidate.others_len++] = im->at[i].cert.der;
    return wish->before != NULL ? wish->before(&candidate, wish->arg, e) : ERR_NONE;
}

enum err replace_prepare(struct store *store, struct import *im, struct error *e)
{
    struct replacement *wish = im->wish->replaces;
    struct compared c = { .wish = wish };
    struct version_row row;
    struct bytes blob = { 0 };
    struct cert then;
    enum err r;

    findings_init(&wish->differences, im->arena);
    r = read_current(store, wish, im->arena, &row, &then, e);
    if (r == ERR_NONE)
        r = choose(im, &then, e);
    if (r)
        return r;
    wish->item = im->replacing->out;
    r = find_key(store, im, im->arena, &blob, e);
    if (r)
        return r;
    c.now = &im->replacing->cert;
    c.then = &then;
    c.row = &row;
    c.has_key = blob.len > 0;
    c.is_flagged = im->replacing->is_flagged;
    c.is_same_key = bytes_equal(row.spki_sha256, bytes_of(im->replacing->spki_sha256, sizeof(im->replacing->spki_sha256)));
    compare(&c, im->arena);
    if (!im->wish->is_preview && findings_count(&wish->differences, LEVEL_ERROR) > 0)
        return fail_kind(e, ERR_INVALID, "does-not-belong", "this file does not belong to the certificate; nothing has changed");
    return ask_users(im, blob, e);
}
