#include "tests/support/fake_device.h"

#include "src/word_status.h"

#include <stdio.h>
#include <string.h>

static struct fake_device *fake_of(struct device *device)
{
	return (struct fake_device *)device;
}

static enum status called(
	struct fake_device *fake, enum fake_call call, char letter, struct errbuf *err)
{
	size_t length = strlen(fake->order);
	if (length + 1 < sizeof fake->order)
		fake->order[length] = letter;
	unsigned nth = ++fake->calls[call];
	return fake->hook ? fake->hook(fake, call, nth, err) : OK;
}

static enum status fake_identify(
	struct device *device, struct device_info *out, const struct job *job, struct errbuf *err)
{
	(void)job;
	struct fake_device *fake = fake_of(device);
	enum status status = called(fake, FAKE_IDENTIFY, 'i', err);
	if (status == OK)
		*out = fake->info;
	return status;
}

static enum status fake_read(struct device *device, uint8_t *partition, size_t cap, size_t *len,
	const struct job *job, struct errbuf *err)
{
	(void)job;
	struct fake_device *fake = fake_of(device);
	enum status status = called(fake, FAKE_READ, 'r', err);
	return status == OK ? partition_format(partition, cap, len, &fake->fuses, err) : status;
}

static enum status fake_stage(struct device *device, const uint8_t *request, size_t len,
	const struct job *job, struct errbuf *err)
{
	(void)job;
	struct fake_device *fake = fake_of(device);
	enum status status = called(fake, FAKE_STAGE, 's', err);
	if (status == OK)
		status = partition_parse(&fake->request, request, len, err);
	fake->staged = fake->staged || status == OK;
	return status;
}

static enum status fake_unstage(struct device *device, const struct job *job, struct errbuf *err)
{
	(void)job;
	struct fake_device *fake = fake_of(device);
	enum status status = called(fake, FAKE_UNSTAGE, 'u', err);
	if (status == OK)
		fake->staged = false;
	return status;
}

void fake_device_apply(struct fake_device *fake)
{
	for (unsigned word = 0; fake->staged && word < fake->fuses.word_count; word++) {
		if (!(fake->request.status[word] & WORD_STATUS_UPDATE))
			continue;
		fake->fuses.value[word] |= fake->request.value[word];
		fake->fuses.status[word] |= fake->request.status[word] & WORD_STATUS_LOCKS;
	}
	fake->staged = false;
}

static enum status fake_burn(struct device *device, const struct job *job, struct errbuf *err)
{
	(void)job;
	struct fake_device *fake = fake_of(device);
	enum status status = called(fake, FAKE_BURN, 'b', err);
	if (status != OK)
		return status;
	if (fake->burn)
		return fake->burn(fake, err);
	fake_device_apply(fake);
	return OK;
}

static enum status fake_complaint(
	struct device *device, char *text, size_t cap, const struct job *job, struct errbuf *err)
{
	(void)job;
	struct fake_device *fake = fake_of(device);
	enum status status = called(fake, FAKE_COMPLAINT, 'c', err);
	if (status == OK)
		snprintf(text, cap, "%s", fake->complaint);
	return status;
}

static void fake_close(struct device *device)
{
	(void)device;
}

static const struct device_ops fake_ops = {fake_identify, fake_read, fake_stage, fake_unstage,
	fake_burn, fake_complaint, NULL, fake_close};

void fake_device_init(struct fake_device *fake, const struct image *fuses)
{
	*fake = (struct fake_device){.device = {&fake_ops}, .fuses = *fuses};
	fake->info = (struct device_info){.source = "fake",
		.port = "fake-port",
		.peer = PEER_UBOOT,
		.peer_text = "U-Boot",
		.source_class = SOURCE_SIMULATED,
		.device_id = 0x500,
		.otp_offered = true,
		.serial = "004100323338511634383330"};
}
