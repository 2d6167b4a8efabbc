/*
 * STM32PRGFW-UTIL over the serial protocol. Recorded from its device code (v1.1.2):
 * - It waits for every byte without end. Reading and staging share one structure, and an index
 *   that a read at offset 0, or a packet 0, sets back: the structure is read at 0 immediately
 *   before and after every download. Less than 8 bytes asked for at offset 0 hang it: so they are
 *   asked for in a number whose count stays large where one of its bytes is lost or damaged.
 * - Reads go on where the last one ended, whatever the offset says; on STM32MP2 the 32 bytes of a
 *   digest follow the last word, asked for or not.
 * - Packets follow each other whatever their number: one that is sent twice shifts the rest onto
 *   wrong words, and makes the burn come early. So none is: a lone NACK says that its checksum was
 *   wrong, "NACK, ACK" that it is staged and of another version, and what a NACK was on the board's
 *   side nobody knows. On any doubt it all begins anew with the read at offset 0.
 * - The packet that completes the structure burns, inside its ACK, which says nothing more. Nothing
 *   but its data may be sent once it was announced: filler could complete it.
 */
#include "transport/stm32boot_dialect.h"

#include <assert.h>
#include <string.h>

#define ATTEMPTS    3u
#define PAYLOAD_MS  1000u
#define DIGEST_SIZE 32u
#define FIRST_READ  128u /* at offset 0; 7F 80: without the 7F it is 129 */

static bool has_digest(const struct stm32boot *boot)
{
	return boot->otp_size > 1024;
}

/* --- reading */

/* The length of the answer to the chunk at `at`: the last one is asked for whole. */
static size_t chunk_size(const struct stm32boot *boot, size_t at)
{
	size_t left = boot->otp_size - at;
	if (at == 0)
		return FIRST_READ;
	if (left >= BOOT_CHUNK)
		return BOOT_CHUNK;
	return has_digest(boot) ? BOOT_CHUNK : left;
}

static enum status read_through(uint8_t *out, struct stm32boot *boot, bool *again,
	const struct job *job, struct errbuf *err)
{
	enum status status = stm32boot_settle(boot, err);
	size_t count = 0;
	*again = false;
	for (size_t at = 0; status == OK && !*again && at < boot->otp_size; at += count) {
		/* Any offset from 256 on means: go on. */
		size_t offset = at == 0 ? 0 : at + BOOT_CHUNK - FIRST_READ;
		enum boot_answer answer;
		struct errbuf late = {0};
		count = chunk_size(boot, at);
		status = stm32boot_go_on(job, err);
		if (status == OK)
			status = stm32boot_ask_partition(
				&answer, boot, (uint32_t)offset, count, err);
		if (status != OK)
			return status;
		if (answer == BOOT_ACK)
			status = stm32boot_receive(out + at, count, boot, &late);
		*again = answer != BOOT_ACK || status == ERR_TIMEOUT;
		if (status != OK && status != ERR_TIMEOUT)
			return errbuf_set(err, status, "%s", late.text);
		status = OK;
		boot->in_step = !*again;
		if (!*again)
			stm32boot_report(job, "read", at + count, boot->otp_size);
	}
	return status;
}

static enum status read_otp(struct stm32boot *boot, uint8_t *out, size_t capacity, size_t *length,
	const struct job *job, struct errbuf *err)
{
	/* As much as whole chunks bring. */
	uint8_t bytes[STM32BOOT_PARTITION_MAX + BOOT_CHUNK];
	size_t size = boot->otp_size + (has_digest(boot) ? DIGEST_SIZE : 0);
	bool again = true;
	assert(size <= STM32BOOT_PARTITION_MAX);
	if (capacity < size)
		return errbuf_set(err, ERR_LINK, "the partition of %zu bytes does not fit", size);
	for (unsigned i = 0; again && i < ATTEMPTS; i++) {
		enum status status = read_through(bytes, boot, &again, job, err);
		if (status != OK)
			return status;
	}
	if (again)
		return errbuf_set(err, ERR_TIMEOUT,
			"the line loses bytes: the board could not be read in %u attempts; check "
			"cable, ground and speed",
			ATTEMPTS);
	memcpy(out, bytes, size);
	*length = size;
	return OK;
}

/* Sets the index back, and puts the fuses over what is staged. */
static enum status wipe(struct stm32boot *boot, struct errbuf *err)
{
	uint8_t bytes[FIRST_READ];
	for (unsigned i = 0; i < ATTEMPTS; i++) {
		enum boot_answer answer;
		struct errbuf late = {0};
		enum status status = stm32boot_settle(boot, err);
		if (status == OK)
			status = stm32boot_ask_partition(&answer, boot, 0, sizeof bytes, err);
		if (status != OK)
			return status;
		boot->in_step =
			answer == BOOT_ACK &&
			boot_receive(bytes, sizeof bytes, boot->stream, PAYLOAD_MS, &late) == OK;
		if (boot->in_step)
			return OK;
	}
	return errbuf_set(err, ERR_TIMEOUT,
		"what is staged cannot be wiped: power-cycle the board before anything else talks "
		"to "
		"it");
}

/* --- staging */

static enum status announce(
	enum boot_answer *answer, struct stm32boot *boot, uint32_t number, struct errbuf *err)
{
	uint8_t arguments[4];
	stm32boot_packet(arguments, number);
	return stm32boot_command(answer, boot, BOOT_DOWNLOAD, arguments, sizeof arguments, err);
}

/* What follows on an answer makes garbage of it. */
static enum status send_packet(enum boot_answer *answer, struct stm32boot *boot, uint32_t number,
	const uint8_t *data, size_t length, struct errbuf *err)
{
	uint8_t payload[258];
	enum boot_answer second = BOOT_SILENCE;
	enum status status = announce(answer, boot, number, err);
	if (status != OK || *answer != BOOT_ACK)
		return status;
	status = boot_ask(answer, boot->stream, payload, stm32boot_payload(payload, data, length),
		PAYLOAD_MS, err);
	if (status == OK && *answer != BOOT_SILENCE)
		status = boot_await(&second, boot->stream, STM32BOOT_SECOND_MS, err);
	if (status == OK && second != BOOT_SILENCE)
		*answer = BOOT_GARBAGE;
	boot->in_step = status == OK && (*answer == BOOT_ACK || *answer == BOOT_NACK);
	return status;
}

/* All packets but the last. */
static enum status send_all(struct stm32boot *boot, const uint8_t *request, size_t length,
	bool *again, const struct job *job, struct errbuf *err)
{
	enum status status = wipe(boot, err);
	*again = false;
	for (size_t at = 0, number = 0; status == OK && !*again && length - at > BOOT_CHUNK;
		number++) {
		enum boot_answer answer;
		status =
			send_packet(&answer, boot, (uint32_t)number, request + at, BOOT_CHUNK, err);
		*again = status == OK && answer != BOOT_ACK;
		at += BOOT_CHUNK;
		if (status == OK && !*again)
			stm32boot_report(job, "stage", at, length);
	}
	return status;
}

static enum status stage(struct stm32boot *boot, const uint8_t *request, size_t length,
	const struct job *job, struct errbuf *err)
{
	bool again = true;
	for (unsigned i = 0; again && i < ATTEMPTS; i++) {
		enum status status = send_all(boot, request, length, &again, job, err);
		if (status != OK)
			return status;
		if (again)
			boot->in_step = false;
	}
	if (again)
		return errbuf_set(err, ERR_TIMEOUT,
			"the line loses bytes: the request could not be sent in %u attempts",
			ATTEMPTS);
	boot->last_length = length % BOOT_CHUNK ? length % BOOT_CHUNK : BOOT_CHUNK;
	memcpy(boot->last, request + length - boot->last_length, boot->last_length);
	return OK;
}

/* --- the burn */

/* Nothing may be sent to a board that waits for the rest of the last packet. */
static enum status stuck(struct stm32boot *boot, enum status status, struct errbuf *err)
{
	boot->in_step = false;
	boot->armed = true;
	return errbuf_prefix(err, status, "the burn was not triggered");
}

static enum status burn(struct stm32boot *boot, struct errbuf *err)
{
	enum boot_answer answer;
	uint8_t payload[258];
	if (!boot->in_step)
		return errbuf_set(err, ERR_REFUSED, "nothing is staged: nothing was sent");
	/* Numbers do not matter here but for 0; those of the requests go up to 12. */
	uint32_t number = (uint32_t)((boot->otp_size - 1) / BOOT_CHUNK);
	size_t length = stm32boot_payload(payload, boot->last, boot->last_length);
	enum status status = announce(&answer, boot, number, err);
	if (status == OK && answer != BOOT_ACK)
		status = errbuf_set(err, ERR_LINK, "the board answered %s to the last packet",
			boot_answer_name(answer));
	if (status != OK)
		return stuck(boot, status, err);
	/* ------------------------------ point of no return ------------------------------ */
	boot->armed = true;
	boot->in_step = false;
	status = boot_ask(&answer, boot->stream, payload, length, BOOT_BURN_MS, err);
	if (status != OK)
		return stm32boot_uncertain(err);
	/* Either ends the frame: from here on it can be asked again. */
	if (answer == BOOT_ACK || answer == BOOT_NACK) {
		boot->armed = false;
		boot->in_step = true;
	}
	if (answer == BOOT_ACK)
		return OK;
	errbuf_set(err, ERR_UNCERTAIN, "the board answered %s to the last packet",
		boot_answer_name(answer));
	return stm32boot_uncertain(err);
}

const struct stm32boot_dialect stm32boot_prgfw = {
	.read = read_otp,
	.stage = stage,
	.unstage = wipe,
	.burn = burn,
};
