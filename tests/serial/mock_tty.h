/*
 * Serial ports that the real libserialport finds and opens: each is a USB adapter in a testbed of
 * umockdev, so that no /sys is needed, with a pseudo-terminal of the test's own behind its name.
 * The process, and what it starts, runs under umockdev's preloaded library and tty_shim.
 */
#ifndef OTPEDIT_TESTS_SERIAL_MOCK_TTY_H
#define OTPEDIT_TESTS_SERIAL_MOCK_TTY_H

#include <umockdev.h>

/*
 * Plugs "/dev/NAME" in at this USB path: an adapter that calls itself `product`, with this serial
 * number and vendor:product 0403:6001. `terminal` is the pseudo-terminal's path.
 */
void mock_tty_plug(UMockdevTestbed *testbed, const char *name, const char *usb_path,
	const char *product, const char *serial, const char *terminal);

/* A port of no USB adapter, with nothing behind it that could be opened. */
void mock_tty_plug_bare(UMockdevTestbed *testbed, const char *name);

#endif
