#include "src/fip.h"

#include "src/partition.h"

#include <string.h>

#define NAME          0xAA640001u
#define HEADER_LENGTH 16u
#define ENTRY_LENGTH  40u
#define UUID_LENGTH   16u

/* firmware_image_package.h */
static const uint8_t uuid_bl33[UUID_LENGTH] = {0xD6, 0xD0, 0xEE, 0xA7, 0xFC, 0xEA, 0xD5, 0x4B, 0x97,
	0x82, 0x99, 0x34, 0xF2, 0x34, 0xB6, 0xE4};
static const uint8_t uuid_bl32[UUID_LENGTH] = {0x05, 0xD0, 0xE1, 0x89, 0x53, 0xDC, 0x13, 0x47, 0x8D,
	0x2B, 0x50, 0x0A, 0x4B, 0x7A, 0x3E, 0x38};
static const uint8_t uuid_trusted_key_cert[UUID_LENGTH] = {0x82, 0x7E, 0xE8, 0x90, 0xF8, 0x60, 0xE4,
	0x11, 0xA1, 0xB4, 0x77, 0x7A, 0x21, 0xB4, 0xF9, 0x4C};

bool fip_is(const uint8_t *bytes, size_t length)
{
	return length >= 4 && bytes_to_word(bytes) == NAME;
}

static uint64_t take_long(const uint8_t *bytes)
{
	return (uint64_t)bytes_to_word(bytes + 4) << 32 | bytes_to_word(bytes);
}

static bool is_uuid(const struct fip_entry *entry, const uint8_t uuid[UUID_LENGTH])
{
	return memcmp(entry->uuid, uuid, UUID_LENGTH) == 0;
}

static void note_content(struct fip *out, const struct fip_entry *entry)
{
	out->holds_bl33 |= is_uuid(entry, uuid_bl33);
	out->holds_bl32 |= is_uuid(entry, uuid_bl32);
	out->holds_certs |= is_uuid(entry, uuid_trusted_key_cert);
}

static enum status broken_off(size_t length, struct errbuf *err)
{
	return errbuf_set(err, ERR_FORMAT,
		"it breaks off in its table of contents: a FIP of %zu bytes", length);
}

/* The last entry, of zeros, is the end; it tells where the package ends. */
static enum status take_end(
	struct fip *out, uint64_t offset, size_t table, size_t length, struct errbuf *err)
{
	if (offset > length)
		return errbuf_set(err, ERR_FORMAT,
			"it breaks off: %zu bytes, where its table of contents tells of %llu",
			length, (unsigned long long)offset);
	if (out->count == 0)
		return errbuf_set(err, ERR_FORMAT, "it is a FIP without anything in it");
	out->length = offset > table ? (size_t)offset : table;
	return OK;
}

static enum status check_places(const struct fip *fip, size_t table, struct errbuf *err)
{
	for (size_t i = 0; i < fip->count; i++) {
		const struct fip_entry *a = &fip->entries[i];
		if (a->offset < table)
			return errbuf_set(err, ERR_FORMAT,
				"its entry %zu lies over its table of contents: it is damaged",
				i + 1);
		for (size_t j = 0; j < i; j++) {
			const struct fip_entry *b = &fip->entries[j];
			if (is_uuid(a, b->uuid))
				return errbuf_set(err, ERR_FORMAT,
					"its entries %zu and %zu are the same thing: it is damaged",
					j + 1, i + 1);
			if (a->size > 0 && b->size > 0 && a->offset < b->offset + b->size &&
				b->offset < a->offset + a->size)
				return errbuf_set(err, ERR_FORMAT,
					"its entries %zu and %zu lie over each other: it is "
					"damaged",
					j + 1, i + 1);
		}
	}
	return OK;
}

static enum status take_entry(
	struct fip *out, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	struct fip_entry *entry = &out->entries[out->count];
	uint64_t offset = take_long(bytes + UUID_LENGTH), size = take_long(bytes + UUID_LENGTH + 8);
	if (offset > length || size > length - offset)
		return errbuf_set(err, ERR_FORMAT,
			"it breaks off, or is damaged: its entry %zu ends behind the file's %zu "
			"bytes",
			out->count + 1, length);
	memcpy(entry->uuid, bytes, UUID_LENGTH);
	entry->offset = (size_t)offset;
	entry->size = (size_t)size;
	note_content(out, entry);
	out->count++;
	return OK;
}

enum status fip_parse(struct fip *out, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	static const uint8_t zeros[UUID_LENGTH];
	*out = (struct fip){0};
	if (!fip_is(bytes, length))
		return errbuf_set(err, ERR_FORMAT, "it is no FIP");
	if (length < HEADER_LENGTH)
		return broken_off(length, err);
	/* TF-A refuses this, too (stm32cubeprogrammer_usb.c). */
	if (bytes_to_word(bytes + 4) == 0)
		return errbuf_set(err, ERR_FORMAT,
			"it is a FIP without a serial number, which TF-A does not take");
	for (size_t at = HEADER_LENGTH;; at += ENTRY_LENGTH) {
		if (length - at < ENTRY_LENGTH)
			return broken_off(length, err);
		size_t table = at + ENTRY_LENGTH;
		if (memcmp(bytes + at, zeros, UUID_LENGTH) == 0) {
			enum status status = take_end(
				out, take_long(bytes + at + UUID_LENGTH), table, length, err);
			return status == OK ? check_places(out, table, err) : status;
		}
		if (out->count == FIP_MAX_ENTRIES)
			return errbuf_set(err, ERR_FORMAT,
				"its table of contents has more than %d entries: it is damaged",
				FIP_MAX_ENTRIES);
		enum status status = take_entry(out, bytes + at, length, err);
		if (status != OK)
			return status;
	}
}
