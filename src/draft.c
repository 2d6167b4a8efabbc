#include "src/draft.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* One word as it was and as it became; steps share a number. */
struct change {
	unsigned step, word;
	struct edit before, after;
};

struct draft {
	struct edits edits;
	struct change *changes;
	size_t done; /* changes that hold now; those behind can be redone */
	size_t count, capacity;
	unsigned step;  /* number of the step at work */
	unsigned depth; /* of draft_begin() */
};

bool edit_is_empty(const struct edit *edit)
{
	return !edit->sets_value && !edit->closes && edit->locks == 0;
}

bool edit_equal(const struct edit *a, const struct edit *b)
{
	return a->sets_value == b->sets_value && a->closes == b->closes && a->locks == b->locks &&
	       (!a->sets_value || a->value == b->value);
}

unsigned edits_count(const struct edits *edits)
{
	unsigned count = 0;
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		count += edit_is_empty(&edits->word[word]) ? 0 : 1;
	return count;
}

struct draft *draft_new(void)
{
	return calloc(1, sizeof(struct draft));
}

void draft_free(struct draft *draft)
{
	if (!draft)
		return;
	free(draft->changes);
	free(draft);
}

const struct edits *draft_edits(const struct draft *draft)
{
	return &draft->edits;
}

void draft_begin(struct draft *draft)
{
	if (draft->depth++ == 0)
		draft->step++;
}

void draft_end(struct draft *draft)
{
	assert(draft->depth > 0);
	draft->depth--;
}

/* Room for so many more changes, so that noting them cannot fail. */
static enum status reserve(struct draft *draft, size_t more, struct errbuf *err)
{
	size_t capacity = draft->capacity ? draft->capacity : 64;
	while (capacity - draft->done < more)
		capacity *= 2;
	if (capacity == draft->capacity)
		return OK;
	struct change *grown = realloc(draft->changes, capacity * sizeof *grown);
	if (!grown)
		return errbuf_set(err, ERR_MEMORY, "out of memory: nothing was staged");
	draft->changes = grown;
	draft->capacity = capacity;
	return OK;
}

enum status draft_set(
	struct draft *draft, unsigned word, const struct edit *edit, struct errbuf *err)
{
	assert(word < IMAGE_MAX_WORDS);
	struct edit *place = &draft->edits.word[word];
	if (edit_equal(place, edit))
		return OK;
	enum status status = reserve(draft, 1, err);
	if (status != OK)
		return status;
	if (draft->depth == 0)
		draft->step++;
	draft->changes[draft->done++] = (struct change){draft->step, word, *place, *edit};
	draft->count = draft->done; /* what could have been redone is gone */
	*place = *edit;
	return OK;
}

enum status draft_replace(struct draft *draft, const struct edits *edits, struct errbuf *err)
{
	enum status status = reserve(draft, IMAGE_MAX_WORDS, err);
	draft_begin(draft);
	for (unsigned word = 0; status == OK && word < IMAGE_MAX_WORDS; word++)
		status = draft_set(draft, word, &edits->word[word], err);
	draft_end(draft);
	return status;
}

bool draft_undo(struct draft *draft)
{
	assert(draft->depth == 0);
	if (draft->done == 0)
		return false;
	unsigned step = draft->changes[draft->done - 1].step;
	while (draft->done > 0 && draft->changes[draft->done - 1].step == step) {
		const struct change *change = &draft->changes[--draft->done];
		draft->edits.word[change->word] = change->before;
	}
	return true;
}

bool draft_redo(struct draft *draft)
{
	assert(draft->depth == 0);
	if (draft->done == draft->count)
		return false;
	unsigned step = draft->changes[draft->done].step;
	while (draft->done < draft->count && draft->changes[draft->done].step == step) {
		const struct change *change = &draft->changes[draft->done++];
		draft->edits.word[change->word] = change->after;
	}
	return true;
}
