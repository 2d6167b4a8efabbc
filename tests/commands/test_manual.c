/* The manual page names everything there is: commands, options, rules, exit statuses. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/rules.h"
#include "src/store.h"
#include "ui/commands/command.h"

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
		snprintf(name, sizeof name, "Cm %s ", command->name);
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
	}
	assert_true(count > 20);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_exit_statuses),
	};
	return cmocka_run_group_tests(tests, read_page, free_page);
}
