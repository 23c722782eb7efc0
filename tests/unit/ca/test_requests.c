#include "house.h"

#include <pthread.h>

#include "../pki/made.h"
#include "ca/requests.h"

/* A PKCS#10 of a key of somebody else's for one name. */
static struct bytes request_of(struct arena *a, const char *name, bool with_organization)
{
    struct made_key key = made_key(a, KEY_EC_P256);
    struct name *dns = arena_take(a, sizeof(*dns));
    struct tbs t = { .alg = key.alg, .spki = key.spki, .subject = dn_build(a, with_organization ? "Theirs" : NULL, name), .usage = USE_CERT_SIGN };
    struct error e = { 0 };
    struct bytes body, out;

    *dns = (struct name){ .kind = NAME_DNS, .text = name };
    t.names = (struct names){ dns, 1 };
    assert_ok(tbs_request(&t, a, &body, &e));
    out = made_signed(a, &key, body);
    made_key_done(&key);
    return out;
}

static struct actor actor_with(uint64_t rights)
{
    return (struct actor){ .kind = ACTOR_TOKEN, .id = id_new(), .name = "somebody", .rights = rights, .source = "local", .if_match = -1 };
}

static enum err submit(struct house *h, const struct actor *who, struct bytes csr, struct id *id, struct error *e)
{
    struct wish wish = { .csr = csr };
    struct findings notes;

    findings_init(&notes, h->arena);
    return ca_request_submit(h->ca, who, &wish, "please", h->arena, &notes, id, e);
}

static enum err sign(struct house *h, const struct actor *who, const struct id *id, const struct wish *edit, struct issued *made, struct error *e)
{
    struct findings notes;

    findings_init(&notes, h->arena);
    return ca_request_sign(h->ca, who, id, edit, h->arena, &notes, made, e);
}

static const struct difference *line_of(const struct judged *j, const char *field)
{
    for (size_t i = 0; i < j->differences_len; i++)
        if (strcmp(j->differences[i].field, field) == 0)
            return &j->differences[i];
    fail_msg("no line \"%s\"", field);
    return NULL;
}

static void what_is_asked_stands_beside_what_policy_signs(void **state)
{
    struct house *h = *state;
    struct wish wish = { .csr = request_of(h->arena, "judged.lab.lan", true), .profile = "client", .valid_days = 10 };
    struct findings notes;
    struct judged j;
    struct error e = { 0 };

    findings_init(&notes, h->arena);
    assert_ok(ca_request_judge(h->ca, &h->who, &wish, h->arena, &notes, &j, &e));
    assert_string_equal(line_of(&j, "Subject")->asked, "CN=judged.lab.lan,O=Theirs");
    assert_string_equal(line_of(&j, "Subject")->given, "CN=judged.lab.lan");
    assert_string_equal(line_of(&j, "Key Usage")->asked, "Certificate Signing");
    assert_string_equal(line_of(&j, "Key Usage")->given, "Digital Signature");
    assert_string_equal(line_of(&j, "Subject Alternative Name")->why, "");
    assert_string_equal(line_of(&j, "Enhanced Key Usage")->asked, "");
    assert_int_equal(j.valid_days, 10);
    assert_true(id_equal(&j.issuer, &h->issuing.id));
}

static void who_may_ask_may_not_decide_and_rights_on_one_authority_suffice(void **state)
{
    struct house *h = *state;
    struct grant grant = { .rights = RIGHT_BIT(RIGHT_READ) | RIGHT_BIT(RIGHT_ISSUE), .scope = "authority", .scope_id = h->issuing.id };
    struct actor requester = actor_with(role_rights(ROLE_REQUESTER)), viewer = actor_with(role_rights(ROLE_VIEWER)), officer = actor_with(0), stranger = actor_with(0);
    struct wish as_asked = { 0 };
    struct request_row row;
    struct issued made;
    struct error e = { 0 };
    struct id id;

    officer.grants = &grant;
    officer.grants_len = 1;
    assert_int_equal(submit(h, &viewer, request_of(h->arena, "v.lab.lan", false), &id, &e), ERR_DENIED);
    assert_ok(submit(h, &requester, request_of(h->arena, "officer.lab.lan", false), &id, &e));
    assert_int_equal(sign(h, &requester, &id, &as_asked, &made, &e), ERR_DENIED);
    assert_int_equal(ca_request_deny(h->ca, &requester, &id, "no", h->arena, &e), ERR_DENIED);
    assert_int_equal(ca_request(h->ca, &stranger, &id, h->arena, &row, &e), ERR_ABSENT);
    assert_ok(sign(h, &officer, &id, &as_asked, &made, &e));
    assert_ok(ca_request(h->ca, &requester, &id, h->arena, &row, &e));
    assert_string_equal(row.state, "issued");
    assert_true(id_equal(&row.certificate, &made.certificate));
    assert_int_equal(sign(h, &officer, &id, &as_asked, &made, &e), ERR_CONFLICT);
    assert_says("issued by \"somebody\"");
}

static void edited_names_stand_instead_of_those_asked_for_and_the_common_name_follows(void **state)
{
    static const char *const dns[] = { "b.lab.lan", "c.lab.lan" };
    struct house *h = *state;
    struct wish edit = { .dns_names = dns, .dns_len = 2, .valid_days = 7 };
    struct issued made;
    struct error e = { 0 };
    struct id id;

    assert_ok(submit(h, &h->who, request_of(h->arena, "a.lab.lan", false), &id, &e));
    assert_ok(sign(h, &h->who, &id, &edit, &made, &e));
    assert_string_equal(made.item.common_name, "b.lab.lan");
    assert_int_equal(made.item.dns_len, 2);
    assert_int_equal((made.item.not_after + 1 - made.item.not_before) / DAYS, 7);
}

static void one_asker_has_a_hundred_pending_at_most(void **state)
{
    struct house *h = *state;
    struct actor greedy = actor_with(role_rights(ROLE_REQUESTER));
    struct error e = { 0 };
    struct id id;

    for (int i = 0; i < REQUESTS_PENDING_MAX; i++)
        assert_ok(submit(h, &greedy, request_of(h->arena, arena_printf(h->arena, "g%d.lab.lan", i), false), &id, &e));
    assert_int_equal(submit(h, &greedy, request_of(h->arena, "one-more.lab.lan", false), &id, &e), ERR_LIMIT);
    assert_ok(ca_request_withdraw(h->ca, &greedy, &id, h->arena, &e));
    assert_ok(submit(h, &greedy, request_of(h->arena, "one-more.lab.lan", false), &id, &e));
}

struct decision { struct house *h; struct id id; bool denies; enum err came; };

static void *decide(void *arg)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct decision *d = arg;
    struct wish as_asked = { 0 };
    struct findings notes;
    struct issued made;
    struct error e = { 0 };

    findings_init(&notes, a);
    d->came = d->denies ? ca_request_deny(d->h->ca, &d->h->who, &d->id, "no", a, &e)
                        : ca_request_sign(d->h->ca, &d->h->who, &d->id, &as_asked, a, &notes, &made, &e);
    return NULL;
}

static void of_several_who_decide_at_once_one_does(void **state)
{
    struct house *h = *state;
    struct error e = { 0 };

    for (int turn = 0; turn < 8; turn++) {
        struct decision all[4];
        pthread_t threads[4];
        struct request_row row;
        struct id id;
        int done = 0;

        assert_ok(submit(h, &h->who, request_of(h->arena, "race.lab.lan", false), &id, &e));
        for (int i = 0; i < 4; i++) {
            all[i] = (struct decision){ .h = h, .id = id, .denies = i % 2 == 0 };
            assert_int_equal(pthread_create(&threads[i], NULL, decide, &all[i]), 0);
        }
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
        for (int i = 0; i < 4; i++) {
            assert_true(all[i].came == ERR_NONE || all[i].came == ERR_CONFLICT);
            done += all[i].came == ERR_NONE;
        }
        assert_int_equal(done, 1);
        assert_ok(ca_request(h->ca, &h->who, &id, h->arena, &row, &e));
        assert_true(strcmp(row.state, "issued") == 0 || strcmp(row.state, "denied") == 0);
        assert_int_equal(row.version, 2);
    }
}

static void the_list_is_in_pages_and_shows_only_what_may_be_seen(void **state)
{
    struct house *h = *state;
    struct actor one = actor_with(RIGHT_BIT(RIGHT_REQUEST));
    struct request_ask ask = { .state = "pending", .limit = 2 };
    struct request_page page;
    struct error e = { 0 };
    struct id id, mine;
    size_t seen = 0;

    assert_ok(submit(h, &one, request_of(h->arena, "mine.lab.lan", false), &mine, &e));
    for (int i = 0; i < 4; i++)
        assert_ok(submit(h, &h->who, request_of(h->arena, "other.lab.lan", false), &id, &e));
    do {
        assert_ok(ca_request_list(h->ca, &one, &ask, h->arena, &page, &e));
        for (size_t i = 0; i < page.len; i++)
            assert_true(id_equal(&page.at[i].asked_by, &one.id));
        seen += page.len;
        ask.before = page.next;
    } while (!id_is_none(&page.next));
    assert_int_equal(seen, 1);
}

static void a_request_for_elsewhere_is_a_key_that_waits(void **state)
{
    static const char *const dns[] = { "out.lab.lan" };
    struct house *h = *state;
    struct external_wish wish = { .dns_names = dns, .dns_len = 1, .organization = "Lab", .country = "DE", .key_type = KEY_ED25519 };
    struct import_file junk = { .file = bytes_text("not a certificate") };
    struct import_wish answer = { .files = &junk, .files_len = 1 };
    struct import_result result;
    struct findings faults;
    struct request_row row;
    struct wish as_asked = { 0 };
    struct issued made;
    struct error e = { 0 };
    struct csr csr;
    struct id id;

    findings_init(&faults, h->arena);
    assert_ok(ca_request_create(h->ca, &h->who, &wish, h->arena, &faults, &id, &e));
    assert_ok(ca_request(h->ca, &h->who, &id, h->arena, &row, &e));
    assert_ok(csr_parse(row.body, h->arena, &csr, &faults, &e));
    assert_string_equal(csr.subject, "CN=out.lab.lan,O=Lab,C=DE");
    assert_string_equal(row.key_type, "ed25519");
    assert_int_equal(sign(h, &h->who, &id, &as_asked, &made, &e), ERR_CONFLICT);
    assert_int_equal(ca_request_complete(h->ca, &h->who, &id, &answer, h->arena, &result, &e), ERR_INVALID);
    assert_string_equal(e.field, "/data");
    assert_ok(ca_request_withdraw(h->ca, &h->who, &id, h->arena, &e));
    wish.country = "de";
    assert_int_equal(ca_request_create(h->ca, &h->who, &wish, h->arena, &faults, &id, &e), ERR_INVALID);
    assert_string_equal(e.field, "/subject/country");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_stands_beside_what_policy_signs),
        cmocka_unit_test(who_may_ask_may_not_decide_and_rights_on_one_authority_suffice),
        cmocka_unit_test(edited_names_stand_instead_of_those_asked_for_and_the_common_name_follows),
        cmocka_unit_test(one_asker_has_a_hundred_pending_at_most),
        cmocka_unit_test(of_several_who_decide_at_once_one_does),
        cmocka_unit_test(the_list_is_in_pages_and_shows_only_what_may_be_seen),
        cmocka_unit_test(a_request_for_elsewhere_is_a_key_that_waits),
    };

    return cmocka_run_group_tests_name(__FILE__, tests, house_with_authorities, house_close);
}
