/*
 * The serial bootloader protocol as ST's programming services speak it, host side: find out who
 * answers, read, stage, burn and their clean-up, on one serial line. What differs from service to
 * service is in stm32boot_uboot.c and stm32boot_prgfw.c.
 *
 * Sources: ST AN5275; U-Boot stm32prog_serial.c (6073c36); STM32PRGFW-UTIL v1.1.2
 * openbl_usart_cmd.c; recordings of that code (tests/data/transcripts). What they ask of any host:
 * - A careless byte can complete a frame that was broken off and make a board jump or burn: where
 *   the state is not known only boot_resync() sends anything.
 * - Nothing is sent before the answer to what was sent last.
 * - Start is sent from a constant, once, and alone.
 * - A read past the end of the partition crashes U-Boot: the size is known before.
 */
#ifndef OTPEDIT_TRANSPORT_STM32BOOT_H
#define OTPEDIT_TRANSPORT_STM32BOOT_H

#include "src/device.h"
#include "src/errbuf.h"
#include "transport/link.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STM32BOOT_PARTITION_MAX 3112u

/* Who may answer in this protocol. */
enum stm32boot_kind {
	STM32BOOT_UBOOT,
	STM32BOOT_PRGFW,
	STM32BOOT_TFA,  /* BL2; it counts a byte too many in Get ID (stm32cubeprogrammer_uart.c) */
	STM32BOOT_MCU,  /* the bootloader of a microcontroller: it erases, and protects memory */
	STM32BOOT_ROM,  /* what has a boot stage's commands, and is none of these */
	STM32BOOT_OTHER /* unknown */
};

/* One session over one line. A value; nothing of it is to be freed. */
struct stm32boot {
	struct stream *stream; /* borrowed */
	const struct job *job; /* of stm32boot_attach_for(); else NULL */
	enum stm32boot_kind kind;
	enum peer peer;
	const char *peer_name;   /* "U-Boot stm32prog"; what else it may be, for people */
	const char *without_otp; /* why it gives no OTP, and what to do; NULL: it does */
	uint8_t version[3];
	size_t version_length;
	uint32_t device_id;
	unsigned baud;     /* of the line */
	size_t otp_size;   /* bytes, by device id and service; 0: not known */
	bool staged;       /* the board holds a whole request of ours, and nothing came after */
	bool in_step;      /* the board waits for a command; else the next call resyncs first */
	bool is_hailed;    /* boot_resync() sent its 7F, and nothing answered */
	bool armed;        /* what sets our burn off may have been seen, or can no longer be taken
			      back: only listening is safe */
	uint8_t last[256]; /* STM32PRGFW-UTIL: the packet that burns, not yet sent */
	size_t last_length;
};

/*
 * Synchronises (sends the sync byte), then asks for version, commands and device id. Changes
 * nothing on the board. ERR_TIMEOUT where nothing answers, ERR_UNSUPPORTED where what answers does
 * not speak this protocol.
 */
enum status stm32boot_attach(struct stm32boot *out, struct stream *stream, struct errbuf *err);

/* The same, which `job` watches and may stop, as boot_resync() says; NULL: nobody. */
enum status stm32boot_attach_for(
	struct stm32boot *out, struct stream *stream, const struct job *job, struct errbuf *err);

/* As dfu_read(): the whole partition, freshly from the fuses; with STM32PRGFW-UTIL on STM32MP2 its
 * 32-byte digest behind it. */
enum status stm32boot_read(struct stm32boot *boot, uint8_t *out, size_t capacity, size_t *length,
	const struct job *job, struct errbuf *err);

/* Sends a request of the partition's full length; it waits in the board's RAM. To STM32PRGFW-UTIL
 * all but its last packet, which would burn. */
enum status stm32boot_stage(struct stm32boot *boot, const uint8_t *request, size_t length,
	const struct job *job, struct errbuf *err);

/* Takes back what stm32boot_stage() left. A failure means that the board has to be power-cycled
 * before anything else talks to it. */
enum status stm32boot_unstage(struct stm32boot *boot, struct errbuf *err);

/* Burns what stm32boot_stage() staged just before; without that ERR_REFUSED, and nothing is sent.
 * Sent once: afterwards nothing is staged, whatever came of it. */
enum status stm32boot_burn(struct stm32boot *boot, struct errbuf *err);

/* Whether this service has an error text at all. */
bool stm32boot_complains(const struct stm32boot *boot);

/* The error text the board noted first, "" for none; printable. Where there is one the board resets
 * itself on being asked: ask last. */
enum status stm32boot_complaint(
	struct stm32boot *boot, char *text, size_t capacity, struct errbuf *err);

#endif
