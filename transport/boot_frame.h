/*
 * Frames of the serial bootloader protocol, host side: a command, its arguments, one answer at a
 * time. What is sent here is never repeated here.
 *
 * Sources: ST AN5275 on the protocol; U-Boot stm32prog_serial.c, STM32PRGFW-UTIL
 * openbl_usart_cmd.c, and recordings of both. Every answer is waited for before anything else is
 * sent: U-Boot drops what comes too early, or obeys it.
 */
#ifndef OTPEDIT_TRANSPORT_BOOT_FRAME_H
#define OTPEDIT_TRANSPORT_BOOT_FRAME_H

#include "src/device.h"
#include "src/errbuf.h"
#include "transport/link.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOT_ANSWER_MS 1000u  /* for a command */
#define BOOT_READ_MS   10000u /* for the fuses to be read */
#define BOOT_BURN_MS   30000u /* for a burn */
#define BOOT_CHUNK     256u   /* the most that one frame carries */
#define BOOT_ACK_BYTE  0x79u

enum boot_command {
	BOOT_GET = 0x00,
	BOOT_GET_VERSION = 0x01,
	BOOT_GET_ID = 0x02,
	BOOT_GET_PHASE = 0x03,
	BOOT_READ_PARTITION = 0x12,
	BOOT_START = 0x21,
	BOOT_DOWNLOAD = 0x31,
	BOOT_UNPROTECT = 0x92 /* of microcontrollers; only ever looked for in a list */
};

enum boot_answer { BOOT_ACK, BOOT_NACK, BOOT_ABORT, BOOT_SILENCE, BOOT_GARBAGE };

/* "NACK", for messages. */
const char *boot_answer_name(enum boot_answer answer);

/* Waits for one byte. */
enum status boot_await(
	enum boot_answer *answer, struct stream *stream, unsigned timeout_ms, struct errbuf *err);

/* Sends these bytes and waits for one byte. */
enum status boot_ask(enum boot_answer *answer, struct stream *stream, const uint8_t *bytes,
	size_t length, unsigned timeout_ms, struct errbuf *err);

/* The command and its complement. */
enum status boot_send_command(enum boot_answer *answer, struct stream *stream,
	enum boot_command command, struct errbuf *err);

/* Exactly so many bytes, or ERR_TIMEOUT. */
enum status boot_receive(uint8_t *out, size_t length, struct stream *stream, unsigned timeout_ms,
	struct errbuf *err);

/* Takes what comes until nothing has come for so long; *count: how many bytes that were. ERR_LINK
 * where it does not end. */
enum status boot_drain(size_t *count, struct stream *stream, unsigned quiet_ms, struct errbuf *err);

/*
 * Brings a service whose state is not known back to where it waits for a command, with bytes that
 * complete no frame it may be in (recorded for all cuts of all frames): one 7F, then 55 one at a
 * time, 257 of them at most, until it answers; what is no answer of the protocol counts as noise.
 * ERR_TIMEOUT where it never does, ERR_LINK where the line echoes. *begun, false at first,
 * remembers that a 7F went unanswered: then there is none, as a second one could complete a frame.
 * Must not be used once the last packet of a download to STM32PRGFW-UTIL was begun.
 *
 * `job` may be NULL. It is asked whether to stop where no frame can be open that the 7F of another
 * meeting would complete: before anything was sent, and when more than the arguments of a frame
 * were sent without an answer, so that only data can be due. Its progress is the stage "sync", in
 * bytes.
 */
enum status boot_resync(
	bool *begun, struct stream *stream, const struct job *job, struct errbuf *err);

#endif
