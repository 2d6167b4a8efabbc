#include "transport/usb_libusb.h"

#include "transport/holders.h"
#include "transport/usb_access.h"

#include <libusb.h>

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DFU_CLASS      0xFE
#define DFU_SUBCLASS   0x01
#define DFU_PROTOCOL   0x02 /* DFU mode; 01 is a device that could be brought into it */
#define DFU_FUNCTIONAL 0x21
#define PORTS_MAX      7 /* tiers below a root hub, by the USB specification */
#define ENGLISH        0x0409

/* USB as it was once looked at. */
struct usb_bus {
	libusb_context *context;
	unsigned users;     /* whoever took it, and every link opened on it */
	bool has_open_ends; /* a device of it must not be closed */
};

struct real_link {
	struct usb_link link;
	struct usb_bus *bus;
	libusb_device_handle *handle;
	char path[32];
	uint8_t interface_number;
	bool is_claimed;
	bool is_gone;   /* libusb said so */
	bool is_spoilt; /* must not be closed */
};

static struct real_link *as_real(struct usb_link *link)
{
	return (struct real_link *)link;
}

/* --- what libusb says, in our words */

static const struct {
	enum libusb_error code;
	enum status status;
	const char *text; /* behind "the USB device at 1-5.4 " */
} failures[] = {
	{LIBUSB_ERROR_NO_DEVICE, ERR_GONE, "is gone: it was unplugged or reset"},
	{LIBUSB_ERROR_NOT_FOUND, ERR_GONE, "is gone, or another device has taken its place"},
	{LIBUSB_ERROR_TIMEOUT, ERR_TIMEOUT, "did not answer in time"},
	{LIBUSB_ERROR_OVERFLOW, ERR_LINK, "sent more than was asked for"},
	{LIBUSB_ERROR_IO, ERR_LINK, "cannot be understood: check cable and hub"},
	{LIBUSB_ERROR_NO_MEM, ERR_MEMORY, "cannot be reached: out of memory"},
};

static enum status explain(const char *path, int code, struct errbuf *err)
{
	for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
		if ((int)failures[i].code == code)
			return errbuf_set(err, failures[i].status, "the USB device at %s %s", path,
				failures[i].text);
	return errbuf_set(err, ERR_LINK, "the USB device at %s cannot be reached: %s", path,
		libusb_strerror(code));
}

/* As explain(), where who uses it and who may is the question. */
static enum status explain_access(
	libusb_device *device, const char *path, int code, struct errbuf *err)
{
	char holders[160], node[40], rule[USB_ACCESS_RULE_MAX];
	if (code == LIBUSB_ERROR_ACCESS) {
		usb_access_rule(rule);
		return errbuf_set(err, ERR_LINK,
			"the USB device at %s cannot be opened: this user has no permission. A "
			"rule for udev gives it: as root, save the line %s as %s, run 'udevadm "
			"control --reload', and plug the board in anew",
			path, rule, USB_ACCESS_RULE_FILE);
	}
	if (code != LIBUSB_ERROR_BUSY)
		return explain(path, code, err);
	snprintf(node, sizeof node, "/dev/bus/usb/%03u/%03u",
		(unsigned)libusb_get_bus_number(device),
		(unsigned)libusb_get_device_address(device));
	holders_of(holders, sizeof holders, node);
	if (holders[0] == '\0')
		return errbuf_set(err, ERR_BUSY,
			"the USB device at %s is in use by another program, of another user "
			"perhaps: "
			"end that first (dfu-util, STM32CubeProgrammer, otpedit)",
			path);
	return errbuf_set(err, ERR_BUSY,
		"the USB device at %s is in use, and open in %s: end that first", path, holders);
}

static enum status start(libusb_context **out, struct errbuf *err)
{
	int code = libusb_init(out);
	return code == 0 ? OK
			 : errbuf_set(err, ERR_LINK, "USB cannot be used on this computer: %s",
				   libusb_strerror(code));
}

enum status usb_bus_take(struct usb_bus **out, struct errbuf *err)
{
	struct usb_bus *bus = calloc(1, sizeof *bus);
	if (!bus)
		return errbuf_set(err, ERR_MEMORY, "out of memory for USB");
	enum status status = start(&bus->context, err);
	if (status != OK) {
		free(bus);
		return status;
	}
	bus->users = 1;
	*out = bus;
	return OK;
}

void usb_bus_release(struct usb_bus *bus)
{
	if (--bus->users > 0)
		return;
	if (!bus->has_open_ends)
		libusb_exit(bus->context);
	free(bus);
}

/* --- places and descriptors */

static void print_path(char out[32], libusb_device *device)
{
	uint8_t ports[PORTS_MAX];
	int count = libusb_get_port_numbers(device, ports, PORTS_MAX);
	int length = snprintf(out, 32, "%u", (unsigned)libusb_get_bus_number(device));
	for (int i = 0; i < count && length < 32; i++)
		length += snprintf(out + length, 32 - (size_t)length, "%c%u", i == 0 ? '-' : '.',
			(unsigned)ports[i]);
}

static bool is_dfu(const struct libusb_interface *interface)
{
	const struct libusb_interface_descriptor *first = interface->altsetting;
	return interface->num_altsetting > 0 && first->bInterfaceClass == DFU_CLASS &&
	       first->bInterfaceSubClass == DFU_SUBCLASS &&
	       first->bInterfaceProtocol == DFU_PROTOCOL;
}

/* The first interface in DFU mode; NULL: none. */
static const struct libusb_interface *find_interface(const struct libusb_config_descriptor *config)
{
	for (unsigned i = 0; i < config->bNumInterfaces; i++)
		if (is_dfu(&config->interface[i]))
			return &config->interface[i];
	return NULL;
}

/* *out is -1 where the device is not in DFU mode or its descriptors cannot be had. */
static void find_interface_number(int *out, libusb_device *device)
{
	struct libusb_config_descriptor *config;
	*out = -1;
	if (libusb_get_active_config_descriptor(device, &config) != 0)
		return;
	const struct libusb_interface *interface = find_interface(config);
	if (interface)
		*out = interface->altsetting->bInterfaceNumber;
	libusb_free_config_descriptor(config);
}

static void take_place(struct usb_place *out, libusb_device *device)
{
	struct libusb_device_descriptor descriptor = {0};
	(void)libusb_get_device_descriptor(device, &descriptor);
	print_path(out->path, device);
	out->vendor = descriptor.idVendor;
	out->product = descriptor.idProduct;
}

enum status usb_bus_find(struct usb_places *out, struct usb_bus *bus, struct errbuf *err)
{
	libusb_device **list;
	int number;
	out->count = 0;
	ssize_t count = libusb_get_device_list(bus->context, &list);
	for (ssize_t i = 0; i < count && out->count < USB_LIBUSB_MAX_DEVICES; i++) {
		find_interface_number(&number, list[i]);
		if (number >= 0)
			take_place(&out->place[out->count++], list[i]);
	}
	if (count >= 0)
		libusb_free_device_list(list, 1);
	return count >= 0 ? OK
			  : errbuf_set(err, ERR_LINK, "the USB devices cannot be listed: %s",
				    libusb_strerror((int)count));
}

enum status usb_libusb_find(struct usb_places *out, struct errbuf *err)
{
	struct usb_bus *bus;
	out->count = 0;
	enum status status = usb_bus_take(&bus, err);
	if (status != OK)
		return status;
	status = usb_bus_find(out, bus, err);
	usb_bus_release(bus);
	return status;
}

/* --- describing */

static uint16_t two_bytes(const unsigned char *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

/* A DFU functional descriptor among what stands behind an alternate setting. */
static void take_functional(
	struct usb_description *out, const struct libusb_interface_descriptor *alternate)
{
	int left = alternate->extra_length;
	for (const unsigned char *at = alternate->extra; left >= 2; left -= at[0], at += at[0]) {
		if (at[0] < 2 || at[0] > left)
			return;
		if (at[1] != DFU_FUNCTIONAL || at[0] < 7)
			continue;
		out->dfu_attributes = at[2];
		out->transfer_size = two_bytes(at + 5);
		/* DFU 1.0 has no version here. */
		out->dfu_version = at[0] >= 9 ? two_bytes(at + 7) : 0x0100;
		return;
	}
}

/* The bytes of a string descriptor, its header included; 0 for one that is refused or is none. */
static enum status get_string(struct real_link *real, int *length, unsigned char bytes[255],
	uint8_t index, uint16_t language, struct errbuf *err)
{
	int code = libusb_get_string_descriptor(real->handle, index, language, bytes, 255);
	*length = 0;
	if (code < 0 && code != LIBUSB_ERROR_PIPE)
		return explain(real->path, code, err);
	if (code < 2 || bytes[1] != LIBUSB_DT_STRING)
		return OK;
	/* Half a serial number would be another board's, half a name another partition's. */
	if (bytes[0] > code)
		return errbuf_set(err, ERR_LINK,
			"the USB device at %s sends texts that break off: check cable and hub",
			real->path);
	*length = bytes[0];
	return OK;
}

/* In which language texts are asked for. */
struct language {
	uint16_t id;
	bool is_sure; /* a text came in it, or the device was asked which it has */
};

/*
 * English is what boards have, so that the table of languages, a request more, is asked for only
 * where the first text is refused in English.
 */
static enum status get_text(struct real_link *real, int *length, unsigned char bytes[255],
	uint8_t index, struct language *language, struct errbuf *err)
{
	enum status status = get_string(real, length, bytes, index, language->id, err);
	bool is_first = !language->is_sure;
	language->is_sure = status == OK;
	if (status != OK || *length > 0 || !is_first)
		return status;
	status = get_string(real, length, bytes, 0, 0, err);
	uint16_t listed = status == OK && *length >= 4 ? two_bytes(bytes + 2) : ENGLISH;
	*length = 0;
	if (status != OK || listed == language->id)
		return status;
	language->id = listed;
	return get_string(real, length, bytes, index, language->id, err);
}

/* UTF-16LE to printable ASCII. */
static enum status take_string(char *out, size_t capacity, struct real_link *real, uint8_t index,
	struct language *language, struct errbuf *err)
{
	unsigned char bytes[255];
	int length = 0;
	size_t used = 0;
	if (index != 0) {
		enum status status = get_text(real, &length, bytes, index, language, err);
		if (status != OK)
			return status;
	}
	for (int i = 2; i + 1 < length && used + 1 < capacity; i += 2) {
		uint16_t unit = two_bytes(bytes + i);
		out[used++] = (char)(unit >= 0x20 && unit < 0x7F ? unit : '?');
	}
	out[used] = '\0';
	return OK;
}

static enum status take_alternates(struct usb_description *out, struct real_link *real,
	const struct libusb_interface *interface, struct language *language, struct errbuf *err)
{
	enum status status = OK;
	if (interface->num_altsetting > USB_MAX_ALTERNATES)
		return errbuf_set(err, ERR_UNSUPPORTED,
			"the USB device at %s lists %d alternate settings: more than any board "
			"does before a FlashLayout is loaded; start the service on it again",
			real->path, interface->num_altsetting);
	for (int i = 0; i < interface->num_altsetting && status == OK; i++) {
		const struct libusb_interface_descriptor *from = &interface->altsetting[i];
		struct usb_alternate *to = &out->alternates[out->alternate_count++];
		to->number = from->bAlternateSetting;
		take_functional(out, from);
		status = take_string(
			to->name, sizeof to->name, real, from->iInterface, language, err);
	}
	return status;
}

static enum status take_strings(struct usb_description *out, struct real_link *real,
	const struct libusb_device_descriptor *device, const struct libusb_interface *interface,
	struct errbuf *err)
{
	struct language language = {ENGLISH, false};
	enum status status = take_string(
		out->serial, sizeof out->serial, real, device->iSerialNumber, &language, err);
	if (status == OK)
		status = take_string(out->product_text, sizeof out->product_text, real,
			device->iProduct, &language, err);
	return status == OK ? take_alternates(out, real, interface, &language, err) : status;
}

static enum status real_describe(
	struct usb_link *link, struct usb_description *out, struct errbuf *err)
{
	struct real_link *real = as_real(link);
	struct libusb_device_descriptor device;
	struct libusb_config_descriptor *config;
	libusb_device *at = libusb_get_device(real->handle);
	memset(out, 0, sizeof *out);
	int code = libusb_get_device_descriptor(at, &device);
	if (code == 0)
		code = libusb_get_active_config_descriptor(at, &config);
	if (code != 0)
		return explain(real->path, code, err);
	const struct libusb_interface *interface = find_interface(config);
	out->vendor = device.idVendor;
	out->product = device.idProduct;
	out->release = device.bcdDevice;
	out->interface_number = real->interface_number;
	snprintf(out->path, sizeof out->path, "%s", real->path);
	enum status status = interface ? take_strings(out, real, &device, interface, err)
				       : explain(real->path, LIBUSB_ERROR_NOT_FOUND, err);
	libusb_free_config_descriptor(config);
	return status;
}

/* --- exchanges */

static enum status claim(struct real_link *real, struct errbuf *err)
{
	if (real->is_claimed)
		return OK;
	int code = libusb_claim_interface(real->handle, real->interface_number);
	real->is_claimed = code == 0;
	return code == 0 ? OK
			 : explain_access(libusb_get_device(real->handle), real->path, code, err);
}

static enum status real_set_alternate(
	struct usb_link *link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	struct real_link *real = as_real(link);
	*outcome = USB_STALLED;
	if (real->is_gone)
		return explain(real->path, LIBUSB_ERROR_NO_DEVICE, err);
	enum status status = claim(real, err);
	if (status != OK)
		return status;
	int code =
		libusb_set_interface_alt_setting(real->handle, real->interface_number, (int)number);
	/* Up to libusb 1.0.26 this releases a lock that it does not hold, and closing the handle
	 * then aborts the program (https://github.com/libusb/libusb/issues/1199). */
	real->is_gone = code == LIBUSB_ERROR_NO_DEVICE;
	real->is_spoilt = real->is_gone;
	if (code == 0)
		*outcome = USB_DONE;
	if (code == 0 || code == LIBUSB_ERROR_PIPE)
		return OK;
	/* The kernel's answer does not reach us in full: a stall and silence are the same here. */
	if (code == LIBUSB_ERROR_OTHER)
		return errbuf_set(err, ERR_LINK,
			"the USB device at %s refused the alternate setting %u, or did not answer",
			real->path, number);
	return explain(real->path, code, err);
}

static enum status real_control(struct usb_link *link, uint8_t request_type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct real_link *real = as_real(link);
	assert(data || length == 0);
	assert(timeout_ms > 0); /* libusb takes 0 for ever */
	*actual = 0;
	*outcome = USB_STALLED;
	enum status status = claim(real, err);
	if (status != OK)
		return status;
	int code = libusb_control_transfer(real->handle, request_type, request, value,
		real->interface_number, data, length, timeout_ms);
	if (code == LIBUSB_ERROR_PIPE)
		return OK;
	real->is_gone |= code == LIBUSB_ERROR_NO_DEVICE;
	if (code < 0)
		return explain(real->path, code, err);
	*actual = (uint16_t)code;
	*outcome = USB_DONE;
	return OK;
}

static void real_pause(struct usb_link *link, unsigned milliseconds)
{
	struct timespec left = {
		.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000};
	(void)link;
	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
		;
}

/* --- life and death */

static void real_close(struct usb_link *link)
{
	struct real_link *real = as_real(link);
	real->bus->has_open_ends |= real->is_spoilt;
	if (real->is_claimed && !real->is_spoilt)
		(void)libusb_release_interface(real->handle, real->interface_number);
	if (real->handle && !real->is_spoilt)
		libusb_close(real->handle);
	usb_bus_release(real->bus);
	free(real);
}

static const struct usb_ops real_ops = {
	.describe = real_describe,
	.set_alternate = real_set_alternate,
	.control = real_control,
	.pause = real_pause,
	.close = real_close,
};

static enum status open_device(struct real_link *real, libusb_device *device, struct errbuf *err)
{
	int number;
	find_interface_number(&number, device);
	if (number < 0)
		return explain(real->path, LIBUSB_ERROR_NOT_FOUND, err);
	real->interface_number = (uint8_t)number;
	int code = libusb_open(device, &real->handle);
	return code == 0 ? OK : explain_access(device, real->path, code, err);
}

static enum status open_at(struct real_link *real, struct errbuf *err)
{
	libusb_device **list, *device = NULL;
	ssize_t count = libusb_get_device_list(real->bus->context, &list);
	char path[32];
	if (count < 0)
		return explain(real->path, (int)count, err);
	for (ssize_t i = 0; i < count && !device; i++) {
		print_path(path, list[i]);
		if (strcmp(path, real->path) == 0)
			device = list[i];
	}
	enum status status =
		device ? open_device(real, device, err)
		       : errbuf_set(err, ERR_GONE, "no USB device is at '%s'", real->path);
	libusb_free_device_list(list, 1);
	return status;
}

enum status usb_bus_open(
	struct usb_link **out, struct usb_bus *bus, const char *path, struct errbuf *err)
{
	struct real_link *real = calloc(1, sizeof *real);
	if (!real)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a USB device");
	real->link.ops = &real_ops;
	real->bus = bus;
	bus->users++;
	snprintf(real->path, sizeof real->path, "%s", path);
	enum status status = open_at(real, err);
	if (status != OK) {
		real_close(&real->link);
		return status;
	}
	*out = &real->link;
	return OK;
}

enum status usb_libusb_open(struct usb_link **out, const char *path, struct errbuf *err)
{
	struct usb_bus *bus;
	enum status status = usb_bus_take(&bus, err);
	if (status != OK)
		return status;
	status = usb_bus_open(out, bus, path, err);
	usb_bus_release(bus);
	return status;
}

/* --- coming and going */

struct usb_watch {
	struct source_watch watch;
	libusb_context *context;
	bool has_changed;
};

static int LIBUSB_CALL on_change(
	libusb_context *context, libusb_device *device, libusb_hotplug_event event, void *payload)
{
	struct usb_watch *watch = payload;
	(void)context;
	(void)device;
	(void)event;
	watch->has_changed = true;
	return 0;
}

static bool watch_changed(struct source_watch *source_watch)
{
	struct usb_watch *watch = (struct usb_watch *)source_watch;
	struct timeval at_once = {0};
	(void)libusb_handle_events_timeout_completed(watch->context, &at_once, NULL);
	bool has_changed = watch->has_changed;
	watch->has_changed = false;
	return has_changed;
}

static void watch_close(struct source_watch *source_watch)
{
	struct usb_watch *watch = (struct usb_watch *)source_watch;
	libusb_exit(watch->context);
	free(watch);
}

static const struct source_watch_ops watch_ops = {
	.changed = watch_changed,
	.close = watch_close,
};

enum status usb_libusb_watch(struct source_watch **out, struct errbuf *err)
{
	struct usb_watch *watch = calloc(1, sizeof *watch);
	if (!watch)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a watch on USB");
	watch->watch.ops = &watch_ops;
	enum status status = start(&watch->context, err);
	if (status != OK) {
		free(watch);
		return status;
	}
	int code = libusb_hotplug_register_callback(watch->context,
		LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, 0,
		LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
		on_change, watch, NULL);
	if (code != 0) {
		watch_close(&watch->watch);
		return errbuf_set(err, ERR_UNSUPPORTED,
			"this computer does not tell when USB devices come and go: %s",
			libusb_strerror(code));
	}
	*out = &watch->watch;
	return OK;
}
