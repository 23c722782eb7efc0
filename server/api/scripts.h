/* scripts - the words of the install scripts: lines with {name} {host} {slug} {id} {until} {sha1} {sha256} {account} {service} {chain}. */
#ifndef API_SCRIPTS_H
#define API_SCRIPTS_H

extern const char *const scripts_posix[], *const scripts_powershell[];     /* end with NULL */

#endif
