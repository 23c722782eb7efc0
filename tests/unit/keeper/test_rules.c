#include "help.h"

#include "pki/crl.h"

#define ENDS 1900000000

struct stage {
    struct home home;
    struct bytes name, other;
    struct sealed_key issuing, root, subject, seal, ocsp;
    struct keeper_key *issuing_key, *root_key, *subject_key, *seal_key, *ocsp_key;
};

static void make(struct stage *s, struct key_spec spec, struct sealed_key *out, struct keeper_key **key)
{
    struct error e = { 0 };

    assert_ok(keeper_make(s->home.k, &spec, s->home.a, out, &e));
    assert_ok(keeper_load(s->home.k, out->blob, key, &e));
}

static int up(void **state)
{
    struct stage *s = calloc(1, sizeof(*s));
    struct key_spec root, seal = spec_subject(KEY_EC_P256), ocsp = spec_subject(KEY_EC_P256);
    struct error e = { 0 };

    home_make(&s->home);
    assert_ok(home_start(&s->home, &e));
    s->name = name_make("Issuing CA", s->home.a);
    s->other = name_make("Somebody else", s->home.a);
    root = spec_ca(s->name, ENDS);
    root.may_make_cas = true;
    root.path_len = 1;
    seal.purpose = PURPOSE_SEAL;
    ocsp.purpose = PURPOSE_OCSP;
    make(s, spec_ca(s->name, ENDS), &s->issuing, &s->issuing_key);
    make(s, root, &s->root, &s->root_key);
    make(s, spec_subject(KEY_EC_P256), &s->subject, &s->subject_key);
    make(s, seal, &s->seal, &s->seal_key);
    make(s, ocsp, &s->ocsp, &s->ocsp_key);
    *state = s;
    return 0;
}

static int down(void **state)
{
    struct stage *s = *state;

    keeper_key_unref(s->issuing_key);
    keeper_key_unref(s->root_key);
    keeper_key_unref(s->subject_key);
    keeper_key_unref(s->seal_key);
    keeper_key_unref(s->ocsp_key);
    home_done(&s->home);
    free(s);
    return 0;
}

/* A leaf as the issuing CA signs it. */
static struct body leaf(const struct stage *s)
{
    return (struct body){ .version = 2, .serial_len = 20, .alg = SIG_ECDSA_SHA256, .issuer = s->name, .subject = s->other,
                          .spki = s->subject.spki, .not_after = ENDS, .has_basic = true, .path_len = -1, .usage = USE_DIGITAL_SIGNATURE };
}

static struct body authority(const struct stage *s, int path_len)
{
    struct body b = leaf(s);

    b.is_ca = true;
    b.path_len = path_len;
    b.usage = USE_CERT_SIGN | USE_CRL_SIGN;
    return b;
}

static enum err sign(struct stage *s, const struct keeper_key *key, enum signed_shape shape, struct bytes from, struct bytes *out, struct error *e)
{
    return keeper_sign(s->home.k, key, shape, from, s->home.a, out, e);
}

static void signs(struct stage *s, const struct keeper_key *key, struct bytes key_spki, enum signed_shape shape, struct bytes from)
{
    struct error e = { 0 };
    struct bytes signature;
    struct spki spki;

    assert_ok(sign(s, key, shape, from, &signature, &e));
    assert_ok(spki_parse(key_spki, &spki, &e));
    assert_ok(sig_verify(&spki, sig_alg_der(sig_alg_for(spki.type)), from, signature, &e));
}

static void refuses(struct stage *s, const struct keeper_key *key, enum signed_shape shape, struct bytes from, const char *why)
{
    struct error e = { 0 };
    struct bytes signature = { 0 };

    assert_int_equal(sign(s, key, shape, from, &signature, &e), ERR_DENIED);
    assert_null(signature.at);
    assert_says(why);
}

static void an_authority_signs_a_leaf_of_its_own_name(void **state)
{
    struct stage *s = *state;
    struct body b = leaf(s);

    signs(s, s->issuing_key, s->issuing.spki, SHAPE_CERTIFICATE, body_make(&b, s->home.a));
    b.serial_len = 9;
    signs(s, s->issuing_key, s->issuing.spki, SHAPE_CERTIFICATE, body_make(&b, s->home.a));
}

static void what_our_own_writers_build_passes(void **state)
{
    struct stage *s = *state;
    struct crl_body list = { .alg = SIG_ECDSA_SHA256, .issuer = s->name, .this_update = ENDS - DAYS, .next_update = ENDS, .number = 7 };
    struct tbs t = { .alg = SIG_ECDSA_SHA256, .issuer = s->name, .subject = s->other, .not_before = ENDS - DAYS, .not_after = ENDS,
                     .spki = s->subject.spki, .path_len = -1, .usage = USE_DIGITAL_SIGNATURE, .purposes = FOR_SERVER, .has_aki = true };
    struct error e = { 0 };
    struct bytes body;

    serial_make(t.serial);
    assert_ok(tbs_build(&t, s->home.a, &body, &e));
    signs(s, s->issuing_key, s->issuing.spki, SHAPE_CERTIFICATE, body);
    t.is_ca = true;
    t.path_len = 0;
    t.usage = USE_CERT_SIGN | USE_CRL_SIGN;
    t.purposes = 0;
    assert_ok(tbs_build(&t, s->home.a, &body, &e));
    signs(s, s->root_key, s->root.spki, SHAPE_CERTIFICATE, body);
    refuses(s, s->issuing_key, SHAPE_CERTIFICATE, body, "not made to sign other authorities");
    assert_ok(crl_build(&list, s->home.a, &body, &e));
    signs(s, s->issuing_key, s->issuing.spki, SHAPE_CRL, body);
}

static void a_leaf_that_breaks_a_rule_is_refused_with_the_reason(void **state)
{
    struct stage *s = *state;
    static const char *const why[] = { "version 3", "serial", "serial", "serial", "algorithm", "issuer", "after its authority", "key usage", "malformed" };

    for (size_t i = 0; i < sizeof(why) / sizeof(*why); i++) {
        struct body b = leaf(s);

        b.version = i == 0 ? 1 : b.version;
        b.serial_len = i == 1 ? 8 : i == 2 ? 21 : b.serial_len;
        b.has_negative_serial = i == 3;
        b.alg = i == 4 ? SIG_ECDSA_SHA384 : b.alg;
        b.issuer = i == 5 ? s->other : b.issuer;
        b.not_after += i == 6;
        b.usage = i == 7 ? USE_CERT_SIGN : b.usage;
        b.has_basic_twice = i == 8;
        refuses(s, s->issuing_key, SHAPE_CERTIFICATE, body_make(&b, s->home.a), why[i]);
    }
}

static void an_issuing_authority_makes_no_authorities(void **state)
{
    struct stage *s = *state;
    struct body b = authority(s, 0);

    refuses(s, s->issuing_key, SHAPE_CERTIFICATE, body_make(&b, s->home.a), "not made to sign other authorities");
    b.subject = s->name;   /* its own name with somebody else's key is an authority all the same */
    refuses(s, s->issuing_key, SHAPE_CERTIFICATE, body_make(&b, s->home.a), "not made to sign other authorities");
}

static void a_root_makes_authorities_with_a_smaller_path_length(void **state)
{
    struct stage *s = *state;
    struct body b = authority(s, 0);

    signs(s, s->root_key, s->root.spki, SHAPE_CERTIFICATE, body_make(&b, s->home.a));
    b.path_len = 1;
    refuses(s, s->root_key, SHAPE_CERTIFICATE, body_make(&b, s->home.a), "path length under 1");
    b.path_len = -1;
    refuses(s, s->root_key, SHAPE_CERTIFICATE, body_make(&b, s->home.a), "path length under 1");
}

static void a_root_signs_itself_within_its_own_path_length(void **state)
{
    struct stage *s = *state;
    struct body b = authority(s, 1);

    b.subject = s->name;
    b.spki = s->root.spki;
    signs(s, s->root_key, s->root.spki, SHAPE_CERTIFICATE, body_make(&b, s->home.a));
    b.path_len = -1;
    refuses(s, s->root_key, SHAPE_CERTIFICATE, body_make(&b, s->home.a), "path length");
}

static void an_authority_signs_crls_and_requests_of_its_own_name_only(void **state)
{
    struct stage *s = *state;
    struct arena *a = s->home.a;

    signs(s, s->issuing_key, s->issuing.spki, SHAPE_CRL, crl_make(s->name, SIG_ECDSA_SHA256, ENDS - DAYS, a));
    refuses(s, s->issuing_key, SHAPE_CRL, crl_make(s->other, SIG_ECDSA_SHA256, ENDS - DAYS, a), "issuer");
    refuses(s, s->issuing_key, SHAPE_CRL, crl_make(s->name, SIG_ECDSA_SHA384, ENDS - DAYS, a), "algorithm");
    refuses(s, s->issuing_key, SHAPE_CRL, crl_make(s->name, SIG_ECDSA_SHA256, ENDS + DAYS, a), "last day");
    signs(s, s->issuing_key, s->issuing.spki, SHAPE_REQUEST, request_make(s->name, s->issuing.spki, a));
    refuses(s, s->issuing_key, SHAPE_REQUEST, request_make(s->other, s->issuing.spki, a), "subject");
    refuses(s, s->issuing_key, SHAPE_REQUEST, request_make(s->name, s->subject.spki, a), "another key");
}

static void what_is_signed_is_read_from_the_bytes_not_from_the_caller(void **state)
{
    struct stage *s = *state;
    struct body b = leaf(s);
    struct bytes certificate = body_make(&b, s->home.a), crl = crl_make(s->name, SIG_ECDSA_SHA256, ENDS - DAYS, s->home.a);
    struct bytes trailing = bytes_of(arena_copy(s->home.a, certificate.at, certificate.len), certificate.len + 1);

    refuses(s, s->issuing_key, SHAPE_CRL, certificate, "CRL");
    refuses(s, s->issuing_key, SHAPE_CERTIFICATE, crl, "certificate");
    refuses(s, s->issuing_key, SHAPE_CERTIFICATE, trailing, "certificate");
    refuses(s, s->issuing_key, SHAPE_CERTIFICATE, bytes_of(certificate.at, certificate.len - 1), "certificate");
    refuses(s, s->issuing_key, SHAPE_CERTIFICATE, bytes_text("signet journal "), "certificate");
    refuses(s, s->issuing_key, SHAPE_CERTIFICATE, bytes_text(""), "certificate");
}

static void keys_sign_nothing_outside_their_purpose(void **state)
{
    struct stage *s = *state;
    struct body b = leaf(s);
    struct bytes certificate = body_make(&b, s->home.a);
    struct keeper_key *const others[] = { s->seal_key, s->ocsp_key };

    for (size_t i = 0; i < 2; i++) {
        refuses(s, others[i], SHAPE_CERTIFICATE, certificate, "not for that");
        refuses(s, others[i], SHAPE_REQUEST, certificate, "not for that");
    }
    refuses(s, s->issuing_key, SHAPE_OCSP_RESPONSE, certificate, "not for that");
    refuses(s, s->issuing_key, SHAPE_SEAL_LINE, bytes_text("signet journal 1"), "not for that");
    refuses(s, s->subject_key, SHAPE_CRL, certificate, "not for that");
    refuses(s, s->subject_key, (enum signed_shape)77, certificate, "not for that");
    refuses(s, s->ocsp_key, SHAPE_OCSP_RESPONSE, certificate, "OCSP");
    refuses(s, s->seal_key, SHAPE_SEAL_LINE, bytes_text("signet jour"), "journal");
    signs(s, s->seal_key, s->seal.spki, SHAPE_SEAL_LINE, bytes_text("signet journal 17 00ff"));
}

static void a_subject_signs_requests_and_itself_but_no_other(void **state)
{
    struct stage *s = *state;
    struct body b = leaf(s);
    struct bytes signature;
    struct error e = { 0 };

    signs(s, s->subject_key, s->subject.spki, SHAPE_REQUEST, request_make(s->other, s->subject.spki, s->home.a));
    refuses(s, s->subject_key, SHAPE_REQUEST, request_make(s->other, s->issuing.spki, s->home.a), "another key");

    refuses(s, s->subject_key, SHAPE_CERTIFICATE, body_make(&b, s->home.a), "self-signed");
    b.issuer = b.subject;
    signs(s, s->subject_key, s->subject.spki, SHAPE_CERTIFICATE, body_make(&b, s->home.a));
    assert_ok(keeper_sign_once(s->home.k, s->subject.blob, SHAPE_CERTIFICATE, body_make(&b, s->home.a), s->home.a, &signature, &e));
    b.is_ca = true;
    refuses(s, s->subject_key, SHAPE_CERTIFICATE, body_make(&b, s->home.a), "no authority");
    b.is_ca = false;
    b.spki = s->issuing.spki;
    refuses(s, s->subject_key, SHAPE_CERTIFICATE, body_make(&b, s->home.a), "self-signed");
}

static void signing_straight_from_a_blob_is_for_subjects(void **state)
{
    struct stage *s = *state;
    struct body b = leaf(s);
    struct bytes signature;
    struct error e = { 0 };

    assert_int_equal(keeper_sign_once(s->home.k, s->issuing.blob, SHAPE_CERTIFICATE, body_make(&b, s->home.a), s->home.a, &signature, &e), ERR_DENIED);
    assert_says("only keys of subjects");
}

static void no_key_but_a_subjects_signs_a_handshake(void **state)
{
    struct stage *s = *state;
    struct keeper_key *const keys[] = { s->issuing_key, s->root_key, s->seal_key, s->ocsp_key, s->subject_key };
    uint8_t hash[32] = { 1 };

    for (size_t i = 0; i < 5; i++) {
        gnutls_datum_t in = { hash, sizeof(hash) }, out = { 0 };
        gnutls_privkey_t key;
        struct error e = { 0 };
        int rc;

        assert_ok(keeper_tls_key(s->home.k, keys[i], &key, &e));
        rc = gnutls_privkey_sign_hash2(key, GNUTLS_SIGN_ECDSA_SHA256, 0, &in, &out);
        assert_int_equal(rc == 0, keys[i] == s->subject_key);
        gnutls_free(out.data);
        gnutls_privkey_deinit(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_authority_signs_a_leaf_of_its_own_name),
        cmocka_unit_test(what_our_own_writers_build_passes),
        cmocka_unit_test(a_leaf_that_breaks_a_rule_is_refused_with_the_reason),
        cmocka_unit_test(an_issuing_authority_makes_no_authorities),
        cmocka_unit_test(a_root_makes_authorities_with_a_smaller_path_length),
        cmocka_unit_test(a_root_signs_itself_within_its_own_path_length),
        cmocka_unit_test(an_authority_signs_crls_and_requests_of_its_own_name_only),
        cmocka_unit_test(what_is_signed_is_read_from_the_bytes_not_from_the_caller),
        cmocka_unit_test(keys_sign_nothing_outside_their_purpose),
        cmocka_unit_test(a_subject_signs_requests_and_itself_but_no_other),
        cmocka_unit_test(signing_straight_from_a_blob_is_for_subjects),
        cmocka_unit_test(no_key_but_a_subjects_signs_a_handshake),
    };

    return cmocka_run_group_tests_name(__FILE__, tests, up, down);
}
