#include "transport/source.h"

#include "transport/source_dfu.h"
#include "transport/source_sim.h"
#include "transport/source_uart.h"

#include <stddef.h>

const struct source_ops *const source_table[] = {
	&source_demo,
	&source_sim,
	&source_dfu,
	&source_uart,
	NULL,
};
