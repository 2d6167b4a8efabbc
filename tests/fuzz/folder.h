/*
 * A folder of a fuzzer's own, for what reads files: made at the first call, gone at the end.
 */
#ifndef OTPEDIT_TESTS_FUZZ_FOLDER_H
#define OTPEDIT_TESTS_FUZZ_FOLDER_H

#include <stddef.h>
#include <stdint.h>

/* Its path; ends the program where there can be none. */
const char *folder_path(void);

/* Puts a file of these bytes into it, in place of what went by that name. */
void folder_put(const char *name, const uint8_t *bytes, size_t length);

#endif
