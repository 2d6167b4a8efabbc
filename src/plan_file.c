#include "src/plan_file.h"

#include "src/staging.h"
#include "src/store.h"
#include "src/wipe.h"
#include "src/word_status.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- reading --- */

static enum status take_header(char *place, size_t cap, const struct statement *statement,
	const char *what, struct errbuf *err)
{
	if (place[0] != '\0')
		return errbuf_set(err, ERR_USAGE, "a second '%s' line", what);
	if (strlen(statement->argument) >= cap)
		return errbuf_set(
			err, ERR_USAGE, "'%.40s…' is too long for '%s'", statement->argument, what);
	strcpy(place, statement->argument);
	return OK;
}

static void change_case(char *text, int change(int))
{
	for (; *text; text++)
		*text = (char)change((unsigned char)*text);
}

static enum status take_snapshot(
	struct plan_file *out, const struct statement *statement, struct errbuf *err)
{
	enum status status =
		take_header(out->snapshot, sizeof out->snapshot, statement, "snapshot", err);
	change_case(out->snapshot, tolower);
	size_t length = strlen(out->snapshot);
	if (status == OK && (length < 8 || strspn(out->snapshot, "0123456789abcdef") != length))
		status = errbuf_set(err, ERR_USAGE,
			"'%.60s' is not a snapshot: 8 to 64 hex digits are wanted",
			statement->argument);
	return status;
}

static bool is_unique_id(const char *text)
{
	for (size_t i = 0; i < IMAGE_UID_LENGTH; i++) {
		bool dash = i == 8 || i == 17;
		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return text[IMAGE_UID_LENGTH] == '\0';
}

static enum status take_board(
	struct plan_file *out, const struct statement *statement, struct errbuf *err)
{
	static const char serial[] = "serial:";
	enum status status = take_header(out->board, sizeof out->board, statement, "board", err);
	if (status != OK)
		return status;
	bool is_serial = strncmp(out->board, serial, sizeof serial - 1) == 0 &&
			 out->board[sizeof serial - 1] != '\0';
	if (is_unique_id(out->board))
		change_case(out->board, toupper);
	else if (!is_serial)
		return errbuf_set(err, ERR_USAGE,
			"'%.60s' is not a board: a unique id like 00410032-33385116-34383330 or "
			"serial:… is wanted",
			statement->argument);
	return OK;
}

static enum status take_statement(
	struct plan_file *out, const struct statement *statement, struct errbuf *err)
{
	switch (statement->verb) {
	case VERB_NOTHING: return OK;
	case VERB_CHIP: return take_header(out->chip, sizeof out->chip, statement, "chip", err);
	case VERB_BOARD: return take_board(out, statement, err);
	case VERB_SNAPSHOT: return take_snapshot(out, statement, err);
	case VERB_WRITE:
	case VERB_LOCK:
	case VERB_FWRITE:
	case VERB_CLOSE: break;
	}
	if (out->count == PLAN_FILE_MAX_STATEMENTS)
		return errbuf_set(err, ERR_USAGE, "more than %d lines that ask for something",
			PLAN_FILE_MAX_STATEMENTS);
	if ((out->count & (out->count - 1)) == 0) { /* full at 0, 1, 2, 4, …: twice the room */
		size_t room = out->count ? out->count * 2 : 1;
		struct statement *grown = realloc(out->statements, room * sizeof *grown);
		if (!grown)
			return errbuf_set(err, ERR_MEMORY, "out of memory for the plan");
		out->statements = grown;
	}
	out->statements[out->count++] = *statement;
	return OK;
}

static enum status take_line(struct plan_file *out, struct statement *statement, char *line,
	unsigned number, struct errbuf *err)
{
	enum status status = grammar_parse_line(statement, line, number, err);
	if (status == OK)
		status = take_statement(out, statement, err);
	return status == OK ? OK : errbuf_prefix(err, status, "'%s' line %u", out->name, number);
}

enum status plan_file_parse(
	struct plan_file *out, const char *text, const char *name, struct errbuf *err)
{
	*out = (struct plan_file){0};
	snprintf(out->name, sizeof out->name, "%s", name);
	char *copy = strdup(text);
	struct statement *statement = malloc(sizeof *statement);
	enum status status =
		copy && statement ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the plan");
	unsigned number = 1;
	static const char mark[] = "\xEF\xBB\xBF"; /* what some editors begin UTF-8 files with */
	bool marked = copy && strncmp(copy, mark, sizeof mark - 1) == 0;
	for (char *line = marked ? copy + sizeof mark - 1 : copy; status == OK && line; number++) {
		char *end = strchr(line, '\n');
		if (end)
			*end = '\0';
		status = take_line(out, statement, line, number, err);
		line = end ? end + 1 : NULL;
	}
	wipe_free(statement, statement ? sizeof *statement : 0);
	wipe_free(copy, strlen(text));
	if (status != OK)
		plan_file_free(out);
	return status;
}

enum status plan_file_read(struct plan_file *out, const char *path, struct errbuf *err)
{
	uint8_t *bytes;
	size_t length;
	*out = (struct plan_file){0};
	enum status status = store_read(&bytes, &length, path, PLAN_FILE_LIMIT, err);
	if (status != OK)
		return status;
	if (memchr(bytes, 0, length))
		status =
			errbuf_set(err, ERR_USAGE, "'%s' is not a plan: it holds zero bytes", path);
	else
		status = plan_file_parse(out, (const char *)bytes, path, err);
	wipe_free(bytes, length);
	return status;
}

void plan_file_free(struct plan_file *file)
{
	wipe_free(file->statements, file->count * sizeof *file->statements);
	file->statements = NULL;
	file->count = 0;
}

/* --- on an image --- */

static enum status check_bindings(const struct plan_file *file, const struct image *image,
	const struct chip *chip, const char *board, bool ignore_snapshot, struct errbuf *err)
{
	if (file->chip[0] && strcmp(file->chip, chip->name) != 0)
		return errbuf_set(err, ERR_REFUSED,
			"the plan '%s' is foreign: it is for chip %s, this is %s; nothing was "
			"burnt",
			file->name, file->chip, chip->name);
	if (file->board[0] && strcmp(file->board, board) != 0)
		return errbuf_set(err, ERR_REFUSED,
			"the plan '%s' is foreign: it is for board %s, this is %s; nothing was "
			"burnt",
			file->name, file->board, board[0] ? board : "one without identity");
	char digest[IMAGE_DIGEST_LENGTH + 1];
	image_digest(digest, image);
	if (!ignore_snapshot && strncmp(digest, file->snapshot, strlen(file->snapshot)) != 0)
		return errbuf_set(err, ERR_REFUSED,
			"the plan '%s' is stale: the board is no longer as it was when the plan "
			"was made; look at"
			" both, then make a new plan; nothing was burnt",
			file->name);
	return OK;
}

enum status plan_file_edits(struct edits *out, const struct plan_file *file,
	const struct image *image, const struct chip *chip, const char *board, bool ignore_snapshot,
	struct errbuf *err)
{
	struct edits edits = {0};
	unsigned lines[IMAGE_MAX_WORDS] = {0};
	enum status status = check_bindings(file, image, chip, board, ignore_snapshot, err);
	for (size_t i = 0; status == OK && i < file->count; i++) {
		status = staging_apply(&edits, lines, &file->statements[i], image, chip, err);
		if (status != OK)
			errbuf_prefix(
				err, status, "'%s' line %u", file->name, file->statements[i].line);
	}
	if (status == OK)
		*out = edits;
	return status;
}

/* --- writing / --- */

static void put_locks(FILE *out, uint32_t locks)
{
	for (const struct word_status_bit *bit = word_status_bits; bit->name; bit++)
		if (bit->is_lock && (locks >> bit->bit & 1))
			fprintf(out, " %s", bit->bit == 30 ? "lock" : bit->word);
}

/* The last word from `first` on whose edit is a lock alone, and the same one. */
static unsigned run_of_locks(const struct edits *edits, unsigned first)
{
	unsigned last = first;
	while (last + 1 < IMAGE_MAX_WORDS && !edits->word[last + 1].sets_value &&
		edits->word[last + 1].locks == edits->word[first].locks)
		last++;
	return last;
}

/* Whether an earlier word asks for the closing, too: one "close" is for all of them. */
static bool is_closing_told(const struct edits *edits, unsigned word)
{
	for (unsigned i = 0; i < word; i++)
		if (edits->word[i].closes)
			return true;
	return false;
}

static unsigned put_edit(FILE *out, const struct edits *edits, unsigned word)
{
	const struct edit *edit = &edits->word[word];
	if (edit->closes && !is_closing_told(edits, word))
		fprintf(out, "close\n");
	if (edit->sets_value && !edit->closes) {
		fprintf(out, "write word=%u value=0x%08X", word, (unsigned)edit->value);
		put_locks(out, edit->locks);
		fprintf(out, "\n");
		return word;
	}
	if (edit->locks == 0)
		return word;
	unsigned last = edit->closes ? word : run_of_locks(edits, word);
	if (last == word)
		fprintf(out, "lock word=%u", word);
	else
		fprintf(out, "lock word=%u-%u", word, last);
	if (edit->locks != WORD_STATUS_PERMANENT)
		put_locks(out, edit->locks);
	fprintf(out, "\n");
	return last;
}

/* A serial number is whatever somebody put into the board; quotes hold blanks, nothing else. */
static enum status check_board(const char *board, struct errbuf *err)
{
	bool fits = strlen(board) < sizeof((struct plan_file *)NULL)->board;
	for (const char *at = board; *at; at++) {
		unsigned char c = (unsigned char)*at;
		fits = fits && c >= 0x20 && c != 0x7F && c != '"';
	}
	return fits ? OK
		    : errbuf_set(err, ERR_REFUSED,
			      "the board's identity cannot be spelled in a plan: save the plan "
			      "without it");
}

enum status plan_file_format(char **out, const struct edits *edits, const struct chip *chip,
	const char *board, const char *snapshot, struct errbuf *err)
{
	size_t length;
	*out = NULL;
	bool names_board = board && board[0];
	if (names_board && check_board(board, err) != OK)
		return ERR_REFUSED;
	FILE *text = open_memstream(out, &length);
	if (!text)
		return errbuf_set(err, ERR_MEMORY, "out of memory for the plan's text");
	fprintf(text, "chip %s\n", chip->name);
	if (names_board)
		fprintf(text, strchr(board, ' ') ? "board \"%s\"\n" : "board %s\n", board);
	if (snapshot)
		fprintf(text, "snapshot %s\n", snapshot);
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		if (!edit_is_empty(&edits->word[word]))
			word = put_edit(text, edits, word);
	bool failed = ferror(text) != 0;
	failed = fclose(text) != 0 || failed;
	if (!failed)
		return OK;
	free(*out);
	*out = NULL;
	return errbuf_set(err, ERR_MEMORY, "out of memory for the plan's text");
}
