#include "transport/source_uart.h"

#include "transport/device_uart.h"
#include "transport/loader_uart.h"
#include "transport/port_serial.h"
#include "transport/probe_line.h"
#include "transport/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX    "uart:"
#define BAUD_MIN  300ul
#define BAUD_MAX  4000000ul
#define PORT_SIZE 128

struct request {
	char port[PORT_SIZE];
	struct port_settings settings;
};

static bool claims(const char *text)
{
	return strncmp(text, PREFIX, strlen(PREFIX)) == 0;
}

static enum status unknown(const char *text, struct errbuf *err)
{
	return errbuf_set(err, ERR_USAGE,
		"'%.100s' is not known: a serial port is 'uart:/dev/ttyUSB0', and takes ',baud=' "
		"with "
		"a number from 300 to 4000000, and ',parity=even', 'odd' or 'none'",
		text);
}

static bool take_baud(unsigned *out, const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);
	*out = (unsigned)number;
	return text[0] >= '1' && text[0] <= '9' && *end == '\0' && number >= BAUD_MIN &&
	       number <= BAUD_MAX;
}

static bool take_option(struct port_settings *settings, const char *option)
{
	static const struct {
		const char *text;
		char letter;
	} parities[] = {{"parity=even", 'E'}, {"parity=odd", 'O'}, {"parity=none", 'N'}};
	for (size_t i = 0; i < sizeof parities / sizeof parities[0]; i++)
		if (strcmp(option, parities[i].text) == 0) {
			settings->parity = parities[i].letter;
			return true;
		}
	return strncmp(option, "baud=", 5) == 0 && take_baud(&settings->baud, option + 5);
}

static enum status parse(struct request *out, const char *text, struct errbuf *err)
{
	char copy[sizeof out->port + 64];
	*out = (struct request){.settings = {.baud = 115200, .parity = 'E'}};
	int length = snprintf(copy, sizeof copy, "%s", text + strlen(PREFIX));
	if (length <= 0 || (size_t)length >= sizeof copy)
		return unknown(text, err);
	char *option = strchr(copy, ',');
	while (option) {
		char *next;
		*option++ = '\0';
		next = strchr(option, ',');
		if (next)
			*next = '\0';
		if (!take_option(&out->settings, option))
			return unknown(text, err);
		option = next;
	}
	length = snprintf(out->port, sizeof out->port, "%s", copy);
	return length > 0 && (size_t)length < sizeof out->port ? OK : unknown(text, err);
}

/* One port has one name here, whatever link leads to it. */
static void name_port(char *out, size_t capacity, const char *port)
{
	char *real = realpath(port, NULL);
	snprintf(out, capacity, "%s", real ? real : port);
	free(real);
}

/* Who answers is not known before something is sent: what holds for the strictest, holds. */
static enum status ask_admission(const char *text, const char *link, const char *port,
	const struct source_options *options, struct errbuf *err)
{
	struct device_info about = {.peer = PEER_PRGFW, .source_class = SOURCE_REAL};
	if (!options->admit)
		return OK;
	snprintf(about.source, sizeof about.source, "%s", text);
	snprintf(about.link, sizeof about.link, "%s", link);
	snprintf(about.port, sizeof about.port, "%s", port);
	return options->admit(&about, options->payload, err);
}

/* Bytes on a line may reach a console, or a program that has nothing to do with us. */
static void tell_what_is_sent(const char *port, const struct port_settings *settings,
	const struct source_options *options)
{
	char text[256];
	if (!options->tell)
		return;
	snprintf(text, sizeof text,
		"%s at %u baud, %s parity: sends the sync byte 7F, then asks who answers", port,
		settings->baud,
		settings->parity == 'E'   ? "even"
		: settings->parity == 'O' ? "odd"
					  : "no");
	options->tell(text, options->listener);
}

static enum status open_line(struct stream **out, const struct request *request,
	const struct source_options *options, struct errbuf *err)
{
	struct stream *traced;
	enum status status = port_serial_open(out, request->port, &request->settings, err);
	if (status != OK || !options->trace_path)
		return status;
	status = trace_stream_open(&traced, *out, options->trace_path, err);
	if (status == OK)
		*out = traced;
	else
		(*out)->ops->close(*out);
	return status;
}

/* The line to whoever is asked, and how it is told of. */
struct opened {
	struct request request;
	struct stream *stream;
	char link[64], port[PORT_SIZE];
};

static enum status open_asked(struct opened *out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	enum status status = parse(&out->request, text, err);
	if (status == OK && options->fresh)
		status = errbuf_set(err, ERR_USAGE,
			"'--fresh' is for simulated boards: '%s' is a real one", text);
	if (status != OK)
		return status;
	name_port(out->port, sizeof out->port, out->request.port);
	snprintf(out->link, sizeof out->link, "serial %.50s", out->port);
	status = ask_admission(text, out->link, out->port, options, err);
	if (status == OK)
		status = open_line(&out->stream, &out->request, options, err);
	if (status == OK)
		tell_what_is_sent(out->port, &out->request.settings, options);
	return status;
}

static enum status open_board(struct device **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	struct opened opened;
	enum status status = open_asked(&opened, text, options, err);
	if (status != OK)
		return status;
	const struct device_uart_about about = {
		.source = text,
		.link = opened.link,
		.port = opened.port,
		.source_class = SOURCE_REAL,
		.job = options->job,
	};
	return device_uart_open(out, opened.stream, &about, err);
}

static enum status open_loader(struct loader **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	struct opened opened;
	enum status status = open_asked(&opened, text, options, err);
	if (status != OK)
		return status;
	const struct loader_uart_about about = {
		.source_class = SOURCE_REAL,
		.source = text,
		.link = opened.link,
		.port = opened.port,
	};
	return loader_uart_open(out, opened.stream, &about, err);
}

/* An adapter stays where it is when the board behind it loses its power. */
static enum status find_board(struct found_board *out, const char *text, struct errbuf *err)
{
	struct request request;
	char port[PORT_SIZE];
	enum status status = parse(&request, text, err);
	if (status != OK)
		return status;
	name_port(port, sizeof port, request.port);
	*out = (struct found_board){.is_blind = true};
	int length = snprintf(out->path, sizeof out->path, "%s", port);
	if (length <= 0 || (size_t)length >= sizeof out->path)
		return errbuf_set(err, ERR_UNSUPPORTED, "the name of '%.100s' is too long", port);
	snprintf(out->source, sizeof out->source, "%s", text);
	snprintf(out->link, sizeof out->link, "serial");
	return OK;
}

static enum status list_ports(struct found_ports *out, struct errbuf *err)
{
	enum status status = port_serial_list(out, err);
	for (size_t i = 0; status == OK && i < out->count; i++) {
		char name[sizeof out->port[i].name];
		memcpy(name, out->port[i].name, sizeof name);
		snprintf(out->port[i].source, sizeof out->port[i].source, PREFIX "%s", name);
	}
	return status;
}

static enum status probe(struct probe_report *out, const char *text,
	const struct source_options *options, const struct probe_host *host, struct errbuf *err)
{
	struct request request;
	struct stream *stream = NULL;
	char link[64], port[sizeof request.port];
	enum status status = parse(&request, text, err);
	if (status != OK)
		return status;
	name_port(port, sizeof port, request.port);
	snprintf(link, sizeof link, "serial %.50s", port);
	snprintf(out->port, sizeof out->port, "%s", port);
	request.settings.parity = 'N';
	status = ask_admission(text, link, port, options, err);
	if (status == OK)
		status = open_line(&stream, &request, options, err);
	if (status != OK)
		return status;
	status = probe_line(out, stream, request.settings.baud, host, err);
	stream->ops->close(stream);
	return status;
}

/* Behind a comma what a line takes; else the ports there are. */
static void complete(
	const char *typed, void (*offer)(const char *source, void *listener), void *listener)
{
	static const char *const options[] = {
		"baud=115200", "parity=even", "parity=odd", "parity=none"};
	char source[sizeof((struct request *)NULL)->port + 64];
	const char *comma = strrchr(typed, ',');
	size_t count = comma ? sizeof options / sizeof options[0] : 0;
	for (size_t i = 0; i < count && claims(typed); i++)
		if (snprintf(source, sizeof source, "%.*s,%s", (int)(comma - typed), typed,
			    options[i]) < (int)sizeof source)
			offer(source, listener);
	struct found_ports *found = comma ? NULL : calloc(1, sizeof *found);
	struct errbuf ignored = {0};
	if (!found)
		return;
	if (list_ports(found, &ignored) == OK)
		for (size_t i = 0; i < found->count; i++)
			offer(found->port[i].source, listener);
	offer(PREFIX, listener);
	free(found);
}

const struct source_ops source_uart = {
	.name = "uart",
	.help = "uart:/dev/ttyUSB0[,baud=N][,parity=even|odd|none]  a board on a serial line",
	.claims = claims,
	.open = open_board,
	.ports = list_ports,
	.find = find_board,
	.probe = probe,
	.complete = complete,
	.open_loader = open_loader,
};
