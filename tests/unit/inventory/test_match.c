#include "check.h"

#include "inventory.h"
#include "inventory/incoming.h"
#include "pki/hash.h"

/* What comes in, said in words: names, whose key, who signed, when it begins. What is not a CA is "www.lan" of "CA" unless it says otherwise. */
struct coming {
    const char *common_name, *issuer;      /* issuer NULL: of a CA itself */
    const char *names[3];
    struct bytes spki;                     /* empty: a key of its own */
    int begins;                            /* days from now */
    uint32_t purposes;                     /* 0: FOR_SERVER */
    bool is_ca, is_flagged;
    const char *store;                     /* NULL: where it belongs */
};
struct came {
    struct imported out;
    struct import im;
    struct import_wish wish;
    struct incoming in;
    struct item item;
};

static void fill(struct coming *c)
{
    if (c->is_ca)
        return;
    c->common_name = c->common_name != NULL ? c->common_name : "www.lan";
    c->issuer = c->issuer != NULL ? c->issuer : "CA";
    c->names[0] = c->names[0] != NULL ? c->names[0] : "www.lan";
}

static struct cert coming_cert(struct coming *c, struct arena *a)
{
    struct name *names = arena_take(a, 3 * sizeof(*names));
    struct tbs t = { .alg = SIG_ECDSA_SHA256, .path_len = -1, .is_ca = c->is_ca, .spki = c->spki.len > 0 ? c->spki : making_spki(a) };
    uint8_t nothing[8] = { 0x30, 6, 2, 1, 1, 2, 1, 1 };
    struct cert out;
    struct bytes tbs;
    struct error e;

    fill(c);
    for (; t.names.len < 3 && c->names[t.names.len] != NULL; t.names.len++)
        assert_ok(name_any(c->names[t.names.len], strlen(c->names[t.names.len]), a, &names[t.names.len], &e));
    t.names.at = names;
    t.not_before = clock_now() + c->begins * DAYS;
    t.not_after = t.not_before + 90 * DAYS;
    t.subject = dn_build(a, NULL, c->common_name);
    t.issuer = dn_build(a, NULL, c->issuer != NULL ? c->issuer : c->common_name);
    t.usage = c->is_ca ? USE_CERT_SIGN : USE_DIGITAL_SIGNATURE;
    t.purposes = c->is_ca ? 0 : c->purposes != 0 ? c->purposes : FOR_SERVER;
    serial_make(t.serial);
    hash_sha1(t.spki, t.ski);
    hash_sha1(bytes_text(c->issuer != NULL ? c->issuer : "-"), t.aki);
    t.has_aki = c->issuer != NULL;
    assert_ok(tbs_build(&t, a, &tbs, &e));
    assert_ok(cert_parse(arena_bytes(a, signed_build(a, tbs, t.alg, bytes_of(nothing, sizeof(nothing)))), a, &out, &e));
    return out;
}

static enum err write_certificate(struct tx *tx, void *arg, struct error *e)
{
    struct came *c = arg;

    return incoming_certificate(tx, &c->im, &c->in, e);
}

static enum err write_key(struct tx *tx, void *arg, struct error *e)
{
    struct came *c = arg;

    return incoming_key(tx, &c->im, &c->in, e);
}

static void begin(struct came *c, const char *store, struct bytes spki, struct arena *a)
{
    c->wish = (struct import_wish){ .store = store };
    c->im = (struct import){ .wish = &c->wish, .arena = a };
    c->out = (struct imported){ .action = "ignored", .store = "" };
    c->in.item = &c->item;
    c->in.filename = "file.pem";
    c->in.out = &c->out;
    c->in.is_taken = true;
    c->in.fresh = id_new();
    c->in.fresh_issuer = id_new();
    hash_sha256(spki, c->in.spki_sha256);
}

static struct imported bring_cert(struct place *p, struct cert cert, const struct coming *how, struct arena *a)
{
    struct came *c = arena_take(a, sizeof(*c));
    struct error e = { 0 };

    begin(c, how->store, cert.key.der, a);
    c->item.kind = ITEM_CERTIFICATE;
    c->in.cert = cert;
    c->in.label = cert.common_name;
    c->in.is_flagged = how->is_flagged;
    c->out.sha256 = arena_bytes(a, bytes_of(cert.sha256, sizeof(cert.sha256)));
    assert_ok(store_write(p->store, &p->who, write_certificate, c, &e));
    return c->out;
}

static struct imported bring(struct place *p, struct coming how, struct arena *a)
{
    return bring_cert(p, coming_cert(&how, a), &how, a);
}

static struct imported bring_key(struct place *p, struct bytes spki, struct arena *a)
{
    struct came *c = arena_take(a, sizeof(*c));
    struct error e = { 0 };

    begin(c, NULL, spki, a);
    c->item.kind = ITEM_KEY;
    c->in.key = (struct key_row){ .id = id_new(), .purpose = "subject", .type = "ec-p256", .spki = spki, .blob = bytes_text("sealed"), .kek = 1,
                                  .is_exportable = true, .origin = "imported", .created_at = clock_now() };
    assert_ok(store_write(p->store, &p->who, write_key, c, &e));
    return c->out;
}

static void says(struct imported got, const char *action, const char *store, int version)
{
    if (strcmp(got.action, action) != 0 || strcmp(got.store, store) != 0 || got.version != version)
        fail_msg("%s to %s as version %d, not %s to %s as %d", got.action, got.store, got.version, action, store, version);
}

#define IN_PLACE CLEANUP(arena_drop) struct arena *a = arena_new(); struct place *p = *state

static void each_goes_where_it_belongs_unless_told(void **state)
{
    IN_PLACE;

    says(bring(p, (struct coming){ .is_ca = false }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .common_name = "Root", .is_ca = true }, a), "added", "root", 1);
    says(bring(p, (struct coming){ .common_name = "Sub", .issuer = "Root", .is_ca = true }, a), "added", "intermediate", 1);
    says(bring(p, (struct coming){ .common_name = "Bad", .is_ca = true, .store = "untrusted" }, a), "added", "untrusted", 1);
}

static void the_same_once_more_is_known(void **state)
{
    IN_PLACE;
    struct coming how = (struct coming){ .is_ca = false };
    struct cert cert = coming_cert(&how, a);
    struct imported first = bring_cert(p, cert, &how, a), again = bring_cert(p, cert, &how, a);

    says(first, "added", "personal", 1);
    says(again, "known", "personal", 1);
    assert_true(id_equal(&first.certificate, &again.certificate));
}

static void a_newer_one_of_the_same_key_is_the_next_version(void **state)
{
    IN_PLACE;
    struct bytes spki = making_spki(a);
    struct imported first = bring(p, (struct coming){ .spki = spki }, a), next = bring(p, (struct coming){ .spki = spki, .begins = 1, .issuer = "Another CA" }, a);

    says(next, "joined", "personal", 2);
    assert_true(id_equal(&first.certificate, &next.certificate));
    says(bring(p, (struct coming){ .spki = spki, .begins = -1 }, a), "added", "personal", 1);
}

static void a_newer_one_of_the_same_names_joins_when_the_issuer_is_the_same(void **state)
{
    IN_PLACE;

    says(bring(p, (struct coming){ .names = { "www.lan", "10.0.0.1" } }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .names = { "10.0.0.1", "www.lan" }, .begins = 1 }, a), "joined", "personal", 2);
    says(bring(p, (struct coming){ .names = { "www.lan", "10.0.0.1" }, .begins = 2, .issuer = "Another CA" }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .names = { "www.lan" }, .begins = 2 }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .names = { "www.lan", "10.0.0.1" }, .begins = 2, .purposes = FOR_CLIENT }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .names = { "www.lan", "10.0.0.1" }, .begins = 3, .store = "untrusted" }, a), "added", "untrusted", 1);
}

static void what_breaks_a_rule_takes_nobodys_place(void **state)
{
    IN_PLACE;
    struct bytes spki = making_spki(a);

    says(bring(p, (struct coming){ .spki = spki }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .spki = spki, .begins = 1, .is_flagged = true }, a), "added", "personal", 1);
}

static void cas_of_one_key_stay_apart_when_others_signed_them(void **state)
{
    IN_PLACE;
    struct bytes spki = making_spki(a);
    struct coming sub = { .common_name = "Sub", .issuer = "Root", .is_ca = true, .spki = spki };

    says(bring(p, sub, a), "added", "intermediate", 1);
    sub.begins = 1;
    says(bring(p, sub, a), "joined", "intermediate", 2);
    sub.begins = 2;
    sub.issuer = "Other Root";
    says(bring(p, sub, a), "added", "intermediate", 1);
    sub.spki = (struct bytes){ 0 };
    sub.issuer = "Root";
    says(bring(p, sub, a), "added", "intermediate", 1);
}

static void a_key_finds_its_certificate_and_the_other_way_round(void **state)
{
    IN_PLACE;
    struct bytes early = making_spki(a), late = making_spki(a);
    struct imported got;

    says(bring(p, (struct coming){ .spki = early }, a), "added", "personal", 1);
    got = bring_key(p, early, a);
    says(got, "key-added", "personal", 1);
    assert_true(got.has_key);
    says(bring_key(p, early, a), "known", "", 0);

    says(bring_key(p, late, a), "added", "", 0);
    got = bring(p, (struct coming){ .spki = late, .common_name = "late.lan", .names = { "late.lan" } }, a);
    says(got, "added", "personal", 1);
    assert_true(got.has_key);
}

static void with_its_key_a_renewal_of_the_same_names_joins_whoever_signed(void **state)
{
    IN_PLACE;
    struct bytes before = making_spki(a), after = making_spki(a), keyless = making_spki(a);

    says(bring_key(p, before, a), "added", "", 0);
    says(bring(p, (struct coming){ .spki = before }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .spki = keyless, .begins = 1 }, a), "added", "personal", 1);
    says(bring_key(p, after, a), "added", "", 0);
    says(bring(p, (struct coming){ .spki = after, .begins = 2, .issuer = "Another CA" }, a), "joined", "personal", 2);
}

static void a_ca_with_its_key_is_somebodys_own(void **state)
{
    IN_PLACE;
    struct bytes spki = making_spki(a);

    says(bring_key(p, spki, a), "added", "", 0);
    says(bring(p, (struct coming){ .common_name = "Own Root", .is_ca = true, .spki = spki }, a), "added", "personal", 1);
}

#define in_place(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(each_goes_where_it_belongs_unless_told), in_place(the_same_once_more_is_known),
        in_place(a_newer_one_of_the_same_key_is_the_next_version),
        in_place(a_newer_one_of_the_same_names_joins_when_the_issuer_is_the_same),
        in_place(what_breaks_a_rule_takes_nobodys_place), in_place(cas_of_one_key_stay_apart_when_others_signed_them),
        in_place(a_key_finds_its_certificate_and_the_other_way_round),
        in_place(with_its_key_a_renewal_of_the_same_names_joins_whoever_signed), in_place(a_ca_with_its_key_is_somebodys_own),
    };

    return tests_of(tests);
}
