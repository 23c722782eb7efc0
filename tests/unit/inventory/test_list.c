#include "check.h"

#include "access/rights.h"
#include "base/text.h"
#include "filled.h"

/* All pages; the common names in one line. */
static const char *names_of(struct place *p, struct inventory_ask ask, struct arena *a)
{
    const char *all = "";
    int pages = 0;

    do {
        struct inventory_page page = page_of(p, &p->who, &ask, a);

        for (size_t i = 0; i < page.len; i++)
            all = arena_printf(a, "%s%s%s", all, *all != '\0' ? " " : "", page.items[i].common_name);
        ask.cursor = page.next_cursor;
        assert_true(++pages < 50);
    } while (ask.cursor != NULL);
    return all;
}

static void every_order_pages_through_all_of_them_once(void **state)
{
    static const struct { const char *sort, *names; } rows[] = {
        { "created", "Lab Root CA c.lan a.lan b.lan old.lan" },
        { "-created", "old.lan b.lan a.lan c.lan Lab Root CA" },
        { "", "old.lan b.lan a.lan c.lan Lab Root CA" },
        { "not_after", "old.lan a.lan c.lan b.lan Lab Root CA" },
        { "-not_after", "Lab Root CA b.lan c.lan a.lan old.lan" },
        { "common_name", "Lab Root CA a.lan b.lan c.lan old.lan" },
        { "-common_name", "old.lan c.lan b.lan a.lan Lab Root CA" },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (unsigned limit = 1; limit <= 6; limit++)
            assert_string_equal(names_of(*state, (struct inventory_ask){ .sort = rows[i].sort, .limit = limit }, a), rows[i].names);
}

static void the_filter_says_what_is_shown(void **state)
{
    static const struct { const char *filter, *names; } rows[] = {
        { "status:valid", "Lab Root CA c.lan b.lan" }, { "status:expiring", "a.lan" }, { "status:expired", "old.lan" }, { "-status:expired", "Lab Root CA c.lan a.lan b.lan" },
        { "expires<30d", "a.lan old.lan" }, { "expires<30d -status:expired", "a.lan" }, { "expires>1y", "Lab Root CA" }, { "expires<2000-01-01", "" },
        { "issuer:\"Lab Root CA\"", "Lab Root CA c.lan a.lan b.lan old.lan" }, { "issuer:\"Lab Root CA\" -store:root", "c.lan a.lan b.lan old.lan" },
        { "issuer:nobody", "" }, { "key:ec-p256 store:root", "Lab Root CA" }, { "key:rsa-2048", "" }, { "has:key", "" }, { "-has:key source:cli", "b.lan" },
        { "is:self-signed", "Lab Root CA" }, { "store:personal status:valid", "c.lan b.lan" }, { "san:mail.example", "b.lan" }, { "san:*.example", "b.lan old.lan" },
        { "san:10.0.0.3", "c.lan" }, { "san:*.lan -san:a.lan", "c.lan b.lan old.lan" }, { "san:*.z.lan", "a.lan" }, { "legacy", "old.lan" }, { "-legacy lan", "c.lan a.lan b.lan" },
        { "exam mail", "b.lan" }, { "lab root is:self-signed", "Lab Root CA" }, { "\"lab root\" store:personal", "c.lan a.lan b.lan old.lan" }, { "-root", "" }, { "b.", "b.lan" },
        { "state:expired", "old.lan" }, { "expires>-10y -state:valid", "a.lan old.lan" }, { "has:owner", "" }, { "tag:nothing", "" }, { "-tag:nothing state:expiring", "a.lan" },
        { "key:ec -store:root status:valid", "c.lan b.lan" }, { "key:rsa", "" }, { "source:issued -store:ROOT state:valid", "c.lan b.lan" }, { "Store:My STATE:expired", "old.lan" },
        { "source:imported", "" }, { "\"days<30\"", "" },
        { "owner:nobody", "" }, { "in-use", "" }, { "-in-use state:expiring", "a.lan" }, { "is:superseded", "" }, { "-is:superseded state:expired", "old.lan" }, { "-is:flagged state:expired", "old.lan" },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *names = names_of(*state, (struct inventory_ask){ .filter = rows[i].filter, .sort = "created", .limit = 2 }, a);

        if (strcmp(names, rows[i].names) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].filter, names, rows[i].names);
    }
}

static void a_number_is_found_by_its_beginning_whatever_stands_between(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct inventory_page page = page_of(*state, &((struct place *)*state)->who, &(struct inventory_ask){ .filter = "san:a.lan" }, a);
    const struct inventory_item *item = &page.items[0];
    struct bytes numbers[] = { item->serial, item->sha1, item->sha256 };
    static const char *const between[] = { "", ":", " ", "-", "\xc2\xa0", "\xe2\x80\x8b", "\xef\xbb\xbf" };
    static const char *const labels[] = { "SHA1 Fingerprint=", "Thumbprint: ", "0x", "\xef\xbb\xbf" };

    assert_int_equal(page.len, 1);
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < sizeof(between) / sizeof(*between); k++) {
            const char *text = "\xe2\x80\x8e", *with = between[k];

            for (size_t n = 0; n < numbers[i].len; n++) {
                text = arena_printf(a, "%s%s%02X", text, n > 0 ? with : "", numbers[i].at[n]);
                if (n >= 5)
                    assert_string_equal(names_of(*state, (struct inventory_ask){ .q = text }, a), "a.lan");
            }
            if (k < 4)
                assert_string_equal(names_of(*state, (struct inventory_ask){ .q = arena_printf(a, "%.*s", 14 + 3, text) }, a), "a.lan");
            assert_string_equal(names_of(*state, (struct inventory_ask){ .q = arena_printf(a, "%s%s", labels[k % 4], text + 3) }, a), "a.lan");
        }
        assert_string_equal(names_of(*state, (struct inventory_ask){ .filter = arena_printf(a, "serial:%s", text_hex_in(a, numbers[i])) }, a), "a.lan");
    }
}

static void what_cannot_be_read_names_its_field(void **state)
{
    static const struct { struct inventory_ask ask; const char *field; } rows[] = {
        { { .filter = "status:green" }, "/filter" }, { { .filter = "colour:red" }, "/filter" }, { { .filter = "expires<soon" }, "/filter" },
        { { .filter = "issuer:\"open" }, "/filter" }, { { .filter = "san:a*b" }, "/filter" }, { { .filter = "key:" }, "/filter" },
        { { .filter = "has:fun" }, "/filter" }, { { .filter = "days<30" }, "/filter" }, { { .filter = "state=valid" }, "/filter" },
        { { .filter = "expires < 30d" }, "/filter" }, { { .filter = "-" }, "/filter" }, { { .filter = "key:ecdsa" }, "/filter" }, { { .filter = "store:elsewhere" }, "/filter" },
        { { .filter = "source:nowhere" }, "/filter" }, { { .filter = "serial:xyz" }, "/filter" }, { { .filter = "a\x01" }, "/filter" }, { { .q = "a\nb" }, "/q" },
        { { .sort = "colour" }, "/sort" }, { { .limit = 501 }, "/limit" }, { { .cursor = "AAAA" }, "/cursor" }, { { .cursor = "!" }, "/cursor" },
        { { .filter = "a b c d e f g h i j k l m n o p q r s t u v w x y" }, "/filter" },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct place *p = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct inventory_page page;
        struct error e = { 0 };

        assert_int_equal(inventory_list(p->store, &p->who, &rows[i].ask, a, &page, &e), ERR_INVALID);
        assert_string_equal(e.field, rows[i].field);
    }
}

static void a_cursor_is_good_for_its_own_question_only(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct inventory_ask ask = { .sort = "not_after", .limit = 2 }, other;
    struct place *p = *state;
    struct inventory_page page = page_of(p, &p->who, &ask, a);
    struct error e = { 0 };
    char *bent = arena_text(a, page.next_cursor);

    ask.cursor = page.next_cursor;
    page_of(p, &p->who, &ask, a);
    other = ask;
    other.sort = "-not_after";
    assert_int_equal(inventory_list(p->store, &p->who, &other, a, &page, &e), ERR_INVALID);
    assert_string_equal(e.field, "/cursor");
    other = ask;
    other.filter = "status:valid";
    assert_int_equal(inventory_list(p->store, &p->who, &other, a, &page, &e), ERR_INVALID);
    assert_says("another question");
    bent[8] = bent[8] == 'A' ? 'B' : 'A';
    ask.cursor = bent;
    assert_int_equal(inventory_list(p->store, &p->who, &ask, a, &page, &e), ERR_INVALID);
    assert_string_equal(e.field, "/cursor");
}

static void a_cursor_tells_nobody_where_it_stands(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct inventory_ask ask = { .sort = "common_name", .limit = 2 };
    struct place *p = *state;
    struct inventory_page page = page_of(p, &p->who, &ask, a);
    struct bytes raw;

    assert_string_equal(page.items[1].common_name, "a.lan");
    assert_true(text_unbase64url(a, page.next_cursor, strlen(page.next_cursor), &raw));
    assert_null(memmem(raw.at, raw.len, "a.lan", 5));
}

static void rows_that_come_in_while_paging_are_neither_lost_nor_doubled(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct inventory_ask ask = { .sort = "common_name", .limit = 2 };
    struct making m = { .common_name = "bb.lan", .names = { "bb.lan" } };
    struct place *p = *state;
    struct error e = { 0 };
    struct inventory_page page = page_of(p, &p->who, &ask, a);

    assert_string_equal(page.items[1].common_name, "a.lan");
    assert_ok(make(p, &m, &e));
    ask.cursor = page.next_cursor;
    ask.limit = 10;
    assert_string_equal(names_of(p, ask, a), "b.lan bb.lan c.lan old.lan");
}

static void an_actor_sees_what_is_granted(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct place *p = *state;
    struct inventory_page all = page_of(p, &p->who, &(struct inventory_ask){ .sort = "created" }, a), page;
    struct making other = { .common_name = "self.lan", .names = { "self.lan" }, .is_self_signed = true };
    struct grant grants[] = {
        { .rights = RIGHT_BIT(RIGHT_READ), .scope = "certificate", .scope_id = all.items[1].id },
        { .rights = RIGHT_BIT(RIGHT_READ), .scope = "authority", .scope_id = all.items[0].issuer_id },
        { .rights = RIGHT_BIT(RIGHT_ISSUE), .scope = "*" },
    };
    struct actor who = { .kind = ACTOR_TOKEN, .grants = grants };
    struct error e = { 0 };

    assert_int_equal(INVENTORY_RIGHT_READ, RIGHT_READ);
    assert_ok(make(p, &other, &e));
    assert_int_equal(page_of(p, &who, &(struct inventory_ask){ 0 }, a).len, 0);
    who.grants_len = 1;
    page = page_of(p, &who, &(struct inventory_ask){ 0 }, a);
    assert_int_equal(page.len, 1);
    assert_string_equal(page.items[0].common_name, "c.lan");
    assert_int_equal(page_of(p, &who, &(struct inventory_ask){ .q = "old.lan" }, a).len, 0);
    who.grants_len = 3;
    assert_int_equal(page_of(p, &who, &(struct inventory_ask){ 0 }, a).len, 5);
    who.rights = RIGHT_BIT(RIGHT_READ);
    assert_int_equal(page_of(p, &who, &(struct inventory_ask){ 0 }, a).len, 6);
}

static void an_old_name_is_not_found_any_more_and_the_new_one_is(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct place *p = *state;
    struct inventory_page page = page_of(p, &p->who, &(struct inventory_ask){ .q = "legacy" }, a);
    struct making m = { .common_name = "fresh.lan", .names = { "fresh.lan" }, .certificate = page.items[0].id, .issuer_id = page.items[0].issuer_id };
    struct error e = { 0 };

    assert_ok(make(p, &m, &e));
    assert_string_equal(names_of(p, (struct inventory_ask){ .q = "legacy" }, a), "");
    assert_string_equal(names_of(p, (struct inventory_ask){ .filter = "san:legacy.example" }, a), "");
    assert_string_equal(names_of(p, (struct inventory_ask){ .q = "fresh" }, a), "fresh.lan");
}

static void what_stands_beside_a_row_stands_beside_that_row(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct place *p = *state;
    struct inventory_page page = page_of(p, &p->who, &(struct inventory_ask){ .filter = "san:b.lan" }, a);
    struct making again = { .common_name = "b.lan", .names = { "b.lan", "mail.example", "::1" }, .certificate = page.items[0].id,
                            .issuer_id = page.items[0].issuer_id, .not_after = clock_now() + 90 * DAYS };
    struct error e = { 0 };

    assert_ok(make(p, &again, &e));
    assert_ok(store_write(p->store, &p->who, hang_beside, &again.certificate, &e));
    page = page_of(p, &p->who, &(struct inventory_ask){ .sort = "common_name" }, a);
    assert_int_equal(page.len, 5);
    for (size_t i = 0; i < page.len; i++) {
        const struct inventory_item *item = &page.items[i];
        bool is_it = strcmp(item->common_name, "b.lan") == 0, is_root = strcmp(item->store, "root") == 0;

        assert_int_equal(item->tags_len, is_it ? 2 : 0);
        assert_int_equal(item->used_by_len, is_it ? 1 : 0);
        assert_int_equal(item->versions, is_it ? 2 : 1);
        assert_string_equal(item->issuer_text, "CN=Lab Root CA");
        assert_int_equal(item->dns_len + item->ip_len, is_root ? 0 : is_it ? 3 : 2);
        if (!is_root)
            assert_string_equal(item->dns_names[0], item->common_name);
    }
    assert_string_equal(page.items[2].tags[0], "amber");
    assert_string_equal(page.items[2].tags[1], "blue");
    assert_string_equal(page.items[2].dns_names[1], "mail.example");
    assert_string_equal(page.items[2].ip_addresses[0], "::1");
    assert_string_equal(page.items[2].used_by[0], "web-server");
    page = page_of(p, &p->who, &(struct inventory_ask){ .filter = "is:superseded" }, a);
    assert_int_equal(page.len, 1);
    assert_int_equal(page.items[0].dns_len, 2);
    assert_int_equal(page.items[0].ip_len, 0);
    assert_int_equal(page.items[0].tags_len, 2);
    assert_int_equal(page.items[0].versions, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_rows(every_order_pages_through_all_of_them_once),
        with_rows(the_filter_says_what_is_shown),
        with_rows(a_number_is_found_by_its_beginning_whatever_stands_between),
        with_rows(what_cannot_be_read_names_its_field),
        with_rows(a_cursor_is_good_for_its_own_question_only),
        with_rows(a_cursor_tells_nobody_where_it_stands),
        with_rows(rows_that_come_in_while_paging_are_neither_lost_nor_doubled),
        with_rows(an_actor_sees_what_is_granted),
        with_rows(an_old_name_is_not_found_any_more_and_the_new_one_is),
        with_rows(what_stands_beside_a_row_stands_beside_that_row),
    };

    return tests_of(tests);
}
