/*
 * From the ROM code to a service for OTP: the one path that loads firmware into a board.
 *
 * Loading can burn: TF-A of STM32MP15 raises the anti-rollback word by itself (TF-A
 * bl2_plat_setup.c; on closed devices upstream, on open ones, too, in ST's v2.4), and what else a
 * file does only who built it knows. So it wants what a commit wants: the port is held, the board
 * is one of its kind, all files were checked before, the session is armed, and a person has
 * confirmed exactly these files for exactly this board.
 */
#ifndef OTPEDIT_SRC_BRINGUP_H
#define OTPEDIT_SRC_BRINGUP_H

#include "src/confirm.h"
#include "src/firmware.h"
#include "src/journal.h"
#include "src/loader.h"
#include "src/session.h"

/* The anti-rollback word, as far as it is known before anything is loaded. */
struct bringup_counter {
	int word;      /* its number; -1: not known for this chip */
	bool is_known; /* it was read when this board was last seen here */
	uint32_t value;
};

struct bringup {
	const struct source_ops *source;
	char source_text[4096];
	struct loader *loader;
	struct loader_view view;
	struct firmware firmware; /* owned */
	struct journal journal;
	bool journal_usable;
	int port_lock; /* -1: none */
	struct arming arming;
	char board[64]; /* "serial:0033…", or "port:/dev/ttyUSB0" where nothing tells the board */
	char what[32];  /* "version 0", "phase 3" */
	char fingerprint[PLAN_FINGERPRINT_LENGTH + 1];
	struct bringup_counter counter;
	bool was_closed;               /* when it was last seen here */
	char refusal[ERRBUF_CAPACITY]; /* why it cannot be loaded; "": it can */
	struct loader_report report;   /* of the last run */
};

/*
 * Opens the board and looks at it; `firmware` is taken over, also on failure, and may be empty:
 * then the refusal says so. What stands against loading is in ->refusal, so that it can be shown
 * with the rest. ERR_UNSUPPORTED where boards of this source are not brought up, or what answers is
 * none. *out is on the heap: bringup_close().
 */
enum status bringup_open(struct bringup **out, const char *source, struct firmware *firmware,
	const struct session_options *options, struct errbuf *err);
void bringup_close(struct bringup *bringup); /* NULL is fine */

/* Whether who answers, as boards tell it ("ROM code"), is a boot stage that takes firmware. */
bool bringup_is_stage(const char *who);

/* Other files in place of those that there are, which are freed; takes `firmware` over. */
void bringup_set_firmware(struct bringup *bringup, struct firmware *firmware);

/* What confirm_boot_typed() and confirm_boot_fingerprint() want to know. Borrowed. */
struct confirm_boot bringup_confirm(const struct bringup *bringup);

/* ERR_REFUSED for a run that is read-only. */
enum status bringup_arm(struct bringup *bringup, struct errbuf *err);

/*
 * Loads, until a service for OTP answers. The text of a failure says at which stage it ended, what
 * the board said, whether anything may have been burnt, and what to do; ERR_UNCERTAIN where
 * something may have been. Disarms. Afterwards only closing is left: the service is opened by
 * ->view.source as any board.
 */
enum status bringup_run(struct bringup *bringup, const struct confirmation *confirmation,
	const struct job *job, struct errbuf *err);

/*
 * What would be loaded, as lines for people, without line breaks: `line` is called for each. A line
 * that warns begins with '!', any other with a label or blanks of 13 columns.
 */
void bringup_tell(const struct bringup *bringup, void (*line)(const char *text, void *payload),
	void *payload);

#endif
