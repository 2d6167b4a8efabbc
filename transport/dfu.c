#include "transport/dfu.h"

#include "transport/dfu_dialect.h"
#include "transport/dfu_request.h"
#include "transport/dfu_state.h"

#include <assert.h>
#include <string.h>

#define DFU_1_1  0x0110u
#define SMALLEST 16u /* bytes of a partition of one word */

/* --- opening */

static enum status check_description(struct dfu *dfu, struct errbuf *err)
{
	const struct usb_description *description = &dfu->description;
	struct dfu_name ignored;
	if (description->dfu_version != DFU_1_1)
		return errbuf_set(err, ERR_UNSUPPORTED,
			"the device speaks DFU %04X, and STM32MP services speak 0110: it is "
			"something else",
			description->dfu_version);
	if (description->alternate_count > USB_MAX_ALTERNATES)
		return errbuf_set(err, ERR_LINK, "the device's descriptors make no sense");
	const char *objection = dfu_name_objection(description);
	if (objection)
		return errbuf_set(err, ERR_UNSUPPORTED, "the device %s", objection);
	dfu->otp_alternate = dfu_name_find(&dfu->otp, description, DFU_ID_OTP);
	dfu->phase_alternate = dfu_name_find(&ignored, description, DFU_ID_PHASE);
	return OK;
}

enum status dfu_attach(struct dfu *out, struct usb_link *link, struct errbuf *err)
{
	struct usb_description description;
	enum status status = link->ops->describe(link, &description, err);
	return status == OK ? dfu_attach_described(out, link, &description, err) : status;
}

enum status dfu_attach_described(struct dfu *out, struct usb_link *link,
	const struct usb_description *description, struct errbuf *err)
{
	enum dfu_state state;
	memset(out, 0, sizeof *out);
	out->link = link;
	out->description = *description;
	enum status status = check_description(out, err);
	if (status != OK)
		return status;
	out->peer = peer_usb_recognise(&out->description);
	status = dfu_get_state(&state, link, err);
	if (status != OK)
		return status;
	bool is_safe = state == DFU_IDLE || state == DFU_DNLOAD_IDLE || state == DFU_UPLOAD_IDLE ||
		       state == DFU_ERROR;
	return is_safe ? OK : dfu_refuse_state(state, err);
}

/* Which services can be worked with, and how. */
static const struct {
	enum peer peer;
	const struct dfu_dialect *dialect;
} dialects[] = {
	{PEER_UBOOT, &dfu_dialect_uboot},
	{PEER_PRGFW, &dfu_dialect_prgfw},
};

static enum status find_dialect(
	const struct dfu_dialect **out, const struct dfu *dfu, struct errbuf *err)
{
	for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++)
		if (dialects[i].peer == dfu->peer->peer) {
			*out = dialects[i].dialect;
			return OK;
		}
	return errbuf_set(err, ERR_UNSUPPORTED,
		"'%s' answers, and over USB only U-Boot's stm32prog and STM32PRGFW-UTIL can be "
		"worked with",
		dfu->peer->name);
}

static enum status check_otp(
	const struct dfu_dialect **out, const struct dfu *dfu, struct errbuf *err)
{
	if (dfu->otp_alternate < 0)
		return errbuf_set(err, ERR_UNSUPPORTED, "the board offers no OTP partition: %s",
			peer_usb_without_otp(&dfu->description));
	/* Version and state, then two words for each of them. */
	if (dfu->otp.size < SMALLEST || dfu->otp.size % 8 != 0)
		return errbuf_set(err, ERR_LINK,
			"the board announces %zu bytes of OTP, which no partition has",
			dfu->otp.size);
	return find_dialect(out, dfu, err);
}

/* --- what it is opened for */

enum status dfu_read(
	struct dfu *dfu, uint8_t *out, size_t capacity, size_t *length, struct errbuf *err)
{
	const struct dfu_dialect *dialect = NULL;
	dfu->staged = false;
	enum status status = check_otp(&dialect, dfu, err);
	return status == OK ? dialect->read(dfu, out, capacity, length, err) : status;
}

enum status dfu_stage(struct dfu *dfu, const uint8_t *request, size_t length, struct errbuf *err)
{
	const struct dfu_dialect *dialect = NULL;
	dfu->staged = false;
	enum status status = check_otp(&dialect, dfu, err);
	if (status != OK)
		return status;
	/* The board takes what is missing for zeros: a torn request is a request. */
	if (length == 0 || length != dfu->otp.size)
		return errbuf_set(err, ERR_REFUSED,
			"a request of %zu bytes does not fit the board's OTP partition of %zu",
			length, dfu->otp.size);
	status = dialect->stage(dfu, request, length, err);
	dfu->staged = status == OK;
	return status;
}

enum status dfu_unstage(struct dfu *dfu, struct errbuf *err)
{
	const struct dfu_dialect *dialect = NULL;
	dfu->staged = false;
	enum status status = check_otp(&dialect, dfu, err);
	return status == OK ? dialect->unstage(dfu, err) : status;
}

enum status dfu_burn(struct dfu *dfu, struct errbuf *err)
{
	const struct dfu_dialect *dialect = NULL;
	if (!dfu->staged)
		return errbuf_set(
			err, ERR_REFUSED, "no request is staged in the board: nothing was burnt");
	dfu->staged = false;
	enum status status = check_otp(&dialect, dfu, err);
	return status == OK ? dialect->burn(dfu, err) : status;
}

enum status dfu_uncertain(struct errbuf *err)
{
	return errbuf_prefix(err, ERR_UNCERTAIN, "the burn may have been triggered");
}

bool dfu_complains(const struct dfu *dfu)
{
	const struct dfu_dialect *dialect = NULL;
	struct errbuf ignored = {0};
	return find_dialect(&dialect, dfu, &ignored) == OK && dialect->complaint != NULL;
}

enum status dfu_complaint(struct dfu *dfu, char *text, size_t capacity, struct errbuf *err)
{
	const struct dfu_dialect *dialect = NULL;
	assert(capacity > 0);
	text[0] = '\0';
	dfu->staged = false;
	enum status status = find_dialect(&dialect, dfu, err);
	if (status != OK)
		return status;
	if (!dialect->complaint)
		return errbuf_set(err, ERR_UNSUPPORTED, "'%s' has no words for what went wrong",
			dfu->peer->name);
	return dialect->complaint(dfu, text, capacity, err);
}
