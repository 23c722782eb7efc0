#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "corpus.h"
#include "made.h"
#include "pki/der.h"
#include "pki/lint.h"

static struct crl_body body_of(struct arena *a, const struct made_key *key)
{
    struct crl_body b = { .alg = key->alg, .issuer = dn_build(a, "Example", "Example Root"), .number = 7 };

    b.this_update = clock_now();
    b.next_update = b.this_update + 7 * DAYS;
    memcpy(b.aki, key->id, 20);
    return b;
}

static struct bytes signed_crl(struct arena *a, const struct crl_body *b, const struct made_key *key)
{
    struct error e = { 0 };
    struct bytes tbs;

    assert_ok(crl_build(b, a, &tbs, &e));
    return made_signed(a, key, tbs);
}

static void what_is_listed_is_found_with_its_date_and_reason(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_EC_P256);
    struct crl_body b = body_of(a, &key);
    struct crl_entry entries[3] = {
        { bytes_text("\x11\x22"), b.this_update - 5 * DAYS - 7, 1 },
        { bytes_text("\x80\x01"), b.this_update - 60, 0 },
        { bytes_text("\x7f"), INT64_C(2600000000), 5 },   /* 2052: a GeneralizedTime */
    };
    struct findings found;
    struct error e = { 0 };
    struct crl c = { 0 };
    int64_t at;
    int reason;

    (void)state;
    b.entries = entries;
    b.entries_len = 3;
    assert_ok(crl_parse(signed_crl(a, &b, &key), a, &c, &e));
    assert_int_equal(c.entries_len, 3);
    assert_int_equal(c.this_update, b.this_update);
    assert_int_equal(c.next_update, b.next_update);
    assert_memory_equal(c.number.at, "\x07", 1);
    assert_memory_equal(c.aki.at, key.id, 20);
    assert_string_equal(c.issuer_text, "CN=Example Root,O=Example");
    for (size_t i = 0; i < 3; i++) {
        assert_true(crl_lists(&c, entries[i].serial, &at, &reason));
        assert_int_equal(at, entries[i].at);
        assert_int_equal(reason, entries[i].reason);
    }
    assert_false(crl_lists(&c, bytes_text("\x11"), &at, &reason));
    findings_init(&found, a);
    assert_ok(lint_crl(c.der, a, &found, &e));
    assert_int_equal(found.len, 0);
    made_key_done(&key);
}

static void nothing_revoked_is_no_list_at_all(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_ED25519);
    struct crl_body b = body_of(a, &key);
    struct error e = { 0 };
    struct crl c = { 0 };

    (void)state;
    assert_ok(crl_parse(signed_crl(a, &b, &key), a, &c, &e));
    assert_false(c.has_list);
    assert_int_equal(c.entries_len, 0);
    made_key_done(&key);
}

static void reasons_and_dates_that_do_not_exist_are_not_written(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_ED25519);
    struct crl_body b = body_of(a, &key);
    struct crl_entry entry = { bytes_text("\x11"), b.this_update, 7 };
    struct bytes tbs = { 0 };
    struct error e = { 0 };

    (void)state;
    b.entries = &entry;
    b.entries_len = 1;
    assert_int_equal(crl_build(&b, a, &tbs, &e), ERR_BUG);
    entry.reason = 8;
    assert_int_equal(crl_build(&b, a, &tbs, &e), ERR_BUG);
    entry.reason = 1;
    b.next_update = b.this_update;
    assert_int_equal(crl_build(&b, a, &tbs, &e), ERR_BUG);
    assert_null(tbs.at);
    made_key_done(&key);
}

static void openssl_reads_it_and_verifies_the_signature(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_EC_P384);
    struct tbs t = made_tbs(a, &key, NULL, NULL, "Example Root", true);
    struct crl_body b = body_of(a, &key);
    struct crl_entry entry = { bytes_text("\x11\x22"), b.this_update, 1 };
    char dir[] = "/tmp/signet-crl-XXXXXX", text[8192];
    FILE *f;

    (void)state;
    b.entries = &entry;
    b.entries_len = 1;
    assert_non_null(mkdtemp(dir));
    f = fopen(arena_printf(a, "%s/pem", dir), "w");
    assert_non_null(f);
    fprintf(f, "%s%s", pem_text(a, "CERTIFICATE", made_cert(a, &t, &key)), pem_text(a, "X509 CRL", signed_crl(a, &b, &key)));
    fclose(f);
    f = popen(arena_printf(a, "cd %s && openssl crl -in pem -CAfile pem -noout -text 2>&1; rm -r %s", dir, dir), "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
    pclose(f);
    assert_non_null(strstr(text, "verify OK"));
    assert_non_null(strstr(text, "Serial Number: 1122"));
    assert_non_null(strstr(text, "Key Compromise"));
    assert_non_null(strstr(text, "X509v3 CRL Number: \n                7"));
    made_key_done(&key);
}

static void a_hundred_thousand_entries_are_one_linear_pass(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_EC_P256);
    struct crl_body b = body_of(a, &key);
    const size_t many = 100000;
    struct crl_entry *entries = arena_take(a, many * sizeof(*entries));
    uint8_t (*serials)[20] = arena_take(a, many * 20);
    struct error e = { 0 };
    struct crl c = { 0 };
    int64_t at;
    int reason;

    (void)state;
    for (size_t i = 0; i < many; i++) {
        serial_make(serials[i]);
        entries[i] = (struct crl_entry){ bytes_of(serials[i], 20), b.this_update - (int64_t)i * 60, (int)(i % 6) };
    }
    b.entries = entries;
    b.entries_len = many;
    assert_ok(crl_parse(signed_crl(a, &b, &key), a, &c, &e));
    assert_int_equal(c.entries_len, many);
    assert_true(crl_lists(&c, entries[many - 1].serial, &at, &reason));
    assert_int_equal(at, entries[many - 1].at);
    made_key_done(&key);
}

/* corpus ------------------------------------------------------------------------------------------------ */

/* "A parser may accept it": version 0 written out and a date without its Z. Ours is strict. */
static bool may_be_refused(const struct corpus_row *row)
{
    return strstr(row->file, "TBSCertList-no-entries") != NULL;
}

static void one_row(const struct corpus_row *row, struct arena *a, void *arg)
{
    struct error e = { 0 };
    struct crl c = { 0 };
    enum err r = crl_parse(row->der, a, &c, &e);
    int *wrong = arg;

    if (strcmp(row->expected, "accept") == 0 && r != ERR_NONE && !may_be_refused(row)) {
        print_error("%s should be read: %s\n", row->file, e.text);
        ++*wrong;
    }
    if (strcmp(row->expected, "reject") == 0 && r == ERR_NONE) {
        print_error("%s should not be read: %s\n", row->file, row->why);
        ++*wrong;
    }
}

static void lists_of_others_get_their_verdict(void **state)
{
    int wrong = 0;

    (void)state;
    corpus_walk("crl", one_row, &wrong);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_listed_is_found_with_its_date_and_reason),
        cmocka_unit_test(nothing_revoked_is_no_list_at_all),
        cmocka_unit_test(reasons_and_dates_that_do_not_exist_are_not_written),
        cmocka_unit_test(openssl_reads_it_and_verifies_the_signature),
        cmocka_unit_test(a_hundred_thousand_entries_are_one_linear_pass),
        cmocka_unit_test(lists_of_others_get_their_verdict),
    };

    return tests_of(tests);
}
