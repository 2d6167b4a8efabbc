#include "src/report_probe.h"

#include "src/clean_text.h"
#include "src/report_parts.h"

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

#define COLUMN 10u

static void print_row(FILE *out, const char *title, const char *text)
{
	if (text[0] == '\0')
		return;
	fprintf(out, "%-*s", (int)COLUMN, title);
	report_wrap(out, COLUMN, COLUMN, text);
}

/* What is to be typed names the port that was asked for. */
static void name_source(char *out, size_t capacity, const char *text, const char *source)
{
	const char *at = strstr(text, "uart:PORT");
	if (at)
		snprintf(out, capacity, "%.*s%s%s", (int)(at - text), text, source,
			at + strlen("uart:PORT"));
	else
		snprintf(out, capacity, "%s", text);
}

static void print_text(FILE *out, const struct probe_report *report, const char *source)
{
	const struct probe_row *row = &probe_rows[report->end];
	char next[1024], heard[sizeof report->steps[0].did + sizeof report->steps[0].heard + 32];
	name_source(next, sizeof next, row->next, source);
	fprintf(out, "%s: ", report->port);
	report_wrap(out, (unsigned)strlen(report->port) + 2, 4, row->title);
	print_row(out, "told", report->detail);
	print_row(out, "adapter", report->adapter);
	print_row(out, "heard", report->said);
	print_row(out, "can", row->can);
	print_row(out, "next", next);
	for (size_t i = 0; i < report->step_count; i++) {
		snprintf(heard, sizeof heard, "%s; heard: %s", report->steps[i].did,
			report->steps[i].heard);
		print_row(out, i == 0 ? "done" : "", heard);
	}
	if (!report->has_sent)
		print_row(out, "", "nothing was sent");
}

/* Boards say what they like: what is no UTF-8 must not cost the whole report. */
static json_t *text_json(const char *text)
{
	json_t *value = json_string(text);
	return value ? value : json_string("?");
}

static json_t *steps_json(const struct probe_report *report)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < report->step_count; i++)
		if (json_array_append_new(
			    list, json_pack("{s:o, s:o}", "did", text_json(report->steps[i].did),
					  "heard", text_json(report->steps[i].heard))) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static enum status print_json(
	FILE *out, const struct probe_report *report, const char *source, struct errbuf *err)
{
	const struct probe_row *row = &probe_rows[report->end];
	char id[16], next[1024];
	snprintf(id, sizeof id, "0x%03X", (unsigned)report->device_id);
	name_source(next, sizeof next, row->next, source);
	json_t *all = json_pack("{s:o, s:o, s:o, s:s, s:s, s:b, s:b, s:o, s:o, s:o, s:s, s:s, s:o}",
		"source", text_json(source), "port", text_json(report->port), "adapter",
		text_json(report->adapter), "peer", row->name, "title", row->title, "otp",
		(int)report->offers_otp, "sent", (int)report->has_sent, "device_id",
		report->device_id ? json_string(id) : json_null(), "told",
		text_json(report->detail), "heard", text_json(report->said), "can", row->can,
		"next", next, "steps", steps_json(report));
	char *text = all ? json_dumps(all, JSON_INDENT(1)) : NULL;
	json_decref(all);
	if (text)
		fprintf(out, "%s\n", text);
	free(text);
	return text ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for a report");
}

enum status report_probe(char **out, enum report_format format, const struct probe_report *report,
	const char *source, struct errbuf *err)
{
	struct report_text text;
	struct errbuf ignored = {0};
	enum status status = report_begin(&text, err);
	if (status != OK)
		return status;
	if (format == REPORT_JSON)
		status = print_json(text.stream, report, source, err);
	else
		print_text(text.stream, report, source);
	enum status ended = report_end(out, &text, status == OK ? err : &ignored);
	if (status == OK || ended != OK)
		return status == OK ? ended : status;
	free(*out);
	*out = NULL;
	return status;
}
