/*
 * What the program's exit status says. The table stands in man/otpedit.1, too.
 */
#ifndef OTPEDIT_UI_EXIT_STATUS_H
#define OTPEDIT_UI_EXIT_STATUS_H

#include "src/errbuf.h"
#include "src/journal.h"

enum exit_status {
	EXIT_DONE = 0,      /* locks may be unproved until the reset: the text says so */
	EXIT_DIFFERS = 1,   /* differs, is not there, or a check found errors */
	EXIT_USAGE = 2,     /* options, words and plans that make no sense */
	EXIT_LINK = 3,      /* board or link; nothing was burnt */
	EXIT_REFUSED = 4,   /* refused by a rule, or not confirmed; nothing was burnt */
	EXIT_UNCERTAIN = 5, /* a burn was triggered, its result is not as planned or not known */
	EXIT_FILE = 6       /* file, disk or state folder; nothing was burnt */
};

enum exit_status exit_status_of(enum status status);

/* After a burn was triggered. */
enum exit_status exit_status_of_verdict(enum commit_verdict verdict);

#endif
