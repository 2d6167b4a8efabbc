/*
 * What must never be sent over a serial line, looked for in what our program sends; and that each
 * such string stands in a recording of what came of it, and every bad end that is recorded has one.
 */
#include "src/session.h"
#include "src/word_status.h"
#include "tests/support/demo_session.h"
#include "tests/support/run_program.h"
#include "tests/support/transcript.h"
#include "tests/support/uart_never.h"
#include "transport/source.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER TEST_DATA "/transcripts"

/* --- the recordings */

static void watch_text(struct uart_watch *watch, const char *text)
{
	uint8_t bytes[4096];
	for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
		if (line[1] != ' ' || (line[0] != '>' && line[0] != '<'))
			continue;
		size_t length = transcript_parse_hex(bytes, sizeof bytes, line + 2);
		assert_true(length > 0);
		if (line[0] == '>')
			uart_watch_sent(watch, bytes, length);
		else
			uart_watch_answered(watch, bytes, length);
	}
}

static void test_strings_are_recorded(void **state)
{
	(void)state;
	for (size_t i = 0; i < uart_never_count; i++) {
		struct uart_watch watch = {0};
		char path[512];
		snprintf(path, sizeof path, FOLDER "/%s.txt", uart_never_rows[i].recording);
		char *text = transcript_read(NULL, path);
		watch_text(&watch, text);
		if (!uart_never_occurs(uart_never_rows[i].string, &watch))
			fail_msg("'%s' is not in %s", uart_never_rows[i].string, path);
		uart_watch_free(&watch);
		free(text);
	}
}

static bool has_row(const char *folder, const char *file)
{
	char name[128];
	snprintf(name, sizeof name, "%s%.*s", folder, (int)(strlen(file) - strlen(".txt")), file);
	for (size_t i = 0; i < uart_never_count; i++)
		if (strcmp(uart_never_rows[i].recording, name) == 0)
			return true;
	/* A closed device whose reads were refused before: nothing is staged on it then. */
	return strcmp(name, "mp13-uart-closed-write") == 0;
}

static bool ends_badly(const char *text)
{
	return strstr(text, "# device: DEVICE CRASH") || strstr(text, "burned: True") ||
	       strstr(text, "no end in sight");
}

static unsigned check_folder(const char *folder)
{
	char path[512];
	unsigned bad = 0;
	snprintf(path, sizeof path, FOLDER "/%s", folder);
	DIR *open = opendir(path);
	const struct dirent *entry;
	assert_non_null(open);
	while ((entry = readdir(open)) != NULL) {
		if (!strstr(entry->d_name, "uart") || !strstr(entry->d_name, ".txt"))
			continue;
		snprintf(path, sizeof path, FOLDER "/%s%s", folder, entry->d_name);
		char *text = transcript_read(NULL, path);
		if (ends_badly(text)) {
			bad++;
			if (!has_row(folder, entry->d_name))
				fail_msg("no string is looked for of '%s'", path);
		}
		free(text);
	}
	closedir(open);
	return bad;
}

static void test_bad_ends_have_strings(void **state)
{
	(void)state;
	assert_true(check_folder("") >= 10);
	assert_true(check_folder("prgfw/") >= 4);
}

/* --- the program, by its own trace */

/* Two hex digits a byte, no blanks; how many. */
static size_t parse_joined(uint8_t *out, size_t capacity, const char *text)
{
	size_t count = 0;
	unsigned byte;
	for (; count < capacity && sscanf(text, "%2x", &byte) == 1; text += 2)
		out[count++] = (uint8_t)byte;
	return count;
}

/* "1.234 > 12ED -> ok", "1.234 < 1 of 1 within 1000 ms: 79" */
static void watch_trace(struct uart_watch *watch, const char *text)
{
	uint8_t bytes[4096];
	for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
		const char *mark = strchr(line, ' ') + 1;
		const char *colon = strchr(line, ':'), *end = strchr(line, '\n');
		size_t length = 0;
		if (*mark == '>')
			length = parse_joined(bytes, sizeof bytes, mark + 2);
		else if (*mark == '<' && colon && colon + 2 < end)
			length = parse_joined(bytes, sizeof bytes, colon + 2);
		if (length == 0)
			continue;
		if (*mark == '>')
			uart_watch_sent(watch, bytes, length);
		else
			uart_watch_answered(watch, bytes, length);
	}
}

static const struct {
	const char *source;
	enum sim_service service;
	enum sim_family family;
	unsigned word;
} boards[] = {
	{"demo,uart", SIM_SERVICE_UBOOT, SIM_MP15, 70},
	{"demo,uart,peer=prgfw", SIM_SERVICE_PRGFW, SIM_MP15, 70},
	{"demo:stm32mp13,uart", SIM_SERVICE_UBOOT, SIM_MP13, 70},
	{"demo:stm32mp13,uart,peer=prgfw", SIM_SERVICE_PRGFW, SIM_MP13, 70},
	{"demo:stm32mp21,uart", SIM_SERVICE_UBOOT, SIM_MP21, 300},
	{"demo:stm32mp25,uart", SIM_SERVICE_UBOOT, SIM_MP25, 300},
	{"demo:stm32mp25,uart,peer=prgfw", SIM_SERVICE_PRGFW, SIM_MP25, 300},
};

/* A value and a lock, two passes; a read; a restart; and what the restart settles. */
static void burn_and_restart(const struct session_options *options, size_t i)
{
	struct commit_result *result = calloc(1, sizeof *result);
	struct edits *edits = calloc(1, sizeof *edits);
	struct session *session;
	struct plan *plan;
	struct errbuf err = {0};
	assert_true(result && edits);
	if (session_open(&session, boards[i].source, options, &err) != OK)
		fail_msg("%s", err.text);
	edits->word[boards[i].word] = (struct edit){
		.sets_value = true, .value = 0xC0FFEE01, .locks = WORD_STATUS_PERMANENT};
	assert_int_equal(session_plan(&plan, session, edits, &err), OK);
	assert_int_equal(plan->pass_count, 2);
	assert_int_equal(demo_session_commit(result, session, plan), OK);
	assert_true(word_verdict_is_good(result->words[0].verdict));
	assert_int_equal(session_refresh(session, NULL, &err), OK);
	assert_int_equal(session_restart(session, NULL, &err), OK);
	assert_int_equal(session->image.value[boards[i].word], 0xC0FFEE01);
	plan_free(plan);
	session_close(session);
	free(edits);
	free(result);
}

static void test_program(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
		struct run_home home;
		struct uart_watch watch = {0};
		run_home_make(&home);
		const struct session_options options = {.sources = source_table,
			.source = {.state_folder = home.folder,
				.trace_path = run_path(&home, "trace")}};
		burn_and_restart(&options, i);
		size_t length;
		char *text = run_read_file(&length, &home, "trace");
		assert_true(length > 0 && text[length - 1] == '\n');
		watch_trace(&watch, text);
		uart_never_assert(&watch, boards[i].service, boards[i].family);
		assert_int_equal(watch.odd_frames, 0);
		assert_int_equal(watch.burn_starts, boards[i].service == SIM_SERVICE_UBOOT ? 2 : 0);
		/* Eight reads and two requests at least. */
		assert_true(watch.count > 2000);
		uart_watch_free(&watch);
		free(text);
		run_home_remove(&home);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings_are_recorded),
		cmocka_unit_test(test_bad_ends_have_strings),
		cmocka_unit_test(test_program),
	};
	return cmocka_run_group_tests_name("what is never sent", tests, NULL, NULL);
}
