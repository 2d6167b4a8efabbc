/* The inside of fire.c and its sisters. */
#ifndef OTPEDIT_TESTS_MATRIX_FIRE_PARTS_H
#define OTPEDIT_TESTS_MATRIX_FIRE_PARTS_H

#include "src/session.h"
#include "tests/matrix/bench.h"
#include "tests/matrix/fire.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define FIRE_SYNCED_MAX 512

/* All of it lies in memory that the program in its own process shares. */
struct fire {
	struct fire_case which;
	struct fire_outcome out;
	struct bench bench;
	struct commit_result result;
	enum status status;
	struct errbuf err;
	bool is_confirmed; /* a commit runs that a person confirmed; else nothing may burn */
	unsigned values_sent, locks_sent; /* requests that reached the firmware in this commit */
	unsigned opening;                 /* exchanges before the commit, where they are counted */
	/* The program in its own process. */
	bool was_killed;
	int exit_status; /* -1: killed */
	char output[8192];
	/* What was told to reach the disk, and how long it was then. */
	size_t synced_count;
	struct {
		dev_t device;
		ino_t inode;
		off_t size;
	} synced[FIRE_SYNCED_MAX];
};

extern struct fire *on_fire; /* NULL: none */

extern const uint32_t fire_values[BENCH_WORDS];

/* Whether one of the case's faults is this one. */
bool fire_has(const struct fire *fire, enum fire_fault fault);

/* Runs 'otpedit apply' on the bench in a process of its own, with the fault; fills the second part
 * of struct fire. */
void fire_run_program(struct fire *fire);

/* --- what has to hold: each counts itself under its invariant */

__attribute__((format(printf, 3, 4))) void fire_violate(
	struct fire *fire, unsigned invariant, const char *format, ...);

/* A request is about to reach the firmware. */
void fire_check_request(
	const struct sim_board *board, const uint8_t *request, size_t length, void *payload);

/* Nothing that was not asked for, and nothing twice. */
void fire_check_silicon(struct fire *fire);
/* What is told of words against their fuses. */
void fire_check_words(struct fire *fire, const struct word_result *told, size_t count);
/* What a commit told; what the program in its own process did. */
void fire_check_told(struct fire *fire);
void fire_check_program(struct fire *fire);
/* Files and folders of the state; leftovers are no harm before the next start. */
void fire_check_files(struct fire *fire);

size_t fire_open_entries(struct fire *fire, enum journal_end least);
bool fire_is_untouched(const struct fire *fire);
bool fire_is_whole(const struct fire *fire);

#endif
