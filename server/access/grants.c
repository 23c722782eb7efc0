#include "access/parts.h"

static int compare(const struct id *x, const struct id *y)
{
    return memcmp(x->b, y->b, sizeof(x->b));
}

/* In a list whose rows begin with a principal and are in its order: the first that is not before it. */
static size_t first_at(const void *rows, size_t len, size_t size, const struct id *principal)
{
    size_t low = 0, high = len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const struct id *at = (const struct id *)((const char *)rows + mid * size);

        if (compare(at, principal) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static unsigned roles_of(const struct snapshot *s, const struct id *principal)
{
    size_t at = first_at(s->holders, s->holders_len, sizeof(*s->holders), principal);

    return at < s->holders_len && id_equal(&s->holders[at].principal, principal) ? s->holders[at].roles : 0;
}

static size_t first_of(const struct snapshot *s, const struct id *principal)
{
    return first_at(s->grants, s->grants_len, sizeof(*s->grants), principal);
}

/* What the actor may everywhere needs no grant. NULL `out`: counts only. */
static size_t take(const struct snapshot *s, const struct id *principal, uint64_t everywhere, struct grant *out)
{
    size_t n = 0;

    for (size_t i = first_of(s, principal); i < s->grants_len && id_equal(&s->grants[i].principal, principal); i++) {
        if ((s->grants[i].grant.rights & ~everywhere) == 0)
            continue;
        if (out != NULL)
            out[n] = s->grants[i].grant;
        n++;
    }
    return n;
}

static size_t take_all(const struct snapshot *s, const struct actor *who, struct grant *out)
{
    unsigned roles = roles_of(s, &who->id);
    size_t n = take(s, &who->id, who->rights, out);

    for (enum role role = ROLE_ADMIN; role < ROLE_COUNT; role++)
        if ((roles & 1U << role) != 0 && !id_is_none(&s->role_ids[role]))
            n += take(s, &s->role_ids[role], who->rights, out != NULL ? out + n : NULL);
    return n;
}

enum err access_grants(struct access *a, struct arena *arena, struct actor *who, struct error *e)
{
    CLEANUP(snapshot_drop) struct snapshot *s = NULL;
    struct grant *list;
    enum err r;

    who->grants = NULL;
    who->grants_len = 0;
    if ((who->kind != ACTOR_USER && who->kind != ACTOR_TOKEN) || id_is_none(&who->id))
        return ERR_NONE;
    r = access_snapshot(a, &s, e);
    if (r || s->grants_len == 0)
        return r;
    list = arena_take(arena, (take_all(s, who, NULL) + 1) * sizeof(*list));
    who->grants_len = take_all(s, who, list);
    who->grants = list;
    return ERR_NONE;
}
