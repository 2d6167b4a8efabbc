/*
 * A simulated STM32MP15 at 1-5.4 whose descriptors and answers are spoilt on the way, to the real
 * libusb; one at a time. The board behind it is sound.
 */
#ifndef OTPEDIT_TESTS_USB_MOCK_TWIST_H
#define OTPEDIT_TESTS_USB_MOCK_TWIST_H

#include "src/device.h"
#include "tests/usb/mock_usb.h"

#include <stdint.h>

#define MOCK_TWIST_CONFIG_MAX 1024u

/* What is spoilt. A test sets it between mock_twist_make() and mock_twist_plug_in(); strings and
 * answers later, too. */
struct mock_twist {
	struct sim_usb *usb;
	/* A string, as it is sent; length 0: a stall. -1: none. */
	int string;
	unsigned after; /* so many times it is told truly */
	unsigned told;  /* so many times it was not */
	uint8_t text[256];
	uint16_t text_length;
	/* The one language there are texts in; in another every text is refused. 0: any. */
	uint16_t language;
	/* Another configuration; 0: its own. */
	uint8_t config[MOCK_TWIST_CONFIG_MAX];
	uint16_t config_length;
	/* The length of every answer to this class request; 0: none. */
	uint8_t request;
	uint16_t answer_length;

	/* Of the board there is, and of what happened last. */
	struct sim_board *board;
	UMockdevTestbed *testbed;
	struct mock_usb mock;
	struct errbuf err;
	unsigned burns; /* pulses that are right */
};

void mock_twist_make(struct mock_twist *twist, enum sim_service service);
void mock_twist_plug_in(struct mock_twist *twist);

/* Programming pulses over all words. */
unsigned mock_twist_pulses(const struct mock_twist *twist);

/* Checks that nothing was burnt but what `burns` says, too. */
void mock_twist_take_away(struct mock_twist *twist);

/*
 * Lists it, and checks that this disturbed nothing and told a reason where it offers no OTP. The
 * caller frees. It may be missing where its descriptors are so bad that it is in no DFU mode.
 */
struct found_boards *mock_twist_list(struct mock_twist *twist);

enum status mock_twist_open(struct device **out, struct mock_twist *twist);

/* Opens and reads it: what comes is what the fuses hold, or a reason. */
enum status mock_twist_read(struct mock_twist *twist);

#endif
