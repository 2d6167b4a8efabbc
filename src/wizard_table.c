/* The guided operations: what each is about, and where its questions are. */
#include "src/wizard_steps.h"

#include "src/closing.h"

static enum status spell_close(char *out, const struct wizard_at *at, struct errbuf *err)
{
	(void)at;
	return wizard_put_line(out, err, "close");
}

static enum status needs_closing(const struct session *session, struct errbuf *err)
{
	return closing_of(session->chip)
		       ? OK
		       : errbuf_set(err, ERR_REFUSED, "it is not known how this chip is closed");
}

static const struct wizard_step close_steps[] = {{0}};

static const struct wizard table[] = {
	{"lock", "lock one word",
		"Keeps a word as it is, for ever. Nothing is written; nobody can add bits to it "
		"any "
		"more.",
		false, false, wizard_lock_steps, NULL, wizard_spell_lock},
	{"write-lock", "write and lock one word",
		"Gives a word its value and locks it. The value is read back and proved before the "
		"lock is burnt.",
		false, false, wizard_write_lock_steps, NULL, wizard_spell_write_lock},
	{"mac", "MAC address",
		"Writes the address of the board's Ethernet interface. U-Boot and Linux read it "
		"from "
		"there.",
		true, false, wizard_mac_steps, wizard_needs_mac, wizard_spell_mac},
	{"key-hash", "hash of the public key",
		"Writes the hash that signed firmware is checked by. It comes before the device is "
		"closed, and a wrong one then stops every boot.",
		true, false, wizard_key_hash_steps, wizard_needs_hash, wizard_spell_key_hash},
	{"board-id", "number of the board",
		"Writes which board this is, in which revision. Firmware shows it, and may choose "
		"by "
		"it.",
		true, false, wizard_board_id_steps, wizard_needs_board_id, wizard_spell_board_id},
	{"text", "text in customer words",
		"Writes a serial number or a note of yours. It fills as many customer words as it "
		"needs.",
		true, false, wizard_text_steps, wizard_needs_customer_words, wizard_spell_text},
	{"close", "close the device",
		"Makes the device start nothing but firmware signed with your key, for ever. What "
		"has "
		"to hold before is checked first.",
		false, true, close_steps, needs_closing, spell_close},
};

const struct wizard *wizard_at(size_t index)
{
	return index < sizeof table / sizeof *table ? &table[index] : NULL;
}
