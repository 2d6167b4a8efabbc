#include "transport/loader_dfu.h"

#include "src/clean_text.h"
#include "transport/dfu_name.h"
#include "transport/dfu_request.h"

#include <stdio.h>
#include <string.h>

#define PHASE_BYTES   512u /* as the virtual partition announces */
#define PHASE_HEAD    9u   /* phase, address, offset */
#define AT_DETACH     9u
#define BLOCK_DEFAULT 1024u
#define BLOCK_MAX     4096u
#define QUICK_ROUNDS  4u /* GETSTATUS without a pause: TF-A takes two, and asks for none */

/* --- the state machine --- */

static enum status unfinished(enum dfu_state state, struct errbuf *err)
{
	return errbuf_set(err, ERR_LINK,
		"a download that was not finished waits in the board (%s), and cannot be begun "
		"anew: "
		"reset the board, with its boot pins as they are, then try again",
		dfu_state_name(state));
}

/* To dfuIDLE, from where that sets nothing off. */
static enum status settle(struct usb_link *link, struct errbuf *err)
{
	enum dfu_state state;
	bool stalled;
	enum status status = dfu_get_state(&state, link, err);
	if (status != OK)
		return status;
	switch (state) {
	case DFU_IDLE: return OK;
	case DFU_ERROR: return dfu_clear_status(link, err);
	case DFU_UPLOAD_IDLE:
		status = dfu_abort(link, &stalled, err);
		if (status == OK && stalled)
			status = errbuf_set(err, ERR_LINK, "the board refused ABORT");
		return status;
	default: return unfinished(state, err);
	}
}

/* --- phases --- */

static void take_phase(struct loader_phase *out, const uint8_t *bytes, size_t length)
{
	out->is_told = true;
	out->phase = bytes[0];
	if (out->phase == PHASE_FLASH_LAYOUT)
		out->wants_detach = length > AT_DETACH && bytes[AT_DETACH] == 1;
	if (out->phase != PHASE_RESET)
		return;
	size_t text = length > PHASE_HEAD ? length - PHASE_HEAD : 0;
	if (text >= sizeof out->said)
		text = sizeof out->said - 1;
	memcpy(out->said, bytes + PHASE_HEAD, text);
	out->said[text] = '\0';
	size_t end = strlen(out->said);
	while (end > 0 && (out->said[end - 1] == '\n' || out->said[end - 1] == ' '))
		out->said[--end] = '\0';
	clean_text_in_place(out->said);
}

enum status loader_dfu_phase(struct loader_phase *out, struct usb_link *link,
	const struct usb_description *description, struct errbuf *err)
{
	struct dfu_name name;
	uint8_t bytes[PHASE_BYTES];
	uint16_t length = 0;
	bool stalled = false;
	*out = (struct loader_phase){0};
	int alternate = dfu_name_find(&name, description, DFU_ID_PHASE);
	enum status status = settle(link, err);
	if (status != OK || alternate < 0)
		return status;
	status = dfu_select(link, (unsigned)alternate, err);
	if (status == OK)
		status = dfu_upload(&length, bytes, sizeof bytes, link, 0, &stalled, err);
	if (status != OK)
		return status;
	if (!stalled && length >= PHASE_HEAD)
		take_phase(out, bytes, length);
	return settle(link, err);
}

/* --- one file --- */

static enum status stop_asked(const struct job *job, struct errbuf *err)
{
	bool stops = job && job->cancelled && job->cancelled(job->payload);
	return stops ? errbuf_set(err, ERR_CANCELLED, "stopped") : OK;
}

/* The names of DFU 1.1, section 6.1.2, with what ST's stages mean by them. */
static const char *status_text(uint8_t status)
{
	switch (status) {
	case 0x01: return "errTARGET: it is not for this board";
	case 0x02: return "errFILE: it is not for this chip, or too big";
	case 0x03: return "errWRITE";
	case 0x07: return "errVERIFY: damaged, not signed as the device wants, or too old for it";
	case 0x08: return "errADDRESS: too big";
	case 0x0A: return "errFIRMWARE: damaged";
	case 0x0E: return "errUNKNOWN";
	case 0x0F: return "errSTALLEDPKT";
	default: return "no reason";
	}
}

/* The board's own words are worth more than a status. */
static enum status refused(struct loader_report *report, struct usb_link *link,
	const struct usb_description *description, const char *what, struct errbuf *err)
{
	struct dfu_answer answer = {0};
	struct loader_phase phase = {0};
	struct errbuf ignored = {0};
	enum status status = dfu_get_status(&answer, link, DFU_ORDINARY_MS, &ignored);
	if (status == OK && loader_dfu_phase(&phase, link, description, &ignored) == OK &&
		phase.phase == PHASE_RESET)
		snprintf(report->said, sizeof report->said, "%s", phase.said);
	if (report->said[0] != '\0')
		return errbuf_set(
			err, ERR_LINK, "the board refused %s, and said: %s", what, report->said);
	if (status == OK && answer.status != 0)
		return errbuf_set(err, ERR_LINK, "the board refused %s: %s", what,
			status_text(answer.status));
	return errbuf_set(err, ERR_LINK, "the board refused %s, without saying why", what);
}

/* False: it was too long already. */
static bool wait_round(struct usb_link *link, unsigned round, unsigned poll_ms, unsigned *waited_ms)
{
	return (round < QUICK_ROUNDS && poll_ms == 0) || dfu_pause(link, poll_ms, waited_ms);
}

/* Asks until the board has put a block away. */
static enum status await_block(struct loader_report *report, struct usb_link *link,
	const struct usb_description *description, struct errbuf *err)
{
	unsigned waited_ms = 0;
	for (unsigned round = 0; round < DFU_MAX_ROUNDS; round++) {
		struct dfu_answer answer;
		enum status status = dfu_get_status(&answer, link, DFU_ORDINARY_MS, err);
		if (status != OK)
			return status;
		if (answer.state == DFU_DNLOAD_IDLE && answer.status == 0)
			return OK;
		if (answer.state == DFU_ERROR)
			return refused(report, link, description, "a block", err);
		if (answer.state != DFU_DNLOAD_SYNC && answer.state != DFU_DNBUSY)
			return errbuf_set(err, ERR_LINK,
				"the board is in %s in the middle of a download: was it reset?",
				dfu_state_name(answer.state));
		if (!wait_round(link, round, answer.poll_ms, &waited_ms))
			break;
	}
	return errbuf_set(err, ERR_TIMEOUT, "the board does not finish with a block");
}

static enum status send_blocks(struct loader_report *report, struct usb_link *link,
	const struct usb_description *description, const struct firmware_image *image,
	const char *stage, const struct job *job, struct errbuf *err)
{
	size_t size = description->transfer_size;
	if (size == 0 || size > BLOCK_MAX)
		size = BLOCK_DEFAULT;
	for (uint16_t block = 0; report->sent < image->length; block++) {
		size_t left = image->length - report->sent, length = left < size ? left : size;
		bool stalled = false;
		enum status status = stop_asked(job, err);
		if (status != OK)
			return status;
		report->has_sent = true;
		status = dfu_download(
			link, block, image->bytes + report->sent, (uint16_t)length, &stalled, err);
		if (status == OK)
			status = stalled ? refused(report, link, description, "a block", err)
					 : await_block(report, link, description, err);
		if (status != OK)
			return status;
		report->sent += length;
		if (job && job->progress)
			job->progress(stage, report->sent, image->length, job->payload);
	}
	return OK;
}

/* A board that goes away here has started what it got. */
static bool is_leaving(enum status status)
{
	return status == ERR_GONE || status == ERR_TIMEOUT || status == ERR_LINK;
}

/* The empty block, and what follows. */
static enum status send_end(struct loader_report *report, struct usb_link *link,
	const struct usb_description *description, uint16_t block, struct errbuf *err)
{
	bool stalled = false;
	unsigned waited_ms = 0;
	enum status status = dfu_download(link, block, NULL, 0, &stalled, err);
	if (status == OK && stalled)
		return refused(report, link, description, "the file", err);
	for (unsigned round = 0; status == OK && round < DFU_MAX_ROUNDS; round++) {
		struct dfu_answer answer;
		status = dfu_get_status(&answer, link, DFU_ORDINARY_MS, err);
		if (status != OK)
			break;
		if (answer.state == DFU_ERROR)
			return refused(report, link, description, "the file", err);
		if (answer.state == DFU_IDLE || answer.state == DFU_MANIFEST_WAIT_RESET)
			return OK;
		if (!dfu_pause(link, answer.poll_ms, &waited_ms))
			break;
	}
	if (status == OK)
		return errbuf_set(err, ERR_TIMEOUT, "the board does not finish with the file");
	if (!is_leaving(status))
		return status;
	errbuf_clear(err);
	return OK;
}

static enum status find_place(int *alternate, const struct usb_description *description,
	const struct firmware_image *image, struct errbuf *err)
{
	struct dfu_name name;
	*alternate = dfu_name_find(&name, description, image->phase);
	if (*alternate < 0)
		return errbuf_set(err, ERR_LINK, "the board lists %s partition for phase %u",
			*alternate == -2 ? "more than one" : "no", image->phase);
	if (name.size > 0 && image->length > name.size)
		return errbuf_set(err, ERR_REFUSED,
			"'%.150s' is too big: %zu bytes, where the board takes %zu in phase %u",
			image->path, image->length, name.size, image->phase);
	return OK;
}

enum status loader_dfu_send(struct loader_report *report, struct usb_link *link,
	const struct usb_description *description, const struct firmware_image *image,
	const char *stage, const struct job *job, struct errbuf *err)
{
	int alternate;
	report->phase = image->phase;
	report->sent = 0;
	report->total = image->length;
	enum status status = find_place(&alternate, description, image, err);
	if (status == OK)
		status = settle(link, err);
	if (status == OK)
		status = dfu_select(link, (unsigned)alternate, err);
	if (status == OK)
		status = send_blocks(report, link, description, image, stage, job, err);
	if (status != OK)
		return status;
	size_t size = description->transfer_size ? description->transfer_size : BLOCK_DEFAULT;
	uint16_t block = (uint16_t)((image->length + size - 1) / size);
	report->has_started = true;
	return send_end(report, link, description, block, err);
}
