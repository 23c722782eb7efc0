#include "pki/lint.h"

#include "pki/lint_rules.h"

const char lint_of_the_web[] = "the public web wants it";

/* Whom we judge: ourselves before we sign, others, or anybody as the public web would. */
enum judge { OWN, OTHERS, PUBLIC };

static const struct {
    enum level level;
    const char *name, *text, *why_off;
} rules[] = {
#define R(id, level, name, text, off) { level, name, text, off },
    RULES(R)
#undef R
};

static void look_init(struct look *l, const struct frame *f, struct arena *a)
{
    const struct extension *basic = ext_find(f->extensions, f->extensions_len, EXT_BASIC);
    bool has_path_len;
    int64_t path_len;

    *l = (struct look){ .frame = f, .arena = a };
    if (basic != NULL && !ext_basic(basic->value, &l->is_ca, &has_path_len, &path_len))
        l->is_ca = false;
    l->is_self_issued = bytes_equal(f->issuer, f->subject);
    l->is_sub_ca = l->is_ca && !l->is_self_issued;
    l->is_sub_cert = !l->is_ca && !l->is_self_issued;
    l->is_subject_empty = f->subject.len == 2;
}

static void tell(const struct look *l, enum judge judge, struct findings *out)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        bool is_of_the_web = rules[i].why_off == lint_of_the_web;

        if ((l->found[i / 64] >> i % 64 & 1) == 0 || (rules[i].why_off != NULL && !is_of_the_web && judge != PUBLIC))
            continue;
        findings_add(out, is_of_the_web && judge == OTHERS ? LEVEL_WARNING : rules[i].level, rules[i].name, "", "%s", rules[i].text);
    }
}

static void check(const struct frame *f, struct arena *a, enum judge judge, struct findings *out)
{
    struct look l;

    look_init(&l, f, a);
    lint_frame(&l);
    lint_key(&l);
    lint_use(&l);
    lint_places(&l);
    lint_subject(&l);
    lint_policy(&l);
    lint_names(&l);
    tell(&l, judge, out);
}

static enum err lint(enum err (*read)(struct bytes, struct arena *, struct frame *, struct error *), struct bytes der, struct arena *a, enum judge judge,
                     struct findings *out, struct error *e)
{
    struct frame f = { 0 };
    enum err r;

    if (der.len > CERT_MAX)
        return fail(e, ERR_INVALID, "the certificate has %zu octets: %d is the most", der.len, CERT_MAX);
    r = read(der, a, &f, e);
    if (r)
        return r;
    check(&f, a, judge, out);
    return ERR_NONE;
}

enum err lint_cert(struct bytes der, struct arena *a, struct findings *out, struct error *e)
{
    return lint(frame_read, der, a, OTHERS, out, e);
}

enum err lint_cert_all(struct bytes der, struct arena *a, struct findings *out, struct error *e)
{
    return lint(frame_read, der, a, PUBLIC, out, e);
}

enum err lint_tbs(struct bytes tbs, struct arena *a, struct findings *out, struct error *e)
{
    return lint(frame_read_tbs, tbs, a, OWN, out, e);
}
