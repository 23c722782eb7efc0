/* rights - what there is to be allowed, and which role allows it. */
#ifndef ACCESS_RIGHTS_H
#define ACCESS_RIGHTS_H

#include <stdbool.h>

#include "base/actor.h"
#include "base/error.h"

enum right {
    RIGHT_NONE = 0,        /* nobody: a route with it does not start */
    RIGHT_PUBLIC,          /* everybody, also without an account */
    RIGHT_SELF,            /* every caller who is known */
    RIGHT_SETUP,           /* the setup token, or an administrator, while setup is open */
    RIGHT_READ,            /* see inventory, authorities, profiles, status, jobs, web server */
    RIGHT_REQUEST,         /* ask for a certificate that policy allows */
    RIGHT_ISSUE,           /* issue and renew */
    RIGHT_EXPORT,          /* take a private key out */
    RIGHT_MANAGE,          /* tags, owner, notes, archive */
    RIGHT_AUTHORITY,       /* make and change authorities and profiles */
    RIGHT_SERVER,          /* the certificate that this server shows */
    RIGHT_SETTINGS,        /* settings */
    RIGHT_ACCESS,          /* users, tokens */
    RIGHT_AUDIT,           /* read the journal */
    RIGHT_KEYS,            /* say who may do what with a private key */
    RIGHT_COUNT
};
#define RIGHT_BIT(r) (UINT64_C(1) << (r))

enum role { ROLE_NONE, ROLE_ADMIN, ROLE_OPERATOR, ROLE_REQUESTER, ROLE_AUDITOR, ROLE_VIEWER, ROLE_COUNT };
bool role_parse(const char *text, enum role *out);      /* "admin" "operator" "requester" "auditor" "viewer" */
const char *role_text(enum role r);
const char *right_text(enum right r);
uint64_t role_rights(enum role r);

/* What may be allowed on the key of one certificate, as bits; and the rights that come of it. */
enum key_allow { KEY_USE = 1, KEY_EXPORT = 2, KEY_MANAGE = 4, KEY_ALL = 7 };
uint64_t key_rights(unsigned allows);

/* The one function that decides who may do what to which object. scope "" or "*": everything; else the actor needs the right on
   everything or on that very thing. */
bool access_may(const struct actor *who, enum right right, const char *scope, const struct id *scope_id);
/* ERR_DENIED with a sentence that names the right. */
enum err access_check(const struct actor *who, enum right right, const char *scope, const struct id *scope_id, struct error *e) MUST_CHECK;

#endif
