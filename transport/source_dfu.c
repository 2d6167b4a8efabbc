#include "transport/source_dfu.h"

#include "transport/device_usb.h"
#include "transport/trace.h"
#include "transport/usb_find.h"
#include "transport/usb_libusb.h"

#include <stdio.h>
#include <string.h>

#define PREFIX "dfu:"

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool claims(const char *text)
{
	return strcmp(text, "dfu") == 0 || starts(text, PREFIX) || starts(text, "dfu,");
}

/* False where it is empty or does not fit. */
static bool take(char *out, size_t capacity, const char *text)
{
	int length = snprintf(out, capacity, "%s", text);
	return length > 0 && (size_t)length < capacity;
}

static enum status parse(struct usb_wanted *out, const char *text, struct errbuf *err)
{
	const char *option = text + strlen(PREFIX);
	memset(out, 0, sizeof *out);
	if (strcmp(text, "dfu") == 0)
		return OK;
	if (starts(text, PREFIX) && starts(option, "serial=") &&
		take(out->serial, sizeof out->serial, option + strlen("serial=")))
		return OK;
	if (starts(text, PREFIX) && starts(option, "path=") &&
		take(out->path, sizeof out->path, option + strlen("path=")))
		return OK;
	return errbuf_set(err, ERR_USAGE,
		"'%.100s' is not known: there are 'dfu', 'dfu:serial=' with a serial number, and "
		"'dfu:path=' with a place such as '1-5.4'",
		text);
}

static enum status open_board(struct device **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	struct usb_wanted wanted;
	struct usb_description description;
	struct usb_link *link = NULL, *traced = NULL;
	char source[256];
	enum status status = parse(&wanted, text, err);
	if (status == OK && options->fresh)
		status = errbuf_set(err, ERR_USAGE,
			"'--fresh' is for simulated boards: '%s' is a real one", text);
	if (status == OK)
		status = usb_find_open(&link, &description, &wanted, err);
	if (status != OK)
		return status;
	if (options->trace_path) {
		status = trace_open(&traced, link, options->trace_path, err);
		if (status != OK) {
			link->ops->close(link);
			return status;
		}
		link = traced;
	}
	/* The serial number stays with the board under another address. */
	if (description.serial[0] != '\0')
		snprintf(source, sizeof source, "dfu:serial=%s", description.serial);
	else
		snprintf(source, sizeof source, "dfu:path=%s", description.path);
	const struct device_usb_about about = {
		.source = source,
		.source_class = SOURCE_REAL,
		/* A trace tells what the descriptors say, too. */
		.description = traced ? NULL : &description,
	};
	return device_usb_open(out, link, &about, err);
}

const struct source_ops source_dfu = {
	.name = "dfu",
	.help = "dfu[:serial=S|:path=1-5.4]  a board on USB; alone, the only one",
	.claims = claims,
	.open = open_board,
	.list = usb_find_list,
	.watch = usb_libusb_watch,
};
