/*
 * A simulated board as the real libusb finds it: umockdev shows it in /sys and /dev, and answers
 * the ioctls of usbfs as Linux does. The program that uses this runs under umockdev-wrapper.
 *
 * As Linux does: an interface has one user, and SET_INTERFACE 0 is sent when it lets go of it on
 * another alternate, by dying, too.
 *
 * The board's end runs in a thread of umockdev's while libusb waits for it: look at the board only
 * between calls, or while the program under test can have none under way.
 */
#ifndef OTPEDIT_TESTS_USB_MOCK_USB_H
#define OTPEDIT_TESTS_USB_MOCK_USB_H

#include "transport/sim_usb.h"

#include <umockdev.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOCK_USB_URBS   8
#define MOCK_USB_FAULTS 8
#define MOCK_USB_PLUGS  16 /* how often one board may be plugged in, or come by itself */

struct mock_urb {
	UMockdevIoctlClient *client;
	UMockdevIoctlData *data; /* NULL: free */
	bool is_done;
};

/* What is plugged in, where it is not a simulated board: bytes on the wire, and a bus reset. */
struct mock_usb_device {
	enum sim_usb_end (*transfer)(
		void *payload, const uint8_t setup[8], uint8_t *data, uint16_t *actual);
	void (*bus_reset)(void *payload); /* NULL: nothing happens at one */
	void *payload;
	/* A device that leaves the bus and comes back as another one by itself, as boards do from
	 * one boot stage to the next: how often it has come, and whether it is there. NULL: it
	 * stays. */
	unsigned (*enumeration)(void *payload);
	bool (*is_on_bus)(void *payload);
};

enum mock_usb_fault_kind {
	MOCK_STALL,        /* refused; the board knows nothing of it */
	MOCK_SILENCE,      /* it never reaches the board, and nothing answers */
	MOCK_NO_ANSWER,    /* the board acts on it, and its answer is lost */
	MOCK_PROTO,        /* -EPROTO, as with a bad cable; it never reaches the board */
	MOCK_PROTO_AFTER,  /* -EPROTO for the answer; the board has acted on it */
	MOCK_UNPLUG,       /* pulled out before it reaches the board */
	MOCK_UNPLUG_AFTER, /* the board acts on it, and is pulled out before it can answer */
	MOCK_SHORT,        /* the board acts; at most `amount` bytes of its answer arrive */
	MOCK_DELAY         /* the board acts; the answer comes `amount` milliseconds later */
};

#define MOCK_ANY_REQUEST   (-1)
#define MOCK_ANY_CLASS     (-2)
#define MOCK_SET_INTERFACE (-3)
#define MOCK_STRING        (-4) /* GET_DESCRIPTOR for a string */

struct mock_usb_fault {
	enum mock_usb_fault_kind kind;
	int request;     /* which transfers count: bRequest of a class request, or one of these */
	unsigned at;     /* the n-th of them from now, 1 is the next one */
	unsigned count;  /* so many in a row; 0: one */
	unsigned amount; /* bytes or milliseconds */
};

/* One transfer as it passed. */
struct mock_usb_transfer {
	uint8_t setup[8];
	int result; /* what passed, or a negative errno */
};

/* One time of being plugged in. */
struct mock_plug {
	struct mock_usb *mock;
	UMockdevIoctlBase *handler;
	char node[40]; /* "/dev/bus/usb/001/005" */
	char path[40]; /* "usb1/1-5/1-5.4" */
	int fifo;      /* -1: the node is no FIFO */
	bool is_out;
};

struct mock_usb {
	UMockdevTestbed *testbed;
	struct mock_usb_device device;
	struct sim_usb *usb; /* borrowed; NULL: another device */
	char node[40];       /* of the latest plugging in */
	GMutex mutex;
	struct mock_urb urbs[MOCK_USB_URBS];
	struct mock_plug plugs[MOCK_USB_PLUGS];
	unsigned plug_count;
	struct mock_usb_fault faults[MOCK_USB_FAULTS];
	unsigned fault_count;
	UMockdevIoctlClient *claimer; /* NULL: nobody has the interface */
	unsigned alternate;
	/* What a test sets before a call. */
	bool is_claimed_elsewhere;
	bool is_silent;     /* no control transfer is answered */
	unsigned unplug_at; /* the board is pulled at its n-th transfer from now; 0: never */
	/* What a test looks at afterwards. */
	unsigned transfers, class_requests, claims, resets;
	bool is_gone;
	GArray *log; /* of struct mock_usb_transfer, in order */
	/* Of a device that leaves and comes back: where, and how much later. */
	unsigned port, away_ms;
	unsigned enumeration;
	bool is_moving; /* it is about to leave, or to come back */
	bool uses_fifo;
};

/* A root hub on bus 1 and a hub at its port 5; once in a testbed, before any board. */
void mock_usb_add_hubs(UMockdevTestbed *testbed);

/* Plugs the board in at this port of that hub, as this device number: 3 or more. */
void mock_usb_start(struct mock_usb *mock, UMockdevTestbed *testbed, struct sim_usb *usb,
	unsigned port, unsigned number);

/* The same with any device. Device and configuration descriptors are asked from it at once. */
void mock_usb_start_device(struct mock_usb *mock, UMockdevTestbed *testbed,
	const struct mock_usb_device *device, unsigned port, unsigned number);

/*
 * While libusb waits for an answer it sleeps, as on a real node; without this it turns round and
 * round, since the node is a plain file. Until the board is pulled out; /proc shows this process
 * as one that has the node open. For tests where something waits long.
 */
void mock_usb_use_fifo(struct mock_usb *mock);

/* What is to go wrong, in addition. Any number may wait; each counts for itself. */
void mock_usb_add_fault(struct mock_usb *mock, const struct mock_usb_fault *fault);
void mock_usb_clear_faults(struct mock_usb *mock);

/* Pulls it out: what is under way fails, and whoever listens hears of it. Nothing if it is out. */
void mock_usb_unplug(struct mock_usb *mock);

/*
 * Plugs it in again, at any port, with a number that no board had in this testbed. It sees a bus
 * reset and kept its power: for a board without batteries call sim_board_power_down() and
 * sim_board_power_up() in between. Faults and the log stay.
 */
void mock_usb_replug(struct mock_usb *mock, unsigned port, unsigned number);

/* Where it is about to leave or to come back by itself: until it has. */
void mock_usb_await(struct mock_usb *mock);

/* A program that died is only known to have let go of the interface a moment later. */
bool mock_usb_is_claimed(struct mock_usb *mock);

/* The n-th transfer, from 0. */
const struct mock_usb_transfer *mock_usb_logged(const struct mock_usb *mock, unsigned number);

/* Takes away the permission to open it, from root, too; the second gives it back. */
void mock_usb_forbid(struct mock_usb *mock);
void mock_usb_permit(struct mock_usb *mock);

void mock_usb_stop(struct mock_usb *mock);

#endif
