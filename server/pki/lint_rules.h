/* lint_rules - every rule of lint in one table, and what its checkers share. For server/pki/lint*.c only.
   Names are zlint's where it has the rule; ours begin with "signet_". What is switched off (last column) says why: such a rule is
   asked by lint_cert_all alone. WEB: a rule of the public web's authorities and not of the RFC. What we issue keeps it; of what others issued it
   is a warning, or hardly a certificate of a private authority would come in unflagged. Not here at all, since they judge the public web and its root programs:
   e_dnsname_not_valid_tld, e_san_dns_name_onion_*, w_san_iana_pub_suffix_empty (names inside of a house are private);
   e_ca_country_name_*, e_ca_organization_name_missing, e_sub_cert_country_name_must_appear, e_sub_cert_*_name_* (subjects are free);
   e_ev_*, e_cab_*, e_sub_cert_cert_policy_empty, e_sub_ca_certificate_policies_missing (no policies are claimed);
   e_mp_* but one, n_* (a browser's own programme), e_tls_server_cert_valid_time_longer_than_* (the profile decides). */
#ifndef PKI_LINT_RULES_H
#define PKI_LINT_RULES_H

#include "base/findings.h"
#include "pki/cert.h"
#include "pki/frame.h"
#include "pki/lint.h"

extern const char lint_of_the_web[];

#define ON NULL
#define WEB lint_of_the_web
#define E LEVEL_ERROR
#define W LEVEL_WARNING
#define RULES(R) \
    /* frame */ \
    R(VERSION, E, "e_invalid_certificate_version", "the certificate is not of version 3", ON) \
    R(EXTENSIONS_V3, E, "e_cert_extensions_version_not_3", "there are extensions, but the version is not 3", ON) \
    R(UNIQUE_VERSION, E, "e_cert_unique_identifier_version_not_2_or_3", "there are unique identifiers, but the version is 1", ON) \
    R(UNIQUE, E, "e_cert_contains_unique_identifier", "there are unique identifiers, which nobody may write any more (RFC 5280, 4.1.2.8)", ON) \
    R(SERIAL_LONG, E, "e_serial_number_longer_than_20_octets", "the serial number is longer than 20 octets (RFC 5280, 4.1.2.2)", ON) \
    R(SERIAL_POSITIVE, E, "e_serial_number_not_positive", "the serial number is not positive (RFC 5280, 4.1.2.2)", ON) \
    R(SERIAL_DER, E, "signet_serial_not_der", "the serial number has an octet too many in front", ON) \
    R(SIG_MATCH, E, "e_cert_sig_alg_not_match_tbs_sig_alg", "two different signature algorithms are named (RFC 5280, 4.1.1.2)", ON) \
    R(SIG_SHA1, E, "e_sub_cert_or_sub_ca_using_sha1", "it is signed with SHA-1 or an even weaker digest", ON) \
    R(SIG_UNSUPPORTED, E, "e_signature_algorithm_not_supported", "the signature algorithm is weak or not known", ON) \
    R(SIG_PSS, W, "e_signature_algorithm_not_supported", "the signature is RSASSA-PSS, which not every client verifies", ON) \
    R(UTC_ZULU, E, "e_utc_time_not_in_zulu", "a UTCTime does not end with Z (RFC 5280, 4.1.2.5.1)", ON) \
    R(UTC_SECONDS, E, "e_utc_time_does_not_include_seconds", "a UTCTime has no seconds (RFC 5280, 4.1.2.5.1)", ON) \
    R(GENERALIZED_ZULU, E, "e_generalized_time_not_in_zulu", "a GeneralizedTime does not end with Z (RFC 5280, 4.1.2.5.2)", ON) \
    R(GENERALIZED_SECONDS, E, "e_generalized_time_does_not_include_seconds", "a GeneralizedTime has no seconds (RFC 5280, 4.1.2.5.2)", ON) \
    R(GENERALIZED_FRACTION, E, "e_generalized_time_includes_fraction_seconds", "a GeneralizedTime has fractions of a second (RFC 5280, 4.1.2.5.2)", ON) \
    R(TIME_FORM, E, "e_wrong_time_format_pre2050", "a date before 2050 is not a UTCTime, or a later one is (RFC 5280, 4.1.2.5)", ON) \
    R(TIME_UNREADABLE, E, "signet_date_unreadable", "a date of the validity does not exist or cannot be read", ON) \
    R(VALIDITY, E, "e_validity_time_not_positive", "the certificate ends before it begins", ON) \
    R(DAYS_825, E, "e_sub_cert_valid_time_longer_than_825_days", "it is valid for more than 825 days", "the profile decides how long a certificate lives") \
    R(ISSUER_EMPTY, E, "e_issuer_field_empty", "the issuer has no name (RFC 5280, 4.1.2.4)", ON) \
    R(CA_SUBJECT_EMPTY, E, "e_ca_subject_field_empty", "the subject of a CA has no name (RFC 5280, 4.1.2.6)", ON) \
    R(SUBJECT_EMPTY, E, "e_subject_empty_without_san", "neither the subject nor an alternative name says whose certificate it is", ON) \
    R(DOUBLED, E, "e_ext_duplicate_extension", "an extension is there twice (RFC 5280, 4.2)", ON) \
    R(EXT_DER, E, "e_cert_ext_invalid_der", "an extension is malformed", ON) \
    R(EXT_UNKNOWN, E, "signet_unknown_critical_extension", "a critical extension is one that clients do not know: they must refuse the certificate", ON) \
    /* key */ \
    R(KEY_MALFORMED, E, "signet_key_malformed", "the public key is malformed", ON) \
    R(KEY_TYPE, E, "e_public_key_type_not_allowed", "the public key is neither RSA nor EC nor Ed25519", ON) \
    R(KEY_RSA_NULL, E, "e_spki_rsa_encryption_parameter_not_null", "the parameters of the RSA key are not NULL (RFC 3279, 2.3.1)", ON) \
    R(RSA_2048, E, "e_rsa_mod_less_than_2048_bits", "the RSA key has fewer than 2048 bits", ON) \
    R(RSA_SUB_CA_1024, E, "e_old_sub_ca_rsa_mod_less_than_1024_bits", "the RSA key of the CA has fewer than 1024 bits", ON) \
    R(RSA_SUB_1024, E, "e_old_sub_cert_rsa_mod_less_than_1024_bits", "the RSA key has fewer than 1024 bits", ON) \
    R(RSA_BY_8, E, "e_mp_modulus_must_be_divisible_by_8", "the size of the RSA key is not a multiple of 8 bits", ON) \
    R(RSA_EXPONENT_EVEN, E, "e_rsa_public_exponent_not_odd", "the exponent of the RSA key is even", ON) \
    R(RSA_EXPONENT_SMALL, E, "e_rsa_public_exponent_too_small", "the exponent of the RSA key is smaller than 3", ON) \
    R(RSA_EXPONENT_RANGE, W, "w_rsa_public_exponent_not_in_range", "the exponent of the RSA key is not between 65537 and 2^256", ON) \
    R(RSA_MOD_EVEN, W, "w_rsa_mod_not_odd", "the modulus of the RSA key is even", ON) \
    R(RSA_FACTORS, W, "w_rsa_mod_factors_smaller_than_752", "the modulus of the RSA key has a small factor: the key is broken", ON) \
    R(EC_CURVE, E, "e_ec_improper_curves", "the curve of the key is not P-256, P-384 or P-521", ON) \
    /* authorities and key use */ \
    R(BASIC_CRITICAL, E, "e_basic_constraints_not_critical", "the basic constraints of a CA are not critical (RFC 5280, 4.2.1.9)", ON) \
    R(SUB_BASIC_CRITICAL, E, "e_sub_cert_basic_constraints_not_critical", "the basic constraints are not critical", WEB) \
    R(PATH_LEN_IMPROPER, E, "e_path_len_constraint_improperly_included", "there is a path length, but no right to sign certificates (RFC 5280, 4.2.1.9)", ON) \
    R(PATH_LEN_NEGATIVE, E, "e_path_len_constraint_zero_or_less", "the path length is negative", ON) \
    R(CA_USAGE_MISSING, E, "e_ca_key_usage_missing", "a CA has no key usage (RFC 5280, 4.2.1.3)", ON) \
    R(CA_USAGE_CRITICAL, E, "e_ca_key_usage_not_critical", "the key usage of a CA is not critical", ON) \
    R(CA_CERT_SIGN, E, "e_ca_key_cert_sign_not_set", "the key usage of a CA does not allow signing certificates", ON) \
    R(CA_CRL_SIGN, E, "e_ca_crl_sign_not_set", "the key usage of a CA does not allow signing revocation lists", WEB) \
    R(ROOT_USAGE, E, "e_root_ca_key_usage_present", "a root has no key usage", WEB) \
    R(ROOT_USAGE_CRITICAL, E, "e_root_ca_key_usage_must_be_critical", "the key usage of a root is not critical", WEB) \
    R(ROOT_PURPOSES, E, "e_root_ca_extended_key_usage_present", "a root has an extended key usage", WEB) \
    R(USAGE_CRITICAL, W, "w_ext_key_usage_not_critical", "the key usage is not critical (RFC 5280, 4.2.1.3)", ON) \
    R(USAGE_SIGN_NO_CA, E, "e_ext_key_usage_cert_sign_without_ca", "the key may sign certificates, but its owner is no CA (RFC 5280, 4.2.1.9)", ON) \
    R(USAGE_NO_BITS, E, "e_ext_key_usage_without_bits", "the key usage allows nothing (RFC 5280, 4.2.1.3)", ON) \
    R(USAGE_ENCODING, E, "e_incorrect_ku_encoding", "the key usage has zero bits at its end, or too many (X.690, 11.2.2)", ON) \
    R(SUB_CERT_SIGN, E, "e_sub_cert_key_usage_cert_sign_bit_set", "the key usage allows signing certificates", ON) \
    R(SUB_CRL_SIGN, E, "e_sub_cert_key_usage_crl_sign_bit_set", "the key usage allows signing revocation lists", ON) \
    R(USAGE_INCONSISTENT, E, "e_key_usage_and_extended_key_usage_inconsistent", "key usage and extended key usage have nothing in common (RFC 5280, 4.2.1.12)", ON) \
    R(USAGE_RSA, E, "e_rsa_allowed_ku_ee", "the key usage is none of an RSA key (RFC 3279, 2.3.1)", ON) \
    R(USAGE_EC, E, "e_ecdsa_allowed_ku", "the key usage allows to encipher, which the key cannot (RFC 8813, 3)", ON) \
    R(SUB_PURPOSES_MISSING, E, "e_sub_cert_eku_missing", "there is no extended key usage", WEB) \
    R(SUB_CA_PURPOSES_CRITICAL, W, "w_sub_ca_eku_critical", "the extended key usage of a CA is critical", ON) \
    R(PURPOSES_CRITICAL_ANY, W, "w_eku_critical_improperly", "the extended key usage allows everything and is critical (RFC 5280, 4.2.1.12)", ON) \
    R(CA_SKI_MISSING, E, "e_ext_subject_key_identifier_missing_ca", "a CA has no subject key identifier (RFC 5280, 4.2.1.2)", ON) \
    R(SUB_SKI_MISSING, W, "w_ext_subject_key_identifier_missing_sub_cert", "there is no subject key identifier (RFC 5280, 4.2.1.2)", ON) \
    R(SKI_CRITICAL, E, "e_ext_subject_key_identifier_critical", "the subject key identifier is critical (RFC 5280, 4.2.1.2)", ON) \
    R(AKI_MISSING, E, "e_ext_authority_key_identifier_missing", "there is no authority key identifier (RFC 5280, 4.2.1.1)", ON) \
    R(AKI_NO_ID, E, "e_ext_authority_key_identifier_no_key_identifier", "the authority key identifier has no key identifier (RFC 5280, 4.2.1.1)", ON) \
    R(AKI_CRITICAL, E, "e_ext_authority_key_identifier_critical", "the authority key identifier is critical (RFC 5280, 4.2.1.1)", ON) \
    /* places */ \
    R(AIA_CRITICAL, E, "e_ext_aia_marked_critical", "the authority information access is critical (RFC 5280, 4.2.2.1)", ON) \
    R(SUB_AIA_CRITICAL, E, "e_sub_cert_aia_marked_critical", "the authority information access is critical", WEB) \
    R(SUB_AIA_OCSP, E, "e_sub_cert_aia_does_not_contain_ocsp_url", "the authority information access names no OCSP responder", "an authority may go by revocation lists alone") \
    R(SIA_CRITICAL, E, "e_subject_info_access_marked_critical", "the subject information access is critical (RFC 5280, 4.2.2.2)", ON) \
    R(CRL_CRITICAL, W, "w_ext_crl_distribution_marked_critical", "the CRL distribution points are critical (RFC 5280, 4.2.1.13)", ON) \
    R(SUB_CA_CRL_MISSING, E, "e_sub_ca_crl_distribution_points_missing", "a CA below another has no CRL distribution point", WEB) \
    R(SUB_CA_CRL_CRITICAL, E, "e_sub_ca_crl_distribution_points_marked_critical", "the CRL distribution points of a CA are critical", WEB) \
    R(SUB_CA_CRL_URL, E, "e_sub_ca_crl_distribution_points_does_not_contain_url", "the CRL distribution points of a CA have no HTTP address", WEB) \
    R(SUB_CRL_CRITICAL, E, "e_sub_cert_crl_distribution_points_marked_critical", "the CRL distribution points are critical", WEB) \
    R(SUB_CRL_URL, E, "e_sub_cert_crl_distribution_points_does_not_contain_url", "the CRL distribution points have no HTTP address", WEB) \
    R(CRL_INCOMPLETE, E, "e_distribution_point_incomplete", "a CRL distribution point has nothing but reasons (RFC 5280, 4.2.1.13)", ON) \
    R(CRL_NO_URI, W, "w_distribution_point_missing_ldap_or_uri", "a CRL distribution point has no address (RFC 5280, 4.2.1.13)", ON) \
    R(FRESHEST_CRITICAL, E, "e_ext_freshest_crl_marked_critical", "the freshest CRL is critical (RFC 5280, 4.2.1.15)", ON) \
    /* constraints and policies */ \
    R(CONSTRAINTS_NO_CA, E, "e_ext_name_constraints_not_in_ca", "there are name constraints, but its owner is no CA (RFC 5280, 4.2.1.10)", ON) \
    R(CONSTRAINTS_CRITICAL, E, "e_ext_name_constraints_not_critical", "the name constraints are not critical (RFC 5280, 4.2.1.10)", ON) \
    R(CONSTRAINTS_EMPTY, E, "e_name_constraint_empty", "the name constraints are empty (RFC 5280, 4.2.1.10)", ON) \
    R(CONSTRAINTS_BOUNDS, E, "e_name_constraint_maximum_not_absent", "a name constraint has a minimum or maximum (RFC 5280, 4.2.1.10)", ON) \
    R(CONSTRAINTS_X400, W, "w_name_constraint_on_x400", "a name constraint is for X.400 addresses", ON) \
    R(CONSTRAINTS_EDI, W, "w_name_constraint_on_edi_party_name", "a name constraint is for EDI party names", ON) \
    R(CONSTRAINTS_OID, W, "w_name_constraint_on_registered_id", "a name constraint is for registered ids", ON) \
    R(POLICY_DOUBLED, E, "e_ext_cert_policy_duplicate", "a certificate policy is there twice (RFC 5280, 4.2.1.4)", ON) \
    R(POLICY_TEXT_IA5, E, "e_ext_cert_policy_explicit_text_ia5_string", "the text of a policy is an IA5String (RFC 6818, 3)", ON) \
    R(POLICY_TEXT_UTF8, W, "w_ext_cert_policy_explicit_text_not_utf8", "the text of a policy is not a UTF8String (RFC 6818, 3)", ON) \
    R(POLICY_TEXT_LONG, E, "e_ext_cert_policy_explicit_text_too_long", "the text of a policy is longer than 200 characters (RFC 6818, 3)", ON) \
    R(POLICY_NOTICE, W, "w_ext_cert_policy_contains_noticeref", "a policy refers to a notice (RFC 5280, 4.2.1.4)", ON) \
    R(SUB_CA_POLICIES_CRITICAL, W, "w_sub_ca_certificate_policies_marked_critical", "the certificate policies of a CA are critical", ON) \
    R(SUB_POLICIES_CRITICAL, W, "w_sub_cert_certificate_policies_marked_critical", "the certificate policies are critical", ON) \
    R(POLICY_IV_COUNTRY, E, "e_cert_policy_iv_requires_country", "the policy \"individual validated\" wants a country in the subject", "policies of the CA/Browser Forum are not ours to judge") \
    R(POLICY_CONSTRAINTS_EMPTY, E, "e_ext_policy_constraints_empty", "the policy constraints are empty (RFC 5280, 4.2.1.11)", ON) \
    R(POLICY_CONSTRAINTS_CRITICAL, E, "e_ext_policy_constraints_not_critical", "the policy constraints are not critical (RFC 5280, 4.2.1.11)", ON) \
    R(POLICY_MAP_CRITICAL, W, "w_ext_policy_map_not_critical", "the policy mappings are not critical (RFC 5280, 4.2.1.5)", ON) \
    R(POLICY_MAP_ANY, E, "e_ext_policy_map_any_policy", "a policy is mapped from or to anyPolicy (RFC 5280, 4.2.1.5)", ON) \
    R(INHIBIT_CRITICAL, E, "e_inhibit_any_policy_not_critical", "inhibitAnyPolicy is not critical (RFC 5280, 4.2.1.14)", ON) \
    R(DIRECTORY_CRITICAL, E, "e_ext_subject_directory_attr_critical", "the subject directory attributes are critical (RFC 5280, 4.2.1.8)", ON) \
    /* distinguished names */ \
    R(ISSUER_COUNTRY_STRING, E, "e_issuer_dn_country_not_printable_string", "the country of the issuer is not a PrintableString (RFC 5280, A.1)", ON) \
    R(SUBJECT_COUNTRY_STRING, E, "e_subject_dn_country_not_printable_string", "the country of the subject is not a PrintableString (RFC 5280, A.1)", ON) \
    R(SUBJECT_SERIAL_STRING, E, "e_subject_dn_serial_number_not_printable_string", "the serial number in the subject is not a PrintableString (RFC 5280, A.1)", ON) \
    R(SUBJECT_SERIAL_LONG, E, "e_subject_dn_serial_number_max_length", "the serial number in the subject is longer than 64 characters (RFC 5280, A.1)", ON) \
    R(SUBJECT_CN_LONG, E, "e_subject_common_name_max_length", "the common name is longer than 64 characters (RFC 5280, A.1)", ON) \
    R(SUBJECT_O_LONG, E, "e_subject_organization_name_max_length", "the organization is longer than 64 characters (RFC 5280, A.1)", ON) \
    R(SUBJECT_OU_LONG, E, "e_subject_organizational_unit_name_max_length", "the organizational unit is longer than 64 characters (RFC 5280, A.1)", ON) \
    R(SUBJECT_L_LONG, E, "e_subject_locality_name_max_length", "the locality is longer than 128 characters (RFC 5280, A.1)", ON) \
    R(SUBJECT_ST_LONG, E, "e_subject_state_name_max_length", "the state is longer than 128 characters (RFC 5280, A.1)", ON) \
    R(SUBJECT_UNPRINTABLE, E, "e_subject_dn_not_printable_characters", "the subject has control characters", ON) \
    R(ISSUER_LEADING, W, "w_issuer_dn_leading_whitespace", "a part of the issuer begins with a blank", ON) \
    R(ISSUER_TRAILING, W, "w_issuer_dn_trailing_whitespace", "a part of the issuer ends with a blank", ON) \
    R(SUBJECT_LEADING, W, "w_subject_dn_leading_whitespace", "a part of the subject begins with a blank", ON) \
    R(SUBJECT_TRAILING, W, "w_subject_dn_trailing_whitespace", "a part of the subject ends with a blank", ON) \
    R(ISSUER_MULTIPLE, W, "w_multiple_issuer_rdn", "a part of the issuer has several values", ON) \
    R(SUBJECT_MULTIPLE, W, "w_multiple_subject_rdn", "a part of the subject has several values", ON) \
    R(NAME_MALFORMED, E, "e_subject_not_dn", "the issuer or the subject is malformed", ON) \
    R(CN_NOT_SAN, E, "e_subject_common_name_not_from_san", "the common name is not one of the alternative names", ON) \
    R(CN_RESERVED_IP, E, "e_subject_contains_reserved_ip", "the common name is an address of a private network", "a private CA is for private networks") \
    /* alternative names */ \
    R(SAN_MISSING, E, "e_ext_san_missing", "there is no subject alternative name", ON) \
    R(SAN_CRITICAL, W, "w_ext_san_critical_with_subject_dn", "the alternative name is critical beside a subject (RFC 5280, 4.2.1.6)", ON) \
    R(SAN_NOT_CRITICAL, E, "e_ext_san_not_critical_without_subject", "the alternative name is not critical, but the subject is empty (RFC 5280, 4.2.1.6)", ON) \
    R(SAN_NO_ENTRIES, E, "e_ext_san_no_entries", "the alternative name is empty (RFC 5280, 4.2.1.6)", ON) \
    R(SAN_EMPTY_NAME, E, "e_ext_san_empty_name", "an alternative name is empty (RFC 5280, 4.2.1.6)", ON) \
    R(SAN_DNS_IA5, E, "e_ext_san_dns_not_ia5_string", "a DNS name is not ASCII (RFC 5280, 4.2.1.6)", ON) \
    R(SAN_DNS_LONG, E, "e_ext_san_dns_name_too_long", "a DNS name is longer than 253 characters", ON) \
    R(SAN_DNS_SPACE, E, "e_ext_san_space_dns_name", "a DNS name is a blank (RFC 5280, 4.2.1.6)", ON) \
    R(SAN_DNS_PERIOD, E, "e_san_dns_name_starts_with_period", "a DNS name begins with a period", ON) \
    R(SAN_DNS_NULL, E, "e_san_dns_name_includes_null_char", "a DNS name has a NUL in it", ON) \
    R(SAN_BARE_WILDCARD, E, "e_san_bare_wildcard", "a DNS name is a wildcard and nothing else", ON) \
    R(SAN_WILDCARD_FIRST, E, "e_san_wildcard_not_first", "a DNS name has a wildcard that is not its whole first label", ON) \
    R(SAN_IP_DNS, E, "signet_dns_name_is_address", "an IP address stands there as a DNS name", ON) \
    R(SAN_IP_LENGTH, E, "signet_ip_address_length", "an IP address has neither 4 nor 16 octets (RFC 5280, 4.2.1.6)", ON) \
    R(SAN_DOUBLED, E, "signet_name_twice", "an alternative name is there twice", ON) \
    R(DNS_LABEL_LONG, E, "e_dnsname_label_too_long", "a DNS name has a label of more than 63 characters", ON) \
    R(DNS_EMPTY_LABEL, E, "e_dnsname_empty_label", "a DNS name has an empty label or ends with a period", ON) \
    R(DNS_HYPHEN, E, "e_dnsname_hyphen_in_sld", "a DNS name has a label that begins or ends with a hyphen", ON) \
    R(DNS_UNDERSCORE, E, "e_underscore_not_permissible_in_dnsname", "a DNS name has an underscore", ON) \
    R(DNS_CHARACTER, E, "e_dnsname_bad_character_in_label", "a DNS name has a character that host names may not have", ON) \
    R(SAN_URI_IA5, E, "e_ext_san_uri_not_ia5", "a URI is not ASCII (RFC 5280, 4.2.1.6)", ON) \
    R(SAN_URI_RELATIVE, E, "e_ext_san_uri_relative", "a URI has no scheme (RFC 5280, 4.2.1.6)", ON) \
    R(SAN_URI_FORMAT, E, "e_ext_san_uri_format_invalid", "a URI has nothing behind its scheme (RFC 5280, 4.2.1.6)", ON) \
    R(SAN_EMAIL_FORMAT, E, "e_ext_san_rfc822_format_invalid", "an e-mail address is none (RFC 5280, 4.2.1.6)", ON) \
    R(SAN_OTHER, E, "e_ext_san_other_name_present", "there is an alternative name of another kind", "domain controllers and smart cards have them") \
    R(SAN_EMAIL, E, "e_ext_san_rfc822_name_present", "there is an e-mail address", "clients have e-mail addresses") \
    R(SAN_URI, E, "e_ext_san_uniform_resource_identifier_present", "there is a URI", "workloads are named by URIs") \
    R(SAN_DIRECTORY, E, "e_ext_san_directory_name_present", "there is a directory name", "not harmful in a private CA") \
    R(SAN_OID, E, "e_ext_san_registered_id_present", "there is a registered id", "not harmful in a private CA") \
    R(IAN_CRITICAL, W, "w_ext_ian_critical", "the issuer alternative name is critical (RFC 5280, 4.2.1.7)", ON) \
    R(IAN_NO_ENTRIES, E, "e_ext_ian_no_entries", "the issuer alternative name is empty (RFC 5280, 4.2.1.7)", ON) \
    R(IAN_EMPTY_NAME, E, "e_ext_ian_empty_name", "an issuer alternative name is empty", ON) \
    R(IAN_DNS_IA5, E, "e_ext_ian_dns_not_ia5_string", "a DNS name of the issuer is not ASCII", ON) \
    R(IAN_DNS_SPACE, E, "e_ext_ian_space_dns_name", "a DNS name of the issuer is a blank", ON) \
    R(IAN_DNS_PERIOD, E, "e_ian_dns_name_starts_with_period", "a DNS name of the issuer begins with a period", ON) \
    R(IAN_DNS_NULL, E, "e_ian_dns_name_includes_null_char", "a DNS name of the issuer has a NUL in it", ON) \
    R(IAN_BARE_WILDCARD, E, "e_ian_bare_wildcard", "a DNS name of the issuer is a wildcard and nothing else", ON) \
    R(IAN_WILDCARD_FIRST, E, "e_ian_wildcard_not_first", "a DNS name of the issuer has a wildcard that is not its first label", ON) \
    R(IAN_URI_IA5, E, "e_ext_ian_uri_not_ia5", "a URI of the issuer is not ASCII", ON) \
    R(IAN_URI_RELATIVE, E, "e_ext_ian_uri_relative", "a URI of the issuer has no scheme", ON) \
    R(IAN_URI_FORMAT, E, "e_ext_ian_uri_format_invalid", "a URI of the issuer has nothing behind its scheme", ON) \
    R(IAN_EMAIL_FORMAT, E, "e_ext_ian_rfc822_format_invalid", "an e-mail address of the issuer is none", ON)

enum rule {
#define R(id, level, name, text, off) RULE_##id,
    RULES(R)
#undef R
    RULE_COUNT
};

/* One certificate under the eye: read once, then each checker marks what it finds. */
struct look {
    const struct frame *frame;
    struct arena *arena;
    uint64_t found[(RULE_COUNT + 63) / 64];
    bool is_ca, is_self_issued;
    bool is_sub_ca, is_sub_cert;     /* below another; zlint's "subscriber certificate" */
    bool is_subject_empty;
    struct spki key;
    uint32_t usage, purposes;
    struct bytes common_name;        /* content, when it is a string of octets that reads as ASCII or UTF-8 */
    bool has_country;
};

static inline void mark(struct look *l, enum rule rule)
{
    l->found[rule / 64] |= UINT64_C(1) << rule % 64;
}

static inline void mark_if(struct look *l, bool is_so, enum rule rule)
{
    if (is_so)
        mark(l, rule);
}

static inline const struct extension *look_ext(const struct look *l, unsigned id)
{
    return ext_find(l->frame->extensions, l->frame->extensions_len, id);
}

void lint_frame(struct look *l);        /* lint_frame.c: version, serial, dates, algorithms, the list of extensions */
void lint_key(struct look *l);          /* lint_key.c */
void lint_use(struct look *l);          /* lint_use.c: basic constraints, key usage, purposes, identifiers */
void lint_places(struct look *l);       /* lint_policy.c: AIA, CRL distribution points, */
void lint_policy(struct look *l);       /*                name constraints and policies */
void lint_subject(struct look *l);      /* lint_names.c: distinguished names, */
void lint_names(struct look *l);        /*               alternative names */

#endif
