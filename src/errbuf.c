#include "src/errbuf.h"

#include <stdio.h>
#include <string.h>

void errbuf_clear(struct errbuf *err)
{
	err->text[0] = '\0';
}

enum status errbuf_set(struct errbuf *err, enum status status, const char *format, ...)
{
	if (err->text[0] != '\0')
		return status;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(err->text, sizeof err->text, format, arguments);
	va_end(arguments);
	return status;
}

enum status errbuf_prefix(struct errbuf *err, enum status status, const char *format, ...)
{
	struct errbuf old = *err;
	va_list arguments;
	va_start(arguments, format);
	int used = vsnprintf(err->text, sizeof err->text, format, arguments);
	va_end(arguments);
	if (used < 0 || (size_t)used >= sizeof err->text)
		return status;
	size_t left = sizeof err->text - (size_t)used;
	snprintf(err->text + used, left, ": %.*s", (int)left - 3, old.text);
	return status;
}

const char *status_name(enum status status)
{
	switch (status) {
	case OK: return "ok";
	case ERR_USAGE: return "usage";
	case ERR_FORMAT: return "format";
	case ERR_FILE: return "file";
	case ERR_MEMORY: return "memory";
	case ERR_LINK: return "link";
	case ERR_TIMEOUT: return "timeout";
	case ERR_BUSY: return "busy";
	case ERR_GONE: return "gone";
	case ERR_REFUSED: return "refused";
	case ERR_CANCELLED: return "cancelled";
	case ERR_UNCERTAIN: return "uncertain";
	case ERR_UNSUPPORTED: return "unsupported";
	}
	return "unknown";
}
