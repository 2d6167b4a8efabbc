/* The guided operation that writes the hash of public keys. */
#include "src/wizard_steps.h"

#include <stdio.h>
#include <string.h>

/* Key hashes that the plan grammar takes key files for: see staging.h. */
static const struct chip_entry *hash_entry(const struct session *session, size_t index)
{
	const struct chip_entry *entry;
	for (size_t i = 0; (entry = wizard_entry(session, KIND_HASH, i)) != NULL; i++)
		if (entry->big_endian && entry->last - entry->first == 7 && index-- == 0)
			return entry;
	return NULL;
}

static bool has_hashes(const struct wizard_at *at)
{
	return hash_entry(at->session, 1) != NULL;
}

static void choose_hash(struct wizard_question *out, const struct wizard_at *at)
{
	const struct chip_entry *entry;
	for (size_t i = 0; i < WIZARD_MAX_CHOICES && (entry = hash_entry(at->session, i)); i++) {
		struct wizard_choice *choice = &out->choices[out->choice_count++];
		snprintf(choice->answer, sizeof choice->answer, "%u", entry->first);
		struct errbuf why = {0};
		bool open = wizard_still_open(at->session, entry, &why) == OK;
		snprintf(choice->text, sizeof choice->text, "%s, words %u to %u%s", entry->name,
			entry->first, entry->last, open ? "" : ": taken already");
	}
}

static bool hashes_one_key(const struct wizard_at *at)
{
	return strcmp(at->session->chip->name, "stm32mp15") == 0;
}

/* What the other families hash is not published: staging.h. */
static bool hashes_keys(const struct wizard_at *at)
{
	return hashes_one_key(at) || strcmp(at->session->chip->name, "stm32mp13") == 0;
}

static void choose_key_file(struct wizard_question *out, const struct wizard_at *at)
{
	out->choice_count = 2;
	out->choices[0] = (struct wizard_choice){"pem", "the public key itself, PEM or DER"};
	if (!hashes_one_key(at))
		out->choices[0] = (struct wizard_choice){
			"pem", "the eight public keys themselves, PEM or DER"};
	out->choices[1] = (struct wizard_choice){
		"keyhash", "its hash, as the signing tool saves it: 32 bytes"};
}

static enum status hear_path(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	bool many = strcmp(wizard_said(at, 1), "pem") == 0 && !hashes_one_key(at);
	unsigned commas = 0;
	for (const char *c = text; *c; c++)
		commas += *c == ',' ? 1 : 0;
	if (text[0] == '\0')
		return errbuf_set(err, ERR_USAGE, "%s",
			many ? "type the names of eight files, with commas between, in the order "
			       "of the table in signed images"
			     : "type the file's name");
	if (wizard_check_quotes(text, err) != OK)
		return ERR_USAGE;
	if (many && commas != 7)
		snprintf(out, cap, "%u of eight files", commas + 1);
	else
		snprintf(out, cap, "the file%s read when you press Enter", many ? "s are" : " is");
	return OK;
}

enum status wizard_spell_key_hash(char *out, const struct wizard_at *at, struct errbuf *err)
{
	char first[16];
	const char *path = wizard_said(at, 2);
	bool is_key = strcmp(wizard_said(at, 1), "pem") == 0;
	if (wizard_check_quotes(path, err) != OK)
		return ERR_USAGE;
	snprintf(first, sizeof first, "%u", hash_entry(at->session, 0)->first);
	return wizard_put_line(out, err, "write word=%s \"value=%s:%s\"",
		wizard_said(at, 0)[0] ? wizard_said(at, 0) : first, is_key ? "pem" : "keyhash",
		path);
}

/* Some are still open, or there would be nothing to do. */
enum status wizard_needs_hash(const struct session *session, struct errbuf *err)
{
	const struct chip_entry *entry;
	struct errbuf why = {0};
	for (size_t i = 0; (entry = hash_entry(session, i)) != NULL; i++) {
		errbuf_clear(&why);
		if (wizard_still_open(session, entry, &why) == OK)
			return OK;
	}
	return why.text[0] ? errbuf_set(err, ERR_REFUSED, "%s", why.text)
			   : errbuf_set(err, ERR_REFUSED,
				     "it is not known where this chip keeps the hash of a public "
				     "key");
}

const struct wizard_step wizard_key_hash_steps[] = {
	{"Which hash?",
		"The first is the one the ROM code goes by. A wrong hash, once the device is "
		"closed, "
		"stops every boot.",
		has_hashes, choose_hash, NULL, NULL, false, false},
	{"What do you have?",
		"From public keys the hash is worked out here. Never bring a private key: it is "
		"not "
		"needed.",
		hashes_keys, choose_key_file, NULL, NULL, false, false},
	{"Which file?",
		"Its name, from the folder on that the program was started in. Tab completes it.",
		NULL, NULL, NULL, hear_path, true, true},
	{0}};
