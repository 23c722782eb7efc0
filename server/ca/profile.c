/* profile - the kinds of certificate that may be asked for: what they are for, how long they last, which keys they take. */
#include "ca/ca.h"

/* Key types that come in by a request too: P-521 and odd RSA sizes are taken, not made. */
#define KEYS_ALL                                                                                                    \
    (1u << KEY_EC_P256 | 1u << KEY_EC_P384 | 1u << KEY_EC_P521 | 1u << KEY_ED25519 | 1u << KEY_RSA_2048 |           \
     1u << KEY_RSA_3072 | 1u << KEY_RSA_4096 | 1u << KEY_RSA_OTHER)

/* 825 days: what Apple's systems accept of a private CA. USE_KEY_ENCIPHERMENT is added for RSA keys of servers only. */
const struct profile profiles[] = {
    { "web-server", "Web server", "Shows browsers and other clients that they reached the right server.",
      USE_DIGITAL_SIGNATURE, FOR_SERVER, 365, 825, KEYS_ALL },
    { "client", "Client", "Lets a person, machine or service prove itself to servers.",
      USE_DIGITAL_SIGNATURE, FOR_CLIENT, 365, 825, KEYS_ALL },
    { "web-server-and-client", "Web server and client", "For servers that also call each other, as in mutual TLS.",
      USE_DIGITAL_SIGNATURE, FOR_SERVER | FOR_CLIENT, 365, 825, KEYS_ALL },
};
const size_t profiles_len = sizeof(profiles) / sizeof(*profiles);

const struct profile *profile_find(const char *slug)
{
    for (size_t i = 0; i < profiles_len; i++) {
        if (strcmp(profiles[i].slug, slug) == 0)
            return &profiles[i];
    }
    return NULL;
}
