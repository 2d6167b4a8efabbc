/*
 * The file behind --trace: lines that are on their way to the disk before an exchange begins. For
 * trace*.c.
 */
#ifndef OTPEDIT_TRANSPORT_TRACE_FILE_H
#define OTPEDIT_TRANSPORT_TRACE_FILE_H

#include "src/errbuf.h"

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* The longest data, in hex, with room for words around it. */
#define TRACE_FILE_LINE (2 * 65536 + 256)

struct trace_file {
	int file;
	struct timespec start;
	size_t used;
	char line[TRACE_FILE_LINE];
};

/* ERR_FILE where the file is no plain file or cannot be written. */
enum status trace_file_open(struct trace_file *out, const char *path, struct errbuf *err);
void trace_file_close(struct trace_file *trace);

/* The seconds since it was opened. */
void trace_file_begin(struct trace_file *trace);
void trace_file_add(struct trace_file *trace, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void trace_file_add_hex(struct trace_file *trace, const uint8_t *bytes, size_t length);

/* What was added is handed to the system. Failures are not told: they must not stop a burn. */
void trace_file_flush(struct trace_file *trace);

#endif
