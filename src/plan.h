/*
 * The checked, ordered passes that take one board from its snapshot to what is asked, bound to
 * both. Only a plan reaches a board, and only through commit.h.
 *
 * The host decides the order, because the firmware's is bad: it walks words upwards and locks each
 * one right after programming it. So: values, permanent and other locks, sticky read locks, life
 * cycle; each its own request, each proved before the next.
 */
#ifndef OTPEDIT_SRC_PLAN_H
#define OTPEDIT_SRC_PLAN_H

#include "src/chip.h"
#include "src/device.h"
#include "src/draft.h"
#include "src/errbuf.h"
#include "src/image.h"
#include "src/partition.h"
#include "src/rules.h"

enum pass_kind { PASS_VALUES, PASS_LOCKS, PASS_STICKY_READ, PASS_LIFECYCLE };
#define PLAN_MAX_PASSES 4

struct plan_change {
	unsigned word;
	uint32_t request_value, request_status; /* what is sent for this word */
	uint32_t before_value, before_status;   /* as in the snapshot */
	uint32_t after_value, after_status;     /* predicted */
	bool before_known, after_known;         /* whether the value can be trusted */
	bool irreversible;                      /* false only for sticky locks */
};

struct plan_pass {
	enum pass_kind kind;
	size_t change_count;
	struct plan_change changes[IMAGE_MAX_WORDS]; /* ascending by word */
	size_t request_length;
	uint8_t request[PARTITION_MAX_BYTES];
	struct image predicted; /* after this pass */
};

#define PLAN_FINGERPRINT_LENGTH 16

/* Made by plan_make(), never changed afterwards. */
struct plan {
	const struct chip *chip; /* borrowed; outlives the plan */
	enum peer peer;
	enum source_class source_class;
	char board[64]; /* identity of the one board it is for; "" : none, so it cannot burn */
	char twin[128]; /* the port of a simulated board, which can share an identity; else "" */
	struct edits edits;
	struct image snapshot;
	size_t pass_count;
	struct plan_pass passes[PLAN_MAX_PASSES];
	struct image predicted; /* after all passes */
	struct remarks remarks;
	bool refused; /* some remark is an error: commit will not take it */
	enum danger_class danger;
	char fingerprint[PLAN_FINGERPRINT_LENGTH + 1];
};

struct plan_context {
	const struct chip *chip;
	enum peer peer;
	enum source_class source_class;
	const char *board; /* identity; "" when there is none */
	const char *twin;  /* the port of a simulated board; NULL: none */
	bool view_only;
	const bool *untouchable; /* see rules.h; may be NULL */
};

/*
 * Always makes a plan, also a refused one: its remarks say why. Fails only for lack of memory.
 * *out is the caller's: plan_free().
 */
enum status plan_make(struct plan **out, const struct edits *edits, const struct image *snapshot,
	const struct plan_context *context, struct errbuf *err);
void plan_free(struct plan *plan);

/* Whether the plan still is what its fingerprint was made of. */
bool plan_is_intact(const struct plan *plan);

/* "values", "locks", "sticky-read", "life-cycle". */
const char *pass_kind_name(enum pass_kind kind);

/*
 * The pass a word's request belongs to, and the class it asks for, by the kinds and dangers of the
 * chip map: what words it touches and, for values, which bits.
 */
bool plan_word_is_lifecycle(const struct chip *chip, unsigned word, uint32_t changed_bits);
enum danger_class plan_word_class(
	const struct chip *chip, unsigned word, uint32_t changed_bits, uint32_t locks);

/* Builds a request of zeros with the version as read and just these changes. */
enum status plan_request(uint8_t *out, size_t cap, size_t *length, const struct image *image,
	const struct plan_change *changes, size_t count, struct errbuf *err);

#endif
