/* fault - named points where a test build ends the process (SIGNET_TEST_FAULT=name:n, at the n-th passing) or waits.
   The shipped binary has none of it: the macro is empty there. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#ifdef TEST_SEAMS
void fault_point(const char *name);
#else
#define fault_point(name) ((void)0)
#endif

#endif
