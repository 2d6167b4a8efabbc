#include "ui/screen/selection.h"

#include <stdio.h>

void selection_set(struct selection *selection, unsigned word, bool chosen)
{
	if (selection->word[word] != chosen)
		selection->count = chosen ? selection->count + 1 : selection->count - 1;
	selection->word[word] = chosen;
	selection->anchor = word;
}

void selection_range(struct selection *selection, unsigned word)
{
	unsigned from = selection->count > 0 ? selection->anchor : word;
	unsigned first = from < word ? from : word, last = from < word ? word : from;
	for (unsigned i = first; i <= last; i++)
		selection_set(selection, i, true);
	selection->anchor = word;
}

void selection_clear(struct selection *selection)
{
	*selection = (struct selection){0};
}

void selection_text(char *out, size_t cap, const struct selection *selection)
{
	static const size_t rest = sizeof ", and 384 more";
	size_t used = 0;
	unsigned told = 0;
	out[0] = '\0';
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		char piece[24];
		unsigned last = word;
		if (!selection->word[word])
			continue;
		while (last + 1 < IMAGE_MAX_WORDS && selection->word[last + 1])
			last++;
		int length = last > word ? snprintf(piece, sizeof piece, "%u-%u", word, last)
					 : snprintf(piece, sizeof piece, "%u", word);
		if (used + (size_t)length + 2 + rest > cap) {
			snprintf(out + used, cap - used, "%s%u more", told ? ", and " : "",
				selection->count - told);
			return;
		}
		used += (size_t)snprintf(out + used, cap - used, "%s%s", told ? ", " : "", piece);
		told += last - word + 1;
		word = last;
	}
}
