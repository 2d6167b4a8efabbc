#include "tests/support/liar.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static struct liar *as_liar(struct usb_link *link)
{
	return (struct liar *)link;
}

static enum status liar_describe(
	struct usb_link *link, struct usb_description *out, struct errbuf *err)
{
	(void)err;
	*out = as_liar(link)->description;
	return OK;
}

static enum status liar_set_alternate(
	struct usb_link *link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	struct liar *liar = as_liar(link);
	liar->transfers++;
	return liar->rig.link->ops->set_alternate(liar->rig.link, number, outcome, err);
}

static bool is_time_to_lie(struct lie *lie, uint8_t request)
{
	if (lie->request != request || lie->count == 0)
		return false;
	if (lie->from > 1) {
		lie->from--;
		return false;
	}
	lie->count--;
	return true;
}

static enum status liar_control(struct usb_link *link, uint8_t type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct liar *liar = as_liar(link);
	liar->transfers++;
	enum status status = liar->rig.link->ops->control(liar->rig.link, type, request, value,
		data, length, timeout_ms, actual, outcome, err);
	if (!is_time_to_lie(&liar->lie, request))
		return status;
	liar->told++;
	*outcome = USB_DONE;
	*actual = liar->lie.length;
	if (request == UPLOAD)
		memset(data, liar->lie.answer[0], length);
	else
		memcpy(data, liar->lie.answer, length < 6 ? length : 6);
	return OK;
}

static void liar_pause(struct usb_link *link, unsigned milliseconds)
{
	struct liar *liar = as_liar(link);
	liar->paused_ms += milliseconds;
	liar->rig.link->ops->pause(liar->rig.link, milliseconds);
}

static const struct usb_ops liar_ops = {
	.describe = liar_describe,
	.set_alternate = liar_set_alternate,
	.control = liar_control,
	.pause = liar_pause,
};

void liar_make(struct liar *liar, enum sim_service service)
{
	struct sim_board *board;
	struct dfu_rig *rig = &liar->rig;
	memset(liar, 0, sizeof *liar);
	assert_int_equal(sim_board_blank(&board, &rig->err), OK);
	assert_true(sim_board_set_service(board, service));
	dfu_rig_take(rig, board);
	liar->link.ops = &liar_ops;
	dfu_rig_assert_ok(rig, rig->link->ops->describe(rig->link, &liar->description, &rig->err));
}

enum status liar_attach(struct liar *liar)
{
	errbuf_clear(&liar->rig.err);
	return dfu_attach(&liar->rig.dfu, &liar->link, &liar->rig.err);
}
