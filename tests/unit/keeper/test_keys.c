#include "help.h"

#include <gnutls/x509.h>

#include "pki/hash.h"

static struct sealed_key make(struct home *h, struct key_spec spec)
{
    struct sealed_key key;
    struct error e = { 0 };

    assert_ok(keeper_make(h->k, &spec, h->a, &key, &e));
    return key;
}

static void signs_a_request(struct home *h, const struct sealed_key *key)
{
    struct bytes from = request_make(name_make("host.lan", h->a), key->spki, h->a), signature;
    struct error e = { 0 };
    struct spki spki;

    assert_ok(keeper_sign_once(h->k, key->blob, SHAPE_REQUEST, from, h->a, &signature, &e));
    assert_ok(spki_parse(key->spki, &spki, &e));
    assert_ok(sig_verify(&spki, sig_alg_der(sig_alg_for(spki.type)), from, signature, &e));
}

static void makes(void **state, enum key_type type)
{
    struct home *h = *state;
    struct key_spec spec = spec_subject(type);
    struct sealed_key key = make(h, spec);
    struct error e = { 0 };
    struct blob_head head;
    uint8_t digest[SHA256_LEN];
    struct spki spki;

    assert_ok(spki_parse(key.spki, &spki, &e));
    assert_ok(spki_check(&spki, &e));
    assert_int_equal(spki.type, type);
    assert_true(keeper_blob_head(key.blob, &head));
    assert_int_equal(head.purpose, PURPOSE_SUBJECT);
    assert_int_equal(head.type, type);
    assert_true(id_equal(&head.id, &spec.id));
    assert_int_equal(head.kek, key.kek);
    hash_sha256(key.spki, digest);
    assert_memory_equal(digest, head.spki_sha256, sizeof(digest));
    signs_a_request(h, &key);
}

static void it_makes_p256_keys(void **state) { makes(state, KEY_EC_P256); }
static void it_makes_p384_keys(void **state) { makes(state, KEY_EC_P384); }
static void it_makes_ed25519_keys(void **state) { makes(state, KEY_ED25519); }
static void it_makes_rsa_2048_keys(void **state) { makes(state, KEY_RSA_2048); }
static void it_makes_rsa_3072_keys(void **state) { makes(state, KEY_RSA_3072); }
static void it_makes_rsa_4096_keys(void **state) { makes(state, KEY_RSA_4096); }

static void other_kinds_are_not_made(void **state)
{
    static const enum key_type types[] = { KEY_NONE, KEY_EC_P521, KEY_RSA_OTHER, (enum key_type)99 };
    struct home *h = *state;

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        struct key_spec spec = spec_subject(types[i]);
        struct error e = { 0 };
        struct sealed_key key;

        assert_int_equal(keeper_make(h->k, &spec, h->a, &key, &e), ERR_INVALID);
    }
}

static void only_a_subjects_key_may_be_exportable(void **state)
{
    static const enum purpose purposes[] = { PURPOSE_CA, PURPOSE_OCSP, PURPOSE_SEAL };
    struct home *h = *state;

    for (size_t i = 0; i < sizeof(purposes) / sizeof(*purposes); i++) {
        struct key_spec spec = spec_ca(name_make("CA", h->a), 1900000000);
        struct export_scheme bare = { .is_bare = true };
        struct error e = { 0 };
        struct sealed_key key;
        struct bytes out = { 0 };

        spec.purpose = purposes[i];
        spec.is_exportable = true;
        assert_int_equal(keeper_make(h->k, &spec, h->a, &key, &e), ERR_DENIED);
        assert_says("exportable");
        spec.is_exportable = false;
        assert_ok(keeper_make(h->k, &spec, h->a, &key, &e));
        assert_int_equal(keeper_export(h->k, key.blob, &bare, NULL, h->a, &out, &e), ERR_DENIED);
        assert_says("never leaves");
        assert_null(out.at);
    }
}

static void a_secret_cannot_be_made_as_a_key_nor_a_purpose_be_invented(void **state)
{
    static const enum purpose purposes[] = { 0, PURPOSE_SECRET, 6, 255 };
    struct home *h = *state;

    for (size_t i = 0; i < sizeof(purposes) / sizeof(*purposes); i++) {
        struct key_spec spec = spec_subject(KEY_EC_P256);
        struct error e = { 0 };
        struct sealed_key key;

        spec.purpose = purposes[i];
        assert_int_equal(keeper_make(h->k, &spec, h->a, &key, &e), ERR_INVALID);
    }
}

static void an_authority_needs_its_name_and_its_last_day(void **state)
{
    struct home *h = *state;
    struct key_spec spec = spec_ca(bytes_text("not a name"), 1900000000);
    struct error e = { 0 };
    struct sealed_key key;

    assert_int_equal(keeper_make(h->k, &spec, h->a, &key, &e), ERR_INVALID);
    spec.name = bytes_text("\x30");
    assert_int_equal(keeper_make(h->k, &spec, h->a, &key, &e), ERR_INVALID);
    spec.name = bytes_of("\x30\x00", 2);   /* empty */
    assert_int_equal(keeper_make(h->k, &spec, h->a, &key, &e), ERR_INVALID);
    assert_says("name");
    spec = spec_ca(name_make("CA", h->a), 0);
    assert_int_equal(keeper_make(h->k, &spec, h->a, &key, &e), ERR_INVALID);
    assert_says("last day");
    spec = spec_ca(name_make("CA", h->a), 1900000000);
    spec.path_len = 1000;
    assert_int_equal(keeper_make(h->k, &spec, h->a, &key, &e), ERR_INVALID);
    assert_says("path length");
}

/* Every octet of head, nonce, sealed key and tag. */
static void a_blob_that_was_touched_anywhere_is_refused(void **state)
{
    struct home *h = *state;
    struct sealed_key key = make(h, spec_subject(KEY_EC_P256));
    struct keeper_key *loaded = NULL;
    uint8_t copy[1024];

    assert_true(key.blob.len < sizeof(copy));
    for (size_t i = 0; i < key.blob.len; i++) {
        struct error e = { 0 };
        enum err r;

        memcpy(copy, key.blob.at, key.blob.len);
        copy[i] ^= 1;
        r = keeper_load(h->k, bytes_of(copy, key.blob.len), &loaded, &e);
        assert_true(r == ERR_INVALID || r == ERR_CONFLICT);   /* conflict: it names a wrapping key that is not there */
        assert_null(loaded);
    }
    for (size_t len = 0; len < key.blob.len; len += 7) {
        struct error e = { 0 };

        assert_int_equal(keeper_load(h->k, bytes_of(key.blob.at, len), &loaded, &e), ERR_INVALID);
    }
}

static void the_exportable_mark_cannot_be_set_afterwards(void **state)
{
    struct home *h = *state;
    struct sealed_key key = make(h, spec_subject(KEY_EC_P256));
    struct export_scheme bare = { .is_bare = true };
    struct error e = { 0 };
    struct blob_head head;
    struct bytes out;
    uint8_t copy[1024];

    memcpy(copy, key.blob.at, key.blob.len);
    assert_int_equal(keeper_export(h->k, key.blob, &bare, NULL, h->a, &out, &e), ERR_DENIED);
    assert_says("not exportable");
    copy[26] = 1;   /* the mark, after magic, format, wrapping key, id and purpose */
    assert_true(keeper_blob_head(bytes_of(copy, key.blob.len), &head));
    assert_true(head.is_exportable);
    assert_int_equal(keeper_export(h->k, bytes_of(copy, key.blob.len), &bare, NULL, h->a, &out, &e), ERR_INVALID);
    assert_says("changed after it was made");
}

static struct bytes export_bare(struct home *h, struct bytes blob)
{
    struct export_scheme bare = { .is_bare = true };
    struct error e = { 0 };
    struct bytes out;

    assert_ok(keeper_export(h->k, blob, &bare, NULL, h->a, &out, &e));
    return out;
}

static void an_exportable_key_comes_out_bare_and_goes_in_again(void **state)
{
    static const enum key_type types[] = { KEY_EC_P256, KEY_ED25519, KEY_RSA_2048 };
    struct home *h = *state;

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        struct key_spec spec = spec_subject(types[i]);
        struct sealed_key key, again;
        struct error e = { 0 };
        struct bytes pkcs8;

        spec.is_exportable = true;
        key = make(h, spec);
        pkcs8 = export_bare(h, key.blob);
        spec.type = KEY_NONE;   /* read from the key */
        assert_ok(keeper_seal(h->k, &spec, pkcs8, h->a, &again, &e));
        assert_true(bytes_equal(key.spki, again.spki));
        signs_a_request(h, &again);
        if (types[i] != KEY_EC_P256)   /* GnuTLS writes the secret as it would an INTEGER, RFC 5915 wants its full width */
            assert_true(bytes_equal(pkcs8, export_bare(h, again.blob)));
    }
}

static void an_exportable_key_comes_out_under_a_password(void **state)
{
    struct home *h = *state;
    struct key_spec spec = spec_subject(KEY_EC_P256);
    struct export_scheme how = { .scheme = PBE_AES256_SHA256, .iterations = 2048 };
    struct error e = { 0 };
    gnutls_x509_privkey_t opened;
    struct sealed_key key;
    struct bytes out;
    gnutls_datum_t der;

    spec.is_exportable = true;
    key = make(h, spec);
    assert_ok(keeper_export(h->k, key.blob, &how, "tide-and-time", h->a, &out, &e));
    der = (gnutls_datum_t){ (void *)(uintptr_t)out.at, (unsigned)out.len };
    assert_int_equal(gnutls_x509_privkey_init(&opened), 0);
    assert_int_equal(gnutls_x509_privkey_import_pkcs8(opened, &der, GNUTLS_X509_FMT_DER, "tide-and-time", 0), 0);
    gnutls_x509_privkey_deinit(opened);
    assert_int_equal(keeper_export(h->k, key.blob, &how, "", h->a, &out, &e), ERR_INVALID);
    how.iterations = 100000000;
    assert_int_equal(keeper_export(h->k, key.blob, &how, "tide-and-time", h->a, &out, &e), ERR_INVALID);
    assert_says("iterations");
}

static void what_is_brought_in_is_checked(void **state)
{
    struct home *h = *state;
    struct key_spec spec = spec_subject(KEY_EC_P256);
    struct error e = { 0 };
    struct sealed_key key;
    struct bytes pkcs8;

    assert_int_equal(keeper_seal(h->k, &spec, bytes_text("junk"), h->a, &key, &e), ERR_INVALID);
    assert_says("PKCS#8");
    spec.is_exportable = true;
    key = make(h, spec);
    pkcs8 = export_bare(h, key.blob);
    spec.type = KEY_RSA_2048;
    assert_int_equal(keeper_seal(h->k, &spec, pkcs8, h->a, &key, &e), ERR_INVALID);
    assert_says("type ec-p256, not rsa-2048");
    spec = spec_ca(name_make("CA", h->a), 1900000000);
    assert_int_equal(keeper_seal(h->k, &spec, pkcs8, h->a, &key, &e), ERR_DENIED);
    assert_says("never brought in");
}

static void a_handle_is_dropped_with_its_last_reference(void **state)
{
    struct home *h = *state;
    struct sealed_key key = make(h, spec_subject(KEY_EC_P256));
    struct keeper_key *loaded[256], *more = NULL;
    struct error e = { 0 };

    for (size_t i = 0; i < 256; i++)
        assert_ok(keeper_load(h->k, key.blob, &loaded[i], &e));
    assert_true(bytes_equal(keeper_key_spki(loaded[0]), key.spki));
    assert_int_equal(keeper_key_type(loaded[0]), KEY_EC_P256);
    assert_int_equal(keeper_load(h->k, key.blob, &more, &e), ERR_LIMIT);
    keeper_key_ref(loaded[7]);
    keeper_key_unref(loaded[7]);
    assert_int_equal(keeper_load(h->k, key.blob, &more, &e), ERR_LIMIT);
    keeper_key_unref(loaded[7]);
    assert_ok(keeper_load(h->k, key.blob, &loaded[7], &e));
    for (size_t i = 0; i < 256; i++)
        keeper_key_unref(loaded[i]);
}

static void a_secret_comes_back_and_a_key_is_no_secret(void **state)
{
    struct home *h = *state;
    struct sealed_key key = make(h, spec_subject(KEY_EC_P256));
    struct keeper_key *loaded = NULL;
    struct error e = { 0 };
    struct bytes sealed, open;

    assert_ok(keeper_secret_seal(h->k, bytes_text("smtp password"), h->a, &sealed, &e));
    assert_ok(keeper_secret_open(h->k, sealed, h->a, &open, &e));
    assert_true(bytes_equal(open, bytes_text("smtp password")));
    assert_int_equal(keeper_secret_open(h->k, key.blob, h->a, &open, &e), ERR_DENIED);
    assert_says("never opened as a secret");
    assert_int_equal(keeper_load(h->k, sealed, &loaded, &e), ERR_DENIED);
    assert_int_equal(keeper_secret_seal(h->k, bytes_of(arena_take(h->a, 100000), 100000), h->a, &sealed, &e), ERR_LIMIT);
    assert_int_equal(keeper_secret_seal(h->k, bytes_of(arena_take(h->a, 10000), 10000), h->a, &sealed, &e), ERR_LIMIT);
}

/* A CRL with many entries goes over the socket in pieces. */
static void a_body_of_several_megabytes_is_signed(void **state)
{
    struct home *h = *state;
    struct bytes name = name_make("CA", h->a), tbs, signature;
    struct sealed_key key = make(h, spec_ca(name, 1900000000));
    struct keeper_key *loaded;
    struct error e = { 0 };
    struct der_writer w;
    struct spki spki;

    der_begin(&w, 1024);
    der_prim(&w, DER_OCTET_STRING, bytes_of(arena_take(h->a, 5000000), 5000000));
    der_wrap(&w, 0, DER_SEQUENCE);
    der_time(&w, 1800000000);
    der_time(&w, 1790000000);
    der_raw(&w, name);
    der_raw(&w, sig_alg_der(SIG_ECDSA_SHA256));
    der_int(&w, 1);
    der_wrap(&w, 0, DER_SEQUENCE);
    tbs = der_take(&w, h->a);

    assert_ok(keeper_load(h->k, key.blob, &loaded, &e));
    assert_ok(keeper_sign(h->k, loaded, SHAPE_CRL, tbs, h->a, &signature, &e));
    assert_ok(spki_parse(key.spki, &spki, &e));
    assert_ok(sig_verify(&spki, sig_alg_der(SIG_ECDSA_SHA256), tbs, signature, &e));
    keeper_key_unref(loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_makes_p256_keys),
        cmocka_unit_test(it_makes_p384_keys),
        cmocka_unit_test(it_makes_ed25519_keys),
        cmocka_unit_test(it_makes_rsa_2048_keys),
        cmocka_unit_test(it_makes_rsa_3072_keys),
        cmocka_unit_test(it_makes_rsa_4096_keys),
        cmocka_unit_test(other_kinds_are_not_made),
        cmocka_unit_test(only_a_subjects_key_may_be_exportable),
        cmocka_unit_test(a_secret_cannot_be_made_as_a_key_nor_a_purpose_be_invented),
        cmocka_unit_test(an_authority_needs_its_name_and_its_last_day),
        cmocka_unit_test(a_blob_that_was_touched_anywhere_is_refused),
        cmocka_unit_test(the_exportable_mark_cannot_be_set_afterwards),
        cmocka_unit_test(an_exportable_key_comes_out_bare_and_goes_in_again),
        cmocka_unit_test(an_exportable_key_comes_out_under_a_password),
        cmocka_unit_test(what_is_brought_in_is_checked),
        cmocka_unit_test(a_handle_is_dropped_with_its_last_reference),
        cmocka_unit_test(a_secret_comes_back_and_a_key_is_no_secret),
        cmocka_unit_test(a_body_of_several_megabytes_is_signed),
    };

    return cmocka_run_group_tests_name(__FILE__, tests, home_up, home_down);
}
