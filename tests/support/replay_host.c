#include "tests/support/replay_host.h"

#include "src/image.h"
#include "src/partition.h"
#include "src/plan.h"
#include "tests/support/transcript.h"
#include "transport/dfu.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct host {
	struct replay_link replay;
	struct dfu dfu;
	struct errbuf err;
	const struct replay_row *row;
};

/* --- steps */

static enum status read_partition(struct host *host)
{
	uint8_t bytes[RECORDED_MAX];
	struct image image;
	size_t length = 0;
	enum status status = dfu_read(&host->dfu, bytes, sizeof bytes, &length, &host->err);
	if (status == OK) {
		assert_int_equal(length, host->replay.uploaded_length);
		assert_memory_equal(bytes, host->replay.uploaded, length);
		assert_int_equal(partition_parse(&image, bytes, length, &host->err), OK);
		assert_int_equal(image.version, bytes[0]);
	}
	return status;
}

#define WRITES (sizeof((struct replay_row *)0)->writes / sizeof(struct replay_write))

/* As the commit makes it; the version by the services' sizes. */
static void make_request(const struct host *host, uint8_t *out, size_t size)
{
	struct plan_change changes[WRITES] = {{0}};
	struct image image = {
		.version = size == 3080 ? 3 : 2, .word_count = (unsigned)(size / 8 - 1)};
	struct errbuf err = {0};
	size_t count = 0, length;
	for (; count < WRITES && host->row->writes[count].status != 0; count++) {
		changes[count].word = host->row->writes[count].word;
		changes[count].request_value = host->row->writes[count].value;
		changes[count].request_status = host->row->writes[count].status;
	}
	assert_int_equal(plan_request(out, size, &length, &image, changes, count, &err), OK);
	assert_int_equal(length, size);
}

static enum status stage(struct host *host)
{
	uint8_t request[RECORDED_MAX];
	size_t size = host->dfu.otp.size;
	assert_true(size > 0 && size <= sizeof request);
	if (host->row->writes[0].status != 0)
		make_request(host, request, size);
	else
		replay_link_request(&host->replay, request, size);
	return dfu_stage(&host->dfu, request, size, &host->err);
}

static enum status complain(struct host *host, const char *says)
{
	char text[128];
	enum status status = dfu_complaint(&host->dfu, text, sizeof text, &host->err);
	if (status == OK && says)
		assert_string_equal(text, says);
	return status;
}

static enum status act(struct host *host, const struct replay_step *step)
{
	switch (step->act) {
	case ATTACH: return dfu_attach(&host->dfu, &host->replay.link, &host->err);
	case READ: return read_partition(host);
	case STAGE: return stage(host);
	case BURN: return dfu_burn(&host->dfu, &host->err);
	case UNSTAGE: return dfu_unstage(&host->dfu, &host->err);
	case COMPLAIN: return complain(host, step->says);
	case ACT_NONE: break;
	}
	fail();
	return ERR_REFUSED;
}

static void take_step(struct host *host, const struct replay_step *step, size_t number)
{
	replay_link_others(&host->replay);
	errbuf_clear(&host->err);
	enum status status = act(host, step);
	if (status != step->status)
		fail_msg("step %zu: '%s' (%s), departed with '%s' at item %zu", number,
			status_name(status), host->err.text, host->replay.departed,
			host->replay.position);
	if (status != OK && step->says && !strstr(host->err.text, step->says))
		fail_msg("step %zu: '%s' does not say '%s'", number, host->err.text, step->says);
}

/* --- rows */

static const char *enumeration_for(const struct replay_row *row)
{
	const char *name = row->legs[0].recording;
	if (!transcript_starts(name, "prgfw/"))
		return "usb-enumeration";
	return transcript_starts(name, "prgfw/mp25") ? "prgfw/mp25_usb_01_enum"
						     : "prgfw/mp15_usb_01_enum";
}

static void rename_otp(struct usb_description *description, const char *name)
{
	for (size_t i = 0; i < description->alternate_count; i++) {
		char *text = description->alternates[i].name;
		if (strstr(text, "@OTP"))
			snprintf(text, sizeof description->alternates[i].name, "%s", name);
	}
}

static void check_end(struct host *host)
{
	struct replay_link *replay = &host->replay;
	const struct replay_row *row = host->row;
	if (row->departs) {
		assert_string_equal(replay->departed, row->departs);
		assert_int_equal(replay_link_number(replay), row->at);
	} else {
		assert_string_equal(replay->departed, "");
		if (!replay_link_is_at_end(replay))
			fail_msg("the host stopped before item %zu", replay->position);
	}
	assert_int_equal(replay->passed_over, row->passed_over);
}

static void run_row(void **state)
{
	static const struct replay_step attach = {.act = ATTACH};
	struct host *host = calloc(1, sizeof *host);
	assert_non_null(host);
	host->row = *state;
	const struct replay_step *steps = host->row->steps;
	replay_link_open(&host->replay, host->row->legs, enumeration_for(host->row));
	if (host->row->otp)
		rename_otp(&host->replay.description, host->row->otp);
	if (steps[0].act != ATTACH)
		take_step(host, &attach, 0);
	for (size_t i = 0; i < sizeof host->row->steps / sizeof *steps && steps[i].act; i++)
		take_step(host, &steps[i], i + 1);
	check_end(host);
	replay_link_close(&host->replay);
	free(host);
}

/* --- the folder */

struct tables {
	const struct replay_row *rows;
	size_t count;
	const char *folder, *mark;
};

static bool is_first_in_a_row(const struct tables *tables, const char *file)
{
	for (size_t i = 0; i < tables->count; i++) {
		const char *name = tables->rows[i].legs[0].recording;
		const char *slash = strrchr(name, '/');
		size_t length = strlen(slash ? slash + 1 : name);
		if (strncmp(slash ? slash + 1 : name, file, length) == 0 &&
			strcmp(file + length, ".txt") == 0)
			return true;
	}
	return false;
}

/* Every recording begins a row: it is there for what it tells, not only as a joint in others. */
static void test_no_recording_is_forgotten(void **state)
{
	const struct tables *tables = *state;
	DIR *folder = opendir(tables->folder);
	const struct dirent *entry;
	size_t seen = 0;
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		const char *dot = strrchr(entry->d_name, '.');
		if (!strstr(entry->d_name, tables->mark) || !dot || strcmp(dot, ".txt") != 0)
			continue;
		seen++;
		if (!is_first_in_a_row(tables, entry->d_name))
			fail_msg("no row begins with %s", entry->d_name);
	}
	closedir(folder);
	assert_true(seen > 0);
}

/* What recorded_moves_nothing() and the states behind requests rest on, tried on every answer that
 * names a state. */
static void test_states_are_as_recorded(void **state)
{
	const struct tables *tables = *state;
	size_t compared = 0;
	for (size_t i = 0; i < tables->count; i++) {
		struct recording recording;
		recording_load(&recording, tables->rows[i].legs[0].recording);
		for (size_t n = 1; n < recording.count; n++) {
			const struct recorded *request = &recording.requests[n];
			int before = request[-1].state;
			bool is_question = recorded_is_class(request) &&
					   (request->setup[1] == DFU_GETSTATE ||
						   request->setup[1] == DFU_GETSTATUS);
			if (!is_question || request->end != RECORDED_DATA ||
				before == STATE_UNKNOWN || request->state == STATE_UNKNOWN ||
				!recorded_moves_nothing(
					&recording, request, before, request[-1].alternate))
				continue;
			assert_int_equal(request->state, before);
			compared++;
		}
		recording_free(&recording);
	}
	assert_true(compared > 20);
}

int replay_rows(const struct replay_row *rows, size_t count, const char *group, const char *folder,
	const char *mark)
{
	struct tables tables = {rows, count, folder, mark};
	struct CMUnitTest *tests = calloc(count + 2, sizeof *tests);
	if (!tests)
		return 1;
	tests[0] = (struct CMUnitTest){.name = "no recording is forgotten",
		.test_func = test_no_recording_is_forgotten,
		.initial_state = &tables};
	tests[1] = (struct CMUnitTest){.name = "states are as recorded",
		.test_func = test_states_are_as_recorded,
		.initial_state = &tables};
	for (size_t i = 0; i < count; i++)
		tests[2 + i] = (struct CMUnitTest){.name = rows[i].name,
			.test_func = run_row,
			.initial_state = (void *)(uintptr_t)&rows[i]};
	int failed = _cmocka_run_group_tests(group, tests, count + 2, NULL, NULL);
	free(tests);
	return failed;
}
