/*
 * Kinds of terminals that a small installation has no description of, see terminfo(5).
 */
#ifndef OTPEDIT_TESTS_KINDS_H
#define OTPEDIT_TESTS_KINDS_H

/* Describes "test-16color" and "test-direct", a terminal of all RGB colours, in this folder: to be
 * named in TERMINFO_DIRS. */
void kinds_compile(const char *folder);

#endif
