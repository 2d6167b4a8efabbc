#include "src/diff.h"

#include <string.h>

/* One side of a word. */
static void take_side(bool *there, uint32_t *value, uint32_t *status, bool *known,
	const struct image *image, unsigned word)
{
	*there = word < image->word_count;
	*value = *there ? image->value[word] : 0;
	*status = *there ? image->status[word] : 0;
	*known = *there && image_value_is_known(image, word);
}

void diff_images(struct diff *out, const struct image *a, const struct image *b)
{
	unsigned count = a->word_count > b->word_count ? a->word_count : b->word_count;
	*out = (struct diff){
		.state_differs = a->state != b->state, .version_differs = a->version != b->version};
	for (unsigned word = 0; word < count; word++) {
		struct diff_word *row = &out->words[out->count];
		*row = (struct diff_word){.word = word};
		take_side(&row->in_a, &row->value_a, &row->status_a, &row->known_a, a, word);
		take_side(&row->in_b, &row->value_b, &row->status_b, &row->known_b, b, word);
		bool same_value = row->known_a == row->known_b &&
				  (!row->known_a || row->value_a == row->value_b);
		if (row->in_a != row->in_b || row->status_a != row->status_b || !same_value)
			out->count++;
	}
	/* A row that was begun and not kept leaves nothing behind. */
	if (out->count < IMAGE_MAX_WORDS)
		memset(&out->words[out->count], 0, sizeof out->words[0]);
}

bool diff_is_empty(const struct diff *diff)
{
	return diff->count == 0 && !diff->state_differs && !diff->version_differs;
}
