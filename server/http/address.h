/* address - who connects: a key to count by, a text for the journal. Counts are shared by all network threads. */
#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
    uint8_t key[16];               /* IPv4 as mapped IPv6; IPv6 by its /64, which is what one customer holds */
    char text[INET6_ADDRSTRLEN];   /* the whole address; "local" for a Unix socket */
    bool is_counted;               /* not for a Unix socket */
};
void address_of(const struct sockaddr *from, struct address *out);

struct addresses;
struct addresses *addresses_new(void);
void addresses_free(struct addresses *a);
/* False when `max` of this address are there already; 0 is no limit. */
bool addresses_enter(struct addresses *a, const struct address *who, unsigned max);
void addresses_leave(struct addresses *a, const struct address *who);

#endif
