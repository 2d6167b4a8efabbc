/* Recordings as text, for tests that replay them. What fails in here fails the test. */
#ifndef OTPEDIT_TESTS_TRANSCRIPT_H
#define OTPEDIT_TESTS_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* malloc'd bytes of a file and a zero behind them; `length` may be NULL. */
char *transcript_read(size_t *length, const char *path);

/* Bytes as two hex digits each, blanks between them, to the end of the line; how many. */
size_t transcript_parse_hex(uint8_t *out, size_t capacity, const char *text);

bool transcript_starts(const char *line, const char *with);

#endif
