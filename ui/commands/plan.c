/* plan: from a board to a golden image, as a plan file. */
#include "src/golden.h"
#include "src/grammar.h"
#include "src/store.h"
#include "ui/commands/command.h"
#include "ui/commands/open.h"
#include "ui/commands/talk.h"

#include <stdlib.h>
#include <string.h>

/* Operands after the golden image: "word=24-31". */
static enum status select_words(
	bool selected[IMAGE_MAX_WORDS], const struct invocation *invocation, struct errbuf *err)
{
	enum status status = OK;
	for (size_t i = 1; status == OK && i < invocation->operand_count; i++) {
		const char *text = invocation->operands[i];
		unsigned first, last;
		if (strncmp(text, "word=", 5) != 0)
			return errbuf_set(err, ERR_USAGE,
				"'%s' is not understood: expected word=N or word=N-M", text);
		status = grammar_range(&first, &last, text + 5, IMAGE_MAX_WORDS - 1, err);
		for (unsigned word = first; status == OK && word <= last; word++)
			selected[word] = true;
	}
	return status;
}

static void tell_gaps(
	const struct environment *env, const struct golden *golden, const struct chip *chip)
{
	char name[64], left_out[1024];
	for (size_t i = 0; i < golden->gap_count; i++) {
		chip_word_name(name, sizeof name, chip, golden->gaps[i].word);
		talk_say(env, "word %u %s is not reached: %s", golden->gaps[i].word, name,
			golden->gaps[i].text);
	}
	golden_left_out_text(left_out, sizeof left_out, golden);
	if (left_out[0])
		talk_say(env, "left out, though they differ: words %s", left_out);
}

/* Never over another file. */
static enum status save(const struct environment *env, const struct golden *golden,
	const struct session *board, const struct invocation *invocation, struct errbuf *err)
{
	const char *path = invocation->value[OPTION_OUTPUT];
	unsigned count = edits_count(&golden->edits);
	char *text;
	if (count == 0) {
		fprintf(env->out, "nothing to burn: no plan was saved\n");
		return OK;
	}
	enum status status = golden_format(&text, golden, board, invocation->operands[0], err);
	if (status != OK)
		return status;
	status = store_create(path, text, strlen(text), err);
	free(text);
	if (status == OK)
		fprintf(env->out, "saved '%s': %u word%s; 'otpedit preview' shows what it does\n",
			path, count, count == 1 ? "" : "s");
	return status;
}

static enum status check_words(const struct invocation *invocation, struct errbuf *err)
{
	const char *path = invocation->value[OPTION_OUTPUT];
	if (!invocation->given[OPTION_ON])
		return errbuf_set(err, ERR_USAGE, "plan needs to know the board: --on SOURCE");
	if (!path)
		return errbuf_set(err, ERR_USAGE, "plan needs to know where to save: -o PLAN");
	if (store_exists(path))
		return errbuf_set(err, ERR_FILE, "'%s' is there already: name another file", path);
	return OK;
}

enum exit_status command_plan(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct session *golden = NULL, *board = NULL;
	bool selected[IMAGE_MAX_WORDS] = {false};
	struct golden *plan = calloc(1, sizeof *plan);
	enum status status = plan ? OK : errbuf_set(&err, ERR_MEMORY, "out of memory for a plan");
	if (status == OK)
		status = check_words(invocation, &err);
	if (status == OK)
		status = select_words(selected, invocation, &err);
	if (status == OK)
		status = open_readable(&golden, env, invocation->operands[0], &err);
	if (status == OK)
		status = open_readable(&board, env, invocation->value[OPTION_ON], &err);
	if (status == OK) {
		struct golden_question question = {.golden = &golden->image,
			.chip = golden->chip,
			.board = board,
			.selected = invocation->operand_count > 1 ? selected : NULL,
			.life_cycle = invocation->given[OPTION_LIFE_CYCLE]};
		status = golden_make(plan, &question, &err);
	}
	if (status == OK)
		tell_gaps(env, plan, board->chip);
	if (status == OK)
		status = save(env, plan, board, invocation, &err);
	enum exit_status reached = plan && plan->gap_count > 0 ? EXIT_DIFFERS : EXIT_DONE;
	session_close(golden);
	session_close(board);
	free(plan);
	return status == OK ? talk_end(env, reached, false) : talk_fail(env, status, &err);
}
