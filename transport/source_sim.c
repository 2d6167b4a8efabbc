#include "transport/source_sim.h"

#include "src/embedded.h"
#include "src/store.h"
#include "transport/device_usb.h"
#include "transport/sim_board.h"
#include "transport/source_request.h"
#include "transport/sim_usb.h"
#include "transport/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUILTIN_BOARD "stm32mp157c"
#define IMAGE_LIMIT   4096
#define FUSES_LIMIT   65536

extern const struct embedded builtin_boards[];

/* One open simulated board; lives as long as its device. */
struct bench {
	struct sim_board *board;
	struct sim_usb *usb;
	char name[80];                   /* tells it from every other simulated board */
	char fuses_path[STORE_PATH_MAX]; /* "" when nothing is kept */
	int lock;                        /* -1: none */
	char *trace_path;                /* NULL: no trace */
	/* How saving failed; from then on the board cannot be reached. */
	enum status save_status;
	struct errbuf save_error;
};

/* --- a link that ends where saving fails */

struct bench_link {
	struct usb_link link;
	struct usb_link *inner;
	struct bench *bench;
};

static struct bench_link *as_bench_link(struct usb_link *link)
{
	return (struct bench_link *)link;
}

/* After the exchange: what it burnt must be on disk, or nobody may hear of it. */
static enum status check_saved(const struct bench *bench, enum status status, struct errbuf *err)
{
	if (bench->save_status == OK)
		return status;
	errbuf_clear(err);
	return errbuf_set(err, bench->save_status, "%s", bench->save_error.text);
}

static enum status link_describe(
	struct usb_link *link, struct usb_description *out, struct errbuf *err)
{
	struct usb_link *inner = as_bench_link(link)->inner;
	return check_saved(as_bench_link(link)->bench, inner->ops->describe(inner, out, err), err);
}

static enum status link_set_alternate(
	struct usb_link *link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	struct usb_link *inner = as_bench_link(link)->inner;
	return check_saved(as_bench_link(link)->bench,
		inner->ops->set_alternate(inner, number, outcome, err), err);
}

static enum status link_control(struct usb_link *link, uint8_t request_type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct usb_link *inner = as_bench_link(link)->inner;
	enum status status = inner->ops->control(inner, request_type, request, value, data, length,
		timeout_ms, actual, outcome, err);
	return check_saved(as_bench_link(link)->bench, status, err);
}

static void link_pause(struct usb_link *link, unsigned milliseconds)
{
	struct usb_link *inner = as_bench_link(link)->inner;
	inner->ops->pause(inner, milliseconds);
}

static void link_close(struct usb_link *link)
{
	struct usb_link *inner = as_bench_link(link)->inner;
	inner->ops->close(inner);
	free(as_bench_link(link));
}

static const struct usb_ops link_ops = {
	.describe = link_describe,
	.set_alternate = link_set_alternate,
	.control = link_control,
	.pause = link_pause,
	.close = link_close,
};

static enum status open_link(struct usb_link **out, struct bench *bench, struct errbuf *err)
{
	struct bench_link *link = calloc(1, sizeof *link);
	if (!link)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a simulated board");
	link->link.ops = &link_ops;
	link->bench = bench;
	enum status status = sim_usb_open(&link->inner, bench->usb, err);
	if (status != OK) {
		free(link);
		return status;
	}
	*out = &link->link;
	if (!bench->trace_path)
		return OK;
	status = trace_open(out, &link->link, bench->trace_path, err);
	if (status != OK)
		link_close(&link->link);
	return status;
}

/* --- the board */

static enum status save_fuses(const struct bench *bench, struct errbuf *err)
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
	struct bench *bench = payload;
	(void)board;
	/* After the first failure the fuses on disk stay as they are: a true earlier moment. */
	if (bench->save_status == OK)
		bench->save_status = save_fuses(bench, &bench->save_error);
}

static enum status restore_fuses(struct bench *bench, bool fresh, struct errbuf *err)
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
static enum status make_board(struct bench *bench, char name[80],
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
	struct bench *bench, const char *state_folder, const char *name, struct errbuf *err)
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
	return store_join(bench->fuses_path, folder, "fuses", err);
}

static enum status power_up(struct bench *bench, const struct source_request *request,
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
	sim_board_show_locks(bench->board, request->locks);
	sim_board_power_down(bench->board);
	sim_board_power_up(bench->board);
	status = save_fuses(bench, err);
	if (status != OK)
		return status;
	sim_board_on_change(bench->board, on_change, bench);
	return sim_usb_create(&bench->usb, bench->board, err);
}

static void free_bench(void *payload)
{
	struct bench *bench = payload;
	sim_usb_free(bench->usb);
	sim_board_free(bench->board);
	if (bench->lock >= 0)
		store_unlock(bench->lock);
	free(bench->trace_path);
	free(bench);
}

static enum status reset_board(struct usb_link **out, void *payload, struct errbuf *err)
{
	struct bench *bench = payload;
	if (bench->save_status != OK)
		return check_saved(bench, OK, err);
	sim_usb_board_reset(bench->usb);
	return open_link(out, bench, err);
}

static enum status make_bench(struct bench **out, const struct source_request *request,
	const struct source_options *options, struct errbuf *err)
{
	struct bench *bench = calloc(1, sizeof *bench);
	if (!bench)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a simulated board");
	bench->lock = -1;
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
		free_bench(bench);
		return status;
	}
	*out = bench;
	return OK;
}

/* --- the sources */

static enum status open_board(struct device **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	struct source_request request;
	struct bench *bench = NULL;
	struct usb_link *link;
	enum status status = source_request_parse(&request, text, err);
	if (status == OK)
		status = make_bench(&bench, &request, options, err);
	if (status != OK)
		return status;
	const struct device_usb_about about = {
		.source = text,
		.link = request.kind == SOURCE_REQUEST_FILE ? "simulated" : "built in",
		.port = bench->name,
		.source_class = SOURCE_SIMULATED,
		.fresh_power = true,
		.restart = reset_board,
		.closed = free_bench,
		.payload = bench,
	};
	status = open_link(&link, bench, err);
	if (status == OK)
		status = device_usb_open(out, link, &about, err);
	if (status != OK)
		free_bench(bench);
	return status;
}

static bool claims_demo(const char *text)
{
	return strcmp(text, "demo") == 0 || strncmp(text, "demo:", 5) == 0 ||
	       strncmp(text, "demo,", 5) == 0;
}

static bool claims_file(const char *text)
{
	return strncmp(text, "sim:", 4) == 0;
}

const struct source_ops source_demo = {
	.name = "demo",
	.help = "demo[:blank|:CHIP][,peer=uboot|prgfw][,locks=now|reset]  built-in boards",
	.claims = claims_demo,
	.open = open_board,
};

const struct source_ops source_sim = {
	.name = "sim",
	.help = "sim:FILE[,chip=CHIP][,peer=...][,locks=...]  a board made from an image",
	.claims = claims_file,
	.open = open_board,
};
