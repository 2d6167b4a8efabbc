/*
 * Two simulated boards of a kind behind one of five links, and the program's way to them: for
 * fire.c and for tests of the contract.
 */
#ifndef OTPEDIT_TESTS_MATRIX_BENCH_H
#define OTPEDIT_TESTS_MATRIX_BENCH_H

#include "src/session.h"
#include "src/store.h"
#include "tests/matrix/fire.h"
#include "tests/matrix/wire.h"
#include "tests/support/scratch.h"
#include "transport/sim_board.h"

#define BENCH_WORDS    2u
#define BENCH_MADE_MAX 24

struct bench_kind {
	const char *name;
	enum sim_family family;
	enum sim_service service;
	bool is_usb;
	bool is_simulated;          /* a source of the program's own, kept on disk */
	unsigned word[BENCH_WORDS]; /* customer words that are empty on these boards */
	unsigned id_word;           /* one of the unique id */
};

const struct bench_kind *bench_kind(enum fire_link link);

struct bench {
	const struct bench_kind *kind;
	enum fire_silicon silicon;
	/* Ours, and another one of the kind. Simulated: ours as it is now, or as it was kept. */
	struct sim_board *boards[2];
	struct sim_usb *usbs[2];
	struct sim_uart *uarts[2];
	struct wire wire;
	const char *port;
	char folder[SCRATCH_MAX], state_folder[SCRATCH_MAX + 16];
	unsigned plugged;                  /* which of the two is plugged in */
	char sources[2][SCRATCH_MAX + 64]; /* what opens each */
	/* Simulated: every board that the program has made from the image, and what it keeps. */
	char kept[STORE_PATH_MAX];
	struct sim_board *made[BENCH_MADE_MAX];
	size_t made_count;
	/* Called with every request that reaches the firmware of a board, and with what it reads
	 * from its fuses, which may be changed. NULL: nobody. */
	void (*requested)(const struct sim_board *board, const uint8_t *request, size_t length,
		void *payload);
	void (*read)(const struct sim_board *board, uint8_t *out, void *payload);
	void *payload;
};

/* Makes boards and folders; what is made shares memory with child processes. One at a time. */
void bench_make(struct bench *bench, enum fire_link link, enum fire_silicon silicon);
void bench_remove(struct bench *bench);

/* Plugs this board in: 0 ours, 1 the other. The faults are over. */
void bench_connect(struct bench *bench, unsigned which);

/* In place of the other board, with these fuses. */
struct sim_partition;
void bench_replace_other(struct bench *bench, const struct sim_partition *image);

/* What somebody else does with ours, past the program: values are burnt, locks set. */
void bench_burn(struct bench *bench, unsigned word, uint32_t value, uint32_t locks);

/* The silicon is as the bench says from here on; and sound again. */
void bench_spoil(struct bench *bench);
void bench_mend(struct bench *bench);

/* Simulated: ours is what is kept on disk, once nobody has it open. */
void bench_settle(struct bench *bench);

/* Ends in a session, or NULL. */
struct session *bench_open(
	struct bench *bench, const struct power_cycle *powered, struct errbuf *err);

/* After a power cycle that a person has seen and confirmed; simulated boards have one at each
 * opening. */
struct session *bench_open_powered(struct bench *bench, struct errbuf *err);

/* Pulses that reached a word's fuses, ours, in all. */
unsigned bench_pulses(const struct bench *bench, unsigned word);

/* The way in, and those of the program's that are simulated; ends with NULL. For ui/main.c, too. */
extern const struct source_ops *const bench_sources[];

/* In place of the functions that source_sim.c calls: they show us the board. */
struct source_bench;
struct source_request;
enum status bench_sim_usb_open(struct usb_link **out, struct sim_usb *usb, struct errbuf *err);
enum status bench_source_bench_make(struct source_bench **out, const struct source_request *request,
	const struct source_options *options, struct errbuf *err);

#endif
