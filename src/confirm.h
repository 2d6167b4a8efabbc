/*
 * What a person has to do before anything burns, and the proof that it was done.
 *
 * A session starts read-only. Arming is a deliberate act; it ends with a commit, a reconnect or
 * another board. A confirmation binds one plan by its fingerprint; commit.h takes nothing else.
 */
#ifndef OTPEDIT_SRC_CONFIRM_H
#define OTPEDIT_SRC_CONFIRM_H

#include "src/errbuf.h"
#include "src/plan.h"

#include <stdbool.h>

struct arming {
	bool read_only; /* --read-only: can never be armed */
	bool armed;
	char board[64]; /* which board it was armed for */
};

/* ERR_REFUSED when the run is read-only or the board has no identity. */
enum status arming_arm(struct arming *arming, const char *board, struct errbuf *err);
void arming_disarm(struct arming *arming);
bool arming_allows(const struct arming *arming, const char *board);

#define CONFIRM_PHRASE_MAX 128

/*
 * The phrase to type for this plan: "y" for passing; "burn 70 on 3330" (words and the last four
 * digits of the board's unique id) for irreversible and dangerous; "for ever 34383330" (its last
 * eight) for one-way. Long lists of words are shortened to ranges.
 */
void confirm_phrase(char out[CONFIRM_PHRASE_MAX], const struct plan *plan);

struct confirmation {
	char fingerprint[PLAN_FINGERPRINT_LENGTH + 1]; /* "" : nothing was confirmed */
	char board[64];
	bool typed;     /* by a person at a terminal */
	bool rehearsed; /* by nobody, for a simulated board made for a rehearsal */
};

/*
 * The ways a confirmation comes to be. Both refuse plans that are refused themselves.
 * Typed: `acknowledged[i]` says that remark i was acknowledged by its own key; from class
 * "dangerous" up every warning must be. The typed text must be the phrase, exactly.
 */
enum status confirm_typed(struct confirmation *out, const struct plan *plan, const char *typed,
	const bool *acknowledged, const struct arming *arming, struct errbuf *err);

/*
 * Without a terminal: the fingerprint that `preview` printed and, from class "dangerous" up, the
 * name of each warning's rule. One-way plans are always ERR_REFUSED this way.
 */
enum status confirm_fingerprint(struct confirmation *out, const struct plan *plan,
	const char *fingerprint, const char *const accepted[], size_t accepted_count,
	const struct arming *arming, struct errbuf *err);

/*
 * The same for firmware that is loaded into a board (src/bringup.h), which can burn by itself:
 * "boot version 0 on 3330". `what` is "version 0", or "phase 3" where TF-A runs already.
 */
struct confirm_boot {
	const char *what;
	const char *board;       /* whom the session is armed for */
	const char *fingerprint; /* of files and board */
};
void confirm_boot_phrase(char out[CONFIRM_PHRASE_MAX], const struct confirm_boot *boot);
enum status confirm_boot_typed(struct confirmation *out, const struct confirm_boot *boot,
	const char *typed, const struct arming *arming, struct errbuf *err);
enum status confirm_boot_fingerprint(struct confirmation *out, const struct confirm_boot *boot,
	const char *fingerprint, const struct arming *arming, struct errbuf *err);
bool confirmation_holds_for_boot(
	const struct confirmation *confirmation, const struct confirm_boot *boot);

/*
 * For a rehearsal: nobody is asked, as nothing real can burn. ERR_REFUSED unless the plan is for
 * one simulated board; what comes of it holds for no other plan, and never for a real board.
 */
enum status confirm_rehearsal(struct confirmation *out, const struct plan *plan,
	const struct arming *arming, struct errbuf *err);

/* Whether it is for exactly this plan. */
bool confirmation_holds(const struct confirmation *confirmation, const struct plan *plan);

#endif
