/*
 * How one kind of service is worked with over the serial protocol, once stm32boot_attach() has
 * found it: a row of calls, and what they share. For stm32boot*.c.
 */
#ifndef OTPEDIT_TRANSPORT_STM32BOOT_DIALECT_H
#define OTPEDIT_TRANSPORT_STM32BOOT_DIALECT_H

#include "transport/boot_frame.h"
#include "transport/stm32boot.h"

/* A second byte behind an answer comes within 5 ms; a USB adapter may keep it for 16 ms more
 * (FTDI's latency timer, drivers/usb/serial/ftdi_sio.c of Linux). */
#define STM32BOOT_SECOND_MS 22u

struct stm32boot_dialect {
	enum status (*read)(struct stm32boot *, uint8_t *out, size_t capacity, size_t *length,
		const struct job *, struct errbuf *);
	enum status (*stage)(struct stm32boot *, const uint8_t *request, size_t length,
		const struct job *, struct errbuf *);
	enum status (*unstage)(struct stm32boot *, struct errbuf *);
	enum status (*burn)(struct stm32boot *, struct errbuf *);
	/* NULL: the service has none. */
	enum status (*complaint)(struct stm32boot *, char *text, size_t capacity, struct errbuf *);
};

extern const struct stm32boot_dialect stm32boot_uboot;
extern const struct stm32boot_dialect stm32boot_prgfw;

/* Where the board is not known to wait for a command: boot_resync(). */
enum status stm32boot_settle(struct stm32boot *boot, struct errbuf *err);

/*
 * A command and its arguments with their checksum, each acknowledged. *answer is the first that is
 * no ACK. Afterwards the board is out of step unless it is BOOT_ACK or BOOT_NACK.
 */
enum status stm32boot_command(enum boot_answer *answer, struct stm32boot *boot,
	enum boot_command command, const uint8_t *arguments, size_t length, struct errbuf *err);

/* A command whose answer tells its own length: a count less one, so many bytes, ACK. `name` stands
 * in messages. */
enum status stm32boot_ask_list(uint8_t *out, size_t capacity, size_t *length,
	struct stm32boot *boot, enum boot_command command, const char *name, struct errbuf *err);

/* Read Partition of `count` bytes (at most 256) at this offset, up to the answer that its data
 * follows. */
enum status stm32boot_ask_partition(enum boot_answer *answer, struct stm32boot *boot,
	uint32_t offset, size_t count, struct errbuf *err);

/* The payload of a packet: count, data, checksum, in one go. */
size_t stm32boot_payload(uint8_t out[258], const uint8_t *data, size_t length);

/* The arguments of a Download: what it is for, and the packet's number. */
void stm32boot_packet(uint8_t out[4], uint32_t number);

/* Says so in front of why; ERR_UNCERTAIN. */
enum status stm32boot_uncertain(struct errbuf *err);

void stm32boot_report(const struct job *job, const char *stage, size_t done, size_t total);

/* So many bytes of an answer, however slow the line; the first of them is waited for a second. */
enum status stm32boot_receive(
	uint8_t *out, size_t length, const struct stm32boot *boot, struct errbuf *err);

/* Between two chunks of a read, where the board is in step: ERR_CANCELLED once the job says so. */
enum status stm32boot_go_on(const struct job *job, struct errbuf *err);

#endif
