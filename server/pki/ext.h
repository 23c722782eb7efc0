/* ext - what stands inside the extensions of RFC 5280, 4.2: each read strictly, nothing decided. All of it is lent. */
#ifndef PKI_EXT_H
#define PKI_EXT_H

#include "pki/der.h"

struct extension {
    struct bytes oid;          /* content */
    bool is_critical;
    bool is_explicit;          /* FALSE was written out, which DER forbids */
    struct bytes value;        /* content of the OCTET STRING */
};

/* id-ce is 2.5.29.N: N. id-pe is 1.3.6.1.5.5.7.1.N: 0x100 + N. All else: EXT_OTHER. */
enum {
    EXT_OTHER = 0, EXT_DIRECTORY = 9, EXT_SKI = 14, EXT_USAGE = 15, EXT_SAN = 17, EXT_IAN = 18, EXT_BASIC = 19, EXT_CRL_NUMBER = 20,
    EXT_REASON = 21, EXT_DELTA = 27, EXT_IDP = 28, EXT_CERT_ISSUER = 29, EXT_CONSTRAINTS = 30, EXT_POINTS = 31, EXT_POLICIES = 32,
    EXT_POLICY_MAP = 33, EXT_AKI = 35, EXT_POLICY_CONSTRAINTS = 36, EXT_PURPOSES = 37, EXT_FRESHEST = 46, EXT_INHIBIT = 54,
    EXT_AIA = 0x101, EXT_SIA = 0x10b, EXT_FEATURES = 0x118
};
unsigned ext_id(struct bytes oid);

enum { EXT_MOST = 64 };   /* in one certificate, list or entry */
/* `d` stands before the SEQUENCE OF Extension; every one of it is read. False: not well-formed, empty, or too many. */
bool ext_list(struct der *d, struct arena *a, struct extension **out, size_t *len);
const struct extension *ext_find(const struct extension *at, size_t len, unsigned id);
bool ext_is_doubled(const struct extension *at, size_t len, struct bytes *which);

bool ext_sequence(struct bytes value, struct der *out);           /* the one SEQUENCE that a value is */

/* GeneralName: the number of its tag. */
enum { GENERAL_OTHER, GENERAL_EMAIL, GENERAL_DNS, GENERAL_X400, GENERAL_DIRECTORY, GENERAL_EDI, GENERAL_URI, GENERAL_IP, GENERAL_OID };
struct general {
    unsigned kind;
    struct bytes content;      /* of a directory name: the whole Name */
};
bool ext_general(struct der *d, struct general *out);            /* the next one; strict in all nine forms */
bool ext_generals(struct bytes value, struct der *out);          /* SEQUENCE OF GeneralName, all of them read once; may be empty */

bool ext_basic(struct bytes value, bool *is_ca, bool *has_path_len, int64_t *path_len);
bool ext_usage(struct bytes value, uint32_t *bits, bool *is_minimal);
bool ext_purposes(struct bytes value, uint32_t *purposes);       /* FOR_* of cert.h */
bool ext_ski(struct bytes value, struct bytes *id);
struct ext_aki { struct bytes id; bool has_id, has_issuer, has_serial; };
bool ext_aki(struct bytes value, struct ext_aki *out);
/* Trees inside; false where one is not empty of content that the RFC wants. */
bool ext_constraints(struct bytes value, struct der *permitted, struct der *excluded);   /* of GeneralSubtree */
bool ext_subtree(struct der *d, struct general *base, bool *has_bounds);                 /* the next GeneralSubtree */
bool ext_policies(struct bytes value, struct der *out);          /* of PolicyInformation, all of them read once */
bool ext_policy(struct der *d, struct bytes *oid, struct der *qualifiers);
bool ext_policy_constraints(struct bytes value, bool *is_empty);
bool ext_policy_maps(struct bytes value, struct der *out);       /* SEQUENCE OF two OIDs */
bool ext_inhibit(struct bytes value);

struct ext_point { struct bytes uri; bool has_name, has_reasons, has_issuer; };   /* uri: the first of the full name, or empty */
bool ext_points(struct bytes value, struct der *out);            /* of DistributionPoint, all of them read once */
bool ext_point(struct der *d, struct ext_point *out);
struct ext_access { struct bytes method; struct general at; };
bool ext_accesses(struct bytes value, struct der *out);          /* of AccessDescription, all of them read once; AIA and SIA */
bool ext_access(struct der *d, struct ext_access *out);

/* The reader of an extension of this id agrees with it; true for those that nobody here reads. */
bool ext_is_sound(unsigned id, struct bytes value);

extern const struct bytes ext_oid_ocsp, ext_oid_ca_issuers;      /* id-ad: methods of AIA */

#endif
