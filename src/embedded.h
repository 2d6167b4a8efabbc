/*
 * Files built into the program: chip maps, boards, themes.
 *
 * Each table is generated at build time (scripts/embed.cmake) and ends with a row whose name is
 * NULL.
 */
#ifndef OTPEDIT_SRC_EMBEDDED_H
#define OTPEDIT_SRC_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *name;          /* file name without folder and last ending */
	const unsigned char *data; /* followed by a zero byte that length does not count */
	size_t length;             /* bytes */
	const char *sha256;        /* of them, 64 lower-case hex digits: worked out by the build */
};

#endif
