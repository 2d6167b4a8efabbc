#include "transport/probe_line.h"

#include "transport/probe_text.h"
#include "transport/stm32boot.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LISTEN_MS   2000u
#define ANSWER_MS   200u /* USB adapters hand single bytes on late */
#define FILLERS     8u
#define PROMPT_MS   1000u
#define SMP_MS      1000u
#define SLICE_MS    100u
#define HEARD_MAX   4096u
#define CHATTER_MAX 200u /* bytes */

#define SYNC   0x7Fu
#define FILLER 0x55u

struct probing {
	struct probe_report *out;
	struct stream *stream;
	const struct probe_host *host;
	unsigned baud;
	uint8_t heard[HEARD_MAX];
	size_t count;
};

/* --- steps */

static void begin_step(struct probing *probing, const char *did)
{
	struct probe_report *out = probing->out;
	if (out->step_count < PROBE_STEPS_MAX)
		snprintf(out->steps[out->step_count].did, sizeof out->steps[0].did, "%s", did);
}

__attribute__((format(printf, 2, 3))) static void end_step(
	struct probing *probing, const char *format, ...)
{
	struct probe_report *out = probing->out;
	va_list arguments;
	if (out->step_count == PROBE_STEPS_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(out->steps[out->step_count].heard, sizeof out->steps[0].heard, format, arguments);
	va_end(arguments);
	out->step_count++;
}

/* Before anything is sent. */
static void announce(struct probing *probing, const char *did)
{
	begin_step(probing, did);
	probing->host->tell(did, probing->host->payload);
}

static enum status check_stop(const struct probing *probing, struct errbuf *err)
{
	if (!probing->host->stop(probing->host->payload))
		return OK;
	return errbuf_set(err, ERR_CANCELLED, "stopped: what is at the other end is not known");
}

static enum status send(
	struct probing *probing, const void *bytes, size_t length, struct errbuf *err)
{
	enum status status = check_stop(probing, err);
	if (status != OK)
		return status;
	probing->out->has_sent = true;
	return probing->stream->ops->write(probing->stream, bytes, length, err);
}

/* Whether the line falls silent soon: no service talks on and on. */
static enum status fall_silent(bool *silent, struct probing *probing, struct errbuf *err)
{
	size_t got = 1;
	enum status status = OK;
	for (unsigned i = 0; status == OK && got > 0 && i < CHATTER_MAX; i++) {
		uint8_t byte;
		status = probing->stream->ops->read(probing->stream, &byte, 1, SLICE_MS, &got, err);
	}
	*silent = got == 0;
	return status;
}

/* Takes what comes within this time; only the end of a flood is kept. */
static enum status hear(struct probing *probing, unsigned milliseconds, struct errbuf *err)
{
	enum status status = check_stop(probing, err);
	for (unsigned passed = 0; status == OK && passed < milliseconds; passed += SLICE_MS) {
		uint8_t some[256];
		size_t count = 0;
		status = probing->stream->ops->read(
			probing->stream, some, sizeof some, SLICE_MS, &count, err);
		if (status != OK || (status = check_stop(probing, err)) != OK)
			break;
		if (probing->count + count > HEARD_MAX) {
			size_t drop = probing->count + count - HEARD_MAX;
			memmove(probing->heard, probing->heard + drop, probing->count - drop);
			probing->count -= drop;
		}
		memcpy(probing->heard + probing->count, some, count);
		probing->count += count;
		probing->out->heard += count;
	}
	return status;
}

static void heard_step(struct probing *probing, size_t before)
{
	size_t count = probing->count > before ? probing->count - before : 0;
	if (count == 0)
		end_step(probing, "nothing");
	else
		end_step(probing, "%zu byte%s", count, count == 1 ? "" : "s");
}

/* NACK, with which U-Boot's service and TF-A begin; without parity it may come damaged. */
static bool is_boot_bytes(const struct probing *probing)
{
	bool found = false;
	for (size_t i = 0; i < probing->count; i++) {
		if (probing->heard[i] != 0x1F && probing->heard[i] != 0)
			return false;
		found |= probing->heard[i] == 0x1F;
	}
	return found && probing->count <= 4;
}

/* What was heard so far says who it is, or nothing that is known. */
static void take_text(struct probing *probing)
{
	enum probe_end who = probe_text_tell(probing->heard, probing->count);
	if (probe_text_is_smp(probing->heard, probing->count)) {
		who = PROBE_SMP;
		probe_text_tell_smp(probing->out->detail, sizeof probing->out->detail,
			probing->heard, probing->count);
	}
	if (who == PROBE_NOISE && is_boot_bytes(probing))
		who = PROBE_BOOT_BYTE;
	probing->out->end = who;
}

static bool is_known(const struct probe_report *report)
{
	return report->end != PROBE_SILENCE && report->end != PROBE_NOISE &&
	       report->end != PROBE_BOOT_BYTE && report->end != PROBE_TEXT;
}

static enum status listen(struct probing *probing, struct errbuf *err)
{
	begin_step(probing, "listened for two seconds, without parity");
	enum status status = probing->stream->ops->set(probing->stream, probing->baud, 'N', err);
	if (status == OK)
		status = hear(probing, LISTEN_MS, err);
	if (status != OK)
		return status;
	heard_step(probing, 0);
	take_text(probing);
	return OK;
}

/* --- the bootloader protocol */

static void take_service(struct probing *probing, const struct stm32boot *boot)
{
	struct probe_report *out = probing->out;
	static const enum probe_end ends[] = {
		[STM32BOOT_UBOOT] = PROBE_UBOOT,
		[STM32BOOT_PRGFW] = PROBE_PRGFW,
		[STM32BOOT_ROM] = PROBE_ROM,
		[STM32BOOT_TFA] = PROBE_TFA,
		[STM32BOOT_MCU] = PROBE_MCU,
		[STM32BOOT_OTHER] = PROBE_OTHER_BOOT,
	};
	out->end = ends[boot->kind];
	out->device_id = boot->device_id;
	out->offers_otp = boot->without_otp == NULL;
	int used = snprintf(out->detail, sizeof out->detail, "device id 0x%03X, version",
		(unsigned)boot->device_id);
	for (size_t i = 0; i < boot->version_length; i++)
		used += snprintf(out->detail + used, sizeof out->detail - (size_t)used, "%c%02X",
			i == 0 ? ' ' : '.', boot->version[i]);
	if (out->offers_otp)
		snprintf(out->detail + used, sizeof out->detail - (size_t)used,
			", %zu bytes of OTP", boot->otp_size);
}

/* One byte that completes no frame anything may be in; *count is 1 where something came back. */
static enum status poke(
	uint8_t *answer, size_t *count, struct probing *probing, uint8_t byte, struct errbuf *err)
{
	struct stream *stream = probing->stream;
	enum status status = send(probing, &byte, 1, err);
	if (status == OK)
		status = stream->ops->read(stream, answer, 1, ANSWER_MS, count, err);
	probing->out->heard += status == OK ? *count : 0;
	return status;
}

static bool is_answer(uint8_t byte)
{
	return byte == 0x79 || byte == 0x1F;
}

/* What came back is an ACK or a NACK: now it is asked who it is. */
static enum status ask_service(struct probing *probing, struct errbuf *err)
{
	struct stm32boot boot;
	struct errbuf why = {0};
	enum status status = stm32boot_attach(&boot, probing->stream, &why);
	if (status == OK) {
		take_service(probing, &boot);
	} else if (status == ERR_TIMEOUT || status == ERR_UNSUPPORTED) {
		probing->out->end = PROBE_OTHER_BOOT;
		snprintf(probing->out->detail, sizeof probing->out->detail, "%s", why.text);
	} else {
		return errbuf_set(err, status, "%s", why.text);
	}
	return OK;
}

/* Until something answers. What came last is in *answer, where *count is 1. */
static enum status poke_on(
	uint8_t *answer, size_t *count, struct probing *probing, struct errbuf *err)
{
	enum status status = poke(answer, count, probing, SYNC, err);
	bool echoes = *count == 1 && *answer == SYNC;
	for (unsigned i = 0; status == OK && (*count == 0 || echoes) && i < FILLERS; i++) {
		status = poke(answer, count, probing, FILLER, err);
		if (!echoes)
			continue;
		if (status == OK && *count == 1 && *answer == FILLER)
			probing->out->end = PROBE_ECHO;
		break;
	}
	return status;
}

static enum status ask_bootloader(struct probing *probing, struct errbuf *err)
{
	uint8_t answer = 0;
	size_t count = 0;
	bool silent = false;
	enum status status = probing->stream->ops->set(probing->stream, probing->baud, 'E', err);
	if (status == OK)
		status = fall_silent(&silent, probing, err);
	if (status != OK || !silent)
		return status;
	announce(probing,
		"sent the sync byte 7F with even parity, then at most eight fillers 55: boot "
		"stages and programming services answer; a console takes the first for Delete");
	status = poke_on(&answer, &count, probing, err);
	if (status != OK)
		return status;
	if (count == 0)
		end_step(probing, "nothing");
	else
		end_step(probing, "%02X", answer);
	return count == 1 && is_answer(answer) ? ask_service(probing, err) : OK;
}

/* --- consoles and SMP */

/*
 * Ctrl-U drops what the fillers typed. A blank before Enter: U-Boot repeats the last command at an
 * empty line (common/cli_simple.c, cli_hush.c), whatever that was.
 */
static enum status ask_console(struct probing *probing, struct errbuf *err)
{
	static const uint8_t line[] = {0x15, ' ', '\r'};
	enum status status = probing->stream->ops->set(probing->stream, probing->baud, 'N', err);
	size_t before = probing->count;
	if (status != OK)
		return status;
	announce(probing,
		"sent Ctrl-U, a blank and Enter without parity: a console drops its line, runs "
		"nothing and shows its prompt; a login takes it for a name; U-Boot that counts "
		"down stays in U-Boot");
	status = send(probing, line, sizeof line, err);
	if (status == OK)
		status = hear(probing, PROMPT_MS, err);
	if (status != OK)
		return status;
	heard_step(probing, before);
	take_text(probing);
	return OK;
}

/* Group 0 (OS), id 6 (parameters), read: it changes nothing (Zephyr, SMP protocol). */
static enum status ask_smp(struct probing *probing, struct errbuf *err)
{
	/* The first line break ends what was sent before: a question counts at a line's beginning.
	 */
	static const char line[] = "\n\x06\x09"
				   "AAsAAAABAABDBqAeEQ==\n";
	size_t before = probing->count;
	announce(probing,
		"sent a question for its parameters to an SMP server: MCUboot's serial recovery "
		"answers");
	enum status status = send(probing, line, sizeof line - 1, err);
	if (status == OK)
		status = hear(probing, SMP_MS, err);
	if (status != OK)
		return status;
	heard_step(probing, before);
	take_text(probing);
	return OK;
}

static enum status run(struct probing *probing, struct errbuf *err)
{
	enum status (*const asks[])(struct probing *, struct errbuf *) = {
		ask_bootloader, ask_console, ask_smp};
	enum status status = listen(probing, err);
	for (size_t i = 0; status == OK && probing->host->may_send && !is_known(probing->out) &&
			   i < sizeof asks / sizeof asks[0];
		i++)
		status = asks[i](probing, err);
	return status;
}

enum status probe_line(struct probe_report *out, struct stream *stream, unsigned baud,
	const struct probe_host *host, struct errbuf *err)
{
	struct stream_description about;
	struct probing probing = {.out = out, .stream = stream, .host = host, .baud = baud};
	struct errbuf ignored = {0};
	enum status status = stream->ops->describe(stream, &about, err);
	if (status != OK)
		return status;
	snprintf(out->adapter, sizeof out->adapter, "%s", about.description);
	status = run(&probing, err);
	probe_text_show(out->said, sizeof out->said, probing.heard, probing.count);
	(void)stream->ops->set(stream, baud, 'E', &ignored);
	return status;
}
