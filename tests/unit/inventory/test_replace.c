#include "check.h"

#include "coming.h"
#include "inventory/lineage.h"
#include "pki/pem.h"

/* A file of up to three certificates takes the place of a lineage's current version. */
struct trial {
    struct coming file[3];
    struct cert certs[3];
    struct replacement wish;
    struct import_result result;
    struct error e;
};

static const char *file_text(struct trial *t, struct arena *a)
{
    const char *text = "";

    for (size_t i = 0; i < 3 && (t->file[i].common_name != NULL || t->file[i].names[0] != NULL); i++) {
        t->certs[i] = coming_cert(&t->file[i], a);
        text = arena_printf(a, "%s%s", text, pem_text(a, "CERTIFICATE", t->certs[i].der));
    }
    return text;
}

static enum err replace_with(struct place *p, const struct imported *of, struct trial *t, bool is_preview, struct arena *a)
{
    const char *text = file_text(t, a);
    struct import_file file = { .file = bytes_of(text, strlen(text)), .name = "file.pem" };
    struct import_wish wish = { .files = &file, .files_len = 1, .is_preview = is_preview, .replaces = &t->wish };

    t->wish.certificate = of->certificate;
    return inventory_import(p->store, NULL, &p->who, &wish, a, &t->result, &t->e);
}

static struct inventory_item current(struct place *p, const struct imported *of, struct arena *a)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct inventory_item item;
    struct error e = { 0 };

    assert_ok(store_look(p->store, &look, &e));
    assert_ok(inventory_show(look_db(&look), &of->certificate, 0, a, &item, &e));
    return item;
}

/* The words of what must be accepted, or of what is ("+"), or is only told ("."). */
static const char *told(const struct trial *t, struct arena *a)
{
    static const char *const marks[] = { [LEVEL_ERROR] = "", [LEVEL_WARNING] = "+", [LEVEL_NOTE] = "." };
    const char *text = "";

    for (size_t i = 0; i < t->wish.differences.len; i++)
        text = arena_printf(a, "%s%s%s%s", text, i > 0 ? " " : "", marks[t->wish.differences.at[i].level], t->wish.differences.at[i].rule);
    return text;
}

static void the_same_names_and_purpose_make_it_the_next_version(void **state)
{
    IN_PLACE;
    struct imported now = bring(p, (struct coming){ .names = { "www.lan", "10.0.0.1" } }, a);
    struct trial t = { .file = { { .names = { "10.0.0.1", "www.lan" }, .begins = 1, .issuer = "Another CA" } } };
    struct inventory_item item;

    if (replace_with(p, &now, &t, false, a) != ERR_NONE)
        fail_msg("%s", t.e.text);
    assert_string_equal(told(&t, a), "");
    assert_string_equal(t.wish.item->action, "joined");
    assert_int_equal(t.wish.next, 2);
    item = current(p, &now, a);
    assert_int_equal(item.number, 2);
    assert_memory_equal(item.sha256.at, t.certs[0].sha256, 32);
}

static void every_difference_is_told_by_its_word_and_refused(void **state)
{
    static const struct { struct coming file; const char *told; } rows[] = {
        { { .common_name = "other.lan", .names = { "other.lan" }, .begins = 1 }, "other-names" },
        { { .names = { "www.lan", "more.lan" }, .begins = 1 }, "other-names" },
        { { .names = { "www.lan" }, .begins = 1, .purposes = FOR_CLIENT }, "other-purpose" },
        { { .names = { "www.lan" }, .begins = -5 }, "older" },
        { { .common_name = "else.lan", .names = { "www.lan" }, .begins = 1 }, "other-names flagged" },
        { { .names = { "www.lan" }, .begins = -20, .days = 10 }, "expired" },
        { { .common_name = "other.lan", .names = { "other.lan" }, .begins = -20, .days = 10, .purposes = FOR_CLIENT }, "other-names other-purpose expired" },
    };
    IN_PLACE;
    struct imported now = bring(p, (struct coming){ .names = { "www.lan" } }, a);

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct trial t = { .file = { rows[i].file } };

        assert_int_equal(replace_with(p, &now, &t, false, a), ERR_INVALID);
        assert_string_equal(t.e.kind, "does-not-belong");
        assert_string_equal(told(&t, a), rows[i].told);
        assert_int_equal(current(p, &now, a).versions, 1);
    }
}

static void what_is_agreed_to_is_told_as_that_and_taken(void **state)
{
    IN_PLACE;
    struct imported now = bring(p, (struct coming){ .names = { "www.lan" } }, a);
    struct trial t = { .file = { { .common_name = "other.lan", .names = { "other.lan" }, .begins = 1, .purposes = FOR_CLIENT } } };

    assert_true(difference_parse("other-names", &t.wish.accepts));
    assert_int_equal(replace_with(p, &now, &t, false, a), ERR_INVALID);
    assert_string_equal(told(&t, a), "+other-names other-purpose");
    assert_true(difference_parse("other-purpose", &t.wish.accepts));
    assert_int_equal(replace_with(p, &now, &t, false, a), ERR_NONE);
    assert_string_equal(told(&t, a), "+other-names +other-purpose");
    assert_string_equal(current(p, &now, a).dns_names[0], "other.lan");
    assert_false(difference_parse("anything", &t.wish.accepts));
}

static void the_same_key_says_that_it_belongs_whatever_its_names(void **state)
{
    IN_PLACE;
    struct bytes spki = making_spki(a);
    struct imported now = bring(p, (struct coming){ .names = { "www.lan" }, .spki = spki }, a);
    struct trial t = { .file = { { .common_name = "other.lan", .names = { "other.lan" }, .begins = 1, .spki = spki } } };

    assert_int_equal(replace_with(p, &now, &t, false, a), ERR_NONE);
    assert_string_equal(told(&t, a), ".other-names");
}

static void where_there_was_a_private_key_there_must_be_one(void **state)
{
    IN_PLACE;
    struct bytes before = making_spki(a), after = making_spki(a);
    struct imported now;
    struct trial without = { .file = { { .names = { "www.lan" }, .begins = 1 } } }, with = { .file = { { .names = { "www.lan" }, .begins = 1, .spki = after } } };

    bring_key(p, before, a);
    now = bring(p, (struct coming){ .names = { "www.lan" }, .spki = before }, a);
    assert_int_equal(replace_with(p, &now, &without, false, a), ERR_INVALID);
    assert_string_equal(told(&without, a), "no-private-key");

    bring_key(p, after, a);            /* it need not stand in the file: it is here */
    assert_int_equal(replace_with(p, &now, &with, false, a), ERR_NONE);
    assert_true(current(p, &now, a).has_private_key);
}

static void a_preview_tells_all_and_writes_nothing(void **state)
{
    IN_PLACE;
    struct imported now = bring(p, (struct coming){ .names = { "www.lan" } }, a);
    struct trial t = { .file = { { .common_name = "other.lan", .names = { "other.lan" }, .begins = 1 } } };

    assert_int_equal(replace_with(p, &now, &t, true, a), ERR_NONE);
    assert_string_equal(told(&t, a), "other-names");
    assert_int_equal(t.wish.next, 2);
    assert_int_equal(current(p, &now, a).versions, 1);
}

static void of_several_the_one_with_its_key_is_meant_and_issuers_are_not(void **state)
{
    IN_PLACE;
    struct imported now = bring(p, (struct coming){ .names = { "www.lan" } }, a);
    struct trial chain = { .file = { { .common_name = "CA", .is_ca = true }, { .names = { "www.lan" }, .begins = 1 } } };
    struct trial two = { .file = { { .names = { "www.lan" }, .begins = 2 }, { .names = { "www.lan" }, .begins = 3 } } };
    struct trial none = { .file = { { .common_name = "CA", .is_ca = true } } };

    assert_int_equal(replace_with(p, &now, &chain, false, a), ERR_NONE);
    assert_memory_equal(current(p, &now, a).sha256.at, chain.certs[1].sha256, 32);
    assert_int_equal(replace_with(p, &now, &two, false, a), ERR_INVALID);
    assert_non_null(strstr(two.e.text, "2 certificates of the file could be meant"));
    assert_string_equal(two.e.field, "/data");
    assert_int_equal(replace_with(p, &now, &none, false, a), ERR_INVALID);
    assert_non_null(strstr(none.e.text, "no certificate of this kind"));
}

static void an_authoritys_own_and_what_is_archived_are_left_alone(void **state)
{
    IN_PLACE;
    struct making ours = { .common_name = "Ours", .is_ca = true, .store = "root" };
    struct imported now = bring(p, (struct coming){ .names = { "www.lan" } }, a), authority = { 0 };
    struct trial ca = { .file = { { .common_name = "Ours", .is_ca = true, .begins = 1 } } }, leaf = { .file = { { .names = { "www.lan" }, .begins = 1 } } };
    struct findings faults;
    struct users users;
    struct error e = { 0 };

    assert_ok(make(p, &ours, &e));
    authority.certificate = ours.certificate;
    assert_int_equal(replace_with(p, &authority, &ca, false, a), ERR_CONFLICT);
    assert_non_null(strstr(ca.e.text, "an authority signs with it"));
    findings_init(&faults, a);
    assert_ok(inventory_archive(p->store, &p->who, &now.certificate, true, a, &users, &faults, &e));
    assert_int_equal(replace_with(p, &now, &leaf, false, a), ERR_CONFLICT);
    assert_string_equal(leaf.e.kind, "archived");
}

struct asked { int times; bool has_key; size_t others; int64_t version_n; enum err answer; };

static enum err before(const struct candidate_version *c, void *arg, struct error *e)
{
    struct asked *asked = arg;

    asked->times++;
    asked->has_key = c->key_blob.len > 0;
    asked->others = c->others_len;
    return asked->answer == ERR_NONE ? ERR_NONE : fail_kind(e, asked->answer, "refused", "whoever shows it could not");
}

static enum err also(struct tx *tx, int64_t version_n, void *arg, struct error *e)
{
    (void)tx;
    (void)e;
    ((struct asked *)arg)->version_n = version_n;
    return ERR_NONE;
}

static void whoever_uses_it_is_asked_first_and_a_no_changes_nothing(void **state)
{
    IN_PLACE;
    struct imported now = bring(p, (struct coming){ .names = { "www.lan" } }, a);
    struct asked asked = { .answer = ERR_INVALID };
    struct trial t = { .file = { { .names = { "www.lan" }, .begins = 1 }, { .common_name = "CA", .is_ca = true } }, .wish = { .before = before, .also = also, .arg = &asked } };

    assert_int_equal(replace_with(p, &now, &t, false, a), ERR_INVALID);
    assert_string_equal(t.e.kind, "refused");
    assert_int_equal(current(p, &now, a).versions, 1);
    asked.answer = ERR_NONE;
    assert_int_equal(replace_with(p, &now, &t, false, a), ERR_NONE);
    assert_int_equal(asked.times, 2);
    assert_int_equal(asked.others, 1);
    assert_false(asked.has_key);
    assert_int_equal(current(p, &now, a).n, asked.version_n);
}

static void what_is_here_already_is_not_taken_again(void **state)
{
    IN_PLACE;
    struct coming how = { .names = { "www.lan" } };
    struct cert cert = coming_cert(&how, a);
    struct imported now = bring_cert(p, cert, &how, a), other = bring(p, (struct coming){ .common_name = "other.lan", .names = { "other.lan" } }, a);
    const char *text = pem_text(a, "CERTIFICATE", cert.der);
    struct import_file file = { .file = bytes_of(text, strlen(text)) };
    struct replacement replaces = { .certificate = now.certificate };
    struct import_wish wish = { .files = &file, .files_len = 1, .replaces = &replaces };
    struct import_result result;
    struct error e = { 0 };

    assert_int_equal(inventory_import(p->store, NULL, &p->who, &wish, a, &result, &e), ERR_CONFLICT);
    assert_says("it is the current version already");
    replaces.certificate = other.certificate;
    assert_int_equal(inventory_import(p->store, NULL, &p->who, &wish, a, &result, &e), ERR_CONFLICT);
    assert_says("as version 1 of another certificate");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(the_same_names_and_purpose_make_it_the_next_version), in_place(every_difference_is_told_by_its_word_and_refused),
        in_place(what_is_agreed_to_is_told_as_that_and_taken), in_place(the_same_key_says_that_it_belongs_whatever_its_names),
        in_place(where_there_was_a_private_key_there_must_be_one), in_place(a_preview_tells_all_and_writes_nothing),
        in_place(of_several_the_one_with_its_key_is_meant_and_issuers_are_not), in_place(an_authoritys_own_and_what_is_archived_are_left_alone),
        in_place(whoever_uses_it_is_asked_first_and_a_no_changes_nothing), in_place(what_is_here_already_is_not_taken_again),
    };

    return tests_of(tests);
}
