/*
 * The boards and ports that sources find, for people and for programs.
 */
#ifndef OTPEDIT_SRC_REPORT_LIST_H
#define OTPEDIT_SRC_REPORT_LIST_H

#include "src/device.h"
#include "src/errbuf.h"
#include "src/report_cells.h"

/*
 * REPORT_TEXT, laid out for 80 columns, or REPORT_JSON, as man page otpedit.1 describes it. The
 * text is malloc'd, ends with a line break, and is the caller's to free. ERR_MEMORY is the only
 * failure.
 */
enum status report_list(char **out, enum report_format format, const struct found_boards *found,
	const struct found_ports *ports, struct errbuf *err);

#endif
