/* trust_targets - the guide: how each kind of machine is made to trust the root, how that is seen, and how it is undone. */
#include "publish/trust.h"

#include "base/text.h"

enum { FILLED_MAX = 64 * 1024 };

const struct trust_target trust_targets[] = {
    { "windows", "Windows, one machine",
      "In PowerShell as administrator.\n"
      "The store is that of the machine (Local Machine): what stands in a user's own store (Current User) is not seen by services.\n"
      "Where PowerShell is missing: certutil -addstore -f Root root.cer\n"
      "curl and others that use schannel also ask for revocation lists: ours are on plain HTTP, so the machine must reach {url}.",
      "Invoke-WebRequest {url}/trust/root.cer -OutFile root.cer\n"
      "(Get-FileHash .\\root.cer -Algorithm SHA256).Hash -eq '{sha256}'\n"
      "Import-Certificate -FilePath .\\root.cer -CertStoreLocation Cert:\\LocalMachine\\Root",
      "Get-ChildItem Cert:\\LocalMachine\\Root\\{sha1}",
      "Remove-Item Cert:\\LocalMachine\\Root\\{sha1}" },
    { "windows-pfx", "Windows, a certificate with its key (PFX)",
      "For a server's own certificate, not for the root. The store is called My in PowerShell and Personal in MMC.\n"
      "Add -Exportable only if the key may leave the machine again.",
      "Import-PfxCertificate -FilePath .\\server.pfx -CertStoreLocation Cert:\\LocalMachine\\My -Password (Read-Host -AsSecureString)",
      "Get-ChildItem Cert:\\LocalMachine\\My | Where-Object HasPrivateKey | Format-List Subject, Thumbprint, NotAfter",
      "Get-ChildItem Cert:\\LocalMachine\\My    # shows the thumbprints\n"
      "Remove-Item Cert:\\LocalMachine\\My\\THUMBPRINT -DeleteKey" },
    { "windows-domain", "Windows domain (group policy)",
      "In the Group Policy editor: Computer Configuration > Policies > Windows Settings > Security Settings > Public Key Policies > Trusted Root Certification Authorities > Import.\n"
      "Or once for the whole forest, as enterprise administrator, with the line below. Intune: a trusted certificate profile with root.cer.\n"
      "Where only registry values can be rolled out: root.reg.",
      "certutil -dspublish -f root.cer RootCA\n"
      "gpupdate /force",
      "certutil -pulse\n"
      "certutil -store Root {sha1}",
      "certutil -viewdelstore \"ldap:///CN=Certification Authorities,CN=Public Key Services,CN=Services,CN=Configuration,DC=example,DC=lan?cACertificate\"" },
    { "firefox", "Firefox",
      "On Windows and macOS Firefox follows the system (ImportEnterpriseRoots, on by default in current versions).\n"
      "On Linux it does not: give it this policy, beside the steps for Debian or Fedora, which put the certificate where the policy looks. Firefox ESR of Debian also reads /usr/share/firefox-esr/distribution/policies.json.\n"
      "Firefox must be started again. On macOS use managed preferences: a file inside the application is lost with the next update.",
      "sudo mkdir -p /etc/firefox/policies\n"
      "sudo curl -fsS -o /etc/firefox/policies/policies.json {url}/trust/policies.json",
      "about:policies    # in the address bar: Certificates stands under Active",
      "sudo rm /etc/firefox/policies/policies.json" },
    { "chrome", "Chrome, Edge, Chromium",
      "On Windows and macOS they use the store of the system.\n"
      "Anywhere, from Chrome 131 and Edge 133: this managed policy (CACertificates). For Google Chrome the folder is /etc/opt/chrome/policies/managed, for Edge /etc/opt/edge/policies/managed.\n"
      "Older ones on Linux read the NSS database of each user: see NSS below.",
      "sudo mkdir -p /etc/chromium/policies/managed\n"
      "sudo curl -fsS -o /etc/chromium/policies/managed/{file}.json {url}/trust/chrome-policy.json",
      "chrome://policy    # in the address bar: CACertificates, status OK",
      "sudo rm /etc/chromium/policies/managed/{file}.json" },
    { "debian", "Debian and Ubuntu",
      "The file must end in .crt and hold one certificate.",
      "curl -fsS -o {file}.crt {url}/trust/root.crt\n"
      "openssl x509 -in {file}.crt -noout -fingerprint -sha256\n"
      "sudo install -m 644 {file}.crt /usr/local/share/ca-certificates/{file}.crt\n"
      "sudo update-ca-certificates",
      "openssl verify -CApath /etc/ssl/certs /usr/local/share/ca-certificates/{file}.crt",
      "sudo rm /usr/local/share/ca-certificates/{file}.crt\n"
      "sudo update-ca-certificates --fresh" },
    { "fedora", "RHEL, Fedora and their like",
      "Or, wherever p11-kit rules: sudo trust anchor {file}.pem",
      "curl -fsS -o {file}.pem {url}/trust/root.crt\n"
      "openssl x509 -in {file}.pem -noout -fingerprint -sha256\n"
      "sudo install -m 644 {file}.pem /etc/pki/ca-trust/source/anchors/{file}.pem\n"
      "sudo update-ca-trust",
      "openssl verify -CAfile /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem {file}.pem",
      "sudo rm /etc/pki/ca-trust/source/anchors/{file}.pem\n"
      "sudo update-ca-trust" },
    { "macos", "macOS",
      "For managed machines: signet.mobileconfig.",
      "curl -fsS -o root.cer {url}/trust/root.cer\n"
      "shasum -a 256 root.cer\n"
      "sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain root.cer",
      "security find-certificate -a -Z /Library/Keychains/System.keychain | grep {sha1}",
      "sudo security delete-certificate -Z {sha1} /Library/Keychains/System.keychain" },
    { "ios", "iPhone and iPad",
      "Two separate steps: the profile alone is not enough, the root must then be switched on.\n"
      "Apple's systems refuse certificates of servers that are valid for more than 825 days.",
      "{url}/trust/signet.mobileconfig    # open it in Safari, then Settings > Profile Downloaded > Install\n"
      "Settings > General > About > Certificate Trust Settings: switch the root on",
      "Settings > General > About > Certificate Trust Settings: the root stands there, switched on",
      "Settings > General > VPN & Device Management > the profile > Remove Profile" },
    { "android", "Android",
      "Apps ignore what a user installs unless their networkSecurityConfig says otherwise; browsers do not. Managed devices: roll root.cer out by the MDM.\n"
      "Firefox for Android has a switch of its own: Settings > About Firefox, tap the logo five times, then Secret Settings > Use third party CA certificates.",
      "{url}/trust/root.cer    # download it, then\n"
      "Settings > Security > Encryption & credentials > Install a certificate > CA certificate",
      "Settings > Security > Encryption & credentials > Trusted credentials > User",
      "Settings > Security > Encryption & credentials > Trusted credentials > User > the root > Remove" },
    { "java", "Java",
      "Each Java installation has a store of its own.\n"
      "Or leave it alone and start the program with a store that holds this root only: -Djavax.net.ssl.trustStore=truststore.p12 -Djavax.net.ssl.trustStorePassword=changeit (truststore.p12 is below).\n"
      "On Windows it can follow the system: -Djavax.net.ssl.trustStoreType=Windows-ROOT",
      "curl -fsS -o root.cer {url}/trust/root.cer\n"
      "keytool -printcert -file root.cer\n"
      "keytool -importcert -noprompt -cacerts -storepass changeit -alias {file} -file root.cer",
      "keytool -list -cacerts -storepass changeit -alias {file}",
      "keytool -delete -cacerts -storepass changeit -alias {file}" },
    { "nss", "NSS (Chromium and others on Linux)",
      "certutil is in libnss3-tools. From Chromium 146 the database is ~/.local/share/pki/nssdb; an older one in ~/.pki/nssdb is used where it exists.",
      "DB=\"$HOME/.local/share/pki/nssdb\"; [ -d \"$HOME/.pki/nssdb\" ] && DB=\"$HOME/.pki/nssdb\"\n"
      "mkdir -p \"$DB\" && { certutil -d \"sql:$DB\" -L >/dev/null 2>&1 || certutil -d \"sql:$DB\" -N --empty-password; }\n"
      "curl -fsS -o root.cer {url}/trust/root.cer && sha256sum root.cer\n"
      "certutil -d \"sql:$DB\" -A -t \"C,,\" -n {file} -i root.cer",
      "certutil -d \"sql:$DB\" -L -n {file}",
      "certutil -d \"sql:$DB\" -D -n {file}" },
    { "programs", "Python, Node.js, curl, git, Docker, Go",
      "Where the system trusts the root, curl, git and Go do too; Python's requests and Node.js do not look there.\n"
      "REQUESTS_CA_BUNDLE and SSL_CERT_FILE replace the store: give them a bundle that holds the public roots as well. NODE_EXTRA_CA_CERTS adds to it.\n"
      "Docker: the daemon reads /etc/docker/certs.d/REGISTRY:PORT/ca.crt.",
      "curl -fsS -o {file}.crt {url}/trust/root.crt\n"
      "cat /etc/ssl/certs/ca-certificates.crt {file}.crt > bundle.crt\n"
      "export REQUESTS_CA_BUNDLE=$PWD/bundle.crt SSL_CERT_FILE=$PWD/bundle.crt CURL_CA_BUNDLE=$PWD/bundle.crt\n"
      "export NODE_EXTRA_CA_CERTS=$PWD/{file}.crt\n"
      "git config --global http.sslCAInfo \"$PWD/bundle.crt\"",
      "openssl verify -CAfile bundle.crt {file}.crt",
      "unset REQUESTS_CA_BUNDLE SSL_CERT_FILE CURL_CA_BUNDLE NODE_EXTRA_CA_CERTS\n"
      "git config --global --unset http.sslCAInfo" },
};
const size_t trust_targets_len = sizeof(trust_targets) / sizeof(*trust_targets);

static const char *value_at(const struct trust *t, const char *at, size_t *taken)
{
    const struct { const char *word, *value; } table[] = {
        { "{url}", t->url }, { "{file}", t->file }, { "{sha1}", t->roots[0].sha1 }, { "{sha256}", t->roots[0].sha256 },
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        if (text_starts(at, table[i].word)) {
            *taken = strlen(table[i].word);
            return table[i].value;
        }
    }
    return NULL;
}

const char *trust_filled(const struct trust *t, const char *lines)
{
    const char *text;
    struct buf b;

    buf_init(&b, FILLED_MAX);
    while (*lines != '\0') {
        size_t taken = 1;
        const char *value = value_at(t, lines, &taken);

        if (value != NULL)
            buf_text(&b, value);
        else
            buf_byte(&b, (uint8_t)*lines);
        lines += taken;
    }
    text = arena_copy(t->arena, b.at, b.len);
    buf_done(&b);
    return text;
}
