#include "src/bringup.h"

#include "src/admission.h"
#include "src/chip_find.h"
#include "src/closing.h"
#include "src/finder.h"
#include "src/hold.h"
#include "src/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT "port:"

bool bringup_is_stage(const char *who)
{
	return strcmp(who, "ROM code") == 0 || strcmp(who, "TF-A") == 0;
}

/* --- what is known of the board from earlier --- */

/* TF-A and the services make their serial number of the unique id's words (stm32mp1_usb_dfu.c). */
static bool unique_id_of(char out[IMAGE_UID_LENGTH + 1], const char *serial)
{
	if (strlen(serial) != 24 || strspn(serial, "0123456789ABCDEFabcdef") != 24)
		return false;
	snprintf(out, IMAGE_UID_LENGTH + 1, "%.8s-%.8s-%.8s", serial, serial + 8, serial + 16);
	for (char *at = out; *at; at++)
		if (*at >= 'a' && *at <= 'f')
			*at = (char)(*at - 'a' + 'A');
	return true;
}

static int counter_word(const struct chip *chip)
{
	static const char *const names[] = {"MONOTONIC", "FSBLA_MONOTONIC"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		for (size_t k = 0; k < chip->entry_count; k++)
			if (strcmp(chip->entries[k].name, names[i]) == 0)
				return (int)chip->entries[k].first;
	return -1;
}

static void recall_from(struct bringup *bringup, const struct image *image)
{
	const struct chip_question question = {
		.device_id = bringup->view.device_id, .image = image};
	struct chip_answer answer;
	struct errbuf ignored = {0};
	if (chip_find(&answer, &question, &ignored) != OK)
		return;
	int word = counter_word(answer.chip);
	bringup->counter.word = word;
	if (image && word >= 0 && image_value_is_known(image, (unsigned)word)) {
		bringup->counter.is_known = true;
		bringup->counter.value = image->value[word];
	}
	bringup->was_closed = image && closing_is_done(closing_of(answer.chip), image);
	chip_free(answer.chip);
}

/* The ROM code tells nothing of the fuses; the journal may know them from the last time. */
static void recall(struct bringup *bringup)
{
	char board[IMAGE_UID_LENGTH + 1];
	struct errbuf ignored = {0};
	bool found = false;
	struct image *last = malloc(sizeof *last);
	bringup->counter = (struct bringup_counter){.word = -1};
	if (last && bringup->journal_usable && unique_id_of(board, bringup->view.serial) &&
		journal_last_image(last, &found, &bringup->journal, board, &ignored) != OK)
		found = false;
	recall_from(bringup, found ? last : NULL);
	free(last);
}

/* --- what stands against it --- */

static void fingerprint(struct bringup *bringup)
{
	char text[2048], hex[65];
	const struct loader_view *view = &bringup->view;
	int used = snprintf(text, sizeof text,
		"otpedit boot 1\nclass %d\nboard %s\ndevice %lX\nasks %u\n",
		(int)view->source_class, bringup->board, (unsigned long)view->device_id,
		view->phase);
	for (size_t i = 0; i < bringup->firmware.count; i++)
		used += snprintf(text + used, sizeof text - (size_t)used, "phase %u %s\n",
			bringup->firmware.images[i]->phase, bringup->firmware.images[i]->digest);
	store_sha256_hex(hex, text, (size_t)used);
	memcpy(bringup->fingerprint, hex, PLAN_FINGERPRINT_LENGTH);
	bringup->fingerprint[PLAN_FINGERPRINT_LENGTH] = '\0';
}

static enum status check_alone(const struct bringup *bringup, struct errbuf *err)
{
	struct device_info about = {.source_class = bringup->view.source_class};
	snprintf(about.port, sizeof about.port, "%s", bringup->view.port);
	snprintf(about.serial, sizeof about.serial, "%s", bringup->view.serial);
	return identity_is_serial(bringup->board) ? finder_check_alone(bringup->source, &about, err)
						  : OK;
}

static enum status check(const struct bringup *bringup, struct errbuf *err)
{
	const struct loader_view *view = &bringup->view;
	if (view->is_service)
		return errbuf_set(err, ERR_REFUSED,
			"%s answers already: nothing has to be loaded, 'otpedit %.100s' opens it",
			view->stage, view->source);
	if (view->phase == PHASE_RESET)
		return errbuf_set(err, ERR_REFUSED,
			"%s has given up%s%s: reset the board, and try again", view->stage,
			view->said[0] ? ", and said: " : "", view->said);
	if (view->phase == PHASE_FLASH_LAYOUT)
		return errbuf_set(err, ERR_REFUSED,
			"%s holds what another tool has loaded, or asks for a FlashLayout, as old "
			"releases of it do: reset the board, and try again",
			view->stage);
	if (bringup->firmware.count == 0)
		return errbuf_set(err, ERR_REFUSED,
			"no files were named: --layout takes a FlashLayout, --image a single file");
	enum status status = firmware_check(&bringup->firmware, view->device_id, view->phase, err);
	if (status == OK && bringup->was_closed && view->phase == PHASE_FSBL)
		status = firmware_check_signed(&bringup->firmware, err);
	return status == OK ? check_alone(bringup, err) : status;
}

static void judge(struct bringup *bringup)
{
	struct errbuf err = {0};
	const struct firmware_image *first = bringup->view.phase == PHASE_FSBL
						     ? firmware_for(&bringup->firmware, PHASE_FSBL)
						     : NULL;
	if (first)
		snprintf(bringup->what, sizeof bringup->what, "version %lu",
			(unsigned long)first->header.image_version);
	else
		snprintf(bringup->what, sizeof bringup->what, "phase %u", bringup->view.phase);
	bringup->refusal[0] = '\0';
	if (check(bringup, &err) != OK)
		snprintf(bringup->refusal, sizeof bringup->refusal, "%s", err.text);
	fingerprint(bringup);
}

void bringup_set_firmware(struct bringup *bringup, struct firmware *firmware)
{
	firmware_free(&bringup->firmware);
	bringup->firmware = *firmware;
	*firmware = (struct firmware){0};
	arming_disarm(&bringup->arming);
	judge(bringup);
}

/* --- opening --- */

struct opening {
	struct bringup *bringup;
	const char *state_folder;
};

static enum status open_journal(struct bringup *bringup, const char *state_folder,
	enum source_class source_class, const char *port, struct errbuf *err)
{
	enum status status =
		state_folder ? journal_open(&bringup->journal, state_folder, source_class, err)
			     : errbuf_set(err, ERR_FILE,
				       "there is no state folder, so nothing can be loaded");
	bringup->journal_usable = status == OK;
	if (status == OK && source_class == SOURCE_SIMULATED)
		snprintf(bringup->journal.twin, sizeof bringup->journal.twin, "%s", port);
	return status;
}

/* As a session does, but that without a journal nothing may be loaded at all. */
static enum status admit(const struct device_info *about, void *payload, struct errbuf *err)
{
	struct opening *opening = payload;
	struct bringup *bringup = opening->bringup;
	enum status status =
		open_journal(bringup, opening->state_folder, about->source_class, about->port, err);
	if (status == OK)
		status = hold_port(&bringup->port_lock, &bringup->journal, about->port, err);
	return status == OK ? admission_check(&bringup->journal, about, NULL, err) : status;
}

static const struct source_ops *find_source(
	const struct source_ops *const *sources, const char *text)
{
	for (size_t i = 0; sources[i]; i++)
		if (sources[i]->claims(text))
			return sources[i];
	return NULL;
}

static enum status open_board(struct bringup *bringup, const char *text,
	const struct session_options *options, struct errbuf *err)
{
	struct opening opening = {bringup, options->source.state_folder};
	struct source_options asking = options->source;
	asking.admit = admit;
	asking.payload = &opening;
	asking.job = options->job;
	bringup->source = find_source(options->sources, text);
	if (!bringup->source || !bringup->source->open_loader)
		return errbuf_set(err, ERR_UNSUPPORTED,
			"'%.100s' is no board to load anything into: there are 'dfu' and "
			"'uart:/dev/ttyUSB0'",
			text);
	enum status status = bringup->source->open_loader(&bringup->loader, text, &asking, err);
	if (status == OK)
		status = bringup->loader->ops->look(
			bringup->loader, &bringup->view, options->job, err);
	if (status == OK && !bringup->journal_usable)
		status = open_journal(bringup, options->source.state_folder,
			bringup->view.source_class, bringup->view.port, err);
	return status;
}

enum status bringup_open(struct bringup **out, const char *source, struct firmware *firmware,
	const struct session_options *options, struct errbuf *err)
{
	struct bringup *bringup = calloc(1, sizeof *bringup);
	if (!bringup) {
		firmware_free(firmware);
		return errbuf_set(err, ERR_MEMORY, "out of memory for a board");
	}
	bringup->firmware = *firmware;
	*firmware = (struct firmware){0};
	bringup->port_lock = -1;
	bringup->arming.read_only = options->read_only;
	snprintf(bringup->source_text, sizeof bringup->source_text, "%s", source);
	enum status status = open_board(bringup, source, options, err);
	if (status != OK) {
		bringup_close(bringup);
		return status;
	}
	if (identity_serial_tells(bringup->view.serial))
		snprintf(bringup->board, sizeof bringup->board, "serial:%.55s",
			bringup->view.serial);
	else
		snprintf(bringup->board, sizeof bringup->board, PORT "%.57s", bringup->view.port);
	recall(bringup);
	judge(bringup);
	*out = bringup;
	return OK;
}

void bringup_close(struct bringup *bringup)
{
	if (!bringup)
		return;
	if (bringup->loader)
		bringup->loader->ops->close(bringup->loader);
	if (bringup->port_lock >= 0)
		store_unlock(bringup->port_lock);
	firmware_free(&bringup->firmware);
	free(bringup);
}

/* --- loading --- */

struct confirm_boot bringup_confirm(const struct bringup *bringup)
{
	return (struct confirm_boot){.what = bringup->what,
		.board = bringup->board,
		.fingerprint = bringup->fingerprint};
}

enum status bringup_arm(struct bringup *bringup, struct errbuf *err)
{
	return arming_arm(&bringup->arming, bringup->board, err);
}

/* How it stands after a failure, and what to do. */
static enum status tell_end(const struct bringup *bringup, enum status status, struct errbuf *err)
{
	const struct loader_report *report = &bringup->report;
	char text[ERRBUF_CAPACITY];
	const char *after = "nothing was loaded, nothing was burnt";
	if (report->has_started)
		after = "the loaded firmware may have run, and may have raised the anti-rollback "
			"word: power-cycle the board, then look at the word once its OTP can be "
			"read";
	else if (report->has_sent)
		after = "nothing was started, nothing was burnt; reset the board before you load "
			"again";
	snprintf(text, sizeof text, "%.300s; %s", err->text[0] ? err->text : status_name(status),
		after);
	errbuf_clear(err);
	return errbuf_set(err, report->has_started ? ERR_UNCERTAIN : status, "%s", text);
}

static enum status may_run(
	const struct bringup *bringup, const struct confirmation *confirmation, struct errbuf *err)
{
	const struct confirm_boot boot = bringup_confirm(bringup);
	if (bringup->refusal[0] != '\0')
		return errbuf_set(err, ERR_REFUSED, "%s", bringup->refusal);
	if (!arming_allows(&bringup->arming, bringup->board))
		return errbuf_set(err, ERR_REFUSED,
			"the session is read-only until it is armed for this board");
	if (!confirmation_holds_for_boot(confirmation, &boot))
		return errbuf_set(
			err, ERR_REFUSED, "these files were not confirmed for this board");
	return OK;
}

enum status bringup_run(struct bringup *bringup, const struct confirmation *confirmation,
	const struct job *job, struct errbuf *err)
{
	bringup->report = (struct loader_report){0};
	enum status status = may_run(bringup, confirmation, err);
	if (status == OK)
		status = check_alone(bringup, err);
	if (status == OK)
		status = bringup->loader->ops->load(
			bringup->loader, &bringup->report, &bringup->firmware, job, err);
	arming_disarm(&bringup->arming);
	return status == OK ? OK : tell_end(bringup, status, err);
}
