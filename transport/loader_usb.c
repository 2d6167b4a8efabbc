#include "transport/loader_usb.h"

#include "transport/dfu_name.h"
#include "transport/dfu_request.h"
#include "transport/loader_dfu.h"
#include "transport/peer_usb.h"
#include "transport/usb_find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STM32MP15 0x500u
#define NO_PHASE  0x100u

struct loader_usb {
	struct loader loader;
	struct loader_usb_about about; /* its texts are copied */
	char source[256];
	char port[128];
	struct usb_link *link; /* NULL: the board is away */
	struct usb_description description;
	const struct peer_usb *peer;
};

/* How the board is followed from one file to the next. */
struct follow {
	unsigned last;     /* the phase that was loaded last; NO_PHASE: none yet */
	bool has_detached; /* since then */
	bool has_changed;  /* other descriptors, since then */
	struct errbuf why; /* why it could not be looked at last */
	unsigned waited_ms;
};

static struct loader_usb *as_usb(struct loader *loader)
{
	return (struct loader_usb *)loader;
}

static void drop(struct loader_usb *usb)
{
	if (usb->link)
		usb->link->ops->close(usb->link);
	usb->link = NULL;
}

static enum status stop_asked(const struct job *job, struct errbuf *err)
{
	bool stops = job && job->cancelled && job->cancelled(job->payload);
	return stops ? errbuf_set(err, ERR_CANCELLED, "stopped") : OK;
}

static enum status open_link(struct loader_usb *usb, struct errbuf *err)
{
	enum status status =
		usb->about.bus.open(&usb->link, &usb->description, usb->about.bus.payload, err);
	if (status != OK) {
		usb->link = NULL;
		return status;
	}
	usb->peer = peer_usb_recognise(&usb->description);
	return OK;
}

/* Strings are told by who runs now, also where the enumeration is an older one's. */
static enum status look_again(struct loader_usb *usb, struct errbuf *err)
{
	if (!usb->link)
		return open_link(usb, err);
	enum status status = usb->link->ops->describe(usb->link, &usb->description, err);
	if (status != OK)
		drop(usb);
	else
		usb->peer = peer_usb_recognise(&usb->description);
	return status;
}

static bool is_service(const struct loader_usb *usb)
{
	return usb->peer->peer != PEER_UNKNOWN;
}

/* Nothing else is asked for a phase: U-Boot's 'dfu' has partitions of its own. */
static bool is_stage(const struct loader_usb *usb)
{
	return strcmp(usb->peer->name, "ROM code") == 0 || strcmp(usb->peer->name, "TF-A") == 0;
}

static bool lists(const struct loader_usb *usb, unsigned phase)
{
	struct dfu_name ignored;
	return dfu_name_find(&ignored, &usb->description, phase) >= 0;
}

/* --- looking --- */

/* Where it does not tell: by who it is, and what it lists. STM32MP15 lists more than it takes. */
static unsigned guess_phase(const struct loader_usb *usb)
{
	bool is_rom = strcmp(usb->peer->name, "ROM code") == 0;
	if (is_rom)
		return PHASE_FSBL;
	return lists(usb, PHASE_DDR) && peer_usb_device_id(&usb->description) != STM32MP15
		       ? PHASE_DDR
		       : PHASE_FIP;
}

static enum status usb_look(
	struct loader *loader, struct loader_view *out, const struct job *job, struct errbuf *err)
{
	struct loader_usb *usb = as_usb(loader);
	struct loader_phase phase;
	(void)job;
	memset(out, 0, sizeof *out);
	enum status status = look_again(usb, err);
	if (status != OK)
		return status;
	snprintf(out->source, sizeof out->source, "%s", usb->source);
	snprintf(out->link, sizeof out->link, "usb %s", usb->description.path);
	snprintf(out->port, sizeof out->port, "%s", usb->port);
	snprintf(out->serial, sizeof out->serial, "%s", usb->description.serial);
	snprintf(out->stage, sizeof out->stage, "%s", usb->peer->name);
	out->source_class = usb->about.source_class;
	out->device_id = peer_usb_device_id(&usb->description);
	out->is_service = is_service(usb);
	if (out->is_service)
		return OK;
	if (!is_stage(usb))
		return errbuf_set(err, ERR_UNSUPPORTED,
			"what answers is neither the ROM code of a board nor TF-A, but %s: reset "
			"the board, with its boot pins set to serial boot",
			usb->peer->name);
	status = loader_dfu_phase(&phase, usb->link, &usb->description, err);
	if (status != OK)
		return status;
	out->tells_phase = phase.is_told;
	out->phase = phase.is_told ? phase.phase : guess_phase(usb);
	snprintf(out->said, sizeof out->said, "%s", phase.said);
	return OK;
}

/* --- following --- */

static enum status gave_up(struct loader_report *report, const struct loader_phase *phase,
	const struct loader_usb *usb, struct errbuf *err)
{
	snprintf(report->said, sizeof report->said, "%s", phase->said);
	if (phase->said[0] == '\0')
		return errbuf_set(
			err, ERR_LINK, "%s has given up, without saying why", usb->peer->name);
	return errbuf_set(
		err, ERR_LINK, "%s has given up, and said: %s", usb->peer->name, phase->said);
}

static enum status detach(struct loader_usb *usb, struct follow *follow, struct errbuf *err)
{
	bool stalled = false;
	enum status status = dfu_detach(usb->link, &stalled, err);
	follow->has_detached = true;
	drop(usb);
	if (status == OK && stalled)
		return errbuf_set(err, ERR_LINK, "the board refused DETACH, which starts %s",
			"what was loaded");
	/* It may be gone before it has answered. */
	errbuf_clear(err);
	return OK;
}

/* What is due where the board does not tell: by what it lists, and by its chip. */
static void judge_by_list(
	struct loader_phase *phase, const struct loader_usb *usb, const struct follow *follow)
{
	bool goes_on_by_itself =
		peer_usb_device_id(&usb->description) == STM32MP15 && follow->last == PHASE_FSBL;
	bool is_new = follow->last == NO_PHASE || follow->has_changed || goes_on_by_itself;
	if (!is_new) {
		phase->phase = follow->last;
		phase->wants_detach = true;
		return;
	}
	unsigned from = follow->last == NO_PHASE ? guess_phase(usb) : follow->last + 1;
	phase->phase = follow->last;
	for (unsigned next = from; next <= PHASE_FIP; next++)
		if (lists(usb, next) &&
			!(next == PHASE_DDR &&
				peer_usb_device_id(&usb->description) == STM32MP15)) {
			phase->phase = next;
			return;
		}
}

/* One look at a board that may be on its way. *due: a phase to load now, or NO_PHASE: wait. */
static enum status look_once(unsigned *due, struct loader_usb *usb, struct follow *follow,
	struct loader_report *report, struct errbuf *err)
{
	struct usb_description before = usb->description;
	struct loader_phase phase;
	*due = NO_PHASE;
	errbuf_clear(&follow->why);
	enum status status = look_again(usb, &follow->why);
	if (status == ERR_REFUSED || status == ERR_MEMORY)
		return errbuf_set(err, status, "%s", follow->why.text);
	if (status != OK)
		return OK;
	follow->has_changed |= strcmp(before.product_text, usb->description.product_text) != 0 ||
			       before.alternate_count != usb->description.alternate_count;
	snprintf(report->stage, sizeof report->stage, "%s", usb->peer->name);
	if (is_service(usb) || !is_stage(usb))
		return OK;
	status = loader_dfu_phase(&phase, usb->link, &usb->description, &follow->why);
	if (status != OK) {
		drop(usb);
		return OK;
	}
	if (!phase.is_told)
		judge_by_list(&phase, usb, follow);
	if (phase.is_told && phase.phase == PHASE_RESET)
		return gave_up(report, &phase, usb, err);
	if (phase.wants_detach)
		return follow->has_detached || follow->last == NO_PHASE ? OK
									: detach(usb, follow, err);
	if (phase.phase != follow->last)
		*due = phase.phase;
	return OK;
}

static enum status never_came(const struct loader_usb *usb, const struct follow *follow,
	const struct firmware *firmware, struct errbuf *err)
{
	const char *loaded = firmware_phase_name(firmware, follow->last);
	if (follow->last == NO_PHASE)
		return errbuf_set(err, ERR_TIMEOUT, "the board does not say what it wants: %s",
			follow->why.text[0] ? follow->why.text : "reset it, and try again");
	if (!usb->link)
		return errbuf_set(err, ERR_TIMEOUT,
			"the board did not come back within %u s after %s was loaded: check cable, "
			"hub and supply, and that the file is for this board (%s)",
			LOADER_USB_WAIT_MS / 1000, loaded,
			follow->why.text[0] ? follow->why.text : "it is gone");
	return errbuf_set(err, ERR_TIMEOUT,
		"%s did not start within %u s: %s still answers; check that the file is for this "
		"board, and signed where the device is closed",
		loaded, LOADER_USB_WAIT_MS / 1000, usb->peer->name);
}

static void tell_waiting(
	const struct job *job, const struct firmware *firmware, const struct follow *follow)
{
	char stage[80];
	if (!job || !job->progress)
		return;
	snprintf(stage, sizeof stage, "wait for %s",
		follow->last == NO_PHASE ? "the board"
					 : firmware_phase_name(firmware, follow->last));
	job->progress(stage, follow->waited_ms, LOADER_USB_WAIT_MS, job->payload);
}

static unsigned long long now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000;
}

/* Until the board wants the next file (*due), or a service answers (NO_PHASE). */
static enum status await_next(unsigned *due, struct loader_usb *usb, struct follow *follow,
	struct loader_report *report, const struct firmware *firmware, const struct job *job,
	struct errbuf *err)
{
	/* A board that does not answer makes each look last long; a simulated one has a time of its
	 * own. */
	unsigned long long end = now_ms() + LOADER_USB_WAIT_MS;
	follow->waited_ms = 0;
	while (follow->waited_ms <= LOADER_USB_WAIT_MS && now_ms() <= end) {
		enum status status = stop_asked(job, err);
		if (status == OK)
			status = look_once(due, usb, follow, report, err);
		if (status != OK || *due != NO_PHASE || (usb->link && is_service(usb)))
			return status;
		tell_waiting(job, firmware, follow);
		usb->about.bus.pause(LOADER_USB_LOOK_MS, usb->about.bus.payload);
		follow->waited_ms += LOADER_USB_LOOK_MS;
	}
	return never_came(usb, follow, firmware, err);
}

/* --- loading --- */

static enum status not_given(unsigned phase, const struct loader_usb *usb,
	const struct follow *follow, struct errbuf *err)
{
	if (phase == PHASE_FLASH_LAYOUT)
		return errbuf_set(err, ERR_UNSUPPORTED,
			"%s asks for a FlashLayout, as old releases of it do (OpenSTLinux 3 and "
			"before): otpedit sends none; take files of a newer release",
			usb->peer->name);
	if (phase == PHASE_FSBL && follow->last != NO_PHASE)
		return errbuf_set(err, ERR_LINK,
			"the board is back in its ROM code: it was reset, or what was loaded did "
			"not run; check its supply, and that the files are for this board");
	return errbuf_set(err, ERR_REFUSED, "%s asks for phase %u, %s, for which there is no file",
		usb->peer->name, phase, firmware_phase_name(NULL, phase));
}

static enum status send(struct loader_usb *usb, struct loader_report *report,
	const struct firmware_image *image, const struct firmware *firmware, const struct job *job,
	struct errbuf *err)
{
	char stage[80];
	snprintf(stage, sizeof stage, "load %s (phase %u)",
		firmware_phase_name(firmware, image->phase), image->phase);
	enum status status =
		loader_dfu_send(report, usb->link, &usb->description, image, stage, job, err);
	if (status != OK && status != ERR_CANCELLED)
		errbuf_prefix(err, status, "phase %u, %zu of %zu bytes", image->phase, report->sent,
			report->total);
	return status;
}

static enum status usb_load(struct loader *loader, struct loader_report *report,
	const struct firmware *firmware, const struct job *job, struct errbuf *err)
{
	struct loader_usb *usb = as_usb(loader);
	struct follow follow = {.last = NO_PHASE};
	memset(report, 0, sizeof *report);
	for (;;) {
		unsigned due = NO_PHASE;
		enum status status = await_next(&due, usb, &follow, report, firmware, job, err);
		if (status != OK || due == NO_PHASE)
			return status;
		const struct firmware_image *image = firmware_for(firmware, due);
		bool is_back = follow.last != NO_PHASE && due <= follow.last;
		if (!image || is_back)
			return not_given(due, usb, &follow, err);
		status = send(usb, report, image, firmware, job, err);
		if (status != OK)
			return status;
		follow = (struct follow){.last = due};
	}
}

static void usb_close(struct loader *loader)
{
	struct loader_usb *usb = as_usb(loader);
	drop(usb);
	if (usb->about.bus.closed)
		usb->about.bus.closed(usb->about.bus.payload);
	free(usb);
}

static const struct loader_ops ops = {
	.look = usb_look,
	.load = usb_load,
	.close = usb_close,
};

static void name_source(struct loader_usb *usb)
{
	const struct usb_description *description = &usb->description;
	const char *port = usb->about.port;
	snprintf(usb->port, sizeof usb->port, "%s", port ? port : description->path);
	if (usb->about.source)
		snprintf(usb->source, sizeof usb->source, "%s", usb->about.source);
	else if (usb_find_is_name(description->serial))
		snprintf(usb->source, sizeof usb->source, "dfu:serial=%s", description->serial);
	else
		snprintf(usb->source, sizeof usb->source, "dfu:path=%s", description->path);
	usb->about.source = NULL;
	usb->about.port = NULL;
}

enum status loader_usb_open(
	struct loader **out, const struct loader_usb_about *about, struct errbuf *err)
{
	struct loader_usb *usb = calloc(1, sizeof *usb);
	if (!usb) {
		if (about->bus.closed)
			about->bus.closed(about->bus.payload);
		return errbuf_set(err, ERR_MEMORY, "out of memory for a board");
	}
	usb->loader.ops = &ops;
	usb->about = *about;
	enum status status = open_link(usb, err);
	if (status == OK && !usb->peer->is_board)
		status = errbuf_set(err, ERR_UNSUPPORTED,
			"the DFU device at '%s' is no STM32MP board (%s)", usb->description.path,
			usb->peer->name);
	if (status != OK) {
		usb_close(&usb->loader);
		return status;
	}
	name_source(usb);
	*out = &usb->loader;
	return OK;
}
