#include "transport/device_usb.h"

#include "transport/dfu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct device_usb {
	struct device device;
	struct device_ops ops; /* those that this board has */
	struct usb_link *link; /* NULL after a restart that failed */
	struct dfu dfu;
	bool is_new; /* the descriptors were just read, and nothing was asked since */
	struct device_usb_about about; /* its texts are not used later */
	char source[256];
	char link_text[64];
	char port[128];
};

static struct device_usb *as_usb(struct device *device)
{
	return (struct device_usb *)device;
}

/* Before anything is asked. */
static enum status check_link(struct device_usb *usb, struct errbuf *err)
{
	usb->is_new = false;
	return usb->link ? OK
			 : errbuf_set(err, ERR_GONE,
				   "the board did not come back after its restart: open it again");
}

static void report(const struct job *job, const char *stage, size_t done, size_t total)
{
	if (job && job->progress)
		job->progress(stage, done, total, job->payload);
}

static enum status not_cancelled(const struct job *job, struct errbuf *err)
{
	if (job && job->cancelled && job->cancelled(job->payload))
		return errbuf_set(err, ERR_CANCELLED, "stopped");
	return OK;
}

static bool same_alternates(const struct usb_description *a, const struct usb_description *b)
{
	if (a->alternate_count != b->alternate_count)
		return false;
	for (size_t i = 0; i < a->alternate_count; i++)
		if (a->alternates[i].number != b->alternates[i].number ||
			strcmp(a->alternates[i].name, b->alternates[i].name) != 0)
			return false;
	return true;
}

/* Whether what answers is still what was opened. */
static enum status check_same(struct device_usb *usb, struct errbuf *err)
{
	struct usb_description now;
	const struct usb_description *then = &usb->dfu.description;
	enum status status = usb->link->ops->describe(usb->link, &now, err);
	if (status != OK)
		return status;
	if (now.vendor != then->vendor || now.product != then->product ||
		now.transfer_size != then->transfer_size || strcmp(now.serial, then->serial) != 0 ||
		strcmp(now.product_text, then->product_text) != 0 || !same_alternates(&now, then))
		return errbuf_set(err, ERR_GONE,
			"another board, or another program on it, answers now: open it again");
	return OK;
}

static enum status usb_identify(
	struct device *device, struct device_info *out, const struct job *job, struct errbuf *err)
{
	struct device_usb *usb = as_usb(device);
	const struct usb_description *description = &usb->dfu.description;
	bool is_new = usb->is_new;
	enum status status = check_link(usb, err);
	(void)job;
	if (status == OK && !is_new)
		status = check_same(usb, err);
	if (status != OK)
		return status;
	memset(out, 0, sizeof *out);
	snprintf(out->source, sizeof out->source, "%s", usb->source);
	snprintf(out->link, sizeof out->link, "%s", usb->link_text);
	snprintf(out->port, sizeof out->port, "%s", usb->port);
	snprintf(out->serial, sizeof out->serial, "%s", description->serial);
	snprintf(out->product, sizeof out->product, "%s", description->product_text);
	snprintf(out->peer_text, sizeof out->peer_text, "%s", usb->dfu.peer->name);
	out->peer = usb->dfu.peer->peer;
	out->source_class = usb->about.source_class;
	out->device_id = peer_usb_device_id(description);
	out->otp_offered = usb->dfu.otp_alternate >= 0;
	if (!out->otp_offered)
		snprintf(out->without_otp, sizeof out->without_otp, "%s",
			peer_usb_without_otp(description));
	out->partition_size = out->otp_offered ? usb->dfu.otp.size : 0;
	out->is_checked = true;
	out->fresh_power = usb->about.fresh_power;
	return OK;
}

static enum status usb_read(struct device *device, uint8_t *partition, size_t cap, size_t *len,
	const struct job *job, struct errbuf *err)
{
	struct device_usb *usb = as_usb(device);
	enum status status = check_link(usb, err);
	if (status == OK)
		status = not_cancelled(job, err);
	if (status != OK)
		return status;
	report(job, "read", 0, usb->dfu.otp.size);
	status = dfu_read(&usb->dfu, partition, cap, len, err);
	if (status == OK)
		report(job, "read", *len, *len);
	return status;
}

static enum status usb_stage(struct device *device, const uint8_t *request, size_t len,
	const struct job *job, struct errbuf *err)
{
	struct device_usb *usb = as_usb(device);
	enum status status = check_link(usb, err);
	if (status == OK)
		status = not_cancelled(job, err);
	return status == OK ? dfu_stage(&usb->dfu, request, len, err) : status;
}

static enum status usb_unstage(struct device *device, const struct job *job, struct errbuf *err)
{
	struct device_usb *usb = as_usb(device);
	enum status status = check_link(usb, err);
	(void)job;
	return status == OK ? dfu_unstage(&usb->dfu, err) : status;
}

static enum status usb_burn(struct device *device, const struct job *job, struct errbuf *err)
{
	struct device_usb *usb = as_usb(device);
	enum status status = check_link(usb, err);
	(void)job;
	return status == OK ? dfu_burn(&usb->dfu, err) : status;
}

static enum status usb_complaint(
	struct device *device, char *text, size_t cap, const struct job *job, struct errbuf *err)
{
	struct device_usb *usb = as_usb(device);
	enum status status = check_link(usb, err);
	(void)job;
	return status == OK ? dfu_complaint(&usb->dfu, text, cap, err) : status;
}

static void drop_link(struct device_usb *usb)
{
	if (usb->link)
		usb->link->ops->close(usb->link);
	usb->link = NULL;
}

static enum status usb_restart(struct device *device, const struct job *job, struct errbuf *err)
{
	struct device_usb *usb = as_usb(device);
	(void)job;
	drop_link(usb);
	enum status status = usb->about.restart(&usb->link, usb->about.payload, err);
	if (status != OK) {
		usb->link = NULL;
		return status;
	}
	status = dfu_attach(&usb->dfu, usb->link, err);
	if (status != OK) {
		drop_link(usb);
		return status;
	}
	usb->is_new = true;
	usb->about.fresh_power = true;
	return OK;
}

static void usb_close(struct device *device)
{
	struct device_usb *usb = as_usb(device);
	drop_link(usb);
	if (usb->about.closed)
		usb->about.closed(usb->about.payload);
	free(usb);
}

static const struct device_ops all_ops = {
	.identify = usb_identify,
	.read = usb_read,
	.stage = usb_stage,
	.unstage = usb_unstage,
	.burn = usb_burn,
	.complaint = usb_complaint,
	.restart = usb_restart,
	.close = usb_close,
};

static enum status attach(struct dfu *out, struct usb_link *link,
	const struct usb_description *description, struct errbuf *err)
{
	return description ? dfu_attach_described(out, link, description, err)
			   : dfu_attach(out, link, err);
}

enum status device_usb_open(struct device **out, struct usb_link *link,
	const struct device_usb_about *about, struct errbuf *err)
{
	struct device_usb *usb = calloc(1, sizeof *usb);
	enum status status = usb ? attach(&usb->dfu, link, about->description, err)
				 : errbuf_set(err, ERR_MEMORY, "out of memory for a board");
	if (status != OK) {
		link->ops->close(link);
		free(usb);
		return status;
	}
	const char *path = usb->dfu.description.path;
	usb->ops = all_ops;
	if (!about->restart)
		usb->ops.restart = NULL;
	if (!dfu_complains(&usb->dfu))
		usb->ops.complaint = NULL;
	usb->device.ops = &usb->ops;
	usb->link = link;
	usb->is_new = true;
	usb->about = *about;
	usb->about.description = NULL;
	snprintf(usb->source, sizeof usb->source, "%s", about->source);
	if (about->link)
		snprintf(usb->link_text, sizeof usb->link_text, "%s", about->link);
	else
		snprintf(usb->link_text, sizeof usb->link_text, "usb %s", path);
	snprintf(usb->port, sizeof usb->port, "%s", about->port ? about->port : path);
	*out = &usb->device;
	return OK;
}
