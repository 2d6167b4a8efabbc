/*
 * A simulated board as the real libusb finds it: umockdev shows it in /sys and /dev, and answers
 * the ioctls of usbfs. The program that uses this runs under umockdev-wrapper.
 *
 * The board's end runs in a thread of umockdev's while libusb waits for it: look at the board only
 * between calls.
 */
#ifndef OTPEDIT_TESTS_USB_MOCK_USB_H
#define OTPEDIT_TESTS_USB_MOCK_USB_H

#include "transport/sim_usb.h"

#include <umockdev.h>

#include <stdbool.h>

#define MOCK_USB_URBS 8

struct mock_urb {
	UMockdevIoctlClient *client;
	UMockdevIoctlData *data; /* NULL: free */
	bool is_done;
};

struct mock_usb {
	UMockdevTestbed *testbed;
	UMockdevIoctlBase *handler;
	struct sim_usb *usb; /* borrowed */
	char node[40];       /* "/dev/bus/usb/001/005" */
	GMutex mutex;
	struct mock_urb urbs[MOCK_USB_URBS];
	/* What a test sets before a call. */
	bool is_claimed_elsewhere;
	bool is_silent;     /* no control transfer is answered */
	unsigned unplug_at; /* the board is pulled at its n-th transfer from now; 0: never */
	/* What a test looks at afterwards. */
	unsigned transfers, class_requests, claims, resets;
	bool is_gone;
};

/* A root hub on bus 1 and a hub at its port 5; once in a testbed, before any board. */
void mock_usb_add_hubs(UMockdevTestbed *testbed);

/* Plugs the board in at this port of that hub, as this device number: 3 or more. */
void mock_usb_start(struct mock_usb *mock, UMockdevTestbed *testbed, struct sim_usb *usb,
	unsigned port, unsigned number);

/* Takes away the permission to open it, from root, too; the second gives it back. */
void mock_usb_forbid(struct mock_usb *mock);
void mock_usb_permit(struct mock_usb *mock);

void mock_usb_stop(struct mock_usb *mock);

#endif
