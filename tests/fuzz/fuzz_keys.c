/* Any text as a key file: what is taken keeps hands from burning by accident. */
#include "ui/screen/keymap_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum action typed(const struct keymap *keymap, enum key_context context, uint32_t character)
{
	struct key key = {.character = character};
	return keymap_action(keymap, context, &key);
}

/* Keys that mean the same for everybody. */
static void look_at_fixed(const struct keymap *mine, const struct keymap *builtin)
{
	static const uint32_t fixed[] = {'\r', '\n', 27, 3};
	for (int context = 0; context < KEYS_CONTEXTS; context++) {
		enum key_context where = (enum key_context)context;
		for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
			if (typed(mine, where, fixed[i]) != typed(builtin, where, fixed[i]))
				abort();
		for (uint32_t character = ' '; !key_context_is_open(where) && character < 127;
			character++)
			if (typed(mine, where, character) != typed(builtin, where, character))
				abort();
	}
}

static void look_at_pairs(const struct keymap *keymap)
{
	for (size_t i = 0; i < keymap->count; i++) {
		const struct key_binding *a = &keymap->bindings[i];
		bool heavy = a->action == ACTION_COMMIT || a->action == ACTION_ARM;
		if (!memchr(a->key, '\0', sizeof a->key) || !a->key[0])
			abort();
		if (heavy && (strcmp(a->key, "Space") == 0 || strcmp(a->key, "PgDn") == 0 ||
				     strcmp(a->key, "Down") == 0 || strcmp(a->key, "Tab") == 0))
			abort();
		for (size_t j = 0; j < i; j++) {
			const struct key_binding *b = &keymap->bindings[j];
			if (a->context == b->context && a->code == b->code &&
				a->character == b->character && a->action != b->action)
				abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct keymap builtin, mine;
	struct errbuf err = {0};
	memset(&builtin, 0, sizeof builtin); /* what lies behind the last one is compared, too */
	keymap_init(&builtin);
	mine = builtin;
	if (keymap_parse(&mine, (const char *)data, size, "fuzz", &err) != OK) {
		if (err.text[0] == '\0' || memcmp(&mine, &builtin, sizeof mine) != 0)
			abort();
		return 0;
	}
	look_at_fixed(&mine, &builtin);
	look_at_pairs(&mine);
	return 0;
}
