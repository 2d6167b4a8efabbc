#include "src/word_status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct word_status_bit word_status_bits[] = {
	{0, "value not valid", "read-error", '!', false},
	{26, "lock state not readable", "lock-error", 'E', false},
	{27, "sticky programming lock", "sticky-program", 'S', true},
	{28, "shadow write sticky lock", "sticky-write", 'W', true},
	{29, "shadow read sticky lock", "sticky-read", 'R', true},
	{30, "permanent write lock", "permanent", 'P', true},
	{31, "update request", "update", 0, false},
	{0, NULL, NULL, 0, false},
};

/* The order of columns in the grid: the lock that lasts longest comes first. */
static const char column_letters[WORD_STATUS_LETTERS + 1] = "PSWRE!";

static const struct word_status_bit *find_bit(unsigned bit)
{
	for (const struct word_status_bit *row = word_status_bits; row->name != NULL; row++) {
		if (row->bit == bit)
			return row;
	}
	return NULL;
}

void word_status_letters(char out[WORD_STATUS_LETTERS + 1], uint32_t word_status)
{
	memset(out, '.', WORD_STATUS_LETTERS);
	out[WORD_STATUS_LETTERS] = '\0';
	for (const struct word_status_bit *row = word_status_bits; row->name != NULL; row++) {
		if (row->letter == 0 || (word_status >> row->bit & 1) == 0)
			continue;
		out[strchr(column_letters, row->letter) - column_letters] = row->letter;
	}
}

/* Appends to the text in `out`, with "; " between parts; what does not fit is cut. */
static void append(char *out, size_t cap, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *out, size_t cap, const char *format, ...)
{
	size_t used = strlen(out);
	if (used > 0) {
		snprintf(out + used, cap - used, "; ");
		used = strlen(out);
	}
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(out + used, cap - used, format, arguments);
	va_end(arguments);
}

void word_status_spell(char *out, size_t cap, uint32_t word_status)
{
	if (cap == 0)
		return;
	out[0] = '\0';
	for (unsigned bit = 0; bit < 32; bit++) {
		if ((word_status >> bit & 1) == 0)
			continue;
		const struct word_status_bit *row = find_bit(bit);
		append(out, cap, "[%u] %s", bit, row != NULL ? row->name : "reserved bit");
	}
}

const char *global_state_name(uint32_t state)
{
	switch (state & 3) {
	case 0: return "secured-open";
	case 1: return "secured-closed";
	case 3: return "invalid";
	default: return "unknown";
	}
}

#define STATE_NAMED UINT32_C(0x80000103) /* bits 1:0, 8 and 31 */

void global_state_remark(char *out, size_t cap, uint32_t state)
{
	if (cap == 0)
		return;
	out[0] = '\0';
	if ((state & UINT32_C(0x00000100)) != 0)
		append(out, cap, "bit 8: hardware key set or data encrypted (unconfirmed)");
	if ((state & UINT32_C(0x80000000)) != 0)
		append(out, cap, "bit 31: hardware key set or data encrypted (unconfirmed)");
	if ((state & ~STATE_NAMED) != 0)
		append(out, cap, "bits 0x%08X: no known meaning", (unsigned)(state & ~STATE_NAMED));
}

bool global_state_is_open(uint32_t state)
{
	return (state & 3) == 0;
}
