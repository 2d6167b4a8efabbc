/*
 * A temporary folder for one test: made empty, removed with all that is in it.
 */
#ifndef OTPEDIT_TESTS_SUPPORT_SCRATCH_H
#define OTPEDIT_TESTS_SUPPORT_SCRATCH_H

#define SCRATCH_MAX 128

/* Makes a new folder under $TMPDIR or /tmp; fails the test when it cannot. */
void scratch_make(char out[SCRATCH_MAX]);

/* Removes it and everything below; links are removed, not followed. "" is left alone. */
void scratch_remove(const char *folder);

#endif
