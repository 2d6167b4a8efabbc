#include "transport/source_sim.h"

#include "src/store.h"
#include "transport/device_usb.h"
#include "transport/loader_usb.h"
#include "transport/source_bench.h"
#include "transport/source_request.h"
#include "transport/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- a link that ends where saving fails */

struct bench_link {
	struct usb_link link;
	struct usb_link *inner;
	struct source_bench *bench;
};

static struct bench_link *as_bench_link(struct usb_link *link)
{
	return (struct bench_link *)link;
}

static enum status link_describe(
	struct usb_link *link, struct usb_description *out, struct errbuf *err)
{
	struct usb_link *inner = as_bench_link(link)->inner;
	return source_bench_check(
		as_bench_link(link)->bench, inner->ops->describe(inner, out, err), err);
}

static enum status link_set_alternate(
	struct usb_link *link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	struct usb_link *inner = as_bench_link(link)->inner;
	return source_bench_check(as_bench_link(link)->bench,
		inner->ops->set_alternate(inner, number, outcome, err), err);
}

static enum status link_control(struct usb_link *link, uint8_t request_type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct usb_link *inner = as_bench_link(link)->inner;
	enum status status = inner->ops->control(inner, request_type, request, value, data, length,
		timeout_ms, actual, outcome, err);
	return source_bench_check(as_bench_link(link)->bench, status, err);
}

static void link_pause(struct usb_link *link, unsigned milliseconds)
{
	struct usb_link *inner = as_bench_link(link)->inner;
	inner->ops->pause(inner, milliseconds);
}

static void link_close(struct usb_link *link)
{
	struct usb_link *inner = as_bench_link(link)->inner;
	inner->ops->close(inner);
	free(as_bench_link(link));
}

static const struct usb_ops link_ops = {
	.describe = link_describe,
	.set_alternate = link_set_alternate,
	.control = link_control,
	.pause = link_pause,
	.close = link_close,
};

static enum status open_link(struct usb_link **out, struct source_bench *bench, struct errbuf *err)
{
	struct bench_link *link = calloc(1, sizeof *link);
	if (!link)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a simulated board");
	link->link.ops = &link_ops;
	link->bench = bench;
	enum status status = sim_usb_open(&link->inner, bench->usb, err);
	if (status != OK) {
		free(link);
		return status;
	}
	*out = &link->link;
	if (!bench->trace_path)
		return OK;
	status = trace_open(out, &link->link, bench->trace_path, err);
	if (status != OK)
		link_close(&link->link);
	return status;
}

static enum status reset_board(struct usb_link **out, void *payload, struct errbuf *err)
{
	struct source_bench *bench = payload;
	if (bench->save_status != OK)
		return source_bench_check(bench, OK, err);
	sim_usb_board_reset(bench->usb);
	return open_link(out, bench, err);
}

/* --- the sources */

static enum status make_bench(struct source_bench **out, struct source_request *request,
	const char *text, const struct source_options *options, struct errbuf *err)
{
	enum status status = source_request_parse(request, text, err);
	if (status == OK && request->baud != 0 && !request->over_uart)
		status = errbuf_set(err, ERR_USAGE,
			"'baud=' is the speed of a serial line: add 'uart' for one");
	return status == OK ? source_bench_make(out, request, options, err) : status;
}

static enum status bus_open(struct usb_link **out, struct usb_description *description,
	void *payload, struct errbuf *err)
{
	enum status status = open_link(out, payload, err);
	if (status != OK)
		return status;
	status = (*out)->ops->describe(*out, description, err);
	if (status != OK)
		(*out)->ops->close(*out);
	return status;
}

/* Its time passes with what is done to it. */
static void bus_pause(unsigned milliseconds, void *payload)
{
	(void)milliseconds;
	(void)payload;
}

static enum status open_loader(struct loader **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	struct source_request request;
	struct source_bench *bench = NULL;
	enum status status = make_bench(&bench, &request, text, options, err);
	if (status != OK)
		return status;
	if (request.over_uart)
		return source_sim_open_uart_loader(out, bench, text, err);
	const struct loader_usb_about about = {
		.source_class = SOURCE_SIMULATED,
		.source = text,
		.port = bench->name,
		.bus = {bus_open, bus_pause, source_bench_free, bench},
	};
	return loader_usb_open(out, &about, err);
}

static enum status open_board(struct device **out, const char *text,
	const struct source_options *options, struct errbuf *err)
{
	struct source_request request;
	struct source_bench *bench = NULL;
	struct usb_link *link;
	enum status status = make_bench(&bench, &request, text, options, err);
	if (status != OK)
		return status;
	const char *kind = request.kind == SOURCE_REQUEST_FILE ? "simulated" : "built in";
	if (request.over_uart)
		return source_sim_open_uart(out, bench, text, kind, options->job, err);
	const struct device_usb_about about = {
		.source = text,
		.link = kind,
		.port = bench->name,
		.source_class = SOURCE_SIMULATED,
		.fresh_power = true,
		.restart = reset_board,
		.closed = source_bench_free,
		.payload = bench,
	};
	status = open_link(&link, bench, err);
	if (status == OK)
		status = device_usb_open(out, link, &about, err);
	if (status != OK)
		source_bench_free(bench);
	return status;
}

static bool claims_demo(const char *text)
{
	return strcmp(text, "demo") == 0 || strncmp(text, "demo:", 5) == 0 ||
	       strncmp(text, "demo,", 5) == 0;
}

static bool claims_file(const char *text)
{
	return strncmp(text, "sim:", 4) == 0;
}

static void complete_file(
	const char *typed, void (*offer)(const char *source, void *listener), void *listener)
{
	const size_t prefix = strlen("sim:");
	const char *path = claims_file(typed) ? typed + prefix : "";
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char source[2 * STORE_PATH_MAX], folder[STORE_PATH_MAX];
	struct store_list names = {0};
	struct errbuf ignored = {0};
	offer("sim:", listener);
	if (strchr(typed, ',')) {
		source_request_complete(typed, offer, listener);
		return;
	}
	snprintf(folder, sizeof folder, "%.*s", (int)(name - path), path);
	if (claims_file(typed) && store_names(&names, folder, name, &ignored) == OK)
		for (size_t i = 0; i < names.count; i++)
			if (snprintf(source, sizeof source, "sim:%s%s", folder, names.paths[i]) <
				(int)sizeof source)
				offer(source, listener);
	store_list_free(&names);
}

const struct source_ops source_demo = {
	.name = "demo",
	.help = "demo[:blank|:CHIP][,OPTION …]  a built-in board (options: otpedit(1))",
	.claims = claims_demo,
	.open = open_board,
	.serve = source_sim_serve,
	.probe = source_sim_probe,
	.complete = source_request_complete,
	.open_loader = open_loader,
};

const struct source_ops source_sim = {
	.name = "sim",
	.help = "sim:FILE[,chip=CHIP][,OPTION …]  a simulated board made from an image",
	.names_file = true,
	.claims = claims_file,
	.open = open_board,
	.serve = source_sim_serve,
	.probe = source_sim_probe,
	.complete = complete_file,
	.open_loader = open_loader,
};
