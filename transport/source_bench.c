#include "transport/source_bench.h"

#include "src/embedded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUILTIN_BOARD "stm32mp157c"
#define IMAGE_LIMIT   4096
#define FUSES_LIMIT   65536
#define LOADED_LIMIT  16
#define LOADED_UBOOT  "uboot\n"
#define LOADED_PRGFW  "prgfw\n"

extern const struct embedded builtin_boards[];

/* Best effort: a board whose stage cannot be noted begins in its ROM code the next time. */
static void note_stage(struct source_bench *bench)
{
	struct errbuf ignored = {0};
	bool is_loaded = sim_boot_stage(bench->board) == SIM_BOOT_SERVICE;
	if (!bench->is_serial || is_loaded == bench->is_loaded)
		return;
	bench->is_loaded = is_loaded;
	if (bench->loaded_path[0] == '\0')
		return;
	const char *text =
		sim_board_service(bench->board) == SIM_SERVICE_PRGFW ? LOADED_PRGFW : LOADED_UBOOT;
	if (is_loaded)
		store_note(bench->loaded_path, text, strlen(text), &ignored);
	else
		store_remove(bench->loaded_path, &ignored);
}

enum status source_bench_check(struct source_bench *bench, enum status status, struct errbuf *err)
{
	note_stage(bench);
	if (bench->save_status == OK)
		return status;
	errbuf_clear(err);
	return errbuf_set(err, bench->save_status, "%s", bench->save_error.text);
}

static enum status save_fuses(const struct source_bench *bench, struct errbuf *err)
{
	char text[SIM_BOARD_SAVE_CAPACITY];
	if (bench->fuses_path[0] == '\0')
		return OK;
	size_t length = sim_board_save(bench->board, text);
	enum status status = store_save(bench->fuses_path, text, length, err);
	return status == OK
		       ? OK
		       : errbuf_prefix(err, status, "the simulated board's fuses cannot be kept");
}

static void on_change(struct sim_board *board, void *payload)
{
	struct source_bench *bench = payload;
	(void)board;
	/* After the first failure the fuses on disk stay as they are: a true earlier moment. */
	if (bench->save_status == OK)
		bench->save_status = save_fuses(bench, &bench->save_error);
}

static enum status restore_fuses(struct source_bench *bench, bool fresh, struct errbuf *err)
{
	uint8_t *text;
	size_t length;
	if (fresh || bench->fuses_path[0] == '\0' || !store_exists(bench->fuses_path))
		return OK;
	enum status status = store_read(&text, &length, bench->fuses_path, FUSES_LIMIT, err);
	if (status != OK)
		return errbuf_prefix(err, status, "the simulated board's fuses");
	status = sim_board_restore(bench->board, (const char *)text, length, err);
	free(text);
	if (status != OK)
		errbuf_prefix(err, status, "'%s'", bench->fuses_path);
	return status;
}

static const struct embedded *find_builtin(const char *name)
{
	const struct embedded *row = builtin_boards;
	while (row->name && strcmp(row->name, name) != 0)
		row++;
	return row->name ? row : NULL;
}

/* Makes the board from its image and says what its fuses are kept under. */
static enum status make_board(struct source_bench *bench, char name[80],
	const struct source_request *request, struct errbuf *err)
{
	uint8_t *bytes;
	size_t length;
	if (request->kind == SOURCE_REQUEST_BLANK) {
		snprintf(name, 80, "demo-blank");
		return sim_board_blank(&bench->board, err);
	}
	if (request->kind == SOURCE_REQUEST_FAMILY) {
		snprintf(name, 80, "demo-%s", sim_family_name(request->family));
		return sim_board_demo(&bench->board, request->family, err);
	}
	if (request->kind == SOURCE_REQUEST_DEMO) {
		const struct embedded *image = find_builtin(BUILTIN_BOARD);
		snprintf(name, 80, "demo");
		return image ? sim_board_from_partition(
				       &bench->board, image->data, image->length, err)
			     : errbuf_set(err, ERR_UNSUPPORTED,
				       "this program was built without the board '" BUILTIN_BOARD
				       "'");
	}
	enum status status = store_read(&bytes, &length, request->path, IMAGE_LIMIT, err);
	if (status != OK)
		return status;
	store_sha256_hex(name, bytes, length);
	name[32] = '\0';
	if (request->has_family) {
		snprintf(name + 32, 80 - 32, "-%s", sim_family_name(request->family));
		status = sim_board_of_family(&bench->board, request->family, bytes, length, err);
	} else {
		status = sim_board_from_partition(&bench->board, bytes, length, err);
	}
	free(bytes);
	return status == OK ? OK : errbuf_prefix(err, status, "'%s'", request->path);
}

/* The board's own folder, and the lock that keeps it ours. */
static enum status claim_folder(
	struct source_bench *bench, const char *state_folder, const char *name, struct errbuf *err)
{
	char boards[STORE_PATH_MAX], folder[STORE_PATH_MAX], path[STORE_PATH_MAX];
	enum status status = store_join(boards, state_folder, "simulated/boards", err);
	if (status == OK)
		status = store_join(folder, boards, name, err);
	if (status == OK)
		status = store_make_state_folder(folder, err);
	if (status == OK)
		status = store_join(path, folder, "lock", err);
	if (status == OK)
		status = store_lock(&bench->lock, path, err);
	if (status != OK)
		return status;
	store_sweep(folder);
	status = store_join(bench->loaded_path, folder, "loaded", err);
	return status == OK ? store_join(bench->fuses_path, folder, "fuses", err) : status;
}

/* Whether an earlier run has loaded it, and with what. */
static bool was_loaded(enum sim_service *out, const struct source_bench *bench)
{
	uint8_t *text;
	size_t length;
	struct errbuf ignored = {0};
	if (bench->loaded_path[0] == '\0' || !store_exists(bench->loaded_path) ||
		store_read(&text, &length, bench->loaded_path, LOADED_LIMIT, &ignored) != OK)
		return false;
	bool is_prgfw = length == strlen(LOADED_PRGFW) && memcmp(text, LOADED_PRGFW, length) == 0;
	free(text);
	*out = is_prgfw ? SIM_SERVICE_PRGFW : SIM_SERVICE_UBOOT;
	return true;
}

/* The stage in which it is found. */
static void begin_stage(
	struct source_bench *bench, const struct source_request *request, bool gets_power)
{
	enum sim_service service;
	struct errbuf ignored = {0};
	bench->is_serial = request->stage != SIM_BOOT_SERVICE;
	if (!bench->is_serial)
		return;
	if (!gets_power && was_loaded(&service, bench) &&
		sim_board_set_service(bench->board, service)) {
		sim_boot_assume_loaded(bench->board);
		bench->is_loaded = true;
		return;
	}
	sim_boot_enter(bench->board, request->stage);
	if (bench->loaded_path[0] != '\0' && store_exists(bench->loaded_path))
		store_remove(bench->loaded_path, &ignored);
}

/* A face that is no boot stage takes the place of all that the board itself says. */
static bool is_other_face(enum sim_face face)
{
	return face != SIM_FACE_SERVICE && face != SIM_FACE_ROM && face != SIM_FACE_TFA;
}

static enum status power_up(struct source_bench *bench, const struct source_request *request,
	const struct source_options *options, struct errbuf *err)
{
	enum status status = restore_fuses(bench, options->fresh, err);
	if (status != OK)
		return status;
	if (!sim_board_set_service(bench->board, request->service))
		return errbuf_set(err, ERR_UNSUPPORTED,
			"STM32PRGFW-UTIL up to v1.1.2 has nothing for an %s: leave out "
			"'peer=prgfw'",
			sim_family_name(sim_board_family(bench->board)));
	if (request->word_fault != SIM_WORD_SOUND &&
		request->fault_word >= sim_board_word_count(bench->board))
		return errbuf_set(err, ERR_USAGE, "an %s has no word %u for the 'fault'",
			sim_family_name(sim_board_family(bench->board)), request->fault_word);
	sim_board_set_faults(bench->board, request->faults);
	if (request->word_fault != SIM_WORD_SOUND)
		sim_board_set_word_fault(bench->board, request->fault_word, request->word_fault);
	sim_board_show_locks(bench->board, request->locks);
	sim_board_power_down(bench->board);
	sim_board_power_up(bench->board);
	status = save_fuses(bench, err);
	if (status != OK)
		return status;
	sim_board_on_change(bench->board, on_change, bench);
	begin_stage(bench, request, options->fresh || request->gets_power);
	if (!request->over_uart)
		return sim_usb_create(&bench->usb, bench->board, err);
	status = sim_uart_create(&bench->uart, bench->board, err);
	if (status == OK && is_other_face(request->face))
		sim_uart_set_face(bench->uart, request->face);
	return status;
}

void source_bench_free(void *payload)
{
	struct source_bench *bench = payload;
	sim_usb_free(bench->usb);
	sim_uart_free(bench->uart);
	sim_board_free(bench->board);
	if (bench->lock >= 0)
		store_unlock(bench->lock);
	free(bench->trace_path);
	free(bench);
}

enum status source_bench_make(struct source_bench **out, const struct source_request *request,
	const struct source_options *options, struct errbuf *err)
{
	struct source_bench *bench = calloc(1, sizeof *bench);
	if (!bench)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a simulated board");
	bench->lock = -1;
	bench->baud = request->baud;
	enum status status = make_board(bench, bench->name, request, err);
	if (status == OK && options->trace_path) {
		bench->trace_path = strdup(options->trace_path);
		if (!bench->trace_path)
			status = errbuf_set(err, ERR_MEMORY, "out of memory for a trace");
	}
	if (status == OK && options->state_folder)
		status = claim_folder(bench, options->state_folder, bench->name, err);
	if (status == OK)
		status = power_up(bench, request, options, err);
	if (status != OK) {
		source_bench_free(bench);
		return status;
	}
	*out = bench;
	return OK;
}
