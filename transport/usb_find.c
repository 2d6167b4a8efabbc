#include "transport/usb_find.h"

#include "transport/dfu_name.h"
#include "transport/peer_usb.h"
#include "transport/usb_libusb.h"

#include <stdio.h>
#include <string.h>

/* The one board found so far, and those besides. */
struct search {
	struct usb_link *link; /* NULL: none */
	struct usb_description description;
	unsigned count;
	unsigned others; /* in DFU mode, and no boards */
	char names[256]; /* "dfu:path=1-5.4 (serial 0033…), dfu:path=…" */
	enum status status;
	struct errbuf err; /* why a device could not be looked at */
};

bool usb_find_is_board(const struct usb_description *description)
{
	return peer_usb_recognise(description)->is_board;
}

static enum status look(struct usb_link **link, struct usb_description *description,
	struct usb_bus *bus, const char *path, struct errbuf *err)
{
	enum status status = usb_bus_open(link, bus, path, err);
	if (status != OK)
		return status;
	status = (*link)->ops->describe(*link, description, err);
	if (status != OK)
		(*link)->ops->close(*link);
	return status;
}

/* --- all of them */

void usb_find_tell(struct found_board *out, const struct usb_description *description)
{
	const struct peer_usb *peer = peer_usb_recognise(description);
	struct dfu_name otp;
	int alternate = dfu_name_find(&otp, description, DFU_ID_OTP);
	memset(out, 0, sizeof *out);
	snprintf(out->source, sizeof out->source, "dfu:path=%s", description->path);
	snprintf(out->link, sizeof out->link, "usb");
	snprintf(out->path, sizeof out->path, "%s", description->path);
	snprintf(out->serial, sizeof out->serial, "%s", description->serial);
	snprintf(out->product, sizeof out->product, "%s", description->product_text);
	snprintf(out->stage, sizeof out->stage, "%s", peer->name);
	out->peer = peer->peer;
	const char *objection = peer->is_board ? dfu_name_objection(description) : NULL;
	out->offers_otp = peer->is_board && alternate >= 0 && !objection;
	if (objection)
		snprintf(out->remark, sizeof out->remark, "it %s", objection);
	else if (!out->offers_otp)
		snprintf(out->remark, sizeof out->remark, "%s", peer_usb_without_otp(description));
	else if (peer->peer == PEER_UNKNOWN)
		snprintf(out->remark, sizeof out->remark,
			"it offers an OTP, and is neither U-Boot's stm32prog nor STM32PRGFW-UTIL: "
			"it can only be looked at from afar");
}

static void tell_of_failure(
	struct found_board *out, const struct usb_place *place, const struct errbuf *err)
{
	memset(out, 0, sizeof *out);
	snprintf(out->source, sizeof out->source, "dfu:path=%s", place->path);
	snprintf(out->link, sizeof out->link, "usb");
	snprintf(out->path, sizeof out->path, "%s", place->path);
	snprintf(out->product, sizeof out->product, "DFU device %04x:%04x", place->vendor,
		place->product);
	snprintf(out->remark, sizeof out->remark, "%s", err->text);
}

bool usb_find_is_name(const char *serial)
{
	static const char fit[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-";
	size_t length = strlen(serial);
	return length > 0 && length < USB_SERIAL_SIZE - 1 && strspn(serial, fit) == length;
}

/* The serial number stays with the board under another address. */
static void name_by_serial(struct found_boards *all, size_t which)
{
	struct found_board *board = &all->boards[which];
	bool is_shared = false;
	for (size_t i = 0; i < all->count; i++)
		is_shared |= i != which && strcmp(all->boards[i].serial, board->serial) == 0;
	char serial[sizeof board->serial];
	snprintf(serial, sizeof serial, "%s", board->serial);
	if (usb_find_is_name(serial) && !is_shared)
		snprintf(board->source, sizeof board->source, "dfu:serial=%s", serial);
}

enum status usb_find_list(struct found_boards *out, struct errbuf *err)
{
	struct usb_bus *bus;
	struct usb_places places;
	out->count = 0;
	enum status status = usb_bus_take(&bus, err);
	if (status != OK)
		return status;
	status = usb_bus_find(&places, bus, err);
	for (size_t i = 0; status == OK && i < places.count && out->count < FOUND_BOARDS_MAX; i++) {
		struct usb_link *link = NULL;
		struct usb_description description;
		struct errbuf why = {0};
		enum status seen = look(&link, &description, bus, places.place[i].path, &why);
		if (seen == OK) {
			usb_find_tell(&out->boards[out->count++], &description);
			link->ops->close(link);
		} else if (seen != ERR_GONE) {
			tell_of_failure(&out->boards[out->count++], &places.place[i], &why);
		}
	}
	for (size_t i = 0; i < out->count; i++)
		name_by_serial(out, i);
	usb_bus_release(bus);
	return status;
}

/* --- the one that is meant */

static void add_name(struct search *search, const struct usb_description *description)
{
	size_t used = strlen(search->names);
	snprintf(search->names + used, sizeof search->names - used, "%sdfu:path=%s (serial '%s')",
		used > 0 ? ", " : "", description->path, description->serial);
}

static void visit(struct search *search, const struct usb_wanted *wanted, struct usb_bus *bus,
	const char *path)
{
	struct usb_link *link = NULL;
	struct usb_description description;
	struct errbuf err = {0};
	enum status status = look(&link, &description, bus, path, &err);
	/* What was pulled out while we looked is not there: that is all there is to say. */
	if (status != OK) {
		if (search->status == OK && status != ERR_GONE) {
			search->status = status;
			search->err = err;
		}
		return;
	}
	search->others += !usb_find_is_board(&description);
	bool fits = usb_find_is_board(&description) &&
		    (wanted->serial[0] == '\0' || strcmp(wanted->serial, description.serial) == 0);
	if (fits) {
		add_name(search, &description);
		search->count++;
	}
	if (fits && search->count == 1) {
		search->link = link;
		search->description = description;
	} else {
		link->ops->close(link);
	}
}

static enum status judge(
	const struct search *search, const struct usb_wanted *wanted, struct errbuf *err)
{
	if (search->count > 1)
		return errbuf_set(err, ERR_REFUSED,
			"several boards fit: %s; say which one, as here ('otpedit list' tells "
			"more)",
			search->names);
	if (search->status != OK && (search->count == 0 || wanted->serial[0] == '\0'))
		return errbuf_set(err, search->status, "%s", search->err.text);
	if (search->count == 1)
		return OK;
	if (wanted->serial[0] != '\0')
		return errbuf_set(err, ERR_GONE,
			"no board with the serial number '%s' is in DFU mode on USB",
			wanted->serial);
	if (search->others > 0)
		return errbuf_set(err, ERR_GONE,
			"what is in DFU mode on USB does not look like an STM32MP board: 'otpedit "
			"list' shows it");
	return errbuf_set(err, ERR_GONE,
		"no board is in DFU mode on USB: check the cable, and that U-Boot's 'stm32prog usb "
		"0' or STM32PRGFW-UTIL runs on the board");
}

static enum status open_path(struct usb_link **out, struct usb_description *description,
	const struct usb_wanted *wanted, struct usb_bus *bus, struct errbuf *err)
{
	enum status status = look(out, description, bus, wanted->path, err);
	if (status != OK)
		return status;
	if (wanted->serial[0] != '\0' && strcmp(wanted->serial, description->serial) != 0)
		status =
			errbuf_set(err, ERR_REFUSED, "the board at '%s' has the serial number '%s'",
				wanted->path, description->serial);
	else if (!usb_find_is_board(description))
		status = errbuf_set(err, ERR_UNSUPPORTED,
			"the DFU device at '%s' is no STM32MP board (%s): it calls itself '%s'",
			wanted->path, peer_usb_recognise(description)->name,
			description->product_text);
	if (status != OK)
		(*out)->ops->close(*out);
	return status;
}

static enum status open_fitting(struct usb_link **out, struct usb_description *description,
	const struct usb_wanted *wanted, struct usb_bus *bus, struct errbuf *err)
{
	struct usb_places places;
	struct search search = {.status = OK};
	enum status status = usb_bus_find(&places, bus, err);
	if (status != OK)
		return status;
	for (size_t i = 0; i < places.count; i++)
		visit(&search, wanted, bus, places.place[i].path);
	status = judge(&search, wanted, err);
	if (status != OK) {
		if (search.link)
			search.link->ops->close(search.link);
		return status;
	}
	*out = search.link;
	*description = search.description;
	return OK;
}

enum status usb_find_open(struct usb_link **out, struct usb_description *description,
	const struct usb_wanted *wanted, struct errbuf *err)
{
	struct usb_bus *bus;
	enum status status = usb_bus_take(&bus, err);
	if (status != OK)
		return status;
	status = wanted->path[0] != '\0' ? open_path(out, description, wanted, bus, err)
					 : open_fitting(out, description, wanted, bus, err);
	usb_bus_release(bus);
	return status;
}
