/*
 * What a probe found, for people and for programs.
 */
#ifndef OTPEDIT_SRC_REPORT_PROBE_H
#define OTPEDIT_SRC_REPORT_PROBE_H

#include "src/errbuf.h"
#include "src/probe.h"
#include "src/report_cells.h"

/*
 * REPORT_TEXT, laid out for 80 columns, or REPORT_JSON, as man page otpedit.1 describes it.
 * `source` is what was asked for. The text is malloc'd, ends with a line break, and is the caller's
 * to free. ERR_MEMORY is the only failure.
 */
enum status report_probe(char **out, enum report_format format, const struct probe_report *report,
	const char *source, struct errbuf *err);

#endif
