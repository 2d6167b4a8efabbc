#include "tests/vm/redir_board.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <usbredirparser.h>

/* bmRequestType and bRequest, as USB 2.0 (9.4) and DFU 1.1 (3) number them. */
#define TYPE_CLASS        0x20u
#define TYPE_MASK         0x60u
#define SET_CONFIGURATION 9u
#define SET_INTERFACE     11u
#define DFU_DNLOAD        1u
#define DFU_GETSTATUS     3u

#define VENDOR  0x0483
#define PRODUCT 0xDF11
#define RELEASE 0x0200
#define NOTHING UINT64_MAX

struct redir_board {
	pthread_t thread;
	pthread_mutex_t mutex;
	int listener, peer; /* -1: QEMU is not there */
	int wake[2];        /* a pipe: orders were given, or it is over */
	bool is_over;

	struct sim_board *board;
	struct sim_usb *usb;
	struct usbredirparser *parser; /* NULL: as `peer` */
	bool can_connect;              /* the peer has said who it is */
	bool wanted, shown;            /* plugged in, as was ordered, and as QEMU was told */
	uint8_t configuration, alternate;
	uint64_t unanswered; /* the transfer that the board is silent about, or NOTHING */
	bool has_ended_download;
	enum redir_moment moment;
	unsigned unplug_at; /* 0: not */
	unsigned requests, configured;
};

/* --- towards QEMU */

static void log_line(void *payload, int level, const char *text)
{
	(void)payload;
	if (level <= usbredirparser_warning)
		fprintf(stderr, "usbredir: %s\n", text);
}

static int read_some(void *payload, uint8_t *data, int count)
{
	struct redir_board *redir = payload;
	ssize_t n = recv(redir->peer, data, (size_t)count, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return n == 0 ? -1 : (int)n;
}

static int write_some(void *payload, uint8_t *data, int count)
{
	struct redir_board *redir = payload;
	ssize_t n = send(redir->peer, data, (size_t)count, MSG_NOSIGNAL);
	return n < 0 ? -1 : (int)n;
}

static void tell_interfaces(struct redir_board *redir)
{
	struct usb_redir_ep_info_header endpoints = {0};
	struct usb_redir_interface_info_header interfaces = {0};
	memset(endpoints.type, usb_redir_type_invalid, sizeof endpoints.type);
	endpoints.type[0] = endpoints.type[16] = usb_redir_type_control;
	endpoints.max_packet_size[0] = endpoints.max_packet_size[16] = 64;
	usbredirparser_send_ep_info(redir->parser, &endpoints);
	interfaces.interface_count = 1;
	interfaces.interface_class[0] = 0xFE; /* application specific: DFU 1.1, 4.2.3 */
	interfaces.interface_subclass[0] = 1;
	interfaces.interface_protocol[0] = 2;
	usbredirparser_send_interface_info(redir->parser, &interfaces);
}

/* Makes QEMU see what was ordered. */
static void show_cable(struct redir_board *redir)
{
	if (!redir->can_connect || redir->wanted == redir->shown)
		return;
	redir->shown = redir->wanted;
	redir->unanswered = NOTHING;
	if (!redir->wanted) {
		usbredirparser_send_device_disconnect(redir->parser);
		return;
	}
	struct usb_redir_device_connect_header connect = {
		.speed = usb_redir_speed_high,
		.vendor_id = VENDOR,
		.product_id = PRODUCT,
		.device_version_bcd = RELEASE,
	};
	redir->configuration = redir->alternate = 0;
	sim_usb_bus_reset(redir->usb);
	tell_interfaces(redir);
	usbredirparser_send_device_connect(redir->parser, &connect);
}

static void pull(struct redir_board *redir)
{
	redir->wanted = false;
	show_cable(redir);
}

/* --- from QEMU */

static void on_hello(void *payload, struct usb_redir_hello_header *hello)
{
	struct redir_board *redir = payload;
	(void)hello;
	redir->can_connect = true;
	show_cable(redir);
}

static void on_reset(void *payload)
{
	struct redir_board *redir = payload;
	redir->alternate = 0;
	sim_usb_bus_reset(redir->usb);
}

/* A standard request without data, as it would be on the wire. */
static enum sim_usb_end ask(
	struct redir_board *redir, uint8_t type, uint8_t request, uint8_t value, uint8_t index)
{
	const uint8_t setup[8] = {type, request, value, 0, index, 0, 0, 0};
	uint8_t nothing[8];
	uint16_t actual = 0;
	return sim_usb_transfer(redir->usb, setup, nothing, &actual);
}

static void on_set_configuration(
	void *payload, uint64_t id, struct usb_redir_set_configuration_header *asked)
{
	struct redir_board *redir = payload;
	struct usb_redir_configuration_status_header answer = {
		usb_redir_success, asked->configuration};
	if (ask(redir, 0, SET_CONFIGURATION, asked->configuration, 0) != SIM_USB_DATA)
		answer.status = usb_redir_stall;
	redir->configuration = asked->configuration;
	redir->configured += asked->configuration != 0;
	tell_interfaces(redir);
	usbredirparser_send_configuration_status(redir->parser, id, &answer);
}

static void on_get_configuration(void *payload, uint64_t id)
{
	struct redir_board *redir = payload;
	struct usb_redir_configuration_status_header answer = {
		usb_redir_success, redir->configuration};
	usbredirparser_send_configuration_status(redir->parser, id, &answer);
}

static void on_set_alternate(
	void *payload, uint64_t id, struct usb_redir_set_alt_setting_header *asked)
{
	struct redir_board *redir = payload;
	enum sim_usb_end end = ask(redir, 1, SET_INTERFACE, asked->alt, asked->interface);
	if (end == SIM_USB_DATA)
		redir->alternate = asked->alt;
	struct usb_redir_alt_setting_status_header answer = {
		end == SIM_USB_DATA ? usb_redir_success : usb_redir_stall, asked->interface,
		redir->alternate};
	tell_interfaces(redir);
	usbredirparser_send_alt_setting_status(redir->parser, id, &answer);
}

static void on_get_alternate(
	void *payload, uint64_t id, struct usb_redir_get_alt_setting_header *asked)
{
	struct redir_board *redir = payload;
	struct usb_redir_alt_setting_status_header answer = {
		usb_redir_success, asked->interface, redir->alternate};
	usbredirparser_send_alt_setting_status(redir->parser, id, &answer);
}

/* Counts a class request; whether the cable goes before its answer. */
static bool ends_with_it(struct redir_board *redir, const uint8_t setup[8])
{
	if ((setup[0] & TYPE_MASK) != TYPE_CLASS)
		return false;
	redir->requests++;
	bool counts = redir->moment == REDIR_ANY_REQUEST ||
		      (setup[1] == DFU_GETSTATUS && redir->has_ended_download);
	if (setup[1] == DFU_DNLOAD)
		redir->has_ended_download = setup[6] == 0 && setup[7] == 0;
	else
		redir->has_ended_download = false;
	return counts && redir->unplug_at > 0 && --redir->unplug_at == 0;
}

static void on_control(void *payload, uint64_t id, struct usb_redir_control_packet_header *packet,
	uint8_t *data, int count)
{
	struct redir_board *redir = payload;
	static const uint8_t status_of[] = {[SIM_USB_DATA] = usb_redir_success,
		[SIM_USB_STALL] = usb_redir_stall,
		[SIM_USB_SILENCE] = usb_redir_timeout,
		[SIM_USB_GONE] = usb_redir_ioerror};
	uint8_t bytes[SIM_USB_TRANSFER_MAX] = {0};
	bool is_in = (packet->endpoint & 0x80) != 0;
	uint16_t actual = 0;
	const uint8_t setup[8] = {packet->requesttype, packet->request, (uint8_t)packet->value,
		(uint8_t)(packet->value >> 8), (uint8_t)packet->index,
		(uint8_t)(packet->index >> 8), (uint8_t)packet->length,
		(uint8_t)(packet->length >> 8)};
	if (count > 0 && (size_t)count <= sizeof bytes)
		memcpy(bytes, data, (size_t)count);
	usbredirparser_free_packet_data(redir->parser, data);
	bool is_last = ends_with_it(redir, setup);
	enum sim_usb_end end = packet->length <= sizeof bytes
				       ? sim_usb_transfer(redir->usb, setup, bytes, &actual)
				       : SIM_USB_STALL;
	if (is_last || end == SIM_USB_GONE) {
		pull(redir);
		return;
	}
	if (end == SIM_USB_SILENCE) {
		redir->unanswered = id;
		return;
	}
	packet->status = status_of[end];
	packet->length = end == SIM_USB_DATA ? actual : 0;
	bool has_data = is_in && packet->length > 0;
	usbredirparser_send_control_packet(
		redir->parser, id, packet, has_data ? bytes : NULL, has_data ? actual : 0);
}

/* The guest's kernel has waited long enough. */
static void on_cancel(void *payload, uint64_t id)
{
	struct redir_board *redir = payload;
	struct usb_redir_control_packet_header answer = {.status = usb_redir_cancelled};
	if (id != redir->unanswered)
		return;
	redir->unanswered = NOTHING;
	usbredirparser_send_control_packet(redir->parser, id, &answer, NULL, 0);
}

static void on_filter(void *payload, struct usbredirfilter_rule *rules, int count)
{
	(void)payload;
	(void)count;
	free(rules);
}

static void on_nothing(void *payload)
{
	(void)payload;
}

/* --- the thread */

static void open_parser(struct redir_board *redir)
{
	/* Without those for bulk transfers QEMU's xHCI takes no device. */
	static const int known[] = {usb_redir_cap_connect_device_version,
		usb_redir_cap_device_disconnect_ack, usb_redir_cap_ep_info_max_packet_size,
		usb_redir_cap_64bits_ids, usb_redir_cap_32bits_bulk_length,
		usb_redir_cap_bulk_streams};
	uint32_t capabilities[USB_REDIR_CAPS_SIZE] = {0};
	struct usbredirparser *parser = usbredirparser_create();
	if (!parser)
		abort();
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		usbredirparser_caps_set_cap(capabilities, known[i]);
	parser->priv = redir;
	parser->log_func = log_line;
	parser->read_func = read_some;
	parser->write_func = write_some;
	parser->hello_func = on_hello;
	parser->reset_func = on_reset;
	parser->set_configuration_func = on_set_configuration;
	parser->get_configuration_func = on_get_configuration;
	parser->set_alt_setting_func = on_set_alternate;
	parser->get_alt_setting_func = on_get_alternate;
	parser->control_packet_func = on_control;
	parser->cancel_data_packet_func = on_cancel;
	parser->filter_filter_func = on_filter;
	parser->filter_reject_func = on_nothing;
	parser->device_disconnect_ack_func = on_nothing;
	redir->parser = parser;
	usbredirparser_init(parser, "otpedit tests", capabilities, USB_REDIR_CAPS_SIZE,
		usbredirparser_fl_usb_host);
}

static void hang_up(struct redir_board *redir)
{
	usbredirparser_destroy(redir->parser);
	redir->parser = NULL;
	close(redir->peer);
	redir->peer = -1;
	redir->can_connect = redir->shown = false;
}

/* Under the lock: what has come in, and what is to go out. */
static void serve(struct redir_board *redir, const struct pollfd ready[2])
{
	char orders[16];
	if (ready[1].revents)
		(void)!read(redir->wake[0], orders, sizeof orders);
	if (redir->peer < 0 && ready[0].revents) {
		redir->peer = accept(redir->listener, NULL, NULL);
		if (redir->peer >= 0)
			open_parser(redir);
		return;
	}
	bool is_there = redir->peer >= 0;
	if (is_there && ready[0].revents)
		is_there = usbredirparser_do_read(redir->parser) != usbredirparser_read_io_error;
	if (is_there)
		show_cable(redir);
	while (is_there && usbredirparser_has_data_to_write(redir->parser))
		is_there = usbredirparser_do_write(redir->parser) == 0;
	if (redir->peer >= 0 && !is_there)
		hang_up(redir);
}

static void *run(void *payload)
{
	struct redir_board *redir = payload;
	bool is_over = false;
	while (!is_over) {
		pthread_mutex_lock(&redir->mutex);
		struct pollfd ready[2] = {
			{.fd = redir->peer >= 0 ? redir->peer : redir->listener, .events = POLLIN},
			{.fd = redir->wake[0], .events = POLLIN}};
		/* What was sent off within a callback, before anything is waited for. */
		bool is_late = redir->parser && usbredirparser_has_data_to_write(redir->parser);
		pthread_mutex_unlock(&redir->mutex);
		if (poll(ready, 2, is_late ? 0 : -1) < 0 && errno != EINTR)
			abort();
		pthread_mutex_lock(&redir->mutex);
		serve(redir, ready);
		is_over = redir->is_over;
		pthread_mutex_unlock(&redir->mutex);
	}
	return NULL;
}

static void wake(struct redir_board *redir)
{
	assert_int_equal(write(redir->wake[1], "", 1), 1);
}

/* --- orders */

struct redir_board *redir_board_start(const char *path, struct sim_board *board, bool plugged)
{
	struct redir_board *redir = calloc(1, sizeof *redir);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct errbuf err = {0};
	assert_non_null(redir);
	assert_true(strlen(path) < sizeof address.sun_path);
	memcpy(address.sun_path, path, strlen(path) + 1);
	redir->board = board;
	redir->wanted = plugged;
	redir->peer = -1;
	redir->unanswered = NOTHING;
	if (sim_usb_create(&redir->usb, board, &err) != OK)
		fail_msg("%s", err.text);
	redir->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(redir->listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(redir->listener, 1), 0);
	assert_int_equal(pipe2(redir->wake, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(pthread_mutex_init(&redir->mutex, NULL), 0);
	assert_int_equal(pthread_create(&redir->thread, NULL, run, redir), 0);
	return redir;
}

void redir_board_stop(struct redir_board *redir)
{
	if (!redir)
		return;
	pthread_mutex_lock(&redir->mutex);
	redir->is_over = true;
	pthread_mutex_unlock(&redir->mutex);
	wake(redir);
	pthread_join(redir->thread, NULL);
	if (redir->peer >= 0)
		hang_up(redir);
	close(redir->listener);
	close(redir->wake[0]);
	close(redir->wake[1]);
	pthread_mutex_destroy(&redir->mutex);
	sim_usb_free(redir->usb);
	sim_board_free(redir->board);
	free(redir);
}

static void set_cable(struct redir_board *redir, bool plugged)
{
	pthread_mutex_lock(&redir->mutex);
	redir->wanted = plugged;
	pthread_mutex_unlock(&redir->mutex);
	wake(redir);
}

void redir_board_plug(struct redir_board *redir)
{
	set_cable(redir, true);
}

void redir_board_unplug(struct redir_board *redir)
{
	set_cable(redir, false);
}

void redir_board_power_cycle(struct redir_board *redir)
{
	pthread_mutex_lock(&redir->mutex);
	assert_false(redir->wanted);
	sim_board_power_down(redir->board);
	sim_board_power_up(redir->board);
	sim_usb_board_reset(redir->usb);
	pthread_mutex_unlock(&redir->mutex);
}

void redir_board_unplug_at(struct redir_board *redir, enum redir_moment moment, unsigned at)
{
	pthread_mutex_lock(&redir->mutex);
	redir->moment = moment;
	redir->unplug_at = at;
	redir->has_ended_download = false;
	pthread_mutex_unlock(&redir->mutex);
}

/* A number of the board's, under its lock. */
#define LOCKED(type, expression)                                                                   \
	do {                                                                                       \
		pthread_mutex_lock(&redir->mutex);                                                 \
		type value = (expression);                                                         \
		pthread_mutex_unlock(&redir->mutex);                                               \
		return value;                                                                      \
	} while (0)

bool redir_board_is_plugged(struct redir_board *redir)
{
	LOCKED(bool, redir->wanted);
}

unsigned redir_board_requests(struct redir_board *redir)
{
	LOCKED(unsigned, redir->requests);
}

unsigned redir_board_configured(struct redir_board *redir)
{
	LOCKED(unsigned, redir->configured);
}

uint32_t redir_board_fuses(struct redir_board *redir, unsigned word)
{
	LOCKED(uint32_t, sim_board_fuses(redir->board, word));
}

bool redir_board_is_locked(struct redir_board *redir, unsigned word)
{
	LOCKED(bool, sim_board_is_locked(redir->board, word));
}
