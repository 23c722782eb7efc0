/* sd - a word to systemd, when it started us: READY=1, STOPPING=1, WATCHDOG=1. Nothing where there is no systemd. */
#ifndef BASE_SD_H
#define BASE_SD_H

void sd_tell(const char *state);

#endif
