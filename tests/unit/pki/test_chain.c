#include "check.h"

#include <jansson.h>

#include "corpus.h"
#include "made.h"
#include "pki/chain.h"

/* A root, an issuing CA below it and a leaf, each as the test wants it. */
struct house {
    struct made_key root_key, sub_key, leaf_key;
    struct tbs root, sub, leaf;
    struct cert certs[3];   /* leaf, sub, root */
};

static void house_plan(struct house *h, struct arena *a)
{
    h->root_key = made_key(a, KEY_EC_P256);
    h->sub_key = made_key(a, KEY_EC_P256);
    h->leaf_key = made_key(a, KEY_EC_P256);
    h->root = made_tbs(a, &h->root_key, NULL, NULL, "Root", true);
    h->sub = made_tbs(a, &h->sub_key, &h->root_key, "Root", "Sub", true);
    h->leaf = made_tbs(a, &h->leaf_key, &h->sub_key, "Sub", "www.example.net", false);
}

static void house_build(struct house *h, struct arena *a, struct chain *out)
{
    const struct cert *heap[1] = { &h->certs[1] }, *roots[1] = { &h->certs[2] };
    struct error e = { 0 };

    assert_ok(cert_parse(made_cert(a, &h->leaf, &h->sub_key), a, &h->certs[0], &e));
    assert_ok(cert_parse(made_cert(a, &h->sub, &h->root_key), a, &h->certs[1], &e));
    assert_ok(cert_parse(made_cert(a, &h->root, &h->root_key), a, &h->certs[2], &e));
    chain_build(&h->certs[0], heap, 1, roots, 1, out);
}

static void house_done(struct house *h)
{
    made_key_done(&h->root_key);
    made_key_done(&h->sub_key);
    made_key_done(&h->leaf_key);
}

static void check_says(const struct chain *c, struct arena *a, const char *asked, const char *rule, const char *pointer)
{
    struct name name;
    struct findings f;
    struct error e = { 0 };

    findings_init(&f, a);
    assert_ok(name_any(asked, strlen(asked), a, &name, &e));
    chain_check(c, FOR_SERVER, &name, clock_now(), &f);
    if (rule == NULL && f.len > 0)
        fail_msg("%s at %s: %s", f.at[0].rule, f.at[0].pointer, f.at[0].text);
    for (size_t i = 0; i < f.len; i++)
        if (rule != NULL && strcmp(f.at[i].rule, rule) == 0 && strcmp(f.at[i].pointer, pointer) == 0)
            return;
    if (rule != NULL)
        fail_msg("%s at %s was not found", rule, pointer);
}

static void a_sound_chain_is_built_and_has_no_fault(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct house h;
    struct chain c;

    (void)state;
    house_plan(&h, a);
    house_build(&h, a, &c);
    assert_int_equal(c.len, 3);
    assert_true(c.is_complete);
    assert_ptr_equal(c.at[2], &h.certs[2]);
    check_says(&c, a, "www.example.net", NULL, NULL);
    check_says(&c, a, "WWW.Example.NET", NULL, NULL);
    check_says(&c, a, "ftp.example.net", "name-mismatch", "/chain/0");
    house_done(&h);
}

static void each_fault_is_told_at_its_place(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct house h, good;
    struct chain c;

    (void)state;
    house_plan(&good, a);
    h = good;
    h.leaf.not_after = clock_now() - 1;
    house_build(&h, a, &c);
    check_says(&c, a, "www.example.net", "expired", "/chain/0");
    h = good;
    h.sub.not_before = clock_now() + DAYS;
    house_build(&h, a, &c);
    check_says(&c, a, "www.example.net", "not-yet-valid", "/chain/1");
    h = good;
    h.root.path_len = 0;
    house_build(&h, a, &c);
    check_says(&c, a, "www.example.net", "path-length", "/chain/2");
    h = good;
    h.leaf.purposes = FOR_CLIENT;
    house_build(&h, a, &c);
    check_says(&c, a, "www.example.net", "wrong-purpose", "/chain/0");
    h = good;
    h.sub.purposes = FOR_CLIENT;
    house_build(&h, a, &c);
    check_says(&c, a, "www.example.net", "wrong-purpose", "/chain/1");
    h = good;
    h.sub.usage = USE_CRL_SIGN;
    house_build(&h, a, &c);
    check_says(&c, a, "www.example.net", "not-a-ca", "/chain/1");
    h = good;
    h.sub.is_ca = false;
    house_build(&h, a, &c);
    check_says(&c, a, "www.example.net", "not-a-ca", "/chain/1");
    house_done(&good);
}

static void a_chain_without_its_root_is_untrusted(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    const struct cert *heap[1];
    struct house h;
    struct chain c;

    (void)state;
    house_plan(&h, a);
    house_build(&h, a, &c);
    heap[0] = &h.certs[1];
    chain_build(&h.certs[0], heap, 1, NULL, 0, &c);
    assert_int_equal(c.len, 2);
    assert_false(c.is_complete);
    check_says(&c, a, "www.example.net", "untrusted", "/chain/1");
    house_done(&h);
}

/* Two CAs of the same name: the key identifier and the signature decide, not the order. */
static void the_issuer_of_the_right_key_is_found(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct house h, other;
    const struct cert *heap[2], *roots[1];
    struct chain c;

    (void)state;
    house_plan(&h, a);
    house_plan(&other, a);
    house_build(&h, a, &c);
    house_build(&other, a, &c);
    heap[0] = &other.certs[1];
    heap[1] = &h.certs[1];
    roots[0] = &h.certs[2];
    chain_build(&h.certs[0], heap, 2, roots, 1, &c);
    assert_true(c.is_complete);
    assert_ptr_equal(c.at[1], &h.certs[1]);
    roots[0] = &other.certs[2];
    chain_build(&h.certs[0], heap, 2, roots, 1, &c);
    assert_false(c.is_complete);
    house_done(&h);
    house_done(&other);
}

/* corpus: cases of x509-limbo --------------------------------------------------------------------------------- */

enum { CERTS_MOST = 16 };

/* PEM texts of a JSON array into parsed certificates; -1: one of them is refused. */
static int read_certs(json_t *list, struct arena *a, struct cert *out, const struct cert **at)
{
    struct error e = { 0 };
    json_t *text;
    size_t i;

    json_array_foreach(list, i, text) {
        const char *pem = json_string_value(text);

        assert_true(i < CERTS_MOST);
        if (cert_parse(corpus_first_block(a, bytes_text(pem)), a, &out[i], &e) != ERR_NONE)
            return -1;
        at[i] = &out[i];
    }
    return (int)json_array_size(list);
}

static int64_t validation_time(json_t *limbo)
{
    const char *text = json_string_value(json_object_get(limbo, "validation_time"));
    char copy[TIME_TEXT];
    int64_t at;

    if (text == NULL)
        return clock_now();
    snprintf(copy, sizeof(copy), "%.19sZ", text);
    assert_true(time_parse(copy, &at));
    return at;
}

static bool is_about_directories(json_t *limbo)
{
    return strcmp(json_string_value(json_object_get(limbo, "id")), "rfc5280::nc::permitted-dn-match") == 0;
}

static bool is_accepted(json_t *limbo, struct arena *a)
{
    struct cert roots[CERTS_MOST], heap[CERTS_MOST], leaf;
    const struct cert *root_at[CERTS_MOST], *heap_at[CERTS_MOST];
    int roots_len = read_certs(json_object_get(limbo, "trusted_certs"), a, roots, root_at);
    int heap_len = read_certs(json_object_get(limbo, "untrusted_intermediates"), a, heap, heap_at);
    const char *pem = json_string_value(json_object_get(limbo, "peer_certificate"));
    const char *asked = json_string_value(json_object_get(json_object_get(limbo, "expected_peer_name"), "value"));
    json_t *depth = json_object_get(limbo, "max_chain_depth");
    struct findings f;
    struct name name;
    struct chain c;

    if (roots_len < 0 || heap_len < 0 || cert_parse(corpus_first_block(a, bytes_text(pem)), a, &leaf, NULL) != ERR_NONE)
        return false;
    if (name_any(asked, strlen(asked), a, &name, NULL) != ERR_NONE)
        return false;
    chain_build(&leaf, heap_at, (size_t)heap_len, root_at, (size_t)roots_len, &c);
    findings_init(&f, a);
    /* One case is about directory names alone: its leaf has no host name that could be asked for. */
    chain_check(&c, FOR_SERVER, leaf.has_other_san && is_about_directories(limbo) ? NULL : &name, validation_time(limbo), &f);
    if (json_is_integer(depth) && (json_int_t)c.len > json_integer_value(depth) + 2)
        return false;
    return findings_count(&f, LEVEL_ERROR) == 0;
}

static void one_row(const struct corpus_row *row, struct arena *a, void *arg)
{
    json_t *limbo = json_loadb((const char *)row->data.at, row->data.len, 0, NULL);
    int *wrong = arg;

    assert_non_null(limbo);
    if (is_accepted(limbo, a) != (strcmp(row->expected, "accept") == 0)) {
        print_error("%s should be %s\n", row->file, row->expected);
        ++*wrong;
    }
    json_decref(limbo);
}

static void cases_of_x509_limbo_get_their_verdict(void **state)
{
    int wrong = 0;

    (void)state;
    corpus_walk("chain", one_row, &wrong);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_chain_is_built_and_has_no_fault),
        cmocka_unit_test(each_fault_is_told_at_its_place),
        cmocka_unit_test(a_chain_without_its_root_is_untrusted),
        cmocka_unit_test(the_issuer_of_the_right_key_is_found),
        cmocka_unit_test(cases_of_x509_limbo_get_their_verdict),
    };

    return tests_of(tests);
}
