/* config - where the daemon keeps its data and what it listens on. Flag, then SIGNET_… in the environment, then file, then default. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stddef.h>

#include "base/error.h"

struct config {
    char data[256];            /* directory, 0700 */
    char https[128];           /* ADDR:PORT; "[::]:8443" is dual stack */
    char http[128];
    char probe[128];           /* "": the HTTPS port + 1 on the same address */
    char config[256];          /* INI file; "" none */
    char network_threads[16];  /* "": cores, at most 4 */
    char workers[16];
};

struct config_key {
    const char *name;          /* "https": flag --https, environment SIGNET_HTTPS, key https in the file */
    size_t offset, room;
    const char *otherwise;
    const char *value;         /* "ADDR:PORT" in the help */
    const char *help;
};
extern const struct config_key config_keys[];      /* ends with a key without a name */

/* Defaults first, then the file, the environment and what the command line gave (name, value pairs; value NULL: not given). */
enum err config_load(const char *const *given, size_t pairs, struct config *out, struct error *e) MUST_CHECK;
/* DIR/name into out; ERR_INVALID when it does not fit. */
enum err config_path(const struct config *c, const char *name, char *out, size_t room, struct error *e) MUST_CHECK;
/* "host:port" or "[v6]:port" apart; port 0..65535. */
enum err config_address(const char *text, char *host, size_t room, unsigned *port, struct error *e) MUST_CHECK;
/* The probe's address when none is given: HTTPS port + 1, or an ephemeral one beside an ephemeral one. */
enum err config_probe(const struct config *c, char *out, size_t room, struct error *e) MUST_CHECK;

#endif
