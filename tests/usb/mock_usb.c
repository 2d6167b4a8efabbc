#include "tests/usb/mock_usb.h"

#include "src/store.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* After <sys/ioctl.h>. */
#include <linux/usbdevice_fs.h>

#define NOBODY          65534
#define PATIENCE_MS     1
#define PATIENCE_ROUNDS 30
#define FIRST_ADDRESS   64 /* of a board that comes by itself; before that are those plugged in */
#define LAST_ADDRESS    127
#define AWAY_MS         20

/* What an ioctl returns: 0, or a negative errno. */
typedef int answer(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg);

/* Testbeds are not made for several threads; boards are pulled out from any. */
static GMutex testbed_mutex;

/* --- the wire */

static void pull(struct mock_usb *mock);
static bool follow(struct mock_usb *mock);

static bool is_counted(const struct mock_usb_fault *fault, const uint8_t setup[8])
{
	bool is_class = (setup[0] & 0x60) == 0x20;
	switch (fault->request) {
	case MOCK_ANY_REQUEST: return true;
	case MOCK_ANY_CLASS: return is_class;
	case MOCK_SET_INTERFACE: return setup[0] == 0x01 && setup[1] == 0x0B;
	case MOCK_STRING: return setup[0] == 0x80 && setup[1] == 0x06 && setup[3] == 0x03;
	default: return is_class && setup[1] == fault->request;
	}
}

/* The fault that is due at this transfer, NULL for none; all that count it have counted it. */
static const struct mock_usb_fault *due(struct mock_usb *mock, const uint8_t setup[8])
{
	const struct mock_usb_fault *found = NULL;
	for (unsigned i = 0; i < mock->fault_count; i++) {
		struct mock_usb_fault *fault = &mock->faults[i];
		if (!is_counted(fault, setup) || fault->count == 0)
			continue;
		if (fault->at > 1) {
			fault->at--;
			continue;
		}
		fault->count--;
		if (!found)
			found = fault;
	}
	return found;
}

static int reach(struct mock_usb *mock, const uint8_t setup[8], uint8_t *data)
{
	uint16_t actual = 0;
	switch (mock->device.transfer(mock->device.payload, setup, data, &actual)) {
	case SIM_USB_DATA: return actual;
	case SIM_USB_STALL: return -EPIPE;
	case SIM_USB_SILENCE: return -ETIMEDOUT;
	case SIM_USB_GONE: break;
	}
	/* It may be on its way to come back; else somebody has to plug it in. */
	if (!follow(mock))
		pull(mock);
	return -ENODEV;
}

static int go_wrong(struct mock_usb *mock, const struct mock_usb_fault *fault,
	const uint8_t setup[8], uint8_t *data, unsigned *delay_ms)
{
	bool is_in = (setup[0] & 0x80) != 0;
	int result = 0;
	switch (fault->kind) {
	case MOCK_STALL: return -EPIPE;
	case MOCK_SILENCE: return -ETIMEDOUT;
	case MOCK_PROTO: return -EPROTO;
	case MOCK_UNPLUG: pull(mock); return -ENODEV;
	case MOCK_NO_ANSWER: (void)reach(mock, setup, data); return -ETIMEDOUT;
	case MOCK_PROTO_AFTER: (void)reach(mock, setup, data); return -EPROTO;
	case MOCK_UNPLUG_AFTER:
		(void)reach(mock, setup, data);
		pull(mock);
		return -ENODEV;
	case MOCK_SHORT:
		result = reach(mock, setup, data);
		return is_in && result > (int)fault->amount ? (int)fault->amount : result;
	case MOCK_DELAY: *delay_ms = fault->amount; return reach(mock, setup, data);
	}
	return result;
}

static int decide(struct mock_usb *mock, const uint8_t setup[8], uint8_t *data, unsigned *delay_ms)
{
	const struct mock_usb_fault *fault = due(mock, setup);
	if (mock->unplug_at > 0 && --mock->unplug_at == 0)
		pull(mock);
	if (mock->is_gone)
		return -ENODEV;
	if (fault)
		return go_wrong(mock, fault, setup, data, delay_ms);
	return mock->is_silent ? -ETIMEDOUT : reach(mock, setup, data);
}

/* What passed, or a negative errno as the kernel's host driver has it. */
static int pass(struct mock_usb *mock, const uint8_t setup[8], uint8_t *data, unsigned *delay_ms)
{
	struct mock_usb_transfer transfer;
	*delay_ms = 0;
	mock->transfers++;
	if ((setup[0] & 0x60) == 0x20)
		mock->class_requests++;
	memcpy(transfer.setup, setup, sizeof transfer.setup);
	transfer.result = decide(mock, setup, data, delay_ms);
	g_array_append_val(mock->log, transfer);
	(void)follow(mock);
	return transfer.result;
}

static UMockdevIoctlData *resolve(UMockdevIoctlData *data, size_t offset, size_t length)
{
	GError *error = NULL;
	UMockdevIoctlData *out = umockdev_ioctl_data_resolve(data, offset, length, &error);
	g_assert_no_error(error);
	return out;
}

/* --- a node that is ready only when an answer waits: a full pipe cannot be written to */

static void fill(const struct mock_plug *plug)
{
	static const char zeros[4096];
	while (plug->fifo >= 0 && write(plug->fifo, zeros, sizeof zeros) > 0)
		;
}

static void drain(const struct mock_plug *plug)
{
	char bytes[4096];
	while (plug->fifo >= 0 && read(plug->fifo, bytes, sizeof bytes) > 0)
		;
}

static struct mock_plug *latest(struct mock_usb *mock)
{
	return &mock->plugs[mock->plug_count - 1];
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

static int get_driver(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	(void)mock;
	(void)client;
	(void)arg;
	return -ENODATA;
}

static int claim(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	(void)arg;
	mock->claims++;
	if (mock->is_claimed_elsewhere)
		return -EBUSY;
	if (mock->claimer && mock->claimer != client)
		return -EINPROGRESS;
	g_set_object(&mock->claimer, client);
	return 0;
}

static int select_alternate(struct mock_usb *mock, unsigned alternate, unsigned interface)
{
	const uint8_t setup[8] = {0x01, 0x0B, (uint8_t)alternate, 0, (uint8_t)interface, 0, 0, 0};
	unsigned delay_ms;
	int result = pass(mock, setup, NULL, &delay_ms);
	if (result >= 0)
		mock->alternate = alternate;
	return result < 0 ? result : 0;
}

static void let_go(struct mock_usb *mock)
{
	g_clear_object(&mock->claimer);
	if (mock->alternate != 0 && !mock->is_gone)
		(void)select_alternate(mock, 0, 0);
	mock->alternate = 0;
}

static int release(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	(void)arg;
	if (mock->claimer != client)
		return -EINVAL;
	let_go(mock);
	return 0;
}

static void bus_reset(struct mock_usb *mock)
{
	mock->alternate = 0;
	if (mock->device.bus_reset)
		mock->device.bus_reset(mock->device.payload);
}

static int reset(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	(void)client;
	(void)arg;
	mock->resets++;
	bus_reset(mock);
	/* Linux compares the descriptors: another device is not given back as the old one. */
	return follow(mock) ? -ENODEV : 0;
}

static int set_interface(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	struct usbdevfs_setinterface wanted;
	UMockdevIoctlData *data = resolve(arg, 0, sizeof wanted);
	(void)client;
	memcpy(&wanted, data->data, sizeof wanted);
	g_object_unref(data);
	return select_alternate(mock, wanted.altsetting, wanted.interface);
}

static void drop(struct mock_urb *urb)
{
	g_clear_object(&urb->data);
	g_clear_object(&urb->client);
}

static struct mock_urb *free_urb(struct mock_usb *mock)
{
	for (size_t i = 0; i < MOCK_USB_URBS; i++)
		if (!mock->urbs[i].data)
			return &mock->urbs[i];
	return NULL;
}

static void finish(struct mock_usb *mock, struct mock_urb *urb, int result)
{
	struct usbdevfs_urb head;
	memcpy(&head, urb->data->data, sizeof head);
	head.status = result == -ENODEV ? -ESHUTDOWN : result < 0 ? result : 0;
	head.actual_length = result < 0 ? 0 : result;
	memcpy(urb->data->data, &head, sizeof head);
	urb->is_done = true;
	drain(latest(mock));
}

/* An answer on its way. The URB may be given up meanwhile. */
struct late_answer {
	struct mock_usb *mock;
	UMockdevIoctlData *data;
	int result;
};

static gboolean arrive(gpointer payload)
{
	struct late_answer *late = payload;
	g_mutex_lock(&late->mock->mutex);
	for (size_t i = 0; i < MOCK_USB_URBS; i++) {
		struct mock_urb *urb = &late->mock->urbs[i];
		if (urb->data == late->data && !urb->is_done)
			finish(late->mock, urb, late->result);
	}
	g_mutex_unlock(&late->mock->mutex);
	return G_SOURCE_REMOVE;
}

static void forget(gpointer payload)
{
	struct late_answer *late = payload;
	g_object_unref(late->data);
	g_free(late);
}

static void finish_later(
	struct mock_usb *mock, const struct mock_urb *urb, int result, unsigned delay_ms)
{
	struct late_answer *late = g_new(struct late_answer, 1);
	GSource *source = g_timeout_source_new(delay_ms);
	*late = (struct late_answer){mock, g_object_ref(urb->data), result};
	g_source_set_callback(source, arrive, late, forget);
	g_source_attach(source, g_main_context_get_thread_default());
	g_source_unref(source);
}

static int submit(struct mock_usb *mock, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	struct usbdevfs_urb head;
	unsigned delay_ms;
	struct mock_urb *urb = free_urb(mock);
	if (!urb)
		return -ENOMEM;
	urb->data = resolve(arg, 0, sizeof head);
	urb->client = g_object_ref(client);
	urb->is_done = false;
	memcpy(&head, urb->data->data, sizeof head);
	if (head.type != USBDEVFS_URB_TYPE_CONTROL || head.buffer_length < 8) {
		drop(urb);
		return -EINVAL;
	}
	UMockdevIoctlData *buffer = resolve(urb->data, G_STRUCT_OFFSET(struct usbdevfs_urb, buffer),
		(size_t)head.buffer_length);
	int result = pass(mock, buffer->data, buffer->data + 8, &delay_ms);
	g_object_unref(buffer);
	/* What is not answered stays under way until libusb gives it up. */
	if (delay_ms > 0 && !urb->is_done)
		finish_later(mock, urb, result, delay_ms);
	else if (result != -ETIMEDOUT && !urb->is_done)
		finish(mock, urb, result);
	return 0;
}

static bool any_done(const struct mock_usb *mock)
{
	for (size_t i = 0; i < MOCK_USB_URBS; i++)
		if (mock->urbs[i].data && mock->urbs[i].is_done)
			return true;
	return false;
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
		drop(urb);
		if (!any_done(mock) && !mock->is_gone)
			fill(latest(mock));
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
			finish(mock, urb, -ENOENT);
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
	{USBDEVFS_GETDRIVER, get_driver, false},
	{USBDEVFS_CLAIMINTERFACE, claim, false},
	{USBDEVFS_RELEASEINTERFACE, release, false},
	{USBDEVFS_RESET, reset, false},
	{USBDEVFS_SETINTERFACE, set_interface, false},
	{USBDEVFS_SUBMITURB, submit, false},
	{USBDEVFS_REAPURB, reap, true},
	{USBDEVFS_REAPURBNDELAY, reap, true},
	{USBDEVFS_DISCARDURB, discard, true},
};

/* Who closed it, or died, has let go of it. The mutex is held. */
static void sweep(struct mock_usb *mock)
{
	for (size_t i = 0; i < MOCK_USB_URBS; i++)
		if (mock->urbs[i].data &&
			!umockdev_ioctl_client_get_connected(mock->urbs[i].client))
			drop(&mock->urbs[i]);
	if (mock->claimer && !umockdev_ioctl_client_get_connected(mock->claimer))
		let_go(mock);
}

/* A program that has just ended lets go at once in Linux; here that is still on its way to us. */
struct patience {
	struct mock_plug *plug;
	UMockdevIoctlClient *client;
	unsigned rounds;
};

static gboolean claim_again(gpointer payload)
{
	struct patience *patience = payload;
	struct mock_usb *mock = patience->plug->mock;
	int result = -ENODEV;
	g_mutex_lock(&mock->mutex);
	sweep(mock);
	if (!patience->plug->is_out) {
		mock->claims--;
		result = claim(mock, patience->client, NULL);
	}
	g_mutex_unlock(&mock->mutex);
	if (result == -EINPROGRESS && ++patience->rounds < PATIENCE_ROUNDS)
		return G_SOURCE_CONTINUE;
	if (result == -EINPROGRESS)
		result = -EBUSY;
	umockdev_ioctl_client_complete(patience->client, result < 0 ? -1 : 0, -result);
	return G_SOURCE_REMOVE;
}

static void end_patience(gpointer payload)
{
	struct patience *patience = payload;
	g_object_unref(patience->client);
	g_free(patience);
}

static void claim_later(struct mock_plug *plug, UMockdevIoctlClient *client)
{
	struct patience *patience = g_new(struct patience, 1);
	GSource *source = g_timeout_source_new(PATIENCE_MS);
	*patience = (struct patience){plug, g_object_ref(client), 0};
	g_source_set_callback(source, claim_again, patience, end_patience);
	g_source_attach(source, g_main_context_get_thread_default());
	g_source_unref(source);
}

static gboolean on_ioctl(
	UMockdevIoctlBase *handler, UMockdevIoctlClient *client, struct mock_plug *plug)
{
	gulong request = umockdev_ioctl_client_get_request(client);
	struct mock_usb *mock = plug->mock;
	size_t i = 0;
	(void)handler;
	while (i < G_N_ELEMENTS(answers) && answers[i].request != request)
		i++;
	if (i == G_N_ELEMENTS(answers))
		return FALSE;
	g_mutex_lock(&mock->mutex);
	sweep(mock);
	int result = -ENODEV;
	if (!plug->is_out || answers[i].works_when_gone)
		result = answers[i].answer(mock, client, umockdev_ioctl_client_get_arg(client));
	if (plug->is_out && result == -EAGAIN)
		result = -ENODEV;
	g_mutex_unlock(&mock->mutex);
	if (result == -EINPROGRESS)
		claim_later(plug, client);
	else
		umockdev_ioctl_client_complete(
			client, result < 0 ? -1 : 0, result < 0 ? -result : 0);
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
	g_mutex_lock(&testbed_mutex);
	umockdev_testbed_add_from_string(testbed, text, &error);
	g_mutex_unlock(&testbed_mutex);
	g_assert_no_error(error);
	g_free(text);
}

static void add_descriptor(GString *hex, struct mock_usb *mock, uint8_t type)
{
	uint8_t bytes[SIM_USB_TRANSFER_MAX];
	const uint8_t setup[8] = {
		0x80, 0x06, 0, type, 0, 0, sizeof bytes & 0xFF, sizeof bytes >> 8};
	uint16_t length;
	assert_int_equal(
		mock->device.transfer(mock->device.payload, setup, bytes, &length), SIM_USB_DATA);
	for (unsigned i = 0; i < length; i++)
		g_string_append_printf(hex, "%02x", bytes[i]);
}

void mock_usb_add_hubs(UMockdevTestbed *testbed)
{
	add_device(testbed, "usb1", 1, HUB_DESCRIPTORS);
	add_device(testbed, "usb1/1-5", 2, HUB_DESCRIPTORS);
}

static void plug_in(struct mock_usb *mock, unsigned port, unsigned number)
{
	GError *error = NULL;
	assert_true(mock->plug_count < MOCK_USB_PLUGS);
	struct mock_plug *plug = &mock->plugs[mock->plug_count];
	GString *descriptors = g_string_new(NULL);
	*plug = (struct mock_plug){.mock = mock, .fifo = -1};
	snprintf(plug->node, sizeof plug->node, "/dev/bus/usb/001/%03u", number);
	snprintf(plug->path, sizeof plug->path, "usb1/1-5/1-5.%u", port);
	add_descriptor(descriptors, mock, 1);
	add_descriptor(descriptors, mock, 2);
	/* The node first, so that whoever hears of the device can open it. */
	plug->handler = umockdev_ioctl_base_new();
	g_object_connect(plug->handler, "signal-after::handle-ioctl", on_ioctl, plug, NULL);
	g_mutex_lock(&mock->mutex);
	memcpy(mock->node, plug->node, sizeof mock->node);
	mock->plug_count++;
	mock->is_gone = false;
	g_mutex_unlock(&mock->mutex);
	g_mutex_lock(&testbed_mutex);
	umockdev_testbed_attach_ioctl(mock->testbed, plug->node, plug->handler, &error);
	g_mutex_unlock(&testbed_mutex);
	g_assert_no_error(error);
	add_device(mock->testbed, plug->path, number, descriptors->str);
	g_string_free(descriptors, TRUE);
}

void mock_usb_start_device(struct mock_usb *mock, UMockdevTestbed *testbed,
	const struct mock_usb_device *device, unsigned port, unsigned number)
{
	char ignored[65];
	/* What libcrypto keeps for the thread that uses it first: not for umockdev's, which may not
	 * have given it back when the test ends. */
	store_sha256_hex(ignored, "", 0);
	memset(mock, 0, sizeof *mock);
	mock->testbed = testbed;
	mock->device = *device;
	mock->log = g_array_new(FALSE, FALSE, sizeof(struct mock_usb_transfer));
	g_mutex_init(&mock->mutex);
	mock->port = port;
	mock->away_ms = AWAY_MS;
	if (device->enumeration)
		mock->enumeration = device->enumeration(device->payload);
	plug_in(mock, port, number);
}

static enum sim_usb_end sim_transfer(
	void *payload, const uint8_t setup[8], uint8_t *data, uint16_t *actual)
{
	return sim_usb_transfer(payload, setup, data, actual);
}

static void sim_bus_reset(void *payload)
{
	sim_usb_bus_reset(payload);
}

static unsigned sim_enumeration(void *payload)
{
	return sim_usb_enumeration(payload);
}

static bool sim_is_on_bus(void *payload)
{
	return sim_usb_is_on_bus(payload);
}

void mock_usb_start(struct mock_usb *mock, UMockdevTestbed *testbed, struct sim_usb *usb,
	unsigned port, unsigned number)
{
	const struct mock_usb_device device = {
		sim_transfer, sim_bus_reset, usb, sim_enumeration, sim_is_on_bus};
	mock_usb_start_device(mock, testbed, &device, port, number);
	mock->usb = usb;
}

/* The mutex is held. */
static void pull(struct mock_usb *mock)
{
	struct mock_plug *plug = latest(mock);
	if (mock->is_gone)
		return;
	mock->is_gone = true;
	plug->is_out = true;
	g_clear_object(&mock->claimer);
	mock->alternate = 0;
	for (size_t i = 0; i < MOCK_USB_URBS; i++)
		if (mock->urbs[i].data && !mock->urbs[i].is_done)
			finish(mock, &mock->urbs[i], -ENODEV);
	drain(plug);
	char *path = g_strconcat("/sys/devices/", plug->path, NULL);
	g_mutex_lock(&testbed_mutex);
	umockdev_testbed_uevent(mock->testbed, path, "remove");
	umockdev_testbed_remove_device(mock->testbed, path);
	g_mutex_unlock(&testbed_mutex);
	g_free(path);
}

void mock_usb_await(struct mock_usb *mock)
{
	bool is_moving = true;
	while (is_moving) {
		g_mutex_lock(&mock->mutex);
		is_moving = mock->is_moving;
		g_mutex_unlock(&mock->mutex);
		if (is_moving)
			g_usleep(1000);
	}
}

void mock_usb_unplug(struct mock_usb *mock)
{
	g_mutex_lock(&mock->mutex);
	pull(mock);
	g_mutex_unlock(&mock->mutex);
}

void mock_usb_replug(struct mock_usb *mock, unsigned port, unsigned number)
{
	mock_usb_await(mock);
	mock_usb_unplug(mock);
	bus_reset(mock);
	mock->port = port;
	if (mock->device.enumeration)
		mock->enumeration = mock->device.enumeration(mock->device.payload);
	plug_in(mock, port, number);
}

/* --- coming and going by itself */

static gboolean come_back(gpointer payload)
{
	static gint count;
	struct mock_usb *mock = payload;
	unsigned number = FIRST_ADDRESS + (unsigned)g_atomic_int_add(&count, 1) %
						  (LAST_ADDRESS - FIRST_ADDRESS + 1);
	bus_reset(mock);
	plug_in(mock, mock->port, number);
	if (mock->uses_fifo)
		mock_usb_use_fifo(mock);
	g_mutex_lock(&mock->mutex);
	mock->is_moving = false;
	g_mutex_unlock(&mock->mutex);
	return G_SOURCE_REMOVE;
}

static void call_later(struct mock_usb *mock, GSourceFunc function, unsigned milliseconds)
{
	GSource *source = g_timeout_source_new(milliseconds);
	g_source_set_callback(source, function, mock, NULL);
	g_source_attach(source, g_main_context_get_thread_default());
	g_source_unref(source);
}

/* What was under way is answered by now. */
static gboolean leave(gpointer payload)
{
	struct mock_usb *mock = payload;
	g_mutex_lock(&mock->mutex);
	pull(mock);
	mock->enumeration = mock->device.enumeration(mock->device.payload);
	bool comes_back = mock->device.is_on_bus(mock->device.payload);
	mock->is_moving = comes_back;
	g_mutex_unlock(&mock->mutex);
	if (comes_back)
		call_later(mock, come_back, mock->away_ms);
	return G_SOURCE_REMOVE;
}

/* Whether the device is another one by now, and leaves. The mutex is held. */
static bool follow(struct mock_usb *mock)
{
	if (!mock->device.enumeration || mock->is_gone)
		return false;
	if (mock->is_moving)
		return true;
	if (mock->device.enumeration(mock->device.payload) == mock->enumeration)
		return false;
	mock->is_moving = true;
	call_later(mock, leave, 0);
	return true;
}

static char *outside(const struct mock_usb *mock, const char *before, const char *node)
{
	char *root = umockdev_testbed_get_root_dir(mock->testbed);
	char *path = g_strconcat(root, before, node, NULL);
	g_free(root);
	return path;
}

void mock_usb_use_fifo(struct mock_usb *mock)
{
	mock->uses_fifo = true;
	struct mock_plug *plug = latest(mock);
	char *path = outside(mock, "", plug->node);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	g_mutex_lock(&mock->mutex);
	plug->fifo = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_true(plug->fifo >= 0);
	fill(plug);
	g_mutex_unlock(&mock->mutex);
	g_free(path);
}

void mock_usb_add_fault(struct mock_usb *mock, const struct mock_usb_fault *fault)
{
	g_mutex_lock(&mock->mutex);
	assert_true(mock->fault_count < MOCK_USB_FAULTS);
	assert_true(fault->at > 0);
	struct mock_usb_fault *added = &mock->faults[mock->fault_count++];
	*added = *fault;
	if (added->count == 0)
		added->count = 1;
	g_mutex_unlock(&mock->mutex);
}

void mock_usb_clear_faults(struct mock_usb *mock)
{
	g_mutex_lock(&mock->mutex);
	mock->fault_count = 0;
	g_mutex_unlock(&mock->mutex);
}

bool mock_usb_is_claimed(struct mock_usb *mock)
{
	g_mutex_lock(&mock->mutex);
	sweep(mock);
	bool is_claimed = mock->claimer != NULL;
	g_mutex_unlock(&mock->mutex);
	return is_claimed;
}

const struct mock_usb_transfer *mock_usb_logged(const struct mock_usb *mock, unsigned number)
{
	assert_true(number < mock->log->len);
	return &g_array_index(mock->log, struct mock_usb_transfer, number);
}

static void set_modes(struct mock_usb *mock, mode_t folder, mode_t node)
{
	char *root = umockdev_testbed_get_root_dir(mock->testbed);
	char *path = outside(mock, "", mock->node);
	char *ioctls = outside(mock, "/ioctl", mock->node);
	assert_int_equal(chmod(root, folder), 0);
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
	mock_usb_await(mock);
	for (unsigned i = 0; i < mock->plug_count; i++) {
		umockdev_testbed_detach_ioctl(mock->testbed, mock->plugs[i].node, NULL);
		g_signal_handlers_disconnect_by_data(mock->plugs[i].handler, &mock->plugs[i]);
		g_clear_object(&mock->plugs[i].handler);
		if (mock->plugs[i].fifo >= 0)
			close(mock->plugs[i].fifo);
	}
	for (size_t i = 0; i < MOCK_USB_URBS; i++)
		drop(&mock->urbs[i]);
	g_clear_object(&mock->claimer);
	g_array_free(mock->log, TRUE);
	g_mutex_clear(&mock->mutex);
}
