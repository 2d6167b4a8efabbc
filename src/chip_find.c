#include "src/chip_find.h"

#include "src/field.h"
#include "src/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CANDIDATES_MAX 16

struct candidates {
	size_t count;
	struct chip *chip[CANDIDATES_MAX];
};

typedef bool keep(const struct chip *chip, const struct chip_question *question);

static bool shows_so_many_words(const struct chip *chip, const struct chip_question *question)
{
	return question->image == NULL || chip_shows_words(chip, question->image->word_count);
}

static bool has_this_id(const struct chip *chip, const struct chip_question *question)
{
	return question->device_id == 0 || chip_has_device_id(chip, question->device_id);
}

/* Only STM32MP15 ever had structure version 1 (ST's TF-A v2.4). */
static bool has_this_structure(const struct chip *chip, const struct chip_question *question)
{
	return question->image == NULL || question->image->version != 1 ||
	       strcmp(chip->name, "stm32mp15") == 0;
}

static bool names_the_part(const struct chip *chip, const struct chip_question *question)
{
	char part[64];
	return question->image != NULL &&
	       field_part_number(part, sizeof part, chip, question->image) == PART_NAMED;
}

static bool names_the_package(const struct chip *chip, const struct chip_question *question)
{
	char text[64];
	return question->image != NULL && field_package(text, sizeof text, chip, question->image);
}

static bool names_the_board(const struct chip *chip, const struct chip_question *question)
{
	return question->image != NULL && field_is_known_board(chip, question->image);
}

/* Frees those that do not pass; where none does, all stay. */
static bool narrow(
	struct candidates *candidates, keep *passes, const struct chip_question *question)
{
	size_t kept = 0;
	bool pass[CANDIDATES_MAX];
	for (size_t i = 0; i < candidates->count; i++) {
		pass[i] = passes(candidates->chip[i], question);
		kept += pass[i];
	}
	if (kept == candidates->count || kept == 0)
		return false;
	size_t count = 0;
	for (size_t i = 0; i < candidates->count; i++) {
		if (pass[i])
			candidates->chip[count++] = candidates->chip[i];
		else
			chip_free(candidates->chip[i]);
	}
	candidates->count = count;
	return true;
}

/* Whole maps of those whose heads fit, as reading maps takes longer than all else at a start. */
static enum status load_fitting(
	struct candidates *out, const struct chip_question *question, struct errbuf *err)
{
	out->count = 0;
	for (size_t i = 0; out->count < CANDIDATES_MAX && chip_builtin_name(i); i++) {
		struct chip *head;
		enum status status = chip_load_head(&head, chip_builtin_name(i), err);
		if (status != OK)
			return status;
		bool fits = shows_so_many_words(head, question) && has_this_id(head, question) &&
			    has_this_structure(head, question);
		chip_free(head);
		if (fits)
			status = chip_load(&out->chip[out->count], chip_builtin_name(i), err);
		if (status != OK)
			return status;
		out->count += fits;
	}
	return OK;
}

static void free_all(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++)
		chip_free(candidates->chip[i]);
	candidates->count = 0;
}

static unsigned words_of(const struct chip_question *question)
{
	return question->image != NULL ? question->image->word_count : 0;
}

static void list_titles(char *out, size_t cap, const struct candidates *candidates)
{
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < candidates->count && used < cap; i++) {
		const char *between = i == 0 ? "" : i + 1 < candidates->count ? ", " : " and ";
		int n = snprintf(
			out + used, cap - used, "%s%s", between, candidates->chip[i]->title);
		used += n > 0 ? (size_t)n : 0;
	}
}

#define NAMELESS    "its words are shown without names"
#define LOOK_ONLY   "and nothing can be burnt; --chip NAME names a chip"
#define PLAIN_MEANS NAMELESS ", nothing is masked, " LOOK_ONLY

static enum status take_plain(struct chip_answer *out, const struct chip_question *question,
	const struct candidates *candidates, struct errbuf *err)
{
	char titles[160];
	list_titles(titles, sizeof titles, candidates);
	if (candidates->count > 1)
		snprintf(out->remark, sizeof out->remark,
			"what was read fits %s, and nothing in it tells which: " NAMELESS
			", what one of them keeps secret is masked, " LOOK_ONLY,
			titles);
	else if (question->device_id != 0)
		snprintf(out->remark, sizeof out->remark,
			"no chip is known with device id 0x%X and %u words: " PLAIN_MEANS,
			(unsigned)question->device_id, words_of(question));
	else
		snprintf(out->remark, sizeof out->remark,
			"no chip is known with %u words: " PLAIN_MEANS, words_of(question));
	enum status status = chip_plain(&out->chip, words_of(question), err);
	for (size_t i = 0; status == OK && i < candidates->count; i++)
		for (unsigned word = 0; word < words_of(question); word++)
			out->chip->masks[word] |= chip_word_is_secret(candidates->chip[i], word);
	return status;
}

/* What else than the part number tells families apart: two signs that agree are taken for proof,
 * one is told. */
static void go_by_signs(struct chip_answer *out, struct candidates *candidates,
	const struct chip_question *question)
{
	char titles[160];
	list_titles(titles, sizeof titles, candidates);
	const char *sign = "package";
	bool decided = narrow(candidates, names_the_package, question);
	if (decided && names_the_board(candidates->chip[0], question))
		return;
	if (!decided) {
		sign = "board id";
		decided = narrow(candidates, names_the_board, question);
	}
	out->is_doubtful = decided;
	if (decided)
		snprintf(out->remark, sizeof out->remark,
			"the part number fits %s; taken for %s by its %s: --chip NAME if it is not",
			titles, candidates->chip[0]->title, sign);
}

static enum status find_out(
	struct chip_answer *out, const struct chip_question *question, struct errbuf *err)
{
	struct candidates candidates;
	enum status status = load_fitting(&candidates, question, err);
	if (status == OK) {
		narrow(&candidates, names_the_part, question);
		if (candidates.count > 1)
			go_by_signs(out, &candidates, question);
		if (candidates.count == 1) {
			out->chip = candidates.chip[0];
			candidates.count = 0;
		} else {
			status = take_plain(out, question, &candidates, err);
		}
	}
	free_all(&candidates);
	return status;
}

static enum status take_named(
	struct chip_answer *out, const struct chip_question *question, struct errbuf *err)
{
	if (strcmp(question->name, CHIP_PLAIN_NAME) == 0) {
		snprintf(out->remark, sizeof out->remark,
			"no chip map is used: words have no names, nothing is masked, and nothing "
			"can be burnt");
		return chip_plain(&out->chip, words_of(question), err);
	}
	enum status status = chip_load(&out->chip, question->name, err);
	if (status != OK)
		return status;
	if (!shows_so_many_words(out->chip, question)) {
		unsigned words = out->chip->word_count;
		chip_free(out->chip);
		out->chip = NULL;
		return errbuf_set(err, ERR_USAGE,
			"chip '%s' has %u words, but there are %u here: leave --chip out or name "
			"another",
			question->name, words, words_of(question));
	}
	char part[64];
	out->is_forced = !has_this_id(out->chip, question) ||
			 !has_this_structure(out->chip, question) ||
			 (question->image != NULL && field_part_number(part, sizeof part, out->chip,
							     question->image) == PART_UNNAMED);
	if (out->is_forced)
		snprintf(out->remark, sizeof out->remark,
			"%s was named against what the %s of itself: words may mean something "
			"else, "
			"and nothing can be burnt",
			out->chip->title, question->device_id ? "board says" : "image says");
	return OK;
}

/* The built-in map holds where the overlay cannot be used. */
static void add_overlay(struct chip_answer *out, const char *folder)
{
	char path[STORE_PATH_MAX], name[64];
	struct errbuf err = {0};
	uint8_t *bytes;
	size_t length;
	snprintf(name, sizeof name, "%s.chip", out->chip->name);
	enum status status = store_join(path, folder, name, &err);
	if (status == OK && !store_exists(path))
		return;
	if (status == OK)
		status = store_read(&bytes, &length, path, 256 * 1024, &err);
	if (status == OK) {
		status = chip_overlay(out->chip, (const char *)bytes, length, path, &err);
		free(bytes);
	}
	if (status != OK)
		snprintf(out->overlay_error, sizeof out->overlay_error,
			"your names for %s are left out: %.300s", out->chip->title, err.text);
}

enum status chip_find(
	struct chip_answer *out, const struct chip_question *question, struct errbuf *err)
{
	*out = (struct chip_answer){0};
	enum status status =
		question->name ? take_named(out, question, err) : find_out(out, question, err);
	if (status == OK && question->overlays && !out->chip->is_plain)
		add_overlay(out, question->overlays);
	return status;
}
