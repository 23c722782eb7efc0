#include "check.h"

#include <gnutls/pkcs12.h>

#include "made.h"
#include "pki/p12_read.h"
#include "pki/truststore.h"

#define PASSWORD "changeit"

static struct bytes root(struct arena *a, const char *name)
{
    struct made_key key = made_key(a, KEY_EC_P256);
    struct tbs t = made_tbs(a, &key, NULL, NULL, name, true);
    struct bytes der = made_cert(a, &t, &key);

    made_key_done(&key);
    return der;
}

static struct bytes store_of(const struct truststore_entry *entries, size_t len, struct arena *a)
{
    struct bytes out;
    struct error e;

    assert_ok(truststore_write(entries, len, PASSWORD, a, &out, &e));
    return out;
}

static void our_own_reader_finds_what_was_put_in(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct truststore_entry entries[] = { { "one", root(a, "One") }, { "a-much-longer-alias-than-the-other-has", root(a, "Two") } };
    struct items items;
    struct error e;

    (void)state;
    items_init(&items, a);
    assert_ok(p12_read(store_of(entries, 2, a), PASSWORD, &items, &e));
    assert_int_equal(items.len, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(items.at[i].kind, ITEM_CERTIFICATE);
        assert_true(bytes_equal(items.at[i].der, entries[i].der));
        assert_string_equal(items.at[i].name, entries[i].alias);
    }
    items_init(&items, a);
    assert_int_equal(p12_read(store_of(entries, 2, a), "another", &items, &e), ERR_INVALID);
    assert_string_equal(e.kind, "wrong-password");
}

static void gnutls_reads_it_and_its_mac_holds(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct truststore_entry entry = { "root", root(a, "Root") };
    struct bytes der = store_of(&entry, 1, a);
    gnutls_datum_t in = { (unsigned char *)der.at, (unsigned)der.len }, data;
    gnutls_pkcs12_bag_t bag;
    gnutls_pkcs12_t p12;

    (void)state;
    assert_int_equal(gnutls_pkcs12_init(&p12), 0);
    assert_int_equal(gnutls_pkcs12_import(p12, &in, GNUTLS_X509_FMT_DER, 0), 0);
    assert_int_equal(gnutls_pkcs12_verify_mac(p12, PASSWORD), 0);
    assert_true(gnutls_pkcs12_verify_mac(p12, "another") < 0);
    assert_int_equal(gnutls_pkcs12_bag_init(&bag), 0);
    assert_int_equal(gnutls_pkcs12_get_bag(p12, 0, bag), 0);
    assert_int_equal(gnutls_pkcs12_bag_get_data(bag, 0, &data), 0);
    assert_true(bytes_equal(bytes_of(data.data, data.size), entry.der));
    gnutls_pkcs12_bag_deinit(bag);
    gnutls_pkcs12_deinit(p12);
}

/* Java wants the attribute that says "trusted"; the set of attributes is sorted, whichever is longer. */
static void every_entry_is_marked_as_an_anchor(void **state)
{
    static const uint8_t trusted[] = { 0x06, 0x0c, 0x60, 0x86, 0x48, 0x01, 0x86, 0xf9, 0x66, 0xad, 0xca, 0x7b, 0x01, 0x01 };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct bytes der = root(a, "Root");

    (void)state;
    for (size_t len = 1; len < 40; len += 19) {
        char alias[64] = "";
        struct truststore_entry entry = { alias, der };
        struct bytes out;

        memset(alias, 'a', len);
        out = store_of(&entry, 1, a);
        assert_non_null(memmem(out.at, out.len, trusted, sizeof(trusted)));
    }
}

static void the_same_gives_the_same_bytes_and_none_is_a_store_too(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct truststore_entry entry = { "root", root(a, "Root") };

    (void)state;
    assert_true(bytes_equal(store_of(&entry, 1, a), store_of(&entry, 1, a)));
    assert_true(p12_is_one(store_of(NULL, 0, a)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_own_reader_finds_what_was_put_in), cmocka_unit_test(gnutls_reads_it_and_its_mac_holds),
        cmocka_unit_test(every_entry_is_marked_as_an_anchor), cmocka_unit_test(the_same_gives_the_same_bytes_and_none_is_a_store_too),
    };

    return tests_of(tests);
}
