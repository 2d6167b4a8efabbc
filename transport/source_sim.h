/*
 * Simulated boards as sources: the built-in ones, and ones that start from an image.
 *
 *	demo               an STM32MP157C board as it was once read; demo:stm32mp15 is the same
 *	demo:blank         a virgin one
 *	demo:stm32mp25     a board of another family: stm32mp13, -21, -23, -25; what its factory
 *	                   words hold is invented
 *	sim:FILE           one that starts from an image; FILE itself is never changed, and cannot
 *	                   have a comma in its name
 *
 * Options, each after a comma, each once:
 *
 *	uart               over its serial line instead of USB
 *	peer=uboot|prgfw   who answers: U-Boot's stm32prog, unless told otherwise, or
 *	                   STM32PRGFW-UTIL; the fuses are the same ones
 *	chip=CHIP          sim:FILE: the family, where the part number in the image does not tell it
 *	stage=rom|tf-a     it begins in its ROM code, or in TF-A, as sim_boot.h says
 *	locks=now|reset    see below
 *	fault=FAULT        how it goes wrong, for rehearsals: lies (says OK and burns nothing), late
 *	                   (burns only reads later); and for one word fails:70 (an error, and the
 *	                   words behind it are not reached), ignores:70, half:70 (bits 15:0 alone
 *	                   burn), spoils:70, lock-fails:70, cuts-power:70 (just before this word).
 *	                   It is not kept with the fuses.
 *
 * locks=now, which holds unless told otherwise: a permanent lock shows at once; locks=reset: only
 * after the board's next reset. Unknown options are errors.
 *
 * Fuses are kept in STATE_FOLDER/simulated/boards/NAME/fuses, written anew at every single change,
 * inside the burn. NAME is "demo", "demo-blank", "demo-stm32mp25", or a digest of the image's
 * bytes and the chip where one is given: the same image under another path is the same board.
 * Where they cannot be saved, the link fails from that exchange on, and the fuses on disk hold.
 * Each opening powers the board up anew and holds an exclusive lock; --fresh starts over from the
 * image. Without a state folder nothing is kept.
 *
 * A board that was brought from a boot stage to its service stays there for later openings, as if
 * it kept its power, until it is reset, opened with --fresh, or served.
 */
#ifndef OTPEDIT_TRANSPORT_SOURCE_SIM_H
#define OTPEDIT_TRANSPORT_SOURCE_SIM_H

#include "src/device.h"

extern const struct source_ops source_demo;
extern const struct source_ops source_sim;

#endif
