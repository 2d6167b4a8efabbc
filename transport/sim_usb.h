/*
 * A simulated board on USB, around the silicon of a simulated board: U-Boot's `stm32prog usb` as it
 * stands before a FlashLayout is loaded, or STM32PRGFW-UTIL, as sim_board_service() says; before
 * that the ROM code and TF-A, where sim_boot_enter() puts it there.
 * Everything above the control transfers is the real program.
 *
 * Sources: U-Boot stm32prog.c, stm32prog_usb.c, f_dfu.c and dfu.c (commit 6073c36);
 * STM32PRGFW-UTIL v1.1.2 (2fb87a6); and recordings of that code (tests/data/transcripts), which
 * it is tested against. The serial number is the unique id. On U-Boot device id, revision and
 * board descriptors are those of an STM32MP157C Rev.Z; part and package follow the fuses.
 *
 * Two things to know:
 * - A burn runs behind the GETSTATUS that sets it off, and a host cannot stop it by falling
 *   silent. Here it runs before control() returns, with the answer already made.
 * - Not modelled: what a FlashLayout leads to, writing to any alternate but OTP (stalled on
 *   U-Boot, without effect on the other), and the second enumeration after DETACH (the board
 *   stays away until it is reset).
 */
#ifndef OTPEDIT_TRANSPORT_SIM_USB_H
#define OTPEDIT_TRANSPORT_SIM_USB_H

#include "src/errbuf.h"
#include "transport/link.h"
#include "transport/sim_board.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_USB_TRANSFER_MAX 4096

/* The device end: what outlives a host program that goes away. */
struct sim_usb;

/* `board` is borrowed and outlives it. The caller frees with sim_usb_free(). */
enum status sim_usb_create(struct sim_usb **out, struct sim_board *board, struct errbuf *err);

/* Every link to it is closed before. NULL is allowed. */
void sim_usb_free(struct sim_usb *usb);

/*
 * A host opens the device: nothing is sent. Any number of links, one after the other or at once;
 * each is lost (ERR_GONE) when the board is reset, crashes, leaves the bus or loses power.
 * ERR_GONE where no device is on the bus now. The caller closes it by ops->close.
 */
enum status sim_usb_open(struct usb_link **out, struct sim_usb *usb, struct errbuf *err);

/*
 * How often it has come to the bus: each time is another enumeration, with another address. Between
 * two of them it is away; sim_usb_open() then ends in ERR_GONE as often as its options say.
 */
unsigned sim_usb_enumeration(struct sim_usb *usb);

/* False: it left for good, or until it is reset. */
bool sim_usb_is_on_bus(struct sim_usb *usb);

/* The board's reset button: it boots and enumerates anew; also after a crash. */
void sim_usb_board_reset(struct sim_usb *usb);

/*
 * A bus reset with the SET_CONFIGURATION that hosts send after it: dfuIDLE on alternate 0, what
 * was staged stays. Links live on.
 */
void sim_usb_bus_reset(struct sim_usb *usb);

/*
 * The next class request reaches the device, but the host gives up in its data stage: control()
 * ends with ERR_TIMEOUT, and the device learns of it with the request that follows.
 */
void sim_usb_break_off_next(struct sim_usb *usb);

/* The time of the rig in milliseconds: what pause() passed in sum. */
unsigned long sim_usb_clock_ms(const struct sim_usb *usb);

/* Uploads and downloads that a careful host never sends: alternates not advertised, and writes
 * to other alternates than OTP. */
unsigned sim_usb_stray_count(const struct sim_usb *usb);

/* How one control transfer ended for the host. */
enum sim_usb_end { SIM_USB_DATA, SIM_USB_STALL, SIM_USB_SILENCE, SIM_USB_GONE };

/*
 * Any control transfer, standard ones included, as it is on the wire: `setup` is the eight bytes
 * of the SETUP stage, `data` is sent or filled, wLength bytes at most; *actual is what passed.
 */
enum sim_usb_end sim_usb_transfer(
	struct sim_usb *usb, const uint8_t setup[8], uint8_t *data, uint16_t *actual);

#endif
