/*
 * Forgetting what a secret was in. What is freed is overwritten by the C library, once
 * wipe_freed() was called; what stands on the stack or stays allocated is wiped by hand.
 */
#ifndef OTPEDIT_SRC_WIPE_H
#define OTPEDIT_SRC_WIPE_H

#include <stddef.h>

/* Overwrites the bytes with zeros, which no compiler leaves out as unneeded. */
void wipe(void *bytes, size_t length);

/*
 * Overwrites what functions that have returned left on the stack: images of whole boards among it.
 * For the end of what dealt with such.
 */
void wipe_stack(void);

/* Overwrites allocated bytes, and frees them; NULL is fine. For what is allocated and small: see
 * wipe_freed(). */
void wipe_free(void *bytes, size_t length);
void wipe_free_text(char *text);

/* As realloc() to more bytes, of which `length` count; nothing of them stays behind. NULL: no
 * memory, and all is as it was. */
void *wipe_grow(void *bytes, size_t length, size_t wanted);

/*
 * From now on all memory that is freed in this process, by libraries too, is overwritten, where the
 * C library can (glibc: mallopt(3), M_PERTURB, which leaves out blocks of up to 1032 bytes that
 * wait for the next of their size; those of jansson are not). Once, at the start.
 */
void wipe_freed(void);

#endif
