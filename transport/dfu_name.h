/*
 * The names of DFU alternate settings, as ST's programming services write them:
 * "@OTP/0xf2/1*776Be" from U-Boot, "@OTP /0xF2/1*776Be" from STM32PRGFW-UTIL.
 *
 * Sources: U-Boot stm32prog.c (dfu_init_entities), STM32PRGFW-UTIL usbd_desc.c, ST UM0424 on the
 * format. A name without '@', like the plain "OTP" of U-Boot's ordinary `dfu` command, is something
 * else: it serves raw words and answers failed reads with junk.
 */
#ifndef OTPEDIT_TRANSPORT_DFU_NAME_H
#define OTPEDIT_TRANSPORT_DFU_NAME_H

#include "transport/link.h"

#include <stdbool.h>
#include <stddef.h>

#define DFU_ID_PHASE 0xF1u /* the service's phase and error text */
#define DFU_ID_OTP   0xF2u

struct dfu_name {
	char text[32]; /* what stands between '@' and '/', without blanks around it */
	unsigned id;   /* 0 to 255 */
	size_t size;   /* bytes */
};

/* False where the text is not of this form to its last character, or a number is out of range. */
bool dfu_name_parse(struct dfu_name *out, const char *text);

/* Whether it names the OTP partition: id F2, and OTP in the text in any case. */
bool dfu_name_is_otp(const struct dfu_name *name);

/* The alternate with this id among those listed, OTP by its text, too; -1: none, -2: several.
 * *out is filled where there is one. Never found by its place in the list. */
int dfu_name_find(struct dfu_name *out, const struct usb_description *description, unsigned id);

/*
 * Why the list cannot be worked with, as the end of a sentence on the device: the OTP partition or
 * the phase is there twice, an alternate setting shares its number with one of them, or the OTP has
 * a length that none can have. NULL: no objection.
 */
const char *dfu_name_objection(const struct usb_description *description);

#endif
