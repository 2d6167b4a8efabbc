#include "tests/matrix/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CAPACITY  ((size_t)16 << 20)
#define ALIGNMENT 64u

/* The count of used bytes lies in it, too: children take from it as well. */
static unsigned char *memory;
static bool is_open;

static size_t *used(void)
{
	return (size_t *)(void *)memory;
}

static void map(void)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), (off_t)CAPACITY), 0);
	void *at = mmap(NULL, CAPACITY, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
	assert_true(at != MAP_FAILED);
	memory = at;
	fclose(file);
}

void arena_begin(void)
{
	if (!memory)
		map();
	memset(memory, 0, *used());
	*used() = ALIGNMENT;
	is_open = true;
}

void arena_end(void)
{
	is_open = false;
}

void *arena_calloc(size_t count, size_t size)
{
	if (!is_open)
		return calloc(count, size);
	size_t length = (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (length > CAPACITY - *used())
		return NULL;
	unsigned char *at = memory + *used();
	*used() += length;
	return at;
}

void arena_free(void *at)
{
	const unsigned char *byte = at;
	if (!memory || byte < memory || byte >= memory + CAPACITY)
		free(at);
}
