#include "tests/matrix/bench.h"

#include "tests/matrix/arena.h"
#include "tests/support/sim_partition.h"
#include "transport/device_uart.h"
#include "transport/device_usb.h"
#include "transport/source_bench.h"
#include "transport/source_sim.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct bench_kind kinds[FIRE_LINKS] = {
	[FIRE_USB_UBOOT] = {"usb u-boot", SIM_MP15, SIM_SERVICE_UBOOT, true, false, {70, 71}, 14},
	[FIRE_USB_PRGFW] = {"usb prgfw", SIM_MP25, SIM_SERVICE_PRGFW, true, false, {300, 301}, 6},
	[FIRE_UART_UBOOT] = {"uart u-boot", SIM_MP15, SIM_SERVICE_UBOOT, false, false, {70, 71},
		14},
	[FIRE_UART_PRGFW] = {"uart prgfw", SIM_MP25, SIM_SERVICE_PRGFW, false, false, {300, 301},
		6},
	[FIRE_SIMULATED] = {"simulated", SIM_MP15, SIM_SERVICE_UBOOT, true, true, {70, 71}, 14},
};

static struct bench *on_bench; /* sources have no payload */

const struct bench_kind *bench_kind(enum fire_link link)
{
	return &kinds[link];
}

/* --- the way in to boards that are real to the program */

static bool claims(const char *text)
{
	return strcmp(text, "fire") == 0;
}

static enum status open_link(
	struct device **out, const struct device_info *about, struct errbuf *err)
{
	struct usb_link *usb;
	struct stream *stream;
	enum status status;
	if (on_bench->kind->is_usb) {
		const struct device_usb_about with = {.source = about->source,
			.link = "fire",
			.port = about->port,
			.source_class = SOURCE_REAL};
		status = wire_open_usb(&usb, &on_bench->wire, err);
		return status == OK ? device_usb_open(out, usb, &with, err) : status;
	}
	const struct device_uart_about with = {.source = about->source,
		.link = "fire",
		.port = about->port,
		.source_class = SOURCE_REAL};
	status = wire_open_stream(&stream, &on_bench->wire, err);
	return status == OK ? device_uart_open(out, stream, &with, err) : status;
}

static enum status open_board(struct device **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	struct device_info about = {.source_class = SOURCE_REAL};
	const struct bench_kind *kind = on_bench->kind;
	bool is_uboot = kind->service == SIM_SERVICE_UBOOT;
	about.peer = kind->is_usb && is_uboot ? PEER_UBOOT : PEER_PRGFW;
	snprintf(about.source, sizeof about.source, "%s", text);
	snprintf(about.port, sizeof about.port, "%s", on_bench->port);
	if (kind->is_usb)
		sim_board_serial(on_bench->wire.board, about.serial);
	enum status status = options->admit(&about, options->payload, err);
	return status == OK ? open_link(out, &about, err) : status;
}

static enum status find_board(struct found_board *out, const char *text, struct errbuf *err)
{
	(void)err;
	*out = (struct found_board){.is_blind = true};
	snprintf(out->source, sizeof out->source, "%s", text);
	snprintf(out->path, sizeof out->path, "%s", on_bench->port);
	if (on_bench->kind->is_usb)
		sim_board_serial(on_bench->wire.board, out->serial);
	return OK;
}

static const struct source_ops source_fire = {
	.name = "fire", .help = "", .claims = claims, .open = open_board, .find = find_board};
const struct source_ops *const bench_sources[] = {&source_fire, &source_demo, &source_sim, NULL};

/* --- what the simulated source makes is ours to look at */

enum status bench_source_bench_make(struct source_bench **out, const struct source_request *request,
	const struct source_options *options, struct errbuf *err)
{
	enum status status = source_bench_make(out, request, options, err);
	struct bench *bench = on_bench;
	if (status != OK || !bench || bench->made_count == BENCH_MADE_MAX)
		return status;
	bench->made[bench->made_count++] = (*out)->board;
	bench->boards[bench->plugged] = bench->wire.board = (*out)->board;
	bench->wire.usb = (*out)->usb;
	snprintf(bench->kept, sizeof bench->kept, "%s", (*out)->fuses_path);
	if (bench->plugged == 0)
		bench_spoil(bench);
	return status;
}

enum status bench_sim_usb_open(struct usb_link **out, struct sim_usb *usb, struct errbuf *err)
{
	if (on_bench && on_bench->wire.usb == usb)
		return wire_open_usb(out, &on_bench->wire, err);
	return sim_usb_open(out, usb, err);
}

/* Renamed where it is defined: what is called here is the firmware's. */
bool sim_board_otp_write_unseen(struct sim_board *board, const uint8_t *request, size_t length);

bool sim_board_otp_write(struct sim_board *board, const uint8_t *request, size_t length)
{
	if (on_bench && on_bench->requested)
		on_bench->requested(board, request, length, on_bench->payload);
	return sim_board_otp_write_unseen(board, request, length);
}

bool sim_board_otp_read_unseen(struct sim_board *board, uint8_t *out);

bool sim_board_otp_read(struct sim_board *board, uint8_t *out)
{
	bool is_done = sim_board_otp_read_unseen(board, out);
	if (is_done && on_bench && on_bench->read)
		on_bench->read(board, out, on_bench->payload);
	return is_done;
}

void bench_burn(struct bench *bench, unsigned word, uint32_t value, uint32_t locks)
{
	struct sim_partition request = sim_partition_empty(bench->kind->family == SIM_MP25 ? 3 : 2);
	sim_partition_put(&request, word, value, UINT32_C(0x80000000) | locks);
	assert_true(sim_board_otp_write_unseen(
		bench->boards[0], request.bytes, sim_board_partition_size(bench->boards[0])));
}

/* --- boards */

void bench_connect(struct bench *bench, unsigned which)
{
	bench->plugged = which;
	bench->wire.board = bench->boards[which];
	bench->wire.usb = bench->usbs[which];
	bench->wire.uart = bench->uarts[which];
	bench->wire.other = bench->uarts[1 - which];
	bench->wire.is_gone = bench->wire.is_mute = false;
	bench->wire.pending_count = bench->wire.lost_count = 0;
	bench->wire.at = bench->wire.then_after = 0;
}

/* The board as a file, and what opens it: "sim:FILE". */
static void make_image(struct bench *bench, unsigned which)
{
	struct sim_partition image = sim_partition_read(bench->boards[which]);
	char path[SCRATCH_MAX + 16];
	snprintf(path, sizeof path, "%s/board%u.bin", bench->folder, which);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	size_t size = sim_board_partition_size(bench->boards[which]);
	assert_int_equal(fwrite(image.bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	snprintf(bench->sources[which], sizeof bench->sources[which], "sim:%s%s", path,
		bench->silicon == FIRE_LOCKS_LATE ? ",locks=reset" : "");
}

static void put_on_link(struct bench *bench, unsigned which)
{
	struct errbuf err = {0};
	struct sim_board *board = bench->boards[which];
	assert_true(sim_board_set_service(board, bench->kind->service));
	if (bench->kind->is_usb)
		assert_int_equal(sim_usb_create(&bench->usbs[which], board, &err), OK);
	else
		assert_int_equal(sim_uart_create(&bench->uarts[which], board, &err), OK);
	snprintf(bench->sources[which], sizeof bench->sources[which], "fire");
	if (bench->kind->is_simulated)
		make_image(bench, which);
}

static void make_boards(struct bench *bench)
{
	const struct bench_kind *kind = bench->kind;
	struct errbuf err = {0};
	assert_int_equal(sim_board_demo(&bench->boards[0], kind->family, &err), OK);
	put_on_link(bench, 0);
	struct sim_partition twin = sim_partition_read(bench->boards[0]);
	sim_partition_put(&twin, kind->id_word,
		sim_partition_value(&twin, kind->id_word) ^ 0x00010000,
		sim_partition_status(&twin, kind->id_word));
	bench_replace_other(bench, &twin);
}

void bench_replace_other(struct bench *bench, const struct sim_partition *image)
{
	struct errbuf err = {0};
	sim_usb_free(bench->usbs[1]);
	sim_uart_free(bench->uarts[1]);
	sim_board_free(bench->boards[1]);
	bench->usbs[1] = NULL;
	bench->uarts[1] = NULL;
	if (sim_board_of_family(&bench->boards[1], bench->kind->family, image->bytes,
		    sim_board_partition_size(bench->boards[0]), &err) != OK)
		fail_msg("%s", err.text);
	put_on_link(bench, 1);
	bench_connect(bench, 0);
}

void bench_make(struct bench *bench, enum fire_link link, enum fire_silicon silicon)
{
	bench->kind = &kinds[link];
	bench->silicon = silicon;
	bench->port = "fire-1";
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	scratch_make(bench->folder);
	snprintf(bench->state_folder, sizeof bench->state_folder, "%s/otpedit", bench->folder);
	assert_int_equal(mkdir(bench->state_folder, 0700), 0);
	make_boards(bench);
	on_bench = bench;
}

void bench_remove(struct bench *bench)
{
	on_bench = NULL;
	for (unsigned i = 0; i < 2; i++) {
		sim_usb_free(bench->usbs[i]);
		sim_uart_free(bench->uarts[i]);
		sim_board_free(bench->boards[i]);
	}
	scratch_remove(bench->folder);
}

void bench_settle(struct bench *bench)
{
	char text[SIM_BOARD_SAVE_CAPACITY];
	struct errbuf err = {0};
	if (!bench->kind->is_simulated || bench->kept[0] == '\0')
		return;
	FILE *file = fopen(bench->kept, "rb");
	assert_non_null(file);
	size_t length = fread(text, 1, sizeof text, file);
	fclose(file);
	assert_int_equal(sim_board_demo(&bench->boards[0], bench->kind->family, &err), OK);
	struct sim_partition image = sim_partition_read(bench->boards[0]);
	assert_int_equal(sim_board_of_family(&bench->boards[0], bench->kind->family, image.bytes,
				 sim_board_partition_size(bench->boards[0]), &err),
		OK);
	if (sim_board_restore(bench->boards[0], text, length, &err) != OK)
		fail_msg("%s", err.text);
}

void bench_spoil(struct bench *bench)
{
	const unsigned *word = bench->kind->word;
	struct sim_board *board = bench->boards[0];
	switch (bench->silicon) {
	case FIRE_SOUND: break;
	case FIRE_LIES: sim_board_set_faults(board, (struct sim_faults){.lies = true}); break;
	case FIRE_BURNS_LATE: sim_board_set_faults(board, (struct sim_faults){.late = 2}); break;
	case FIRE_TAKES_NONE: sim_board_set_word_fault(board, word[0], SIM_WORD_FAILS); break;
	case FIRE_TAKES_FIRST: sim_board_set_word_fault(board, word[1], SIM_WORD_FAILS); break;
	case FIRE_TAKES_HALF: sim_board_set_word_fault(board, word[0], SIM_WORD_TAKES_HALF); break;
	case FIRE_SPOILS: sim_board_set_word_fault(board, word[1], SIM_WORD_SPOILS); break;
	case FIRE_LOCK_FAILS: sim_board_set_word_fault(board, word[0], SIM_WORD_LOCK_FAILS); break;
	case FIRE_CUTS_POWER: sim_board_set_word_fault(board, word[1], SIM_WORD_CUTS_POWER); break;
	case FIRE_LOCKS_LATE: sim_board_show_locks(board, SIM_LOCKS_AT_RESET); break;
	}
}

void bench_mend(struct bench *bench)
{
	bench->silicon = FIRE_SOUND;
	sim_board_set_faults(bench->boards[0], (struct sim_faults){0});
	for (unsigned i = 0; i < BENCH_WORDS; i++)
		sim_board_set_word_fault(bench->boards[0], bench->kind->word[i], SIM_WORD_SOUND);
	sim_board_show_locks(bench->boards[0], SIM_LOCKS_NOW);
}

unsigned bench_pulses(const struct bench *bench, unsigned word)
{
	unsigned pulses = 0;
	if (!bench->kind->is_simulated)
		return sim_board_pulses(bench->boards[0], word);
	for (size_t i = 0; i < bench->made_count; i++)
		pulses += sim_board_pulses(bench->made[i], word);
	return pulses;
}

/* --- sessions */

struct session *bench_open(
	struct bench *bench, const struct power_cycle *powered, struct errbuf *err)
{
	const struct session_options options = {.sources = bench_sources,
		.powered = powered,
		.source = {.state_folder = bench->state_folder}};
	struct session *session = NULL;
	return session_open(&session, bench->sources[bench->plugged], &options, err) == OK ? session
											   : NULL;
}

struct session *bench_open_powered(struct bench *bench, struct errbuf *err)
{
	struct power_cycle *cycle;
	struct session *session = NULL;
	if (bench->kind->is_simulated)
		return bench_open(bench, NULL, err);
	if (power_cycle_begin(&cycle, &source_fire, "fire", bench->state_folder, err) != OK)
		return NULL;
	sim_board_power_down(bench->boards[0]);
	sim_board_power_up(bench->boards[0]);
	if (power_cycle_look(cycle, err) == OK &&
		power_cycle_confirm(cycle, power_cycle_words(cycle), err) == OK)
		session = bench_open(bench, cycle, err);
	power_cycle_free(cycle);
	return session;
}
