/*
 * One open simulated board of a user: made from its image, its fuses kept on disk, its lock held.
 * For source_sim*.c.
 */
#ifndef OTPEDIT_TRANSPORT_SOURCE_BENCH_H
#define OTPEDIT_TRANSPORT_SOURCE_BENCH_H

#include "src/device.h"
#include "src/store.h"
#include "transport/sim_board.h"
#include "transport/sim_uart.h"
#include "transport/sim_usb.h"
#include "transport/source_request.h"

struct source_bench {
	struct sim_board *board;
	struct sim_usb *usb;             /* NULL where it is reached over UART */
	struct sim_uart *uart;           /* NULL where it is reached over USB */
	unsigned baud;                   /* the speed of its line; 0: as fast as it goes */
	char name[80];                   /* tells it from every other simulated board */
	char fuses_path[STORE_PATH_MAX]; /* "" when nothing is kept */
	/* A board that begins in a boot stage: who answers once it is loaded, for as long as it is
	 * not reset. */
	bool is_serial, is_loaded;
	char loaded_path[STORE_PATH_MAX];
	int lock;         /* -1: none */
	char *trace_path; /* NULL: no trace */
	/* How saving failed; from then on the board cannot be reached. */
	enum status save_status;
	struct errbuf save_error;
};

/*
 * Powers the board up anew; one that began in a boot stage and was loaded by an earlier run has
 * kept its power, unless the request says otherwise. The caller frees it.
 */
enum status source_bench_make(struct source_bench **out, const struct source_request *request,
	const struct source_options *options, struct errbuf *err);

/* Its links are closed before. */
void source_bench_free(void *bench);

/* After an exchange that ended so: what it burnt must be on disk, or nobody may hear of it. */
enum status source_bench_check(struct source_bench *bench, enum status status, struct errbuf *err);

/* Opens the board over its serial line as a device, which then owns the bench; on failure it is
 * freed. `text` is what the user typed. */
enum status source_sim_open_uart(struct device **out, struct source_bench *bench, const char *text,
	const char *link, const struct job *job, struct errbuf *err);

/* The same as a loader. */
struct loader;
enum status source_sim_open_uart_loader(
	struct loader **out, struct source_bench *bench, const char *text, struct errbuf *err);

/* source_ops.probe of both: what is at the end of their serial line. */
enum status source_sim_probe(struct probe_report *out, const char *text,
	const struct source_options *options, const struct probe_host *host, struct errbuf *err);

/* source_ops.serve of both kinds of simulated boards. */
enum status source_sim_serve(const char *text, const struct source_options *options,
	const struct serve_host *host, struct errbuf *err);

#endif
