/*
 * A commit tried on a twin: what a board was just read to hold is put into a simulated board behind
 * the same service, the plan is carried out there, and what came of it stands beside what was
 * predicted for the board itself.
 *
 * Nothing is sent to the board, which is not even asked for: only what was read of it is used, and
 * no source but the simulated one is within reach. The twin's journal, locks and fuses are in a
 * folder of their own, cleared for each rehearsal; its confirmation is made for it alone, and binds
 * a plan for a simulated board; the board stays as armed, or not, as it was.
 */
#ifndef OTPEDIT_SRC_REHEARSAL_H
#define OTPEDIT_SRC_REHEARSAL_H

#include "src/commit.h"
#include "src/session.h"
#include "src/store.h"

/* How the twin is found after the commit and a power cycle. */
enum rehearsal_start {
	REHEARSAL_NOT_TRIED,   /* nothing was burnt */
	REHEARSAL_OFFERS_OTP,  /* it shows its fuses */
	REHEARSAL_WITHOUT_OTP, /* it starts, and offers no OTP, as a closed device does */
	REHEARSAL_IS_DEAD      /* nothing answers any more; the text says more */
};

struct rehearsal {
	char fault[64];              /* how the twin went wrong, as asked for; "" : not at all */
	char chip[32];               /* whose words they are */
	char peer[64];               /* the service */
	char folder[STORE_PATH_MAX]; /* of the twin's own journal */
	char board[64];              /* the identity of both */
	char prediction[PLAN_FINGERPRINT_LENGTH + 1];  /* of the plan for the board */
	char fingerprint[PLAN_FINGERPRINT_LENGTH + 1]; /* of that for the twin: never the same */
	bool asked[IMAGE_MAX_WORDS];
	struct image before;    /* the board, as it was read */
	struct image predicted; /* for the board */
	struct image found;     /* the twin: last read */
	bool has_found;
	size_t unlike_count; /* words in which the twin began otherwise than the board */
	unsigned unlike_first;
	enum status status; /* of the commit; OK: `result` holds */
	struct errbuf error;
	struct commit_result result;
	enum rehearsal_start start;
	char start_text[ERRBUF_CAPACITY];
};

/* What goes wrong on the twin, in the words that simulated boards take; the last row's name is
 * NULL. Where `of_word`, the number of a word follows. */
struct rehearsal_fault {
	const char *name; /* "half:"; "" : nothing goes wrong */
	bool of_word;
	const char *about; /* "only half of word 70 burns", with "%u" for the word */
};
extern const struct rehearsal_fault rehearsal_faults[];

/*
 * Carries the edits out on a twin of what this session read. `fault` is what simulated boards take
 * behind "fault=", or "locks=reset"; "": nothing goes wrong. Of `options` the sources and the
 * state folder count. *out is large, the caller's: free(). ERR_REFUSED where the plan would be
 * refused on the board, ERR_BUSY while another rehearsal is under way. A commit on the twin that
 * goes wrong is no failure: out->status and ->result tell.
 */
enum status rehearsal_run(struct rehearsal **out, const struct session *session,
	const struct edits *edits, const char *fault, const struct session_options *options,
	const struct job *job, struct errbuf *err);

/* Whether the word came out as predicted. */
bool rehearsal_agrees(const struct rehearsal *rehearsal, unsigned word);

/* How many words did not. */
size_t rehearsal_count_differences(const struct rehearsal *rehearsal);

#endif
