/*
 * Intents, outcomes and snapshots: what makes a crash at any point explainable.
 *
 * journal.jsonl in its folder: one JSON object a line, append-only, fsynced; a torn last line is
 * tolerated. boards/<digest>/ keeps the images before and after each pass. Real and simulated
 * boards have separate journals. Values are stored, secrets too (0600): masking is for screens and
 * exports.
 */
#ifndef OTPEDIT_SRC_JOURNAL_H
#define OTPEDIT_SRC_JOURNAL_H

#include "src/device.h"
#include "src/draft.h"
#include "src/errbuf.h"
#include "src/image.h"
#include "src/plan.h"

/* What became of one word, by the re-read and nothing else. */
enum word_verdict {
	VERDICT_AS_PLANNED,
	VERDICT_ALREADY_SO,
	VERDICT_NOT_BURNT,
	VERDICT_PARTLY_SET,
	VERDICT_INVALID,    /* ECC */
	VERDICT_UNREADABLE, /* by design */
	VERDICT_LOCKED,     /* locked, not attempted */
	VERDICT_NOT_REACHED,
	VERDICT_LOCK_UNPROVED,    /* until reset */
	VERDICT_CANNOT_BE_PROVED, /* over this link */
	VERDICT_UNKNOWN
};
const char *word_verdict_text(enum word_verdict verdict); /* "as planned" */
bool word_verdict_is_good(
	enum word_verdict verdict); /* as planned, already so, lock unproved until reset */

enum commit_verdict {
	COMMIT_VERIFIED,
	COMMIT_LOCKS_UNPROVED,
	COMMIT_PARTIAL,
	COMMIT_REFUSED, /* by the board: nothing changed */
	COMMIT_UNKNOWN
};
const char *commit_verdict_text(enum commit_verdict verdict); /* "VERIFIED" */

struct word_result {
	unsigned word;
	enum word_verdict verdict;
	enum pass_kind pass;
	uint32_t before_value, before_status;
	uint32_t planned_value, planned_status;
	uint32_t found_value, found_status; /* of the last re-read */
	bool found;                         /* whether there was one */
	char text[160]; /* what it means, where the verdict's name does not say it all */
};

/* One journal per source class; opened for reading or appending as needed, holds no file open. */
struct journal {
	char folder[4096]; /* …/otpedit or …/otpedit/simulated */
	enum source_class source_class;
	/* Simulated boards can share one identity: two that started from the same image. Their port
	 * tells them apart; "" for real boards, and for looking at all of them. */
	char twin[128];
};

/* Creates the folder when it is missing. ERR_FILE when it cannot be written, with the path. */
enum status journal_open(struct journal *out, const char *state_folder,
	enum source_class source_class, struct errbuf *err);

#define JOURNAL_ID_MAX 40

#define JOURNAL_CONFIRMED_MAX 512

struct journal_word {
	unsigned word;
	uint32_t before_value, before_status;
	uint32_t request_value, request_status;
	uint32_t after_value, after_status;
	bool before_known, after_known;
};

/* What was about to be burnt: one pass of one plan on one board. */
struct journal_intent {
	char id[JOURNAL_ID_MAX];
	char time[32]; /* UTC, ISO 8601 */
	char board[64];
	char source[256];
	char port[128];
	char serial[64];
	char chip[32];
	char peer[64];
	char fingerprint[PLAN_FINGERPRINT_LENGTH + 1];
	enum pass_kind pass;
	unsigned pass_index, pass_count;
	size_t word_count;
	struct journal_word words[IMAGE_MAX_WORDS];
	char before_file[256]; /* the image before this pass, relative to the journal's folder */
	/* What later readers want to know; "" or false in entries of early versions. */
	char commit[JOURNAL_ID_MAX];           /* the id of the first pass of the same commit */
	char tool[48];                         /* "otpedit 0.1.0" */
	char user[64], host[64];               /* who ran it, where */
	char link[64];                         /* for people: "usb 1-5.4" */
	char danger[16];                       /* the class of the whole plan */
	char confirmed[JOURNAL_CONFIRMED_MAX]; /* what the person did to confirm it */
	bool has_plan;
	struct edits plan; /* all that was asked for, of every pass */
};

/* Whether two intents are passes of one commit. */
bool journal_is_same_commit(const struct journal_intent *a, const struct journal_intent *b);

enum journal_end {
	JOURNAL_NO_OUTCOME,    /* the program died, or could not read back */
	JOURNAL_PENDING_LOCKS, /* values proved, locks wait for the reset */
	JOURNAL_MORE_PASSES,   /* this pass proved, the next one not yet begun */
	JOURNAL_CLOSED
};

/* An intent and what is known of its end. */
struct journal_entry {
	struct journal_intent intent;
	enum journal_end end;
	bool has_verdict;
	enum commit_verdict verdict;
	char ended[32];       /* when the last outcome was written, as intent.time; "" : none */
	char how[32];         /* who found it out, see journal_write_outcome() */
	char note[256];       /* the board's words, or why nothing could be read */
	char after_file[256]; /* the image after it, as intent.before_file; "" : none */
	size_t result_count;
	struct word_result results[IMAGE_MAX_WORDS];
};

/* Saves the image before the pass, then appends the intent; both are on disk when this returns OK.
 * Reserves the space the outcome will need. Fills intent->id, ->time, ->before_file, and ->commit
 * where it is "". */
enum status journal_write_intent(struct journal *journal, struct journal_intent *intent,
	const struct image *before, struct errbuf *err);

/* Appends the outcome of an intent; `after` may be NULL when nothing could be read. `how` says who
 * found out: "commit", "recovery", "after reset". */
enum status journal_write_outcome(struct journal *journal, const struct journal_intent *intent,
	enum commit_verdict verdict, enum journal_end end, const struct word_result *results,
	size_t result_count, const struct image *after, const char *how, const char *note,
	struct errbuf *err);

/* Entries, oldest first: all, or only those whose end is not JOURNAL_CLOSED (memory then does not
 * grow with the journal). *out is malloc'd, the caller's to free(). Lines that make no sense are
 * counted in *damaged and otherwise kept out. No journal yet: OK and 0 entries. */
enum journal_selection { JOURNAL_ALL, JOURNAL_OPEN_ONLY };
enum status journal_read(struct journal_entry **out, size_t *count, size_t *damaged,
	enum journal_selection selection, const struct journal *journal, struct errbuf *err);

/* Clears away what a killed program left in the board's folder; for the holder of its lock. */
void journal_sweep(const struct journal *journal, const char *board);

/* Where a board's images are, relative to the journal's folder: "boards/<digest of the identity>".
 */
void journal_board_folder(char *out, size_t cap, const struct journal *journal, const char *board);

/* Whether an intent was for this board, and for this one of its twins. */
bool journal_is_for(
	const struct journal *journal, const struct journal_intent *intent, const char *board);

/* Saves and finds the board's last image, to say at the next connection what changed in between.
 * journal_last_image(): *found is false when there is none. */
enum status journal_save_image(
	struct journal *journal, const char *board, const struct image *image, struct errbuf *err);
enum status journal_last_image(struct image *out, bool *found, const struct journal *journal,
	const char *board, struct errbuf *err);

/* The journal's records as stored, for `journal list --json`: malloc'd JSON text of a list.
 * *damaged: lines that are no JSON, left out. */
enum status journal_records_json(
	char **out, size_t *damaged, const struct journal *journal, struct errbuf *err);

#endif
