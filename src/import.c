#include "src/import.h"

#include "src/store.h"
#include "src/wipe.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum status import_file(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err)
{
	uint8_t *bytes;
	enum status status = store_read(&bytes, length, path, 1024 * 1024, err);
	if (status != OK)
		return status;
	if (*length == 0)
		status = errbuf_set(err, ERR_USAGE, "'%s' is empty", path);
	else if (*length > IMPORT_MAX_BYTES)
		status = errbuf_set(err, ERR_USAGE,
			"'%s' has %zu bytes: at most %d are taken at once", path, *length,
			IMPORT_MAX_BYTES);
	else
		memcpy(out, bytes, *length);
	wipe_free(bytes, *length);
	return status;
}

enum status import_text(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *text, struct errbuf *err)
{
	*length = strlen(text);
	if (*length == 0 || *length > IMPORT_MAX_BYTES)
		return errbuf_set(err, ERR_USAGE, "a text has 1 to %d bytes", IMPORT_MAX_BYTES);
	memcpy(out, text, *length);
	return OK;
}

/* One address of `width` characters. */
static enum status take_mac(uint8_t out[6], const char *text, size_t width, struct errbuf *err)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	unsigned sum = 0;
	bool fits = width == 17;
	for (size_t i = 0; i < 6; i++) {
		const char *pair = fits ? text + 3 * i : text;
		bool good = fits && strspn(pair, digits) == 2 &&
			    (i == 5 || (pair[2] == text[2] && (pair[2] == ':' || pair[2] == '-')));
		if (!good)
			return errbuf_set(err, ERR_USAGE,
				"'%.*s' is not an address like 00:80:e1:42:48:e4",
				width < 40 ? (int)width : 40, text);
		out[i] = (uint8_t)strtoul(pair, NULL, 16);
		sum += out[i];
	}
	if (sum == 0 || (out[0] & 1))
		return errbuf_set(err, ERR_USAGE, "'%.17s' is not the address of one interface: %s",
			text, sum == 0 ? "it is all zero" : "it is a group address");
	return OK;
}

enum status import_mac(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *text, struct errbuf *err)
{
	for (*length = 0;; *length += 6) {
		size_t width = strcspn(text, ",");
		if (*length + 6 > IMPORT_MAX_BYTES)
			return errbuf_set(err, ERR_USAGE, "more than %d addresses at once",
				IMPORT_MAX_BYTES / 6);
		enum status status = take_mac(out + *length, text, width, err);
		if (status != OK)
			return status;
		if (text[width] == '\0')
			break;
		text += width + 1;
	}
	*length += 6;
	return OK;
}

enum status import_key_hash(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err)
{
	enum status status = import_file(out, length, path, err);
	if (status == OK && *length != IMPORT_HASH_BYTES)
		status = errbuf_set(err, ERR_FORMAT,
			"'%s' has %zu bytes: the signing tool's key hash file has %d", path,
			*length, IMPORT_HASH_BYTES);
	return status;
}
