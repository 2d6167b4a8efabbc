#include "transport/loader_uart.h"

#include "src/clean_text.h"
#include "transport/stm32boot_dialect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NO_PHASE   0x100u
#define PHASE_HEAD 6u /* phase, address, length of what follows */
#define SLICE_MS   100u
#define GREETING   0x1Fu
#define START_MS   5000u /* the ROM code may check a signature before it answers */

struct loader_uart {
	struct loader loader;
	struct stream *stream;
	struct stm32boot boot;
	bool is_attached;
	enum source_class source_class;
	char source[256], link[64], port[128];
	void (*closed)(void *payload);
	void *payload;
};

static struct loader_uart *as_uart(struct loader *loader)
{
	return (struct loader_uart *)loader;
}

static bool is_service(const struct stm32boot *boot)
{
	return boot->kind == STM32BOOT_UBOOT || boot->kind == STM32BOOT_PRGFW;
}

static bool is_stage(const struct stm32boot *boot)
{
	return boot->kind == STM32BOOT_ROM || boot->kind == STM32BOOT_TFA;
}

static enum status attach(struct loader_uart *uart, const struct job *job, struct errbuf *err)
{
	enum status status = stm32boot_attach_for(&uart->boot, uart->stream, job, err);
	uart->is_attached = status == OK;
	return status;
}

/* --- phases --- */

struct phase {
	unsigned phase;
	char said[LOADER_SAID_MAX];
};

static enum status ask_phase(struct phase *out, struct stm32boot *boot, struct errbuf *err)
{
	uint8_t bytes[256];
	size_t length;
	*out = (struct phase){0};
	enum status status = stm32boot_settle(boot, err);
	if (status == OK)
		status = stm32boot_ask_list(
			bytes, sizeof bytes, &length, boot, BOOT_GET_PHASE, "Get Phase", err);
	if (status != OK)
		return status;
	if (length < PHASE_HEAD)
		return errbuf_set(err, ERR_LINK, "the board's answer to Get Phase is too short");
	out->phase = bytes[0];
	if (out->phase != PHASE_RESET)
		return OK;
	snprintf(out->said, sizeof out->said, "%.*s", (int)(length - PHASE_HEAD),
		(const char *)bytes + PHASE_HEAD);
	size_t end = strlen(out->said);
	while (end > 0 && (out->said[end - 1] == '\n' || out->said[end - 1] == ' '))
		out->said[--end] = '\0';
	clean_text_in_place(out->said);
	return OK;
}

static enum status gave_up(struct loader_report *report, const struct phase *phase,
	const struct stm32boot *boot, struct errbuf *err)
{
	snprintf(report->said, sizeof report->said, "%s", phase->said);
	if (phase->said[0] == '\0')
		return errbuf_set(
			err, ERR_LINK, "%s has given up, without saying why", boot->peer_name);
	return errbuf_set(
		err, ERR_LINK, "%s has given up, and said: %s", boot->peer_name, phase->said);
}

static enum status no_stage(const struct stm32boot *boot, struct errbuf *err)
{
	return errbuf_set(err, ERR_UNSUPPORTED,
		"what answers is neither the ROM code of an STM32MP nor TF-A, but: %s; reset the "
		"board, with its boot pins set to serial boot",
		boot->peer_name);
}

static enum status uart_look(
	struct loader *loader, struct loader_view *out, const struct job *job, struct errbuf *err)
{
	struct loader_uart *uart = as_uart(loader);
	struct phase phase;
	memset(out, 0, sizeof *out);
	enum status status = attach(uart, job, err);
	if (status != OK)
		return status;
	snprintf(out->source, sizeof out->source, "%s", uart->source);
	snprintf(out->link, sizeof out->link, "%s", uart->link);
	snprintf(out->port, sizeof out->port, "%s", uart->port);
	snprintf(out->stage, sizeof out->stage, "%s", uart->boot.peer_name);
	out->source_class = uart->source_class;
	out->device_id = uart->boot.device_id;
	out->is_service = is_service(&uart->boot);
	if (out->is_service)
		return OK;
	if (!is_stage(&uart->boot))
		return no_stage(&uart->boot, err);
	status = ask_phase(&phase, &uart->boot, err);
	if (status != OK)
		return status;
	out->tells_phase = true;
	out->phase = phase.phase;
	snprintf(out->said, sizeof out->said, "%s", phase.said);
	/* Having told that, it starts anew. */
	uart->is_attached = phase.phase != PHASE_RESET;
	return OK;
}

/* --- one file --- */

static enum status refused(struct loader_report *report, struct stm32boot *boot,
	enum boot_answer answer, const char *what, struct errbuf *err)
{
	struct phase phase;
	struct errbuf ignored = {0};
	if (ask_phase(&phase, boot, &ignored) == OK && phase.phase == PHASE_RESET &&
		phase.said[0] != '\0') {
		snprintf(report->said, sizeof report->said, "%s", phase.said);
		return errbuf_set(
			err, ERR_LINK, "the board refused %s, and said: %s", what, phase.said);
	}
	return errbuf_set(
		err, ERR_LINK, "the board answers %s to %s", boot_answer_name(answer), what);
}

/* The count, the data and their sum, where the board waits for them. */
static enum status send_payload(enum boot_answer *answer, struct stm32boot *boot,
	const uint8_t *data, size_t length, struct errbuf *err)
{
	uint8_t bytes[258];
	size_t count = stm32boot_payload(bytes, data, length);
	boot->in_step = false;
	enum status status = boot_ask(answer, boot->stream, bytes, count, BOOT_ANSWER_MS, err);
	if (status == OK)
		boot->in_step = *answer == BOOT_ACK || *answer == BOOT_NACK;
	return status;
}

/*
 * One packet, once. *is_taken: the board has it. A packet whose answer was lost may have been
 * taken, too: then its number is refused when it comes again, before any data, and that says so.
 */
static enum status try_packet(bool *is_taken, bool *may_be_taken, enum boot_answer *answer,
	struct stm32boot *boot, uint32_t number, const uint8_t *data, size_t length,
	struct errbuf *err)
{
	const uint8_t arguments[] = {
		0, (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};
	*is_taken = false;
	enum status status = stm32boot_settle(boot, err);
	if (status == OK)
		status = stm32boot_command(
			answer, boot, BOOT_DOWNLOAD, arguments, sizeof arguments, err);
	if (status == OK && *answer == BOOT_ACK) {
		status = send_payload(answer, boot, data, length, err);
		*is_taken = status == OK && *answer == BOOT_ACK;
		*may_be_taken = *answer != BOOT_NACK;
	} else if (status == OK && *answer == BOOT_NACK) {
		*is_taken = *may_be_taken;
	}
	/* What came too late for a frame that was given up is taken for commands, each of which is
	 * answered. */
	if (*answer == BOOT_NACK)
		boot->in_step = false;
	return status;
}

static enum status send_packet(struct loader_report *report, struct stm32boot *boot,
	uint32_t number, const uint8_t *data, size_t length, struct errbuf *err)
{
	enum boot_answer answer = BOOT_SILENCE;
	bool is_taken = false, may_be_taken = false;
	for (unsigned i = 0; !is_taken && i < LOADER_UART_TRIES; i++) {
		report->repeated += i > 0;
		report->has_sent = true;
		enum status status = try_packet(
			&is_taken, &may_be_taken, &answer, boot, number, data, length, err);
		if (status != OK)
			return status;
		if (!is_taken && answer == BOOT_ABORT)
			break;
	}
	return is_taken ? OK : refused(report, boot, answer, "a packet", err);
}

static enum status stop_asked(const struct job *job, struct errbuf *err)
{
	bool stops = job && job->cancelled && job->cancelled(job->payload);
	return stops ? errbuf_set(err, ERR_CANCELLED, "stopped") : OK;
}

static enum status send_packets(struct loader_report *report, struct stm32boot *boot,
	const struct firmware_image *image, const char *stage, const struct job *job,
	struct errbuf *err)
{
	for (uint32_t number = 0; report->sent < image->length; number++) {
		size_t left = image->length - report->sent;
		size_t length = left < BOOT_CHUNK ? left : BOOT_CHUNK;
		enum status status = stop_asked(job, err);
		if (status == OK)
			status = send_packet(
				report, boot, number, image->bytes + report->sent, length, err);
		if (status != OK)
			return status;
		report->sent += length;
		stm32boot_report(job, stage, report->sent, image->length);
	}
	return OK;
}

/* Sent once, from constants. No answer is none of the board's business any more: it may run. */
static enum status start(struct loader_report *report, struct stm32boot *boot, struct errbuf *err)
{
	static const uint8_t address[] = {0xFF, 0xFF, 0xFF, 0xFF, 0x00};
	enum boot_answer answer;
	enum status status = stm32boot_settle(boot, err);
	if (status == OK)
		status = boot_send_command(&answer, boot->stream, BOOT_START, err);
	boot->in_step = false;
	if (status != OK)
		return status;
	if (answer != BOOT_ACK)
		return errbuf_set(
			err, ERR_LINK, "the board answers %s to Start", boot_answer_name(answer));
	report->has_started = true;
	status = boot_ask(&answer, boot->stream, address, sizeof address, START_MS, err);
	if (status != OK || answer == BOOT_ACK || answer == BOOT_SILENCE || answer == BOOT_GARBAGE)
		return status;
	boot->in_step = answer == BOOT_NACK;
	return refused(report, boot, answer, "the file", err);
}

static enum status send(struct loader_uart *uart, struct loader_report *report,
	const struct firmware_image *image, const struct firmware *firmware, const struct job *job,
	struct errbuf *err)
{
	char stage[80];
	report->phase = image->phase;
	report->sent = 0;
	report->total = image->length;
	snprintf(stage, sizeof stage, "load %s (phase %u)",
		firmware_phase_name(firmware, image->phase), image->phase);
	enum status status = send_packets(report, &uart->boot, image, stage, job, err);
	if (status == OK)
		status = start(report, &uart->boot, err);
	if (status != OK && status != ERR_CANCELLED)
		errbuf_prefix(err, status, "phase %u, %zu of %zu bytes", image->phase, report->sent,
			report->total);
	return status;
}

/* --- from one stage to the next --- */

static unsigned long long now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000;
}

static bool has_greeting(const uint8_t *bytes, size_t count)
{
	return memchr(bytes, GREETING, count) != NULL;
}

/* Only listens: a byte that comes too early may be half of a command to who comes then. */
static enum status await_greeting(struct loader_uart *uart, const struct firmware *firmware,
	unsigned last, const struct job *job, struct errbuf *err)
{
	unsigned limit = firmware_is_single(firmware) ? LOADER_UART_QUIET_MS : LOADER_UART_WAIT_MS;
	unsigned long long end = now_ms() + limit;
	char stage[80];
	snprintf(stage, sizeof stage, "wait for %s", firmware_phase_name(firmware, last));
	for (unsigned waited = 0; waited < limit && now_ms() <= end; waited += SLICE_MS) {
		uint8_t some[64];
		size_t count = 0;
		enum status status = stop_asked(job, err);
		if (status == OK)
			status = uart->stream->ops->read(
				uart->stream, some, sizeof some, SLICE_MS, &count, err);
		if (status != OK || has_greeting(some, count))
			return status;
		stm32boot_report(job, stage, waited, limit);
	}
	return OK;
}

static enum status meet_next(struct loader_uart *uart, struct loader_report *report,
	const struct firmware *firmware, unsigned last, const struct job *job, struct errbuf *err)
{
	enum status status = await_greeting(uart, firmware, last, job, err);
	if (status == OK)
		status = attach(uart, job, err);
	if (status == OK)
		snprintf(report->stage, sizeof report->stage, "%s", uart->boot.peer_name);
	if (status == OK || status == ERR_CANCELLED)
		return status;
	return errbuf_prefix(err, status, "%s was loaded, and has not answered",
		firmware_phase_name(firmware, last));
}

static enum status not_given(
	unsigned phase, unsigned last, const struct stm32boot *boot, struct errbuf *err)
{
	if (phase == PHASE_FLASH_LAYOUT)
		return errbuf_set(err, ERR_UNSUPPORTED,
			"%s asks for a FlashLayout, as old releases of it do (OpenSTLinux 3 and "
			"before): otpedit sends none; take files of a newer release",
			boot->peer_name);
	if (phase == PHASE_FSBL && last != NO_PHASE)
		return errbuf_set(err, ERR_LINK,
			"the board is back in its ROM code: it was reset, or what was loaded did "
			"not run; check its supply, that the files are for this board, and signed "
			"where the device is closed");
	if (last != NO_PHASE && phase <= last)
		return errbuf_set(err, ERR_LINK, "%s asks for phase %u again: it did not start",
			boot->peer_name, phase);
	return errbuf_set(err, ERR_REFUSED, "%s asks for phase %u, %s, for which there is no file",
		boot->peer_name, phase, firmware_phase_name(NULL, phase));
}

static enum status find_due(const struct firmware_image **out, struct loader_uart *uart,
	struct loader_report *report, const struct firmware *firmware, unsigned last,
	struct errbuf *err)
{
	struct phase phase;
	if (!is_stage(&uart->boot))
		return no_stage(&uart->boot, err);
	enum status status = ask_phase(&phase, &uart->boot, err);
	if (status != OK)
		return status;
	if (phase.phase == PHASE_RESET)
		return gave_up(report, &phase, &uart->boot, err);
	*out = firmware_for(firmware, phase.phase);
	return *out && (last == NO_PHASE || phase.phase > last)
		       ? OK
		       : not_given(phase.phase, last, &uart->boot, err);
}

static enum status uart_load(struct loader *loader, struct loader_report *report,
	const struct firmware *firmware, const struct job *job, struct errbuf *err)
{
	struct loader_uart *uart = as_uart(loader);
	unsigned last = NO_PHASE;
	memset(report, 0, sizeof *report);
	enum status status = uart->is_attached ? OK : attach(uart, job, err);
	if (status == OK)
		snprintf(report->stage, sizeof report->stage, "%s", uart->boot.peer_name);
	while (status == OK && !is_service(&uart->boot)) {
		const struct firmware_image *image;
		status = find_due(&image, uart, report, firmware, last, err);
		if (status == OK)
			status = send(uart, report, image, firmware, job, err);
		if (status != OK)
			return status;
		last = image->phase;
		status = meet_next(uart, report, firmware, last, job, err);
	}
	return status;
}

static void uart_close(struct loader *loader)
{
	struct loader_uart *uart = as_uart(loader);
	uart->stream->ops->close(uart->stream);
	if (uart->closed)
		uart->closed(uart->payload);
	free(uart);
}

static const struct loader_ops ops = {
	.look = uart_look,
	.load = uart_load,
	.close = uart_close,
};

enum status loader_uart_open(struct loader **out, struct stream *stream,
	const struct loader_uart_about *about, struct errbuf *err)
{
	struct loader_uart *uart = calloc(1, sizeof *uart);
	if (!uart) {
		stream->ops->close(stream);
		if (about->closed)
			about->closed(about->payload);
		return errbuf_set(err, ERR_MEMORY, "out of memory for a board");
	}
	uart->loader.ops = &ops;
	uart->stream = stream;
	uart->source_class = about->source_class;
	uart->closed = about->closed;
	uart->payload = about->payload;
	snprintf(uart->source, sizeof uart->source, "%s", about->source);
	snprintf(uart->link, sizeof uart->link, "%s", about->link);
	snprintf(uart->port, sizeof uart->port, "%s", about->port);
	*out = &uart->loader;
	return OK;
}
