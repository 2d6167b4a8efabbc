#include "tests/support/uart_watch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void add(struct uart_watch *watch, uint32_t token)
{
	if (watch->count == watch->capacity) {
		watch->capacity = watch->capacity ? 2 * watch->capacity : 4096;
		watch->tokens = realloc(watch->tokens, watch->capacity * sizeof watch->tokens[0]);
		assert_non_null(watch->tokens);
	}
	watch->tokens[watch->count++] = token;
}

static bool is_command(const uint8_t *bytes)
{
	static const uint8_t commands[] = {0x00, 0x01, 0x02, 0x03, 0x12, 0x21, 0x31};
	return (bytes[0] ^ bytes[1]) == 0xFF && memchr(commands, bytes[0], sizeof commands);
}

/* Sync bytes, commands, counts of a read, arguments of the OTP, and a packet's payload. */
static bool is_known(const uint8_t *bytes, size_t length)
{
	uint8_t sum = 0;
	for (size_t i = 0; i < length; i++)
		sum ^= bytes[i];
	switch (length) {
	case 1: return bytes[0] == 0x7F || bytes[0] == 0x55;
	case 2: return is_command(bytes) || sum == 0xFF;
	case 5:
	case 6: return bytes[0] == 0xF2 && sum == 0;
	default: return length == bytes[0] + (size_t)3 && sum == 0;
	}
}

void uart_watch_sent(struct uart_watch *watch, const uint8_t *bytes, size_t length)
{
	static const uint8_t start_of_otp[] = {0x00, 0x00, 0x00, 0xF2, 0xF2};
	assert_true(length > 0);
	for (size_t i = 0; i < length; i++)
		add(watch, bytes[i]);
	if (length == sizeof start_of_otp && memcmp(bytes, start_of_otp, length) == 0) {
		watch->burn_starts++;
		watch->odd_frames += !watch->after_start;
	} else if (!is_known(bytes, length)) {
		watch->odd_frames++;
	}
	/* A second 7F may be the end of a frame that lost its beginning. */
	bool hails = length == 1 && bytes[0] == 0x7F;
	watch->odd_frames += hails && watch->is_hailed;
	watch->is_hailed |= hails;
	watch->after_start = length == 2 && bytes[0] == 0x21;
	watch->starts += watch->after_start;
}

void uart_watch_answered(struct uart_watch *watch, const uint8_t *bytes, size_t length)
{
	assert_true(length > 0);
	uint32_t *last = watch->count > 0 ? &watch->tokens[watch->count - 1] : NULL;
	if (last && *last >= UART_WATCH_ANSWER)
		*last = (*last & ~(uint32_t)0xFF) | bytes[length - 1];
	else
		add(watch, UART_WATCH_ANSWER | (uint32_t)bytes[0] << 8 | bytes[length - 1]);
	for (size_t i = 0; i < length; i++)
		if (bytes[i] == 0x79 || bytes[i] == 0x1F || bytes[i] == 0x5F)
			watch->is_hailed = false;
}

void uart_watch_free(struct uart_watch *watch)
{
	free(watch->tokens);
	*watch = (struct uart_watch){0};
}
