#include "transport/source_request.h"

#include <stdbool.h>
#include <string.h>

static bool has_length(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

static enum status parse_option(
	struct source_request *request, const char *text, size_t length, struct errbuf *err)
{
	if (has_length(text, length, "locks=now"))
		request->locks = SIM_LOCKS_NOW;
	else if (has_length(text, length, "locks=reset"))
		request->locks = SIM_LOCKS_AT_RESET;
	else
		return errbuf_set(err, ERR_USAGE,
			"option '%.*s' is not known: a simulated board takes 'locks=now' or "
			"'locks=reset'",
			(int)(length < 100 ? length : 100), text);
	return OK;
}

/* What follows the first comma; NULL: nothing does. */
static enum status parse_options(
	struct source_request *request, const char *text, struct errbuf *err)
{
	bool seen = false;
	while (text) {
		const char *end = strchr(text, ',');
		size_t length = end ? (size_t)(end - text) : strlen(text);
		enum status status = parse_option(request, text, length, err);
		if (status != OK)
			return status;
		if (seen)
			return errbuf_set(err, ERR_USAGE, "option 'locks' is given twice");
		seen = true;
		text = end ? end + 1 : NULL;
	}
	return OK;
}

static enum status parse_demo(
	struct source_request *request, const char *text, size_t length, struct errbuf *err)
{
	if (has_length(text, length, "demo"))
		request->kind = SOURCE_REQUEST_DEMO;
	else if (has_length(text, length, "demo:blank"))
		request->kind = SOURCE_REQUEST_BLANK;
	else
		return errbuf_set(err, ERR_USAGE,
			"built-in board '%.*s' is not known: there are 'demo' and 'demo:blank'",
			(int)(length < 100 ? length : 100), text);
	return OK;
}

static enum status parse_file(
	struct source_request *request, const char *text, size_t length, struct errbuf *err)
{
	size_t prefix = strlen("sim:");
	request->kind = SOURCE_REQUEST_FILE;
	if (length <= prefix)
		return errbuf_set(
			err, ERR_USAGE, "'sim:' wants the name of an image: 'sim:otp.bin'");
	if (length - prefix >= sizeof request->path)
		return errbuf_set(err, ERR_USAGE, "the name of the image is too long");
	memcpy(request->path, text + prefix, length - prefix);
	request->path[length - prefix] = '\0';
	return OK;
}

enum status source_request_parse(
	struct source_request *request, const char *text, struct errbuf *err)
{
	const char *comma = strchr(text, ',');
	size_t length = comma ? (size_t)(comma - text) : strlen(text);
	memset(request, 0, sizeof *request);
	request->locks = SIM_LOCKS_NOW;
	enum status status = strncmp(text, "sim:", 4) == 0 ? parse_file(request, text, length, err)
							   : parse_demo(request, text, length, err);
	return status == OK ? parse_options(request, comma ? comma + 1 : NULL, err) : status;
}
