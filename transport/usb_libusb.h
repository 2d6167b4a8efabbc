/*
 * USB devices in DFU mode through libusb-1.0: the real wire below struct usb_link.
 *
 * Nothing here resets a device, takes it from another program or a kernel driver, or sends a
 * standard request other than for strings and SET_INTERFACE. Configuration and interface
 * descriptors come from the kernel, which read them when the device appeared.
 */
#ifndef OTPEDIT_TRANSPORT_USB_LIBUSB_H
#define OTPEDIT_TRANSPORT_USB_LIBUSB_H

#include "src/device.h"
#include "src/errbuf.h"
#include "transport/link.h"

#include <stddef.h>
#include <stdint.h>

#define USB_LIBUSB_MAX_DEVICES 64

struct usb_place {
	char path[32]; /* bus and ports: "1-5.4" */
	uint16_t vendor, product;
};

struct usb_places {
	size_t count;
	struct usb_place place[USB_LIBUSB_MAX_DEVICES];
};

/*
 * USB as it is now: the computer is asked once, for finding and for opening. Devices that come
 * later are not on it; those that go are gone. Links live on when whoever took it releases it. Used
 * from one thread, its links included, until it is released.
 */
struct usb_bus;
enum status usb_bus_take(struct usb_bus **out, struct errbuf *err);
void usb_bus_release(struct usb_bus *bus);

/*
 * Where devices with an interface in DFU mode (class FE, subclass 01, protocol 02) are now, in the
 * order of libusb. Nothing is sent to any device. More than fit are left out.
 */
enum status usb_bus_find(struct usb_places *out, struct usb_bus *bus, struct errbuf *err);
enum status usb_libusb_find(struct usb_places *out, struct errbuf *err);

/*
 * A link to the device in DFU mode at this place. Opening sends nothing. describe() asks for the
 * strings and nothing else. The interface is claimed at the first set_alternate() or control():
 * ERR_BUSY where another program holds it, named where /proc shows it. ERR_GONE where no such
 * device is at this place, ERR_LINK without the permission to open it, with what gives it. The
 * caller closes it by ops->close.
 *
 * A string that the device refuses, or that is none, is taken for an empty one; any other failure
 * of one, and half a string, are failures of describe().
 */
enum status usb_bus_open(
	struct usb_link **out, struct usb_bus *bus, const char *path, struct errbuf *err);
enum status usb_libusb_open(struct usb_link **out, const char *path, struct errbuf *err);

/* Listens for devices that come or go, of any kind; nothing is sent. The caller closes it. */
enum status usb_libusb_watch(struct source_watch **out, struct errbuf *err);

#endif
