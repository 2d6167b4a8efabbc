/*
 * What the files of the rules share: the two tables, and one word as a rule sees it.
 */
#ifndef OTPEDIT_SRC_RULES_TABLE_H
#define OTPEDIT_SRC_RULES_TABLE_H

#include "src/rules.h"

/* One word as the rules see it. */
struct subject {
	const struct rules_context *context;
	unsigned word;
	const struct edit *edit;
	uint32_t value, status; /* as read */
	bool known;             /* the value is what the fuses hold */
	bool writes;            /* the value asked for differs from what is there, or may */
	bool locks;             /* a permanent lock is asked for and is not there yet */
	uint32_t changed;       /* bits that go from 0 to 1 */
	uint32_t final;         /* the value after the edit */
	char name[64];
};

/* Writes the remark's text and returns true, or returns false: nothing to say. */
typedef bool word_rule(const struct subject *subject, char *text, size_t cap);
typedef bool plan_rule(const struct rules_context *context, char *text, size_t cap);

struct rule {
	const char *name;
	enum severity severity;
	enum danger_class danger;
	word_rule *of_word;
	plan_rule *of_plan;
	const char *about;
	const char *instead; /* what to do instead, one sentence; "" where there is nothing */
	const char *source;  /* of the fact behind it: a public document or code; "": good sense */
};

/* The tables; each ends with a row whose name is NULL. Rows of one severity keep their order. */
extern const struct rule rules_of_plans[];
extern const struct rule rules_of_words[];
extern const struct rule rules_of_values[]; /* about words, too: values of several words, boot */
extern const struct rule rules_of_notes[];  /* about words, too: good to know */

/* False when nothing is asked of the word. */
bool subject_make(struct subject *out, const struct rules_context *context, unsigned word);

/* Whether anything would be sent for the word: what is there already is not. */
bool subject_acts(const struct subject *subject);

/* Whether the word takes one write, or its bank is not known. */
bool subject_is_written_once(const struct subject *subject);

/* The word's value once the edit is done. */
uint32_t rules_final_value(const struct rules_context *context, unsigned word);

/* Formats a remark's text; always true, so that a rule can end with it. */
bool rules_say(char *text, size_t cap, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
