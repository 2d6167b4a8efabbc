#include "src/wipe.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#ifdef __GLIBC__
#include <jansson.h>
#include <malloc.h>
#endif

/* Which function it is, is not known before it is called. */
static void *(*const volatile overwrite)(void *, int, size_t) = memset;

void wipe(void *bytes, size_t length)
{
	overwrite(bytes, 0, length);
}

/* The journal's results, a plan's passes, what is read and compared. */
#define DEEPEST (192u * 1024)

static void wipe_below(void)
{
	unsigned char below[DEEPEST];
	wipe(below, sizeof below);
}

/* As above: inlined it would wipe but its caller's. */
static void (*const volatile call)(void) = wipe_below;

/* glibc gives threads as much as the main one may have; others give less than this. */
void wipe_stack(void)
{
#ifdef __GLIBC__
	struct rlimit most;
	if (getrlimit(RLIMIT_STACK, &most) == 0 && most.rlim_cur >= 4 * DEEPEST)
		call();
#else
	(void)call;
#endif
}

void wipe_free(void *bytes, size_t length)
{
	if (bytes)
		wipe(bytes, length);
	free(bytes);
}

void wipe_free_text(char *text)
{
	wipe_free(text, text ? strlen(text) : 0);
}

void *wipe_grow(void *bytes, size_t length, size_t wanted)
{
	void *grown = malloc(wanted);
	if (grown && bytes)
		memcpy(grown, bytes, length);
	if (grown)
		wipe_free(bytes, length);
	return grown;
}

#ifdef __GLIBC__
static void free_whole(void *block)
{
	wipe_free(block, block ? malloc_usable_size(block) : 0);
}
#endif

void wipe_freed(void)
{
#ifdef __GLIBC__
	/* The lowest byte is what freed memory is filled with; new memory gets its complement, so
	 * that nothing comes to rely on zeros. */
	(void)mallopt(M_PERTURB, 0xA5);
	json_set_alloc_funcs(malloc, free_whole);
#endif
}
