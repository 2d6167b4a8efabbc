#include "tests/support/transcript.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *transcript_read(size_t *length, const char *path)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	long size = ftell(file);
	assert_true(size > 0);
	rewind(file);
	char *text = malloc((size_t)size + 1);
	assert_non_null(text);
	size_t count = fread(text, 1, (size_t)size, file);
	text[count] = '\0';
	fclose(file);
	if (length)
		*length = count;
	return text;
}

size_t transcript_parse_hex(uint8_t *out, size_t capacity, const char *text)
{
	size_t count = 0;
	unsigned byte;
	int used;
	while (*text != '\n' && *text != '\0' && sscanf(text, "%2x%n", &byte, &used) == 1) {
		assert_true(count < capacity);
		out[count++] = (uint8_t)byte;
		text += used;
		text += *text == ' ';
	}
	return count;
}

bool transcript_starts(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}
