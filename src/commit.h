/*
 * The one path that burns fuses. The only caller of device_ops.stage and .burn.
 *
 * For each pass of the plan: hold the board · its identity is the confirmed one · read twice, both
 * equal, equal to the snapshot plus the passes done · rules again, on this read · intent on disk ·
 * stage · burn, once · re-read until two reads agree · compare word by word · outcome on disk.
 * Anything unexpected before the burn ends the commit with nothing burnt, and says so.
 */
#ifndef OTPEDIT_SRC_COMMIT_H
#define OTPEDIT_SRC_COMMIT_H

#include "src/confirm.h"
#include "src/device.h"
#include "src/errbuf.h"
#include "src/journal.h"
#include "src/plan.h"

/*
 * What job->progress is told in each pass, in this order; in between, a device may tell stages of
 * its own. From COMMIT_STAGE_BURN on there is no way back, and cancelling is no longer asked for.
 */
#define COMMIT_STAGE_READ      "reading the board twice"
#define COMMIT_STAGE_JOURNAL   "writing down what is about to be burnt"
#define COMMIT_STAGE_STAGE     "staging the request"
#define COMMIT_STAGE_BURN      "burning: do not touch cable or power"
#define COMMIT_STAGE_READ_BACK "reading back"

/* Each pass can give a line for every word. */
#define COMMIT_MAX_RESULTS (IMAGE_MAX_WORDS * PLAN_MAX_PASSES)

struct commit_result {
	enum commit_verdict verdict;
	bool triggered;      /* whether a burn was, or may have been, triggered at all */
	bool journal_failed; /* burnt, but the outcome could not be written: report it elsewhere */
	size_t passes_done;  /* passes whose every word is as predicted */
	size_t word_count;
	struct word_result words[COMMIT_MAX_RESULTS]; /* in order of passes, then of words */
	struct image after;                           /* the last re-read */
	bool has_after;
	char complaint[256];             /* the board's own text, where it gave a new one */
	char next_step[ERRBUF_CAPACITY]; /* for people: what to do now */
};

/*
 * Carries the plan out. Before the first burn every failure is returned as its status with nothing
 * burnt (result->triggered is false). From the first burn on it returns OK and result->verdict
 * holds, whatever happened. `arming` is disarmed in any case. Large: allocate struct commit_result
 * on the heap.
 */
enum status commit_run(struct commit_result *result, const struct plan *plan,
	const struct confirmation *confirmation, struct arming *arming, struct device *device,
	struct journal *journal, const struct job *job, struct errbuf *err);

/* When a read was made: right after the burn, or after the board was powered up anew, which is when
 * every lock shows that ever will. */
enum judge_moment { JUDGE_AFTER_BURN, JUDGE_AFTER_RESET };

/*
 * What a read says about a word of an intent: the heart of both the verdict after a burn and the
 * recovery after a crash. `found` is NULL when nothing could be read.
 */
struct word_result commit_judge_word(const struct journal_word *word, enum pass_kind pass,
	const struct image *found, enum judge_moment moment);

/* The verdict over all words. */
enum commit_verdict commit_judge(const struct word_result *results, size_t count);

/* One read, as it came: enough to look at a board over a link that finds damage itself. */
enum status commit_read_once(
	struct image *out, struct device *device, const struct job *job, struct errbuf *err);

/* Two reads that agree, at most `tries` pairs; ERR_LINK when the board never reads the same twice.
 */
enum status commit_read_twice(struct image *out, struct device *device, unsigned tries,
	const struct job *job, struct errbuf *err);

#endif
