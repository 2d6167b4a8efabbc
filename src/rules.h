/*
 * Remarks on edits: what the silicon refuses, what would brick, what is pointless. A table: one row
 * a rule; adding one is adding a row to rules_of_words.c or rules_of_plans.c.
 */
#ifndef OTPEDIT_SRC_RULES_H
#define OTPEDIT_SRC_RULES_H

#include "src/chip.h"
#include "src/draft.h"
#include "src/errbuf.h"
#include "src/image.h"
#include "src/peer.h"

#include <stdbool.h>
#include <stddef.h>

enum severity {
	SEVERITY_NOTE,    /* good to know */
	SEVERITY_WARNING, /* each must be acknowledged before anything burns */
	SEVERITY_ERROR    /* nothing can burn while it stands */
};

/* What confirming takes: design of the ceremony in confirm.h. From harmless to worst. */
enum danger_class {
	CLASS_PASSING,      /* gone after a reset */
	CLASS_IRREVERSIBLE, /* customer, MAC and board-id words */
	CLASS_DANGEROUS,    /* anything else that is for ever */
	CLASS_ONE_WAY       /* changes the security state for ever */
};

struct remark {
	const char *rule; /* stable name: "written-twice"; what --accept takes */
	enum severity severity;
	int word;                 /* -1: the plan as a whole */
	enum danger_class danger; /* the class this remark asks for */
	char text[400];
	const char
		*instead; /* what to do instead, of the rules' table; "" or NULL: nothing to say */
};

struct remarks {
	size_t count, capacity;
	struct remark *items; /* worst severity first, then by word */
};

/* What the rules look at. */
struct rules_context {
	const struct edits *edits;
	const struct image *image; /* as read */
	const struct chip *chip;
	enum peer peer;
	bool has_identity;       /* the board can be told from every other */
	bool view_only;          /* the chip was forced against the board's own id */
	const bool *untouchable; /* IMAGE_MAX_WORDS flags: words of a commit whose end is unknown;
				    may be NULL */
};

/* Appends every rule's remarks, then sorts. *out starts as {0}; remarks_free() in any case. */
enum status rules_check(
	struct remarks *out, const struct rules_context *context, struct errbuf *err);

/* The same for one word only, to say at once what stands against an edit. */
enum status rules_check_word(struct remarks *out, const struct rules_context *context,
	unsigned word, struct errbuf *err);

/* For lists of remarks that are made elsewhere: appends one; sorts worst first, then by word. */
enum status remarks_add(struct remarks *out, const struct remark *remark, struct errbuf *err);
void remarks_sort(struct remarks *remarks);

void remarks_free(struct remarks *remarks);
bool remarks_have_error(const struct remarks *remarks);

/* The table, for help, tests and the man page: name, severity, one line; NULL name past the end. */
struct rule_description {
	const char *name;
	enum severity severity;
	const char *about, *instead, *source;
};
struct rule_description rules_describe(size_t index);

const char *severity_name(enum severity severity);       /* "note", "warning", "error" */
const char *danger_class_name(enum danger_class danger); /* "passing", "irreversible", … */

#endif
