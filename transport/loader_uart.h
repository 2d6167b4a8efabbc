/*
 * Brings a board from its ROM code to a service for OTP over a serial line: as a struct loader over
 * any stream, which stays open all the while.
 *
 * Sources: TF-A plat/st/common/stm32cubeprogrammer_uart.c; ST AN5275 as users of it tell (embd.cc,
 * "Boot STM32MP135 over UART with Python"); U-Boot stm32prog_serial.c. What they ask of a host:
 * - Get Phase tells what is wanted. After an error it tells why, and the board starts anew.
 * - Download: operation 0 and the packet's number, 256 bytes a packet but for the last. TF-A counts
 *   packets up alone, and takes a number only once: a file cannot be begun anew.
 * - Start FFFFFFFF ends a file, and starts it. It is sent once: another address would be a jump.
 * - TF-A and U-Boot begin with a NACK, which says that they have come, and forget what was sent.
 */
#ifndef OTPEDIT_TRANSPORT_LOADER_UART_H
#define OTPEDIT_TRANSPORT_LOADER_UART_H

#include "src/loader.h"
#include "transport/link.h"

#define LOADER_UART_WAIT_MS  30000u /* for a stage to start and say so */
#define LOADER_UART_QUIET_MS 2000u  /* for STM32PRGFW-UTIL, which says nothing */
#define LOADER_UART_TRIES    8u /* of a packet: TF-A gives a byte 20 ms, and computers are busy */

struct loader_uart_about {
	enum source_class source_class;
	const char *source; /* copied, as are the others */
	const char *link;
	const char *port;
	void (*closed)(void *payload); /* called last; may be NULL */
	void *payload;
};

/* Takes the stream over. Nothing is sent before look(). */
enum status loader_uart_open(struct loader **out, struct stream *stream,
	const struct loader_uart_about *about, struct errbuf *err);

#endif
