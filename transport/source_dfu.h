/*
 * Real boards on USB as sources:
 *
 *	dfu              the only board in DFU mode; several are refused, and named
 *	dfu:serial=S     the one with this serial number, wherever it is plugged in
 *	dfu:path=1-5.4   the one at this place: bus and ports
 *
 * Opening looks at descriptors and then sends one GETSTATE (transport/device_usb.h). Boards cannot
 * be power-cycled from here.
 */
#ifndef OTPEDIT_TRANSPORT_SOURCE_DFU_H
#define OTPEDIT_TRANSPORT_SOURCE_DFU_H

#include "src/device.h"

extern const struct source_ops source_dfu;

#endif
