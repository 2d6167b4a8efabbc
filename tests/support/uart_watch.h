/*
 * Notes all that our host sends over a serial line, and where it got an answer in between, for
 * looking at it afterwards: what it must never send is looked for in all of it.
 */
#ifndef OTPEDIT_TESTS_SUPPORT_UART_WATCH_H
#define OTPEDIT_TESTS_SUPPORT_UART_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In place of a byte: something came back here; its first byte in bits 8 to 15, its last in 0 to 7.
 */
#define UART_WATCH_ANSWER 0x10000u

struct uart_watch {
	uint32_t *tokens; /* bytes, and UART_WATCH_ANSWER; owned */
	size_t count, capacity;
	unsigned starts;      /* the command Start */
	unsigned burn_starts; /* Start of the OTP: 00 00 00 F2 F2 */
	unsigned odd_frames;  /* what is none of the frames that this program has */
	bool after_start;
	bool is_hailed; /* a sync byte went out, and no answer of the protocol came back */
};

/* One write of the host, in one go. */
void uart_watch_sent(struct uart_watch *watch, const uint8_t *bytes, size_t length);
void uart_watch_answered(struct uart_watch *watch, const uint8_t *bytes, size_t length);

/* Forgets all. */
void uart_watch_free(struct uart_watch *watch);

#endif
