#include "tests/serial/mock_tty.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Line breaks inside a value are the two characters "\n" in umockdev's format. */
static void add(UMockdevTestbed *testbed, const char *text)
{
	GError *error = NULL;
	if (!umockdev_testbed_add_from_string(testbed, text, &error))
		fail_msg("umockdev: %s", error->message);
}

/* The testbed's folder stands for / in the eyes of who is preloaded; a link there leads out. */
static void lead_to(UMockdevTestbed *testbed, const char *name, const char *terminal)
{
	char path[256], *root = umockdev_testbed_get_root_dir(testbed);
	snprintf(path, sizeof path, "%s/dev/%s", root, name);
	g_free(root);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(terminal, path), 0);
}

void mock_tty_plug(UMockdevTestbed *testbed, const char *name, const char *usb_path,
	const char *product, const char *serial, const char *terminal)
{
	char text[2048];
	int length = snprintf(text, sizeof text,
		"P: /devices/usb1/%s/%s:1.0/tty/%s\n"
		"N: %s\n"
		"E: SUBSYSTEM=tty\n"
		"E: DEVNAME=/dev/%s\n"
		"A: dev=188:0\\n\n"
		"L: device=../../../%s:1.0\n\n"
		"P: /devices/usb1/%s/%s:1.0\n"
		"E: SUBSYSTEM=usb\n"
		"E: DEVTYPE=usb_interface\n"
		"A: bInterfaceNumber=00\\n\n\n"
		"P: /devices/usb1/%s\n"
		"E: SUBSYSTEM=usb\n"
		"E: DEVTYPE=usb_device\n"
		"A: idVendor=0403\\n\n"
		"A: idProduct=6001\\n\n"
		"A: busnum=1\\n\n"
		"A: devnum=9\\n\n"
		"A: manufacturer=FTDI\\n\n"
		"A: product=%s\\n\n"
		"A: serial=%s\\n\n",
		usb_path, usb_path, name, name, name, usb_path, usb_path, usb_path, usb_path,
		product, serial);
	assert_true(length > 0 && (size_t)length < sizeof text);
	add(testbed, text);
	lead_to(testbed, name, terminal);
}

void mock_tty_plug_bare(UMockdevTestbed *testbed, const char *name)
{
	char text[512];
	int length = snprintf(text, sizeof text,
		"P: /devices/platform/soc/uart0/tty/%s\n"
		"N: %s\n"
		"E: SUBSYSTEM=tty\n"
		"E: DEVNAME=/dev/%s\n"
		"A: dev=4:64\\n\n"
		"L: device=../../../uart0\n\n"
		"P: /devices/platform/soc/uart0\n"
		"E: SUBSYSTEM=platform\n\n",
		name, name, name);
	assert_true(length > 0 && (size_t)length < sizeof text);
	add(testbed, text);
}
