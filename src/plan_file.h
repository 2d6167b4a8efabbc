/*
 * Plan files: the grammar's lines, with a header that may bind them to a chip, a board and a
 * snapshot.
 */
#ifndef OTPEDIT_SRC_PLAN_FILE_H
#define OTPEDIT_SRC_PLAN_FILE_H

#include "src/chip.h"
#include "src/draft.h"
#include "src/errbuf.h"
#include "src/grammar.h"
#include "src/image.h"

struct plan_file {
	char name[256];                         /* for messages */
	char chip[32];                          /* "" when not given */
	char board[64];                         /* "" : any board; as identity_of() gives it */
	char snapshot[IMAGE_DIGEST_LENGTH + 1]; /* "" : any; may be a prefix of at least 8 digits */
	size_t count;
	struct statement *statements; /* write, lock, fwrite, close; in order */
};

#define PLAN_FILE_LIMIT          (256 * 1024) /* bytes */
#define PLAN_FILE_MAX_STATEMENTS 1024

/*
 * Reads and parses. ERR_FILE as store_read(); ERR_USAGE with "'plan' line 3: …". A line names the
 * chip, the board ("00410032-33385116-34383330" or "serial:…") and the snapshot at most once each;
 * hex digits may be small or capital. Lines may end in CR LF, the text may begin with the mark of
 * UTF-8; zero bytes are ERR_USAGE. On failure there is nothing to free.
 */
enum status plan_file_read(struct plan_file *out, const char *path, struct errbuf *err);
enum status plan_file_parse(
	struct plan_file *out, const char *text, const char *name, struct errbuf *err);
void plan_file_free(struct plan_file *file);

/*
 * The edits it asks for on this image. `board` is the connected board's identity. A plan for
 * another chip or board, or made on another snapshot, is ERR_REFUSED ("foreign", "stale").
 * `ignore_snapshot` is for verify. Lines for one word merge when they agree and are ERR_USAGE when
 * they conflict.
 */
enum status plan_file_edits(struct edits *out, const struct plan_file *file,
	const struct image *image, const struct chip *chip, const char *board, bool ignore_snapshot,
	struct errbuf *err);

/*
 * Edits as the text of a plan file that plan_file_parse() takes back to the same edits, provided
 * that what closes is what "close" asks for on this chip. `board` (or "") and `snapshot` may be
 * NULL; a board whose serial holds '"' or control characters is ERR_REFUSED. *out is malloc'd, the
 * caller's.
 */
enum status plan_file_format(char **out, const struct edits *edits, const struct chip *chip,
	const char *board, const char *snapshot, struct errbuf *err);

#endif
