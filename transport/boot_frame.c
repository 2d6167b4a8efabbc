#include "transport/boot_frame.h"

#define INIT  0x7Fu
#define NACK  0x1Fu
#define ABORT 0x5Fu

#define FILLER    0x55u
#define FILLERS   257u /* the longest frame that may be open: a count and 256 bytes, one is there */
#define FILLER_MS 70u  /* U-Boot's NACK of a broken payload comes after 60 */
#define ARGUMENTS 8u   /* more than any frame has, but for data */
#define QUIET_MS  30u
#define ECHOES    4u
#define ENDLESS   4096u /* a board that sends more than this unasked does not stop */

const char *boot_answer_name(enum boot_answer answer)
{
	static const char *const names[] = {
		[BOOT_ACK] = "ACK",
		[BOOT_NACK] = "NACK",
		[BOOT_ABORT] = "ABORT",
		[BOOT_SILENCE] = "nothing",
		[BOOT_GARBAGE] = "something unknown",
	};
	return names[answer];
}

static enum boot_answer answer_of(uint8_t byte)
{
	switch (byte) {
	case BOOT_ACK_BYTE: return BOOT_ACK;
	case NACK: return BOOT_NACK;
	case ABORT: return BOOT_ABORT;
	default: return BOOT_GARBAGE;
	}
}

enum status boot_await(
	enum boot_answer *answer, struct stream *stream, unsigned timeout_ms, struct errbuf *err)
{
	uint8_t byte;
	size_t count = 0;
	*answer = BOOT_SILENCE;
	enum status status = stream->ops->read(stream, &byte, 1, timeout_ms, &count, err);
	if (status == OK && count == 1)
		*answer = answer_of(byte);
	return status;
}

enum status boot_ask(enum boot_answer *answer, struct stream *stream, const uint8_t *bytes,
	size_t length, unsigned timeout_ms, struct errbuf *err)
{
	*answer = BOOT_SILENCE;
	enum status status = stream->ops->write(stream, bytes, length, err);
	return status == OK ? boot_await(answer, stream, timeout_ms, err) : status;
}

enum status boot_send_command(enum boot_answer *answer, struct stream *stream,
	enum boot_command command, struct errbuf *err)
{
	const uint8_t bytes[] = {(uint8_t)command, (uint8_t) ~(unsigned)command};
	return boot_ask(answer, stream, bytes, sizeof bytes, BOOT_ANSWER_MS, err);
}

enum status boot_receive(
	uint8_t *out, size_t length, struct stream *stream, unsigned timeout_ms, struct errbuf *err)
{
	size_t count = 0;
	enum status status = stream->ops->read(stream, out, length, timeout_ms, &count, err);
	if (status == OK && count != length)
		return errbuf_set(err, ERR_TIMEOUT, "the board sent %zu bytes where %zu were due",
			count, length);
	return status;
}

static enum status check_stop(const struct job *job, struct errbuf *err)
{
	bool stops = job && job->cancelled && job->cancelled(job->payload);
	return stops ? errbuf_set(err, ERR_CANCELLED, "stopped") : OK;
}

static enum status drain(size_t *count, struct stream *stream, unsigned quiet_ms,
	const struct job *job, struct errbuf *err)
{
	uint8_t byte;
	size_t got = 1;
	*count = 0;
	while (got > 0) {
		enum status status = stream->ops->read(stream, &byte, 1, quiet_ms, &got, err);
		if (status == OK)
			status = check_stop(job, err);
		if (status != OK)
			return status;
		*count += got;
		if (*count > ENDLESS)
			return errbuf_set(err, ERR_LINK,
				"the line does not fall silent: something sends without end, and "
				"'otpedit probe' tells what");
	}
	return OK;
}

enum status boot_drain(size_t *count, struct stream *stream, unsigned quiet_ms, struct errbuf *err)
{
	return drain(count, stream, quiet_ms, NULL, err);
}

/* What came is none of the service's answers: whether it is what was sent. ERR_LINK once that is no
 * chance any more. */
static enum status note_echo(
	unsigned *echoes, struct stream *stream, uint8_t sent, uint8_t got, struct errbuf *err)
{
	size_t count;
	*echoes = got == sent ? *echoes + 1 : 0;
	if (*echoes == ECHOES)
		return errbuf_set(err, ERR_LINK,
			"the line sends back what is sent on it: RX and TX are joined, or a "
			"console or another program answers there; 'otpedit probe' tells which");
	return boot_drain(&count, stream, QUIET_MS, err);
}

/* Nobody has answered so many bytes. */
static enum status go_on(unsigned sent, const struct job *job, struct errbuf *err)
{
	if (sent <= ARGUMENTS)
		return OK;
	if (job && job->progress)
		job->progress("sync", sent, FILLERS + 1, job->payload);
	return check_stop(job, err);
}

enum status boot_resync(
	bool *begun, struct stream *stream, const struct job *job, struct errbuf *err)
{
	size_t count;
	unsigned echoes = 0;
	/* A meeting that was begun is not left before it is known what it did. */
	enum status status = drain(&count, stream, FILLER_MS, *begun ? NULL : job, err);
	for (unsigned sent = 0; status == OK && sent <= FILLERS; sent++) {
		uint8_t byte = *begun ? FILLER : INIT, got = 0;
		status = go_on(sent, job, err);
		if (status != OK)
			return status;
		status = stream->ops->write(stream, &byte, 1, err);
		if (status == OK)
			status = stream->ops->read(stream, &got, 1, FILLER_MS, &count, err);
		*begun = status != OK || count == 0 || answer_of(got) == BOOT_GARBAGE;
		if (!*begun)
			return boot_drain(&count, stream, QUIET_MS, err);
		if (status == OK && count == 1)
			status = note_echo(&echoes, stream, byte, got, err);
	}
	return status == OK
		       ? errbuf_set(err, ERR_TIMEOUT,
				 "nothing on the line answers: check that the board is powered, "
				 "RX and TX, and that U-Boot's 'stm32prog serial' or "
				 "STM32PRGFW-UTIL runs; 'otpedit probe' tells what else may be "
				 "there")
		       : status;
}
