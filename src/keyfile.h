/*
 * Reads the INI-like texts people write for this program (chip maps, themes, settings): sections,
 * "key = value" lines, comments. Strict: whatever is not understood is an error with file and line.
 *
 *   ; a comment, also # at the start of a line; " ;" begins one behind a value
 *   [section]
 *   key = value
 *       an indented line goes on with the value above; it must not hold '='
 *
 * Built on inih, and guards against what inih passes over in silence: lines of more than 199 bytes
 * (cut in two), text behind "[section]", sections without keys, keys before the first section, ':'
 * in place of '=', zero bytes. A key may hold ':' ("bits 29:27 = …").
 */
#ifndef OTPEDIT_SRC_KEYFILE_H
#define OTPEDIT_SRC_KEYFILE_H

#include "src/errbuf.h"

#include <stdbool.h>
#include <stddef.h>

#define KEYFILE_LINE_MAX  199  /* bytes, without the line's end */
#define KEYFILE_VALUE_MAX 4095 /* bytes of a value with all its continuation lines */

/*
 * What the reader of a certain kind of file does. Texts are borrowed for the call. A failure ends
 * the reading; its text is put behind "'NAME' line N: " by keyfile_parse().
 */
struct keyfile_handler {
	/* A section begins; every section has at least one key. */
	enum status (*begin)(const char *section, unsigned line, void *payload, struct errbuf *err);
	/* A key with its whole value, never empty; `continued` when it took more than one line. */
	enum status (*key)(const char *key, const char *value, unsigned line, bool continued,
		void *payload, struct errbuf *err);
	/* The section is complete. Failures name the line of its head. */
	enum status (*end)(void *payload, struct errbuf *err);
};

/* `name` stands in messages: "'stm32mp15.chip' line 12: …". ERR_FORMAT, or the handler's failure.
 */
enum status keyfile_parse(const char *text, size_t length, const char *name,
	const struct keyfile_handler *handler, void *payload, struct errbuf *err);

#endif
