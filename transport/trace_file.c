#include "transport/trace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void trace_file_add(struct trace_file *trace, const char *format, ...)
{
	size_t room = sizeof trace->line - trace->used;
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(trace->line + trace->used, room, format, arguments);
	va_end(arguments);
	if (length > 0)
		trace->used += (size_t)length < room ? (size_t)length : room - 1;
}

void trace_file_add_hex(struct trace_file *trace, const uint8_t *bytes, size_t length)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < length && trace->used + 2 < sizeof trace->line; i++) {
		trace->line[trace->used++] = digits[bytes[i] >> 4];
		trace->line[trace->used++] = digits[bytes[i] & 0xF];
	}
	trace->line[trace->used] = '\0';
}

void trace_file_flush(struct trace_file *trace)
{
	const char *at = trace->line;
	while (trace->used > 0) {
		ssize_t done = write(trace->file, at, trace->used);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			break;
		at += done;
		trace->used -= (size_t)done;
	}
	trace->used = 0;
}

void trace_file_begin(struct trace_file *trace)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	long ms = (now.tv_nsec - trace->start.tv_nsec) / 1000000;
	long seconds = (long)(now.tv_sec - trace->start.tv_sec);
	if (ms < 0) {
		ms += 1000;
		seconds--;
	}
	trace_file_add(trace, "%ld.%03ld ", seconds, ms);
}

static enum status open_file(int *out, const char *path, struct errbuf *err)
{
	struct stat about;
	/* Without O_NONBLOCK a pipe that nobody reads would hold the program here. */
	int file = open(path,
		O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC,
		0600);
	if (file < 0)
		return errbuf_set(
			err, ERR_FILE, "cannot write the trace to '%s': %s", path, strerror(errno));
	if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
		close(file);
		return errbuf_set(err, ERR_FILE,
			"cannot write the trace to '%s': it is not a plain file", path);
	}
	*out = file;
	return OK;
}

enum status trace_file_open(struct trace_file *out, const char *path, struct errbuf *err)
{
	out->used = 0;
	enum status status = open_file(&out->file, path, err);
	if (status != OK)
		return status;
	clock_gettime(CLOCK_MONOTONIC, &out->start);
	trace_file_begin(out);
	trace_file_add(out, "opened\n");
	trace_file_flush(out);
	return OK;
}

void trace_file_close(struct trace_file *trace)
{
	trace_file_begin(trace);
	trace_file_add(trace, "closed\n");
	trace_file_flush(trace);
	close(trace->file);
}
