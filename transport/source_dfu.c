#include "transport/source_dfu.h"

#include "transport/device_usb.h"
#include "transport/loader_usb.h"
#include "transport/peer_usb.h"
#include "transport/trace.h"
#include "transport/usb_find.h"
#include "transport/usb_libusb.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* The serial number stays with the board under another address. */
static void name(char *out, size_t capacity, const struct usb_description *description)
{
	if (usb_find_is_name(description->serial))
		snprintf(out, capacity, "dfu:serial=%s", description->serial);
	else
		snprintf(out, capacity, "dfu:path=%s", description->path);
}

static enum status ask_admission(const struct usb_description *description,
	const struct source_options *options, struct errbuf *err)
{
	const struct peer_usb *peer = peer_usb_recognise(description);
	struct device_info about = {.peer = peer->peer, .source_class = SOURCE_REAL};
	if (!options->admit)
		return OK;
	name(about.source, sizeof about.source, description);
	snprintf(about.link, sizeof about.link, "usb %s", description->path);
	snprintf(about.port, sizeof about.port, "%s", description->path);
	snprintf(about.serial, sizeof about.serial, "%s", description->serial);
	snprintf(about.product, sizeof about.product, "%s", description->product_text);
	snprintf(about.peer_text, sizeof about.peer_text, "%s", peer->name);
	return options->admit(&about, options->payload, err);
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
	status = ask_admission(&description, options, err);
	if (status == OK && options->trace_path) {
		status = trace_open(&traced, link, options->trace_path, err);
		link = status == OK ? traced : link;
	}
	if (status != OK) {
		link->ops->close(link);
		return status;
	}
	name(source, sizeof source, &description);
	const struct device_usb_about about = {
		.source = source,
		.source_class = SOURCE_REAL,
		/* A trace tells what the descriptors say, too. */
		.description = traced ? NULL : &description,
	};
	return device_usb_open(out, link, &about, err);
}

static enum status find_board(struct found_board *out, const char *text, struct errbuf *err)
{
	struct usb_wanted wanted;
	struct usb_description description;
	struct usb_link *link = NULL;
	enum status status = parse(&wanted, text, err);
	if (status == OK)
		status = usb_find_open(&link, &description, &wanted, err);
	if (status != OK)
		return status;
	link->ops->close(link);
	usb_find_tell(out, &description);
	return OK;
}

/* Places alone: a serial number would have to be asked for. */
static void complete(
	const char *typed, void (*offer)(const char *source, void *listener), void *listener)
{
	struct usb_places *places = calloc(1, sizeof *places);
	struct errbuf ignored = {0};
	char source[64];
	(void)typed;
	offer("dfu", listener);
	if (places && usb_libusb_find(places, &ignored) == OK)
		for (size_t i = 0; i < places->count; i++) {
			snprintf(source, sizeof source, "dfu:path=%s", places->place[i].path);
			offer(source, listener);
		}
	free(places);
}

/* --- a board that is brought up: it comes and goes, and may come back at another address --- */

struct real_bus {
	struct usb_wanted wanted;
	char *trace_path; /* NULL: none */
};

static enum status bus_open(struct usb_link **out, struct usb_description *description,
	void *payload, struct errbuf *err)
{
	struct real_bus *bus = payload;
	enum status status = usb_find_open(out, description, &bus->wanted, err);
	struct usb_link *traced;
	if (status != OK || !bus->trace_path)
		return status;
	status = trace_open(&traced, *out, bus->trace_path, err);
	if (status != OK)
		(*out)->ops->close(*out);
	else
		*out = traced;
	return status;
}

static void bus_pause(unsigned milliseconds, void *payload)
{
	struct timespec left = {
		.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000};
	(void)payload;
	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
		;
}

static void bus_closed(void *payload)
{
	struct real_bus *bus = payload;
	free(bus->trace_path);
	free(bus);
}

/* From here on it is followed by its serial number, where it has one, else by its place. */
static enum status take_board(struct real_bus *bus, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	struct usb_description description;
	struct usb_link *link = NULL;
	enum status status = parse(&bus->wanted, text, err);
	if (status == OK)
		status = usb_find_open(&link, &description, &bus->wanted, err);
	if (status != OK)
		return status;
	link->ops->close(link);
	memset(&bus->wanted, 0, sizeof bus->wanted);
	if (usb_find_is_name(description.serial))
		snprintf(bus->wanted.serial, sizeof bus->wanted.serial, "%s", description.serial);
	else
		snprintf(bus->wanted.path, sizeof bus->wanted.path, "%s", description.path);
	return ask_admission(&description, options, err);
}

static enum status open_loader(struct loader **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	struct real_bus *bus = calloc(1, sizeof *bus);
	enum status status = bus ? take_board(bus, text, options, err)
				 : errbuf_set(err, ERR_MEMORY, "out of memory for a board");
	if (status == OK && options->trace_path) {
		bus->trace_path = strdup(options->trace_path);
		if (!bus->trace_path)
			status = errbuf_set(err, ERR_MEMORY, "out of memory for a trace");
	}
	if (status != OK) {
		free(bus);
		return status;
	}
	const struct loader_usb_about about = {
		.source_class = SOURCE_REAL,
		.bus = {bus_open, bus_pause, bus_closed, bus},
	};
	return loader_usb_open(out, &about, err);
}

const struct source_ops source_dfu = {
	.name = "dfu",
	.help = "dfu[:serial=S|:path=1-5.4]  a board on USB; alone, the only one",
	.claims = claims,
	.open = open_board,
	.list = usb_find_list,
	.find = find_board,
	.watch = usb_libusb_watch,
	.complete = complete,
	.open_loader = open_loader,
};
