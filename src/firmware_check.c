/* Whether files are for this chip, and enough of them. */
#include "src/firmware.h"

#include <stdio.h>

/* What each chip's ROM code takes. Sizes are of the payload; where an image has to begin running is
 * its SYSRAM. */
struct rom {
	uint32_t device_id;
	const char *name;
	unsigned major, least_minor, most_minor;
	size_t limit;
	uint32_t first, last;
	bool has_ddr_phase;
	bool takes_old_ssbl; /* a stack from before there were FIPs: U-Boot with an STM32 header */
};

static const struct rom roms[] = {
	{0x500, "STM32MP15x", 1, 0, 0, 247u * 1024, 0x2FFC0000, 0x2FFFFFFF, false, true},
	{0x501, "STM32MP13x", 2, 0, 0, 128u * 1024, 0x2FFE0000, 0x2FFFFFFF, false, false},
	/* Minor 2 is the wiki's for STM32MP25; that later ones fit, too, is unconfirmed. */
	{0x505, "STM32MP23x or STM32MP25x", 2, 2, 9, 247u * 1024, 0x0E000000, 0x0E0FFFFF, true,
		false},
	/* Size and addresses of STM32MP21 are unconfirmed: those of its sisters. */
	{0x503, "STM32MP21x", 2, 2, 9, 247u * 1024, 0x0E000000, 0x0E0FFFFF, true, false},
};

static const struct rom *find_rom(uint32_t device_id)
{
	for (size_t i = 0; i < sizeof roms / sizeof roms[0]; i++)
		if (roms[i].device_id == device_id)
			return &roms[i];
	return NULL;
}

const char *firmware_chip_name(uint32_t device_id)
{
	const struct rom *rom = find_rom(device_id);
	return rom ? rom->name : NULL;
}

/* Which chip a header looks made for, to help with the wrong file. */
static const char *chip_of(const struct stm32_image *header)
{
	for (size_t i = 0; i < sizeof roms / sizeof roms[0]; i++)
		if (header->major == roms[i].major && header->minor >= roms[i].least_minor &&
			header->minor <= roms[i].most_minor)
			return roms[i].name;
	return "no chip that is known";
}

static enum status check_first(
	const struct firmware_image *image, const struct rom *rom, struct errbuf *err)
{
	const struct stm32_image *header = &image->header;
	if (image->kind != FIRMWARE_STM32)
		return errbuf_set(err, ERR_REFUSED,
			"'%.150s' is a FIP, and the ROM code starts none: TF-A, or "
			"STM32PRGFW-UTIL, "
			"goes first, with an STM32 header",
			image->path);
	if (header->major != rom->major || header->minor < rom->least_minor ||
		header->minor > rom->most_minor)
		return errbuf_set(err, ERR_REFUSED,
			"'%.150s' is for another chip: its STM32 header is version %u.%u, made for "
			"%s, and the board is an %s, whose ROM code takes %u.%u",
			image->path, header->major, header->minor, chip_of(header), rom->name,
			rom->major, rom->least_minor);
	if (header->type >= 0x20 && header->type <= 0x30)
		return errbuf_set(err, ERR_REFUSED,
			"'%.150s' is %s (type %02X), which is not what the ROM code starts",
			image->path, stm32_image_type_name(header->type), header->type);
	if (header->length > rom->limit)
		return errbuf_set(err, ERR_REFUSED,
			"'%.150s' is too big: %lu bytes, where the ROM code of an %s takes %zu",
			image->path, (unsigned long)header->length, rom->name, rom->limit);
	if (header->entry < rom->first || header->entry > rom->last)
		return errbuf_set(err, ERR_REFUSED,
			"'%.150s' is for another chip: it starts at %08lX, where an %s has no "
			"SYSRAM",
			image->path, (unsigned long)header->entry, rom->name);
	return OK;
}

static enum status check_later(
	const struct firmware_image *image, const struct rom *rom, struct errbuf *err)
{
	if (image->phase == PHASE_DDR && !rom->has_ddr_phase)
		return errbuf_set(err, ERR_REFUSED,
			"'%.150s' is for another chip: an %s has no phase 2", image->path,
			rom->name);
	if (image->kind == FIRMWARE_STM32 && !(image->phase == PHASE_FIP && rom->takes_old_ssbl))
		return errbuf_set(err, ERR_REFUSED,
			"'%.150s' is not for phase %u: TF-A takes a FIP there", image->path,
			image->phase);
	if (image->kind == FIRMWARE_FIP && image->phase == PHASE_FIP && !image->fip.holds_bl33)
		return errbuf_set(err, ERR_REFUSED,
			"'%.150s' is not for phase 3: the FIP holds no U-Boot (BL33)", image->path);
	return OK;
}

static enum status want(
	const struct firmware *firmware, unsigned phase, unsigned from, struct errbuf *err)
{
	if (phase < from || firmware_for(firmware, phase))
		return OK;
	return errbuf_set(err, ERR_REFUSED, "the file for phase %u is missing: %s", phase,
		phase == PHASE_FSBL  ? "TF-A, or STM32PRGFW-UTIL, for the ROM code to start"
		: phase == PHASE_DDR ? "the FIP with what the DDR memory needs (fip-ddr)"
				     : "the FIP with OP-TEE and U-Boot");
}

enum status firmware_check(
	const struct firmware *firmware, uint32_t device_id, unsigned from, struct errbuf *err)
{
	const struct rom *rom = find_rom(device_id);
	enum status status = OK;
	if (!rom)
		return errbuf_set(err, ERR_REFUSED,
			"the board's device id is 0x%03lX: no STM32MP that can be brought up",
			(unsigned long)device_id);
	for (size_t i = 0; status == OK && i < firmware->count; i++) {
		const struct firmware_image *image = firmware->images[i];
		status = image->phase == PHASE_FSBL ? check_first(image, rom, err)
						    : check_later(image, rom, err);
	}
	if (status == OK)
		status = want(firmware, PHASE_FSBL, from, err);
	if (status != OK || (firmware_is_single(firmware) && from == PHASE_FSBL))
		return status;
	if (rom->has_ddr_phase)
		status = want(firmware, PHASE_DDR, from, err);
	return status == OK ? want(firmware, PHASE_FIP, from, err) : status;
}

enum status firmware_check_signed(const struct firmware *firmware, struct errbuf *err)
{
	const struct firmware_image *first = firmware_for(firmware, PHASE_FSBL);
	if (!first || first->kind != FIRMWARE_STM32 || first->header.is_signed)
		return OK;
	return errbuf_set(err, ERR_REFUSED,
		"the device is closed, and '%.150s' is not signed: a closed device starts only "
		"what "
		"is signed with the key whose hash it holds",
		first->path);
}
