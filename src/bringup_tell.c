/* What would be loaded into a board, in words. */
#include "src/bringup.h"

#include "src/clean_text.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 512

static void tell_board(
	const struct bringup *bringup, void (*line)(const char *text, void *payload), void *payload)
{
	char text[LINE_MAX_BYTES];
	const struct loader_view *view = &bringup->view;
	const char *chip = firmware_chip_name(view->device_id);
	snprintf(text, sizeof text, "Board        %s%s%s, device id 0x%03lX%s%s",
		view->serial[0] ? view->serial : view->port, chip ? ", " : "", chip ? chip : "",
		(unsigned long)view->device_id,
		view->serial[0] ? ""
				: "; nothing tells this "
				  "board from another at this port",
		view->source_class == SOURCE_SIMULATED ? " (simulated)" : "");
	line(text, payload);
	if (view->is_service || view->phase == PHASE_RESET)
		snprintf(text, sizeof text, "Answers      %s", view->stage);
	else
		snprintf(text, sizeof text, "Answers      %s, and %s phase %u", view->stage,
			view->tells_phase ? "asks for" : "is taken to want", view->phase);
	line(text, payload);
}

static void tell_files(
	const struct bringup *bringup, void (*line)(const char *text, void *payload), void *payload)
{
	char text[STORE_PATH_MAX + 32], about[FIRMWARE_TEXT_MAX];
	for (size_t i = 0; i < bringup->firmware.count; i++) {
		const struct firmware_image *image = bringup->firmware.images[i];
		char label[24];
		snprintf(label, sizeof label, "Phase %u%s", image->phase,
			image->phase < bringup->view.phase ? " (over)" : "");
		snprintf(text, sizeof text, "%-13s%s", label, image->path);
		clean_text_in_place(text);
		line(text, payload);
		firmware_describe(about, image);
		snprintf(text, sizeof text, "             %s", about);
		line(text, payload);
	}
	if (bringup->firmware.ignored_count > 0) {
		snprintf(text, sizeof text,
			"             %zu partitions of flash memories in the FlashLayout are left "
			"alone",
			bringup->firmware.ignored_count);
		line(text, payload);
	}
}

/* As many low bits as the version says (TF-A update_monotonic_counter()). */
static uint32_t counter_of(uint32_t version)
{
	return version >= 32 ? UINT32_MAX : (UINT32_C(1) << version) - 1;
}

static void tell_counter(
	const struct bringup *bringup, void (*line)(const char *text, void *payload), void *payload)
{
	char text[LINE_MAX_BYTES], number[24] = "";
	const struct firmware_image *first = firmware_for(&bringup->firmware, PHASE_FSBL);
	const struct bringup_counter *counter = &bringup->counter;
	if (counter->word >= 0)
		snprintf(number, sizeof number, ", word %d", counter->word);
	if (counter->is_known)
		snprintf(text, sizeof text,
			"Rollback     anti-rollback%s: held 0x%08lX when this board was last "
			"read here",
			number, (unsigned long)counter->value);
	else
		snprintf(text, sizeof text,
			"Rollback     anti-rollback%s: what it holds cannot be told before "
			"the OTP can be read",
			number);
	line(text, payload);
	if (!first || bringup->view.phase != PHASE_FSBL)
		return;
	uint32_t version = first->header.image_version, needs = counter_of(version);
	snprintf(text, sizeof text, "             the file's version is %lu: its word is 0x%08lX",
		(unsigned long)version, (unsigned long)needs);
	line(text, payload);
	if (counter->is_known && (counter->value & ~needs) != 0)
		line("! the file is older than the word allows: the board may refuse it", payload);
	else if (needs != 0 && !(counter->is_known && counter->value == needs))
		line("! TF-A may raise the word to that, for ever: older files start no more",
			payload);
}

void bringup_tell(
	const struct bringup *bringup, void (*line)(const char *text, void *payload), void *payload)
{
	char text[ERRBUF_CAPACITY + 16];
	tell_board(bringup, line, payload);
	tell_files(bringup, line, payload);
	if (!bringup->view.is_service)
		tell_counter(bringup, line, payload);
	if (bringup->was_closed)
		line("! the device was closed when it was last read here: it starts signed files "
		     "only",
			payload);
	if (bringup->refusal[0] != '\0') {
		snprintf(text, sizeof text, "! refused: %s", bringup->refusal);
		clean_text_in_place(text);
		line(text, payload);
		return;
	}
	line("! What a file does once it runs, only who built it knows: it can burn fuses, for "
	     "ever.",
		payload);
	snprintf(text, sizeof text, "Fingerprint  %s", bringup->fingerprint);
	line(text, payload);
}
