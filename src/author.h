/*
 * Who runs the program, where, and which one it is: what a record of a burn says besides the burn.
 */
#ifndef OTPEDIT_SRC_AUTHOR_H
#define OTPEDIT_SRC_AUTHOR_H

#include <stddef.h>

/* The name of the user whose rights the program has, whatever the environment says; "user 1000"
 * where the system knows no name. */
void author_user(char *out, size_t cap);

/* This computer's name; "" where it cannot be told. */
void author_host(char *out, size_t cap);

/* "otpedit 0.1.0". Borrowed. */
const char *author_tool(void);

#endif
