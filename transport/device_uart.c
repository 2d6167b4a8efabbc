#include "transport/device_uart.h"

#include "transport/stm32boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct device_uart {
	struct device device;
	struct device_ops ops; /* those that this board has */
	struct stream *stream; /* NULL after a restart that failed */
	struct stm32boot boot;
	struct device_uart_about about; /* its texts are not used later */
	char source[256];
	char link_text[64];
	char port[128];
};

static struct device_uart *as_uart(struct device *device)
{
	return (struct device_uart *)device;
}

static enum status check(const struct device_uart *uart, const struct job *job, struct errbuf *err)
{
	if (!uart->stream)
		return errbuf_set(err, ERR_GONE,
			"the board did not come back after its restart: open it again");
	if (job && job->cancelled && job->cancelled(job->payload))
		return errbuf_set(err, ERR_CANCELLED, "stopped");
	return OK;
}

/* The wire carries no serial number: who the board is, its unique id tells. */
static enum status uart_identify(
	struct device *device, struct device_info *out, const struct job *job, struct errbuf *err)
{
	struct device_uart *uart = as_uart(device);
	enum status status = check(uart, NULL, err);
	(void)job;
	if (status != OK)
		return status;
	memset(out, 0, sizeof *out);
	snprintf(out->source, sizeof out->source, "%s", uart->source);
	snprintf(out->link, sizeof out->link, "%s", uart->link_text);
	snprintf(out->port, sizeof out->port, "%s", uart->port);
	snprintf(out->product, sizeof out->product, "device id 0x%03X",
		(unsigned)uart->boot.device_id);
	snprintf(out->peer_text, sizeof out->peer_text, "%s", uart->boot.peer_name);
	out->peer = uart->boot.peer;
	out->source_class = uart->about.source_class;
	out->device_id = uart->boot.device_id;
	out->otp_offered = uart->boot.without_otp == NULL;
	if (!out->otp_offered)
		snprintf(out->without_otp, sizeof out->without_otp, "%s", uart->boot.without_otp);
	out->partition_size = uart->boot.otp_size;
	out->complaint_resets = stm32boot_complains(&uart->boot);
	out->fresh_power = uart->about.fresh_power;
	return OK;
}

static enum status uart_read(struct device *device, uint8_t *partition, size_t cap, size_t *len,
	const struct job *job, struct errbuf *err)
{
	struct device_uart *uart = as_uart(device);
	enum status status = check(uart, job, err);
	return status == OK ? stm32boot_read(&uart->boot, partition, cap, len, job, err) : status;
}

static enum status uart_stage(struct device *device, const uint8_t *request, size_t len,
	const struct job *job, struct errbuf *err)
{
	struct device_uart *uart = as_uart(device);
	enum status status = check(uart, job, err);
	return status == OK ? stm32boot_stage(&uart->boot, request, len, job, err) : status;
}

static enum status uart_unstage(struct device *device, const struct job *job, struct errbuf *err)
{
	struct device_uart *uart = as_uart(device);
	enum status status = check(uart, NULL, err);
	(void)job;
	return status == OK ? stm32boot_unstage(&uart->boot, err) : status;
}

static enum status uart_burn(struct device *device, const struct job *job, struct errbuf *err)
{
	struct device_uart *uart = as_uart(device);
	enum status status = check(uart, NULL, err);
	(void)job;
	return status == OK ? stm32boot_burn(&uart->boot, err) : status;
}

static enum status uart_complaint(
	struct device *device, char *text, size_t cap, const struct job *job, struct errbuf *err)
{
	struct device_uart *uart = as_uart(device);
	enum status status = check(uart, NULL, err);
	(void)job;
	return status == OK ? stm32boot_complaint(&uart->boot, text, cap, err) : status;
}

static void drop_stream(struct device_uart *uart)
{
	if (uart->stream)
		uart->stream->ops->close(uart->stream);
	uart->stream = NULL;
}

static enum status uart_restart(struct device *device, const struct job *job, struct errbuf *err)
{
	struct device_uart *uart = as_uart(device);
	drop_stream(uart);
	enum status status = uart->about.restart(&uart->stream, uart->about.payload, err);
	if (status != OK) {
		uart->stream = NULL;
		return status;
	}
	status = stm32boot_attach_for(&uart->boot, uart->stream, job, err);
	if (status != OK)
		drop_stream(uart);
	else
		uart->about.fresh_power = true;
	return status;
}

static void uart_close(struct device *device)
{
	struct device_uart *uart = as_uart(device);
	drop_stream(uart);
	if (uart->about.closed)
		uart->about.closed(uart->about.payload);
	free(uart);
}

static const struct device_ops all_ops = {
	.identify = uart_identify,
	.read = uart_read,
	.stage = uart_stage,
	.unstage = uart_unstage,
	.burn = uart_burn,
	.complaint = uart_complaint,
	.restart = uart_restart,
	.close = uart_close,
};

enum status device_uart_open(struct device **out, struct stream *stream,
	const struct device_uart_about *about, struct errbuf *err)
{
	struct stream_description description;
	struct device_uart *uart = calloc(1, sizeof *uart);
	enum status status = uart ? stream->ops->describe(stream, &description, err)
				  : errbuf_set(err, ERR_MEMORY, "out of memory for a board");
	if (status == OK)
		status = stm32boot_attach_for(&uart->boot, stream, about->job, err);
	if (status != OK) {
		stream->ops->close(stream);
		free(uart);
		return status;
	}
	uart->ops = all_ops;
	if (!about->restart)
		uart->ops.restart = NULL;
	if (!stm32boot_complains(&uart->boot))
		uart->ops.complaint = NULL;
	uart->device.ops = &uart->ops;
	uart->stream = stream;
	uart->about = *about;
	uart->about.job = NULL;
	snprintf(uart->source, sizeof uart->source, "%s", about->source);
	snprintf(uart->link_text, sizeof uart->link_text, "%s", about->link);
	snprintf(uart->port, sizeof uart->port, "%s", about->port ? about->port : description.port);
	*out = &uart->device;
	return OK;
}
