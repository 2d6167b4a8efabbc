#include "src/firmware.h"

#include "src/flash_layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- files --- */

const struct firmware_image *firmware_for(const struct firmware *firmware, unsigned phase)
{
	for (size_t i = 0; i < firmware->count; i++)
		if (firmware->images[i]->phase == phase)
			return firmware->images[i];
	return NULL;
}

static void free_image(struct firmware_image *image)
{
	free(image->bytes);
	free(image);
}

void firmware_free(struct firmware *firmware)
{
	for (size_t i = 0; i < firmware->count; i++)
		free_image(firmware->images[i]);
	*firmware = (struct firmware){0};
}

static enum status parse(struct firmware_image *image, struct errbuf *err)
{
	if (fip_is(image->bytes, image->length)) {
		image->kind = FIRMWARE_FIP;
		return fip_parse(&image->fip, image->bytes, image->length, err);
	}
	image->kind = FIRMWARE_STM32;
	if (!stm32_image_is(image->bytes, image->length))
		return errbuf_set(
			err, ERR_FORMAT, "it is neither a file with an STM32 header nor a FIP");
	return stm32_image_parse(&image->header, image->bytes, image->length, err);
}

static unsigned phase_of(const struct firmware_image *image)
{
	if (image->kind == FIRMWARE_STM32)
		return PHASE_FSBL;
	return image->fip.holds_bl33 ? PHASE_FIP : PHASE_DDR;
}

static enum status put(struct firmware *firmware, struct firmware_image *image, struct errbuf *err)
{
	const struct firmware_image *other = firmware_for(firmware, image->phase);
	size_t at = firmware->count;
	if (other)
		return errbuf_set(err, ERR_USAGE,
			"phase %u has a file already, '%.150s': say which is for which phase, as "
			"in '1=FILE'",
			image->phase, other->path);
	if (firmware->count == FIRMWARE_MAX_IMAGES)
		return errbuf_set(err, ERR_USAGE, "there are more files than any board boots with");
	for (; at > 0 && firmware->images[at - 1]->phase > image->phase; at--)
		firmware->images[at] = firmware->images[at - 1];
	firmware->images[at] = image;
	firmware->count++;
	return OK;
}

/* `phase` 0: as the file tells. */
static enum status add(
	struct firmware *firmware, const char *path, unsigned phase, struct errbuf *err)
{
	struct firmware_image *image = calloc(1, sizeof *image);
	if (!image)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a file");
	snprintf(image->path, sizeof image->path, "%s", path);
	enum status status =
		store_read(&image->bytes, &image->length, path, FIRMWARE_MAX_BYTES, err);
	if (status == OK) {
		status = parse(image, err);
		if (status != OK)
			errbuf_prefix(err, status, "'%.200s'", path);
	}
	if (status == OK) {
		image->phase = phase ? phase : phase_of(image);
		store_sha256_hex(image->digest, image->bytes, image->length);
		status = put(firmware, image, err);
	}
	if (status != OK)
		free_image(image);
	return status;
}

enum status firmware_add(struct firmware *firmware, const char *text, struct errbuf *err)
{
	size_t digits = strspn(text, "0123456789abcdefxABCDEF");
	if (digits == 0 || text[digits] != '=')
		return add(firmware, text, 0, err);
	char *end;
	unsigned long phase = strtoul(text, &end, 0);
	if (end != text + digits || phase < PHASE_FSBL || phase > PHASE_FIP)
		return errbuf_set(err, ERR_USAGE,
			"'%.*s' is no phase of a boot: 1 is what the ROM code starts, 2 what the "
			"DDR memory needs (STM32MP2), 3 the FIP with U-Boot",
			(int)digits, text);
	return add(firmware, text + digits + 1, (unsigned)phase, err);
}

/* --- a FlashLayout --- */

static enum status find(
	char out[STORE_PATH_MAX], const char *layout, const char *binary, struct errbuf *err)
{
	const char *slash = strrchr(layout, '/');
	if (binary[0] != '/' && slash) {
		int length = snprintf(
			out, STORE_PATH_MAX, "%.*s/%s", (int)(slash - layout), layout, binary);
		if (length < STORE_PATH_MAX && store_exists(out))
			return OK;
	}
	snprintf(out, STORE_PATH_MAX, "%s", binary);
	if (store_exists(out))
		return OK;
	return errbuf_set(err, ERR_FILE, "there is no file '%.120s', %s", binary,
		binary[0] == '/' ? "as the FlashLayout names it"
				 : "neither in the FlashLayout's folder nor in this one");
}

static enum status add_entries(struct firmware *firmware, const struct flash_layout *layout,
	const char *path, struct errbuf *err)
{
	enum status status = OK;
	for (size_t i = 0; status == OK && i < layout->count; i++) {
		const struct flash_layout_entry *entry = &layout->entries[i];
		char found[STORE_PATH_MAX];
		status = find(found, path, entry->binary, err);
		if (status == OK)
			status = add(firmware, found, entry->phase, err);
		if (status != OK)
			errbuf_prefix(err, status, "'%.120s' line %u", path, entry->line);
	}
	return status;
}

enum status firmware_add_layout(struct firmware *firmware, const char *path, struct errbuf *err)
{
	uint8_t *bytes;
	size_t length;
	enum status status = store_read(&bytes, &length, path, FLASH_LAYOUT_MAX_BYTES, err);
	if (status != OK)
		return status;
	struct flash_layout *layout = malloc(sizeof *layout);
	status = layout ? flash_layout_parse(layout, (const char *)bytes, length, err)
			: errbuf_set(err, ERR_MEMORY, "out of memory for a FlashLayout");
	free(bytes);
	if (status != OK) {
		free(layout);
		return errbuf_prefix(err, status, "'%.200s'", path);
	}
	firmware->ignored_count += layout->ignored_count;
	status = add_entries(firmware, layout, path, err);
	free(layout);
	return status;
}

/* A text that is no firmware is one. */
static bool is_layout(const char *path)
{
	uint8_t *bytes;
	size_t length;
	struct errbuf ignored = {0};
	if (store_read(&bytes, &length, path, FLASH_LAYOUT_MAX_BYTES, &ignored) != OK)
		return false;
	bool is_text = memchr(bytes, '\0', length) == NULL && memchr(bytes, '\t', length) != NULL &&
		       !fip_is(bytes, length) && !stm32_image_is(bytes, length);
	free(bytes);
	return is_text;
}

enum status firmware_add_line(struct firmware *firmware, const char *line, struct errbuf *err)
{
	enum status status = OK;
	if (is_layout(line))
		return firmware_add_layout(firmware, line, err);
	for (const char *at = line; status == OK && *at != '\0';) {
		char name[STORE_PATH_MAX];
		at += strspn(at, " ");
		size_t length = strcspn(at, ",");
		snprintf(name, sizeof name, "%.*s", (int)length, at);
		for (size_t end = strlen(name); end > 0 && name[end - 1] == ' ';)
			name[--end] = '\0';
		if (name[0] == '\0')
			return errbuf_set(err, ERR_USAGE, "no file is named");
		status = firmware_add(firmware, name, err);
		at += length + (at[length] == ',');
	}
	return status;
}

bool firmware_is_single(const struct firmware *firmware)
{
	return firmware->count == 1 && firmware->images[0]->phase == PHASE_FSBL;
}

/* --- for people --- */

const char *firmware_phase_name(const struct firmware *firmware, unsigned phase)
{
	switch (phase) {
	case PHASE_FLASH_LAYOUT: return "a FlashLayout";
	case PHASE_FSBL:
		return firmware && firmware_is_single(firmware) ? "the programming firmware"
								: "TF-A";
	case PHASE_DDR: return "what the DDR memory needs";
	case PHASE_FIP: return "OP-TEE and U-Boot";
	default: return "something unknown";
	}
}

static const char *signature_text(const struct stm32_image *header)
{
	if (header->is_signed)
		return header->is_encrypted ? "signed, encrypted" : "signed";
	return header->asks_signature ? "wants to be signed, and is not" : "not signed";
}

void firmware_describe(char out[FIRMWARE_TEXT_MAX], const struct firmware_image *image)
{
	const struct stm32_image *header = &image->header;
	if (image->kind == FIRMWARE_STM32)
		snprintf(out, FIRMWARE_TEXT_MAX,
			"%zu bytes, %s, STM32 header %u.%u, version %lu, %s", image->length,
			stm32_image_type_name(header->type), header->major, header->minor,
			(unsigned long)header->image_version, signature_text(header));
	else
		snprintf(out, FIRMWARE_TEXT_MAX, "%zu bytes, FIP of %zu %s%s%s%s", image->length,
			image->fip.count, image->fip.count == 1 ? "part" : "parts",
			image->fip.holds_bl32 ? ", OP-TEE" : "",
			image->fip.holds_bl33 ? ", U-Boot" : "",
			image->fip.holds_certs ? ", certificates" : "");
}
