/* Records as Intel's "Hexadecimal Object File Format Specification", revision A, has them. */
#include "src/import.h"
#include "src/store.h"
#include "src/wipe.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD_DATA, RECORD_END, RECORD_SEGMENT, RECORD_START, RECORD_LINEAR, RECORD_LINEAR_START };

#define RECORD_MAX_BYTES (1 + 2 + 1 + 255 + 1) /* length, offset, type, data, checksum */
#define HEX_FILE_MAX     (64 * 1024)

struct hex_file {
	uint8_t *out;
	size_t length;
	uint32_t base; /* of the offsets to come */
	uint32_t next; /* the address behind the data so far */
	bool ended;
};

static int digit(uint8_t c)
{
	static const char digits[] = "0123456789ABCDEF";
	if (c >= 'a' && c <= 'f')
		c = (uint8_t)(c - 'a' + 'A');
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* Digits as bytes; how many, 0: it is no record. */
static size_t record_bytes(uint8_t out[RECORD_MAX_BYTES], const uint8_t *line, size_t size)
{
	if (size < 11 || size % 2 == 0 || size / 2 > RECORD_MAX_BYTES || line[0] != ':')
		return 0;
	for (size_t i = 0; i < size / 2; i++) {
		int high = digit(line[1 + 2 * i]), low = digit(line[2 + 2 * i]);
		if (high < 0 || low < 0)
			return 0;
		out[i] = (uint8_t)(high * 16 + low);
	}
	return size / 2;
}

static const char *take_data(struct hex_file *file, const uint8_t *record)
{
	size_t count = record[0];
	uint32_t offset = (uint32_t)record[1] << 8 | record[2];
	uint32_t address = file->base + offset;
	if (offset + count > 0x10000)
		return "its data runs past the end of its 64 KiB";
	if (file->length > 0 && count > 0 && address != file->next)
		return "its data does not follow that of the line before: one run of bytes "
		       "without a gap is wanted";
	if (file->length + count > IMPORT_MAX_BYTES)
		return "with it there are more bytes than are taken at once";
	memcpy(file->out + file->length, record + 4, count);
	file->length += count;
	file->next = count > 0 ? address + (uint32_t)count : file->next;
	return NULL;
}

/* What is wrong with the record, or NULL. */
static const char *take_record(struct hex_file *file, const uint8_t *record, size_t size)
{
	/* The length of data that each type has; 256: any. */
	static const unsigned lengths[] = {256, 0, 2, 4, 2, 4};
	unsigned sum = 0;
	for (size_t i = 0; i < size; i++)
		sum += record[i];
	unsigned type = record[3];
	if (size != (size_t)record[0] + 5)
		return "its length is not what it says";
	if ((sum & 0xFF) != 0)
		return "its checksum is wrong";
	if (type >= sizeof lengths / sizeof *lengths)
		return "its type is not one of 00 to 05";
	if (lengths[type] != 256 && lengths[type] != record[0])
		return "its length does not fit its type";
	uint32_t upper = (uint32_t)record[4] << 8 | record[5]; /* zero or rubbish with no data */
	switch (type) {
	case RECORD_DATA: return take_data(file, record);
	case RECORD_END: file->ended = true; return NULL;
	case RECORD_SEGMENT: file->base = upper << 4; return NULL;
	case RECORD_LINEAR: file->base = upper << 16; return NULL;
	default: return NULL; /* where a program starts says nothing here */
	}
}

static const char *take_line(struct hex_file *file, const uint8_t *line, size_t size)
{
	uint8_t record[RECORD_MAX_BYTES + 2] = {0};
	if (size > 0 && line[size - 1] == '\r')
		size--;
	if (size == 0)
		return NULL;
	if (file->ended)
		return "it stands behind the end record";
	size_t count = record_bytes(record, line, size);
	return count > 0 ? take_record(file, record, count)
			 : "it is not a record: ':' and pairs of hex digits are wanted";
}

enum status import_hex_text(uint8_t out[IMPORT_MAX_BYTES], size_t *length, const uint8_t *text,
	size_t size, const char *name, struct errbuf *err)
{
	struct hex_file file = {.out = out};
	unsigned number = 0;
	for (size_t at = 0; at < size;) {
		const uint8_t *end = memchr(text + at, '\n', size - at);
		size_t line = end ? (size_t)(end - text) - at : size - at;
		number++;
		const char *wrong = take_line(&file, text + at, line);
		if (wrong)
			return errbuf_set(err, ERR_FORMAT, "'%s' line %u: %s", name, number, wrong);
		at += line + (end ? 1 : 0);
	}
	if (!file.ended)
		return errbuf_set(
			err, ERR_FORMAT, "'%s' has no end record (:00000001FF): was it cut?", name);
	if (file.length == 0)
		return errbuf_set(err, ERR_FORMAT, "'%s' holds no data", name);
	*length = file.length;
	return OK;
}

enum status import_hex(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err)
{
	uint8_t *text;
	size_t size;
	enum status status = store_read(&text, &size, path, HEX_FILE_MAX, err);
	if (status != OK)
		return status;
	status = import_hex_text(out, length, text, size, path, err);
	wipe_free(text, size);
	return status;
}
