/*
 * Simulated boards as sources: the built-in ones, and ones that start from an image.
 *
 *	demo[,locks=now|reset]         an STM32MP157C board as it was once read
 *	demo:blank[,locks=now|reset]   a virgin one
 *	sim:FILE[,locks=now|reset]     one that starts from an image; FILE itself is never changed,
 *	                               and cannot have a comma in its name
 *
 * locks=now, which holds unless told otherwise: a permanent lock shows at once; locks=reset: only
 * after the board's next reset. Unknown options are errors.
 *
 * Fuses are kept in STATE_FOLDER/simulated/boards/NAME/fuses, written anew at every single change,
 * inside the burn. NAME is "demo", "demo-blank", or a digest of the image's bytes: the same image
 * under another path is the same board. Where they cannot be saved, the link fails from that
 * exchange on, and the fuses on disk hold. Each opening powers the board up anew and holds an
 * exclusive lock; --fresh starts over from the image. Without a state folder nothing is kept.
 */
#ifndef OTPEDIT_TRANSPORT_SOURCE_SIM_H
#define OTPEDIT_TRANSPORT_SOURCE_SIM_H

#include "src/device.h"

extern const struct source_ops source_demo;
extern const struct source_ops source_sim;

#endif
