#include "tests/usb/mock_usb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* After <sys/ioctl.h>. */
#include <linux/usbdevice_fs.h>

#define NOBODY 65534

/* What an ioctl returns: 0, or a negative errno. */
typedef int answer(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg);

/* --- the wire */

/* What passed, or a negative errno as the kernel's host driver has it. */
static int pass(struct mock_usb *mock, const uint8_t setup[8], uint8_t *data)
{
	uint16_t actual = 0;
	mock->transfers++;
	if ((setup[0] & 0x60) == 0x20)
		mock->class_requests++;
	if (mock->unplug_at > 0 && --mock->unplug_at == 0)
		mock->is_gone = true;
	if (mock->is_gone)
		return -ENODEV;
	if (mock->is_silent)
		return -ETIMEDOUT;
	switch (sim_usb_transfer(mock->usb, setup, data, &actual)) {
	case SIM_USB_DATA: return actual;
	case SIM_USB_STALL: return -EPIPE;
	case SIM_USB_SILENCE: return -ETIMEDOUT;
	case SIM_USB_GONE: break;
	}
	mock->is_gone = true;
	return -ENODEV;
}

static UMockdevIoctlData *resolve(UMockdevIoctlData *data, size_t offset, size_t length)
{
	GError *error = NULL;
	UMockdevIoctlData *out = umockdev_ioctl_data_resolve(data, offset, length, &error);
	g_assert_no_error(error);
	return out;
}

/* --- usbfs */

static int get_capabilities(
	struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	uint32_t capabilities = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_NO_PACKET_SIZE_LIM;
	UMockdevIoctlData *data = resolve(arg, 0, sizeof capabilities);
	(void)mock;
	(void)client;
	memcpy(data->data, &capabilities, sizeof capabilities);
	g_object_unref(data);
	return 0;
}

static int claim(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	(void)client;
	(void)arg;
	mock->claims++;
	return mock->is_claimed_elsewhere ? -EBUSY : 0;
}

static int release(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	(void)mock;
	(void)client;
	(void)arg;
	return 0;
}

static int reset(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	(void)client;
	(void)arg;
	mock->resets++;
	sim_usb_bus_reset(mock->usb);
	return 0;
}

static int set_interface(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	struct usbdevfs_setinterface wanted;
	UMockdevIoctlData *data = resolve(arg, 0, sizeof wanted);
	(void)client;
	memcpy(&wanted, data->data, sizeof wanted);
	g_object_unref(data);
	const uint8_t setup[8] = {
		0x01, 0x0B, (uint8_t)wanted.altsetting, 0, (uint8_t)wanted.interface, 0, 0, 0};
	int result = pass(mock, setup, NULL);
	return result < 0 ? result : 0;
}

static struct mock_urb *free_urb(struct mock_usb *mock)
{
	for (size_t i = 0; i < MOCK_USB_URBS; i++)
		if (!mock->urbs[i].data)
			return &mock->urbs[i];
	return NULL;
}

static void finish(struct mock_urb *urb, int result)
{
	struct usbdevfs_urb head;
	memcpy(&head, urb->data->data, sizeof head);
	head.status = result == -ENODEV ? -ESHUTDOWN : result < 0 ? result : 0;
	head.actual_length = result < 0 ? 0 : result;
	memcpy(urb->data->data, &head, sizeof head);
	urb->is_done = true;
}

static int submit(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	struct usbdevfs_urb head;
	struct mock_urb *urb = free_urb(mock);
	if (!urb)
		return -ENOMEM;
	urb->data = resolve(arg, 0, sizeof head);
	urb->client = client;
	urb->is_done = false;
	memcpy(&head, urb->data->data, sizeof head);
	if (head.type != USBDEVFS_URB_TYPE_CONTROL || head.buffer_length < 8) {
		g_clear_object(&urb->data);
		return -EINVAL;
	}
	UMockdevIoctlData *buffer = resolve(urb->data, G_STRUCT_OFFSET(struct usbdevfs_urb, buffer),
		(size_t)head.buffer_length);
	int result = pass(mock, buffer->data, buffer->data + 8);
	g_object_unref(buffer);
	/* What is not answered stays under way until libusb gives it up. */
	if (result != -ETIMEDOUT)
		finish(urb, result);
	return 0;
}

static int reap(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	for (size_t i = 0; i < MOCK_USB_URBS; i++) {
		struct mock_urb *urb = &mock->urbs[i];
		if (!urb->data || urb->client != client || !urb->is_done)
			continue;
		UMockdevIoctlData *pointer = resolve(arg, 0, sizeof(void *));
		g_assert_true(umockdev_ioctl_data_set_ptr(pointer, 0, urb->data));
		g_object_unref(pointer);
		g_clear_object(&urb->data);
		return 0;
	}
	return mock->is_gone ? -ENODEV : -EAGAIN;
}

static int discard(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	gulong address;
	memcpy(&address, arg->data, sizeof address);
	for (size_t i = 0; i < MOCK_USB_URBS; i++) {
		struct mock_urb *urb = &mock->urbs[i];
		if (urb->data && urb->client == client && !urb->is_done &&
			urb->data->client_addr == address) {
			finish(urb, -ENOENT);
			return 0;
		}
	}
	return -EINVAL;
}

static const struct {
	gulong request;
	answer *answer;
	bool works_when_gone;
} answers[] = {
	{USBDEVFS_GET_CAPABILITIES, get_capabilities, false},
	{USBDEVFS_CLAIMINTERFACE, claim, false},
	{USBDEVFS_RELEASEINTERFACE, release, false},
	{USBDEVFS_RESET, reset, false},
	{USBDEVFS_SETINTERFACE, set_interface, false},
	{USBDEVFS_SUBMITURB, submit, false},
	{USBDEVFS_REAPURB, reap, true},
	{USBDEVFS_REAPURBNDELAY, reap, true},
	{USBDEVFS_DISCARDURB, discard, true},
};

static gboolean on_ioctl(
	UMockdevIoctlBase *handler, UMockdevIoctlClient *client, struct mock_usb *mock)
{
	gulong request = umockdev_ioctl_client_get_request(client);
	size_t i = 0;
	(void)handler;
	while (i < G_N_ELEMENTS(answers) && answers[i].request != request)
		i++;
	if (i == G_N_ELEMENTS(answers))
		return FALSE;
	g_mutex_lock(&mock->mutex);
	int result = -ENODEV;
	if (!mock->is_gone || answers[i].works_when_gone)
		result = answers[i].answer(mock, client, umockdev_ioctl_client_get_arg(client));
	g_mutex_unlock(&mock->mutex);
	umockdev_ioctl_client_complete(client, result < 0 ? -1 : 0, result < 0 ? -result : 0);
	return TRUE;
}

/* --- plugging in and out */

/* A hub as it describes itself: device, configuration, interface, endpoint. */
#define HUB_DESCRIPTORS                                                                            \
	"12010002090000406b1d0200000500000001"                                                     \
	"09021900010100e000"                                                                       \
	"090400000109000000"                                                                       \
	"0705810304000c"

static void add_device(
	UMockdevTestbed *testbed, const char *path, unsigned number, const char *descriptors)
{
	GError *error = NULL;
	char *text = g_strdup_printf("P: /devices/%s\n"
				     "N: bus/usb/001/%03u\n"
				     "E: SUBSYSTEM=usb\nE: DRIVER=usb\nE: DEVTYPE=usb_device\n"
				     "E: BUSNUM=001\nE: DEVNUM=%03u\n"
				     "E: DEVNAME=/dev/bus/usb/001/%03u\n"
				     "A: bConfigurationValue=1\\n\nA: busnum=1\\n\n"
				     "A: devnum=%u\\n\nA: speed=480\\n\n"
				     "H: descriptors=%s\n",
		path, number, number, number, number, descriptors);
	umockdev_testbed_add_from_string(testbed, text, &error);
	g_assert_no_error(error);
	g_free(text);
}

static void add_descriptor(GString *hex, struct mock_usb *mock, uint8_t type)
{
	uint8_t bytes[1024];
	const uint8_t setup[8] = {
		0x80, 0x06, 0, type, 0, 0, sizeof bytes & 0xFF, sizeof bytes >> 8};
	uint16_t length;
	assert_int_equal(sim_usb_transfer(mock->usb, setup, bytes, &length), SIM_USB_DATA);
	for (unsigned i = 0; i < length; i++)
		g_string_append_printf(hex, "%02x", bytes[i]);
}

void mock_usb_add_hubs(UMockdevTestbed *testbed)
{
	add_device(testbed, "usb1", 1, HUB_DESCRIPTORS);
	add_device(testbed, "usb1/1-5", 2, HUB_DESCRIPTORS);
}

void mock_usb_start(struct mock_usb *mock, UMockdevTestbed *testbed, struct sim_usb *usb,
	unsigned port, unsigned number)
{
	char path[40];
	GError *error = NULL;
	GString *descriptors = g_string_new(NULL);
	memset(mock, 0, sizeof *mock);
	mock->testbed = testbed;
	mock->usb = usb;
	g_mutex_init(&mock->mutex);
	snprintf(mock->node, sizeof mock->node, "/dev/bus/usb/001/%03u", number);
	add_descriptor(descriptors, mock, 1);
	add_descriptor(descriptors, mock, 2);
	/* The node first, so that whoever hears of the device can open it. */
	mock->handler = umockdev_ioctl_base_new();
	g_object_connect(mock->handler, "signal-after::handle-ioctl", on_ioctl, mock, NULL);
	umockdev_testbed_attach_ioctl(testbed, mock->node, mock->handler, &error);
	g_assert_no_error(error);
	snprintf(path, sizeof path, "usb1/1-5/1-5.%u", port);
	add_device(testbed, path, number, descriptors->str);
	g_string_free(descriptors, TRUE);
}

static void set_modes(struct mock_usb *mock, mode_t folder, mode_t node)
{
	char *root = umockdev_testbed_get_root_dir(mock->testbed);
	char *path = g_strconcat(root, mock->node, NULL);
	assert_int_equal(chmod(root, folder), 0);
	char *ioctls = g_strconcat(root, "/ioctl", mock->node, NULL);
	assert_int_equal(chmod(path, node), 0);
	assert_int_equal(chmod(ioctls, 0666), 0);
	g_free(ioctls);
	g_free(path);
	g_free(root);
}

void mock_usb_forbid(struct mock_usb *mock)
{
	/* The other user can still list devices: only the node itself is closed to it. */
	set_modes(mock, 0777, 0);
	if (getuid() == 0)
		assert_int_equal(seteuid(NOBODY), 0);
}

void mock_usb_permit(struct mock_usb *mock)
{
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	set_modes(mock, 0700, 0600);
}

void mock_usb_stop(struct mock_usb *mock)
{
	umockdev_testbed_detach_ioctl(mock->testbed, mock->node, NULL);
	for (size_t i = 0; i < MOCK_USB_URBS; i++)
		g_clear_object(&mock->urbs[i].data);
	g_clear_object(&mock->handler);
	g_mutex_clear(&mock->mutex);
}
