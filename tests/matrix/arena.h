/*
 * Memory that child processes share with us: boards that are made in it live on when the program
 * that works with them is killed. Given back all at once.
 */
#ifndef OTPEDIT_TESTS_MATRIX_ARENA_H
#define OTPEDIT_TESTS_MATRIX_ARENA_H

#include <stddef.h>

/* Forgets all that was handed out; from here on more can be. Fails the test without memory. */
void arena_begin(void);
void arena_end(void);

/* As calloc() and free(). Before arena_begin() and after arena_end(): they themselves. What the
 * arena gave is not given back one by one. */
void *arena_calloc(size_t count, size_t size);
void arena_free(void *memory);

#endif
