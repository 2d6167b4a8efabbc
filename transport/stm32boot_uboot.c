/*
 * U-Boot's stm32prog over the serial protocol. Recorded from its device code (6073c36):
 * - A read at offset 0 asks the fuses, later offsets serve what it found. One ABORT ends a whole
 *   read: what follows would be zeros, or crash.
 * - A Download stages, packet 0 first and each number once; a packet that is refused for its number
 *   is answered ACK, NACK, so the answer to its number is listened to a little longer. Only a
 *   lone NACK after the data asks for the same packet again; on any other doubt it all begins
 *   anew with packet 0, which burns nothing.
 * - A read at another offset than 0 gives back the staged bytes and leaves them alone.
 * - Start burns, whatever came of it is ACK or ABORT, and neither is proof. Afterwards the request
 *   is not erased: only a packet 0 may follow, or a read at 0.
 * - Get Phase gives the text of the first error, and then resets the board.
 */
#include "transport/stm32boot_dialect.h"

#include <assert.h>
#include <string.h>

#define ATTEMPTS         3u /* of a read, of a packet, of a whole download */
#define PAYLOAD_MS       1000u
#define PACKET_MS        26u /* U-Boot waits 30 ms for a packet, begun when its first byte is there */
#define LEAST_PACKET     8u
#define BITS             11u
#define PEEK_FROM        4u /* offset 0 would read the fuses over what is staged */
#define PHASE_HEADER     6u /* phase, address, length of the text */
#define PHASE_WITH_ERROR 0xFFu

/* For the OTP, and with its checksum; the one Start that this program can send. */
static const uint8_t start_of_otp[] = {0x00, 0x00, 0x00, 0xF2, 0xF2};

/* --- reading */

static enum status refused_read(struct errbuf *err)
{
	return errbuf_set(err, ERR_LINK,
		"the board refuses to read its fuses: the device is closed, or OP-TEE has no "
		"service "
		"for them");
}

/* *again: the line garbled it, and it may be asked anew. */
static enum status read_chunk(uint8_t *out, size_t count, struct stm32boot *boot, uint32_t offset,
	bool *again, struct errbuf *err)
{
	enum boot_answer answer;
	*again = false;
	enum status status = stm32boot_ask_partition(&answer, boot, offset, count, err);
	if (status != OK)
		return status;
	if (answer == BOOT_ABORT) {
		boot->in_step = true;
		return refused_read(err);
	}
	if (answer == BOOT_ACK) {
		struct errbuf late = {0};
		status = stm32boot_receive(out, count, boot, &late);
		boot->in_step = status == OK;
		*again = status == ERR_TIMEOUT;
		return *again || status == OK ? OK : errbuf_set(err, status, "%s", late.text);
	}
	*again = true;
	boot->in_step = false;
	return OK;
}

/* From `first` on, in order, without a gap. */
static enum status read_through(uint8_t *out, size_t first, struct stm32boot *boot, bool *again,
	const struct job *job, struct errbuf *err)
{
	enum status status = stm32boot_settle(boot, err);
	*again = false;
	for (size_t at = first; status == OK && !*again && at < boot->otp_size;) {
		size_t left = boot->otp_size - at, room = BOOT_CHUNK - at % BOOT_CHUNK;
		size_t count = left < room ? left : room;
		status = stm32boot_go_on(job, err);
		if (status == OK)
			status = read_chunk(out + at, count, boot, (uint32_t)at, again, err);
		at += count;
		if (status == OK && !*again)
			stm32boot_report(job, "read", at, boot->otp_size);
	}
	return status;
}

static enum status read_otp(struct stm32boot *boot, uint8_t *out, size_t capacity, size_t *length,
	const struct job *job, struct errbuf *err)
{
	bool again = true;
	if (capacity < boot->otp_size)
		return errbuf_set(
			err, ERR_LINK, "the partition of %zu bytes does not fit", boot->otp_size);
	for (unsigned i = 0; again && i < ATTEMPTS; i++) {
		enum status status = read_through(out, 0, boot, &again, job, err);
		if (status != OK)
			return status;
	}
	if (again)
		return errbuf_set(err, ERR_TIMEOUT,
			"the line loses bytes: the board could not be read in %u attempts; check "
			"cable, ground and speed",
			ATTEMPTS);
	*length = boot->otp_size;
	return OK;
}

/* --- staging */

/* *answer is how the board took the number: ACK, or what came instead. */
static enum status announce(
	enum boot_answer *answer, struct stm32boot *boot, uint32_t number, struct errbuf *err)
{
	uint8_t arguments[4];
	enum boot_answer second;
	stm32boot_packet(arguments, number);
	enum status status =
		stm32boot_command(answer, boot, BOOT_DOWNLOAD, arguments, sizeof arguments, err);
	if (status != OK || *answer != BOOT_ACK)
		return status;
	status = boot_await(&second, boot->stream, STM32BOOT_SECOND_MS, err);
	if (status == OK && second != BOOT_SILENCE)
		*answer = second == BOOT_NACK ? BOOT_NACK : BOOT_GARBAGE;
	return status;
}

/* So much as is through in time, whatever the line's speed; 0: not even the least. A whole download
 * that failed is tried again with half as much, where an adapter may stall between two bytes. */
static size_t packet_size(const struct stm32boot *boot, unsigned attempt)
{
	size_t size = BOOT_CHUNK;
	while (size >= LEAST_PACKET && (size + 2) * BITS * 1000 > (size_t)PACKET_MS * boot->baud)
		size /= 2;
	if (size < LEAST_PACKET)
		return 0;
	return size >> attempt > LEAST_PACKET ? size >> attempt : LEAST_PACKET;
}

static enum status send_packet(enum boot_answer *answer, struct stm32boot *boot, uint32_t number,
	const uint8_t *data, size_t length, struct errbuf *err)
{
	uint8_t payload[258];
	for (unsigned i = 0; i < ATTEMPTS; i++) {
		enum status status = announce(answer, boot, number, err);
		if (status != OK || *answer != BOOT_ACK)
			return status;
		status = boot_ask(answer, boot->stream, payload,
			stm32boot_payload(payload, data, length), PAYLOAD_MS, err);
		boot->in_step = status == OK && (*answer == BOOT_ACK || *answer == BOOT_NACK);
		if (status != OK || *answer != BOOT_NACK)
			return status;
	}
	return OK;
}

/* *again: something went wrong that a new beginning may mend. */
static enum status send_all(struct stm32boot *boot, const uint8_t *request, size_t length,
	size_t packet, bool *again, const struct job *job, struct errbuf *err)
{
	enum status status = stm32boot_settle(boot, err);
	*again = false;
	for (size_t at = 0, number = 0; status == OK && !*again && at < length; number++) {
		size_t count = length - at < packet ? length - at : packet;
		enum boot_answer answer;
		status = send_packet(&answer, boot, (uint32_t)number, request + at, count, err);
		if (status == OK && answer == BOOT_ABORT)
			status = errbuf_set(err, ERR_LINK, "the board refused the request");
		*again = status == OK && answer != BOOT_ACK;
		at += count;
		if (status == OK && !*again)
			stm32boot_report(job, "stage", at, length);
	}
	return status;
}

/* What lies in the board's RAM is what was sent; the first four bytes cannot be looked at. */
static enum status check_staged(struct stm32boot *boot, const uint8_t *request, size_t length,
	bool *again, struct errbuf *err)
{
	uint8_t staged[STM32BOOT_PARTITION_MAX];
	assert(length <= sizeof staged);
	enum status status = read_through(staged, PEEK_FROM, boot, again, NULL, err);
	if (status == OK && !*again)
		*again = memcmp(staged + PEEK_FROM, request + PEEK_FROM, length - PEEK_FROM) != 0;
	return status;
}

static enum status stage(struct stm32boot *boot, const uint8_t *request, size_t length,
	const struct job *job, struct errbuf *err)
{
	bool again = true;
	if (packet_size(boot, 0) == 0)
		return errbuf_set(err, ERR_UNSUPPORTED,
			"at %u baud no packet is through in the time that U-Boot waits for one: "
			"nothing was sent",
			boot->baud);
	for (unsigned i = 0; again && i < ATTEMPTS; i++) {
		size_t packet = packet_size(boot, i);
		enum status status = send_all(boot, request, length, packet, &again, job, err);
		if (status == OK && !again)
			status = check_staged(boot, request, length, &again, err);
		if (status != OK)
			return status;
	}
	return again ? errbuf_set(err, ERR_TIMEOUT,
			       "the line loses bytes: the request could not be sent in %u attempts",
			       ATTEMPTS)
		     : OK;
}

/* A packet 0 of zeros: version 0 is burnt by nobody. */
static enum status unstage(struct stm32boot *boot, struct errbuf *err)
{
	static const uint8_t zeros[BOOT_CHUNK];
	enum boot_answer answer = BOOT_SILENCE;
	for (unsigned i = 0; answer != BOOT_ACK && i < ATTEMPTS; i++) {
		size_t size = packet_size(boot, i);
		enum status status = stm32boot_settle(boot, err);
		if (status == OK)
			status = send_packet(&answer, boot, 0, zeros, size > 0 ? size : 1, err);
		if (status != OK)
			return status;
		boot->in_step = answer == BOOT_ACK;
	}
	return answer == BOOT_ACK
		       ? OK
		       : errbuf_set(err, ERR_LINK,
				 "the board did not take the request back: power-cycle it "
				 "before anything else talks to it");
}

/* --- the burn */

static enum status burn(struct stm32boot *boot, struct errbuf *err)
{
	enum boot_answer answer;
	enum status status = stm32boot_settle(boot, err);
	if (status == OK)
		status = stm32boot_command(&answer, boot, BOOT_START, NULL, 0, err);
	if (status == OK && answer != BOOT_ACK)
		status = errbuf_set(
			err, ERR_LINK, "the board answered %s to Start", boot_answer_name(answer));
	if (status != OK)
		return errbuf_prefix(err, status, "the burn was not triggered");
	/* ------------------------------ point of no return ------------------------------ */
	status = boot_ask(
		&answer, boot->stream, start_of_otp, sizeof start_of_otp, BOOT_BURN_MS, err);
	if (status != OK)
		return stm32boot_uncertain(err);
	boot->in_step = answer == BOOT_ACK || answer == BOOT_ABORT;
	if (!boot->in_step) {
		errbuf_set(err, ERR_UNCERTAIN, "the board answered %s to Start",
			boot_answer_name(answer));
		return stm32boot_uncertain(err);
	}
	return OK;
}

/* --- the complaint */

static void copy_printable(char *out, size_t capacity, const uint8_t *bytes, size_t length)
{
	size_t used = 0;
	for (size_t i = 0; i < length && used + 1 < capacity; i++)
		out[used++] = bytes[i] >= 0x20 && bytes[i] < 0x7F ? (char)bytes[i] : '?';
	out[used] = '\0';
}

static enum status complaint(
	struct stm32boot *boot, char *text, size_t capacity, struct errbuf *err)
{
	uint8_t length, header[PHASE_HEADER], bytes[256];
	enum boot_answer answer;
	assert(capacity > 0);
	text[0] = '\0';
	enum status status = stm32boot_settle(boot, err);
	if (status == OK)
		status = stm32boot_command(&answer, boot, BOOT_GET_PHASE, NULL, 0, err);
	if (status == OK && answer != BOOT_ACK)
		status = errbuf_set(err, ERR_LINK, "the board does not tell its phase");
	if (status == OK)
		status = boot_receive(&length, 1, boot->stream, BOOT_ANSWER_MS, err);
	if (status == OK)
		status = boot_receive(header, sizeof header, boot->stream, BOOT_ANSWER_MS, err);
	if (status == OK && header[PHASE_HEADER - 1] != (uint8_t)(length - (PHASE_HEADER - 1)))
		status = errbuf_set(err, ERR_LINK, "the board's phase makes no sense");
	size_t count = status == OK ? header[PHASE_HEADER - 1] : 0;
	if (count > 0)
		status = boot_receive(bytes, count, boot->stream, BOOT_ANSWER_MS, err);
	if (status == OK)
		status = boot_await(&answer, boot->stream, BOOT_ANSWER_MS, err);
	boot->in_step = status == OK && answer == BOOT_ACK && header[0] != PHASE_WITH_ERROR;
	if (status == OK && header[0] == PHASE_WITH_ERROR)
		copy_printable(text, capacity, bytes, count);
	return status;
}

const struct stm32boot_dialect stm32boot_uboot = {
	.read = read_otp,
	.stage = stage,
	.unstage = unstage,
	.burn = burn,
	.complaint = complaint,
};
