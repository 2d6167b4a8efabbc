#include "src/report_list.h"

#include "src/clean_text.h"
#include "src/report_parts.h"

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

/* --- text --- */

static void print_row(FILE *out, const char *title, const char *text)
{
	if (text[0] == '\0')
		return;
	unsigned column = (unsigned)fprintf(out, "    %-9s", title);
	report_wrap(out, column, column, text);
}

static void print_board(FILE *out, const struct found_board *board)
{
	char open[sizeof board->source + 8];
	const char *otp = board->stage[0] == '\0' ? "cannot be looked at"
			  : board->offers_otp     ? ", offers its OTP"
						  : ", no OTP";
	fprintf(out, "%s %s: %s%s\n", board->link, board->path, board->stage, otp);
	print_row(out, "serial", board->serial);
	print_row(out, "product", board->product);
	print_row(out, "why", board->remark);
	snprintf(open, sizeof open, "otpedit %s", board->source);
	if (board->offers_otp)
		print_row(out, "open", open);
}

static void print_boards(FILE *out, const struct found_boards *found)
{
	if (found->count == 0)
		report_wrap(out, 0, 0,
			"No board is in DFU mode on USB: check the cable, and that U-Boot's "
			"'stm32prog usb 0' or STM32PRGFW-UTIL runs on the board.");
	for (size_t i = 0; i < found->count; i++)
		print_board(out, &found->boards[i]);
}

static void print_port(FILE *out, const struct found_port *port)
{
	char open[sizeof port->source + 8];
	fprintf(out, "serial %s: %s%s\n", port->name,
		port->holders[0] ? "in use by " : "nobody asked yet who is at its other end",
		port->holders);
	print_row(out, "adapter", port->description);
	print_row(out, "usb", port->usb);
	print_row(out, "serial", port->serial);
	snprintf(open, sizeof open, "otpedit %s", port->source);
	if (!port->holders[0])
		print_row(out, "open", open);
}

static void print_ports(FILE *out, const struct found_ports *ports)
{
	if (ports->count > 0)
		fprintf(out, "\n");
	for (size_t i = 0; i < ports->count; i++)
		print_port(out, &ports->port[i]);
	if (ports->count > 0)
		report_wrap(out, 0, 0,
			"Opening a port sends one sync byte; 'otpedit probe' only listens.");
}

/* --- JSON --- */

/* Boards call themselves what they like: what is no UTF-8 must not cost the whole report. */
static json_t *text_json(const char *text)
{
	json_t *value = json_string(text);
	return value ? value : json_string("?");
}

static json_t *board_json(const struct found_board *board)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "source",
		text_json(board->source), "link", text_json(board->link), "path",
		text_json(board->path), "serial", text_json(board->serial), "product",
		text_json(board->product), "peer",
		board->stage[0] ? text_json(board->stage) : json_null(), "otp",
		(int)board->offers_otp, "remark",
		board->remark[0] ? text_json(board->remark) : json_null());
}

static json_t *port_json(const struct found_port *port)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:b, s:o}", "source", text_json(port->source),
		"description", text_json(port->description), "usb",
		port->usb[0] ? text_json(port->usb) : json_null(), "serial",
		text_json(port->serial), "busy", (int)(port->holders[0] != '\0'), "holders",
		text_json(port->holders));
}

static enum status print_json(FILE *out, const struct found_boards *found,
	const struct found_ports *ports, struct errbuf *err)
{
	json_t *list = json_array(), *port_list = json_array();
	bool done = list != NULL && port_list != NULL;
	for (size_t i = 0; done && i < found->count; i++)
		done = json_array_append_new(list, board_json(&found->boards[i])) == 0;
	for (size_t i = 0; done && i < ports->count; i++)
		done = json_array_append_new(port_list, port_json(&ports->port[i])) == 0;
	json_t *all = json_pack("{s:o, s:o}", "boards", list, "ports", port_list);
	char *text = done && all ? json_dumps(all, JSON_INDENT(1)) : NULL;
	json_decref(all);
	if (text)
		fprintf(out, "%s\n", text);
	free(text);
	return text ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the list of boards");
}

enum status report_list(char **out, enum report_format format, const struct found_boards *found,
	const struct found_ports *ports, struct errbuf *err)
{
	struct report_text text;
	struct errbuf ignored = {0};
	enum status status = report_begin(&text, err);
	if (status != OK)
		return status;
	if (format == REPORT_JSON) {
		status = print_json(text.stream, found, ports, err);
	} else {
		print_boards(text.stream, found);
		print_ports(text.stream, ports);
	}
	enum status ended = report_end(out, &text, status == OK ? err : &ignored);
	if (status == OK || ended != OK)
		return status == OK ? ended : status;
	free(*out);
	*out = NULL;
	return status;
}
