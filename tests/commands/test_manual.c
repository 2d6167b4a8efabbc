/* The manual page names everything there is: commands, options, rules, exit statuses. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/rules.h"
#include "src/store.h"
#include "ui/commands/command.h"
#include "ui/screen/keymap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *page;

static int read_page(void **state)
{
	(void)state;
	uint8_t *bytes;
	size_t length;
	struct errbuf err = {0};
	if (store_read(&bytes, &length, SOURCE_FOLDER "/man/otpedit.1", 256 * 1024, &err) != OK)
		fail_msg("%s", err.text);
	page = (char *)bytes;
	return 0;
}

static int free_page(void **state)
{
	(void)state;
	free(page);
	return 0;
}

/* The text stands somewhere in the page. */
static void expect(const char *text, const char *what)
{
	if (!strstr(page, text))
		fail_msg("the manual page does not describe %s: no '%s'", what, text);
}

static void test_commands(void **state)
{
	(void)state;
	for (const struct command *command = command_table; command->name; command++) {
		char name[64];
		snprintf(name, sizeof name, "Cm %s\n", command->name);
		if (!strstr(page, name))
			name[strlen(name) - 1] = ' ';
		expect(name, command->name);
	}
}

static void test_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		char name[64];
		snprintf(name, sizeof name, "-%s", option_table[i].name);
		expect(strcmp(option_table[i].name, "output") == 0 ? "Fl o Ar" : name,
			option_table[i].name);
	}
}

/* Where the entry of a command begins that follows; the section's end where none does. */
static const char *next_entry(const char *at, const char *section_end)
{
	const char *next = strstr(at + 1, "\n.It ");
	return next && next < section_end ? next : section_end;
}

/* Whether an entry is one of this command: ".It Cm show …", or the same over several lines. */
static bool is_of(const char *entry, const char *command)
{
	const char *begin = entry + strlen("\n.It ");
	size_t length = strlen(command);
	begin += strncmp(begin, "Xo\n.", 4) == 0 ? 4 : 0;
	return strncmp(begin, "Cm ", 3) == 0 && strncmp(begin + 3, command, length) == 0 &&
	       strchr(" \n", begin[3 + length]) != NULL;
}

/* All that is said of a command, and of that the heads. */
static void entries_of(const char *command, char *heads, char *all, size_t cap)
{
	const char *begin = strstr(page, "\n.Sh COMMANDS\n");
	assert_non_null(begin);
	const char *end = strstr(begin + 1, "\n.Sh ");
	heads[0] = all[0] = '\0';
	for (const char *at = next_entry(begin, end); at < end; at = next_entry(at, end)) {
		if (!is_of(at, command))
			continue;
		const char *stop = next_entry(at, end), *head = at;
		while (head < stop && head[1] == '.')
			head += 1 + strcspn(head + 1, "\n");
		size_t used = strlen(all), told = strlen(heads);
		snprintf(all + used, cap - used, "%.*s", (int)(stop - at), at);
		snprintf(heads + told, cap - told, "%.*s", (int)(head - at), at);
	}
	if (!all[0])
		fail_msg("'%s' has no entry among the commands", command);
}

/* Every option a command takes stands in its entry, and its head names no other. */
static void test_options_of_commands(void **state)
{
	(void)state;
	static char head[8192], entry[8192];
	char name[40];
	for (const struct command *command = command_table; command->name; command++) {
		entries_of(command->name, head, entry, sizeof entry);
		for (int i = 0; i < OPTION_COUNT; i++) {
			bool takes = command->options >> i & 1;
			/* "then as apply" */
			bool elsewhere =
				command->run == command_write || command->run == command_close;
			snprintf(name, sizeof name, i == OPTION_OUTPUT ? "Fl o" : "-%s",
				option_table[i].name);
			if (takes && !elsewhere && !strstr(entry, name))
				fail_msg("the entry of '%s' does not tell of '%s'", command->name,
					option_table[i].name);
			if (!takes && !option_table[i].general && i != OPTION_OUTPUT &&
				strstr(head, name))
				fail_msg("'%s' does not take '%s'", command->name,
					option_table[i].name);
		}
	}
}

/* Each with the severity it has. */
static void test_rules(void **state)
{
	(void)state;
	size_t count = 0;
	for (; rules_describe(count).name; count++) {
		struct rule_description rule = rules_describe(count);
		char text[200];
		static const char *const severities[] = {"Note", "Warning", "Error"};
		snprintf(text, sizeof text, "\n.It Cm %s\n%s: ", rule.name,
			severities[rule.severity]);
		expect(text, rule.name);
		if (rule.instead[0])
			expect(rule.instead, rule.name);
	}
	assert_true(count > 40);
}

static void test_exit_statuses(void **state)
{
	(void)state;
	const char *at = strstr(page, ".Sh EXIT STATUS");
	assert_non_null(at);
	for (int status = EXIT_DONE; status <= EXIT_FILE; status++) {
		char text[16];
		snprintf(text, sizeof text, "\n.It %d\n", status);
		at = strstr(at, text);
		if (!at)
			fail_msg("the manual page does not list exit status %d", status);
	}
}

/* Every key of the grid has an entry among the keys, and the entries name no other. */
static void test_keys(void **state)
{
	(void)state;
	const char *begin = strstr(page, "\n.Sh KEYS\n");
	assert_non_null(begin);
	const char *end = strstr(begin + 1, "\n.Sh ");
	assert_non_null(end);
	static struct keymap keymap;
	const struct key_binding *row;
	keymap_init(&keymap);
	char entry[4096], word[32];
	size_t used = 0, listed = 0, found = 0;
	/* The heads of the entries, each name between blanks. */
	for (const char *at = begin; (at = strstr(at, "\n.It Sy ")) != NULL && at < end; at++) {
		size_t length = strcspn(at + 8, "\n");
		used += (size_t)snprintf(
			entry + used, sizeof entry - used, " %.*s ", (int)length, at + 8);
	}
	for (const char *at = entry; *at; at += *at == ',' || *at == ' ')
		if (*at != ' ' && *at != ',') {
			listed++;
			at += strcspn(at, " ,");
		}
	for (size_t i = 0; (row = keymap_row(&keymap, KEYS_GRID, i)) != NULL; i++) {
		snprintf(word, sizeof word, " %s%s ", strcspn(row->key, "?:") == 0 ? "\\&" : "",
			row->key);
		if (!strstr(entry, word))
			fail_msg("the manual page does not tell the key '%s'", row->key);
		found++;
	}
	/* "arrows", PgUp and PgDn hold in every view, and are the only others. */
	assert_int_equal(listed, found + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_options_of_commands),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_exit_statuses),
		cmocka_unit_test(test_keys),
	};
	return cmocka_run_group_tests(tests, read_page, free_page);
}
