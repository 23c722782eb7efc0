#include "pki/pfx_target.h"

#include <string.h>

/* Windows took AES-256 and SHA-256 into its PFX reader with version 1709, which no Server before 2019 is built on. */
const struct pfx_target pfx_targets[] = {
    { "windows-2019", "Windows Server 2019 and later", "windows",
      { "Windows Server 2019, 2022, 2025", "Windows 10 from 1709, Windows 11", ".NET", "OpenSSL 1.1 and 3", "Java from 8u301" },
      "Windows Server 2016 says of such a file that the password is wrong." },
    { "windows-2016", "Windows Server 2012 R2 to 2016", "legacy",
      { "Windows Server 2012 R2, 2016 and all later", "Windows 7, 8.1, 10, 11", "OpenSSL 1.0 to 3", "every Java" },
      "3DES and SHA-1 protect little: give it a long password and delete the file after the import." },
    { "java", "Java 11, 17 and later", "windows",
      { "Java from 8u301 (OpenJDK 8u302), 11.0.12 and 12", "Tomcat, Jetty, Kafka, Keycloak on these" },
      "An older Java says \"Algorithm HmacPBESHA256 not available\": take Java 8 then." },
    { "java-8", "Java 8", "legacy",
      { "every Java 8, before update 301 too", "Java 11 and later", "Tomcat, Jetty, Kafka on these" },
      "A Java in FIPS mode opens no 3DES: take Java 11, 17 and later then." },
    { "macos", "macOS and iOS", "legacy",
      { "Keychain Access of every macOS", "security import", "profiles for iPhone and iPad" },
      "Of a file with AES-256 and SHA-256 macOS 14 and earlier say that the password is wrong (\"MAC verification failed\")." },
    { "linux", "Linux: OpenSSL, GnuTLS, NSS", "windows",
      { "OpenSSL 1.1 and 3", "GnuTLS and certtool", "NSS: Firefox, Chromium, pk12util" },
      "nginx and Apache read PEM, not PFX: choose the form PEM for them." },
    { "appliance", "Appliance: firewall, load balancer, printer, NAS", "legacy",
      { "firmware of any age", "Cisco ASA", "OpenSSL 1.0 to 3", "Windows of any age" },
      "Where the appliance refuses it (FIPS mode, new firmware), take Linux: AES-256." },
};
const size_t pfx_targets_len = sizeof(pfx_targets) / sizeof(*pfx_targets);

const struct pfx_target *pfx_target(const char *slug)
{
    for (size_t i = 0; i < pfx_targets_len; i++)
        if (strcmp(pfx_targets[i].slug, slug) == 0)
            return &pfx_targets[i];
    return NULL;
}

enum err pfx_target_choose(const char *target, const char *profile, bool is_pfx, const struct pfx_profile **out, struct error *e)
{
    const struct pfx_target *where = target == NULL ? NULL : pfx_target(target);

    *out = NULL;
    if (target != NULL && !is_pfx)
        return fail_at(e, "/target", "where it goes decides how a PFX is encrypted: take the format pkcs12, or leave the target out");
    if (target != NULL && profile != NULL)
        return fail_at(e, "/target", "the target chooses the profile: give one of the two");
    if (target != NULL && where == NULL)
        return fail_at(e, "/target", "there is no such target: GET /api/v1/export-targets, or \"signet cert targets\", lists them");
    if (!is_pfx)
        return ERR_NONE;
    *out = pfx_profile(where != NULL ? where->profile : profile == NULL ? "windows" : profile);
    return *out == NULL ? fail_at(e, "/pkcs12_profile", "there is no such profile: windows, legacy or strict") : ERR_NONE;
}
