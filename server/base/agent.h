/* agent - what a program calls itself (User-Agent), in few words of ours: "Firefox 128 on Linux". Nothing of a stranger's text comes through
   but a number, so it can be kept and shown. */
#ifndef BASE_AGENT_H
#define BASE_AGENT_H

enum { AGENT_TEXT = 48 };
void agent_words(const char *header /* NULL: none */, char out[AGENT_TEXT]);

#endif
