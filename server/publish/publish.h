/* publish - what everybody may fetch without an account: CA certificates, revocation lists, the trust page, health; as frozen pages. */
#ifndef PUBLISH_PUBLISH_H
#define PUBLISH_PUBLISH_H

#include "app.h"
#include "http/route.h"
#include "store/store.h"

struct publish;
struct seen;

/* Builds the pages from the rows; also while the keeper is sealed. */
enum err publish_open(struct store *store, struct publish **out, struct error *e) MUST_CHECK;
struct seen *publish_seen(struct publish *p);          /* publish/seen.h; NULL with it */
void publish_close(struct publish *p);                 /* NULL is fine */
/* Journal notes after their commit and before their answer, on the writer thread: an authority that was answered has its pages,
   for the thread that builds them is waited for, though never longer than a second. */
void publish_heard(struct publish *p, const struct note *notes, size_t len);

extern const struct surface publish_plain_surface;     /* "/" of the plain listener; what it does not have is redirected to HTTPS */
extern const struct surface publish_probe_surface;     /* "/" of the probe listener */
extern const struct surface publish_healthz_surface;   /* "/healthz" and "/readyz" of the HTTPS listener */
extern const struct surface publish_readyz_surface;
extern const struct surface publish_trust_surface;     /* "/trust" of the HTTPS listener: the same pages */

#endif
