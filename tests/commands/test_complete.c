/* What a shell's Tab may make of a command line: what the program offers, and real shells with it.
 */
#include "src/store.h"
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"
#include "ui/commands/command.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRIPTS SOURCE_FOLDER "/completions"

struct fixture {
	struct run_home home;
	struct terminal *terminal;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){.terminal = NULL};
	run_home_make(&fixture.home);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	terminal_free(f->terminal);
	run_home_remove(&f->home);
	return 0;
}

/* Completes a line whose words stand between blanks: "show de", "show ". */
static void complete(struct run_result *result, const struct run_home *home, const char *line)
{
	char copy[256];
	const char *words[RUN_MAX_WORDS] = {"complete", "--"};
	size_t count = 2;
	snprintf(copy, sizeof copy, "%s", line);
	char *word = copy, *blank;
	while ((blank = strchr(word, ' ')) != NULL) {
		*blank = '\0';
		words[count++] = word;
		word = blank + 1;
	}
	words[count++] = word;
	assert_true(count < RUN_MAX_WORDS);
	run_program(result, home, OTPEDIT_PROGRAM, NULL, words);
	run_expect_exit(result, 0);
	assert_string_equal(result->err, "");
}

/* Whether a line of what was offered is this word, with or without what it is. */
static bool offers(const char *out, const char *word)
{
	size_t length = strlen(word);
	for (; *out; out += strcspn(out, "\n"), out += *out ? 1 : 0)
		if (strncmp(out, word, length) == 0 && strchr("\t\n", out[length]))
			return true;
	return false;
}

static const struct {
	const char *line;
	const char *offered[5], *not [3];
} cases[] = {
	{"", {"show", "list", "demo", "dfu", ":files "}, {"--json", "complete"}},
	{"sur", {"survey"}, {"show", "demo"}},
	{"-", {"--read-only", "--chip", "--help"}, {"--json", "--on"}},
	{"show demo --", {"--json", "--fields", "--reveal"}, {"--on", "--confirm"}},
	{"show demo --json --", {"--fields"}, {"--json"}},
	{"apply p --accept a --", {"--accept", "--on"}, {"--json"}},
	{"show de", {"demo", "demo:blank", "demo:stm32mp25"}, {"dfu"}},
	{"show demo:stm32mp25,", {"demo:stm32mp25,uart", "demo:stm32mp25,peer=prgfw"},
		{"demo:stm32mp25,chip=stm32mp13"}},
	{"show demo,peer=prgfw,", {"demo,peer=prgfw,locks=reset"}, {"demo,peer=prgfw,peer=uboot"}},
	{"show sim:a,chip=", {"sim:a,chip=stm32mp13"}, {NULL}},
	{"show sim:", {"sim:golden.bin"}, {"sim:two words.bin", ":files "}},
	{"show ", {"demo", ":files "}, {"word="}},
	{"show demo ", {"word="}, {"demo", "value=", ":files "}},
	{"show demo word=1 ", {"word="}, {"lock"}},
	{"status demo ", {NULL}, {"demo", "word=", ":files "}},
	{"diff a ", {"demo", ":files "}, {"word="}},
	{"write demo ", {"word=", "value=", "value=pem:", "lock"}, {"demo", "file:"}},
	{"lock demo word=1 ", {"word=", "sticky-program"}, {"value="}},
	{"fwrite demo word=1 ", {"file:"}, {"value="}},
	{"fwrite demo word=1 file:g", {":files file:"}, {"file:"}},
	{"write demo value=pem:a,b", {":files value=pem:a,"}, {NULL}},
	{"preview ", {":files "}, {"demo"}},
	{"preview p --on ", {"demo", ":files "}, {"word="}},
	{"preview p --on=de", {"--on=demo"}, {"demo"}},
	{"preview --on demo ", {":files "}, {"demo"}},
	{"plan g -o ", {":files "}, {"demo"}},
	{"check --as ", {"image", "request", "plan"}, {":files "}},
	{"--color ", {"auto", "always", "never"}, {"show"}},
	{"--theme ", {"default", "colour-blind", "mono"}, {"show"}},
	{"--chip ", {"stm32mp13", "plain"}, {"show"}},
	{"--chip stm32mp15 sho", {"show"}, {NULL}},
	{"apply --accept no-such", {NULL}, {":files "}},
	{"apply --accept key", {"key-hash", "key2-without-hash"}, {NULL}},
	{"chips ", {"stm32mp25"}, {"plain", ":files "}},
	{"journal ", {"list", "show", "export"}, {"demo"}},
	{"serve ", {"demo", "sim:"}, {"dfu", ":files "}},
	{"show -- --", {NULL}, {"--json"}},
	{"no-such-command ", {NULL}, {"demo", "word="}},
};

static void test_words(void **state)
{
	struct fixture *f = *state;
	struct run_result result;
	run_write_text(&f->home, "golden.bin", "x");
	run_write_text(&f->home, "two words.bin", "x");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		complete(&result, &f->home, cases[i].line);
		for (size_t j = 0; j < 5 && cases[i].offered[j]; j++)
			if (!offers(result.out, cases[i].offered[j]))
				fail_msg("'%s' does not offer '%s' but:\n%s", cases[i].line,
					cases[i].offered[j], result.out);
		for (size_t j = 0; j < 3 && cases[i].not [j]; j++)
			if (offers(result.out, cases[i].not [j]))
				fail_msg("'%s' offers '%s'", cases[i].line, cases[i].not [j]);
		run_free(&result);
	}
}

/* Whatever stands in a synopsis is understood: no command's first word goes without. */
static void test_every_command(void **state)
{
	struct fixture *f = *state;
	struct run_result result;
	char line[64];
	for (const struct command *command = command_table; command->name; command++) {
		if (command->least == 0 || !command->summary)
			continue;
		snprintf(line, sizeof line, "%s ", command->name);
		complete(&result, &f->home, line);
		if (result.out[0] == '\0')
			fail_msg("nothing is offered behind '%s': is all of '%s' known?",
				command->name, command->synopsis);
		run_free(&result);
	}
	for (int option = 0; option < OPTION_COUNT; option++) {
		if (!option_table[option].argument || option == OPTION_CONFIRM)
			continue;
		snprintf(line, sizeof line, "--%s ", option_table[option].name);
		complete(&result, &f->home, line);
		if (result.out[0] == '\0')
			fail_msg("nothing is offered behind '%s'", line);
		run_free(&result);
	}
}

/* Pressing a key in a shell makes no folder and no board, and no strange name gets to the shell. */
static void test_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct run_result result;
	const char *const nothing[] = {"complete", NULL};
	run_program(&result, &f->home, OTPEDIT_PROGRAM, NULL, nothing);
	run_expect_exit(&result, 0);
	assert_string_equal(result.out, "");
	run_free(&result);
	run_write_text(&f->home, "$(touch burnt)", "x");
	run_write_text(&f->home, "a;b", "x");
	complete(&result, &f->home, "show sim:");
	run_expect_no_out(&result, "touch");
	run_expect_no_out(&result, "a;b");
	run_free(&result);
	complete(&result, &f->home, "show demo");
	run_free(&result);
	assert_false(store_exists(run_path(&f->home, "state")));
}

static const struct {
	const char *typed, *becomes;
} lines[] = {
	{"otpedit surv", "otpedit survey "},
	{"otpedit show demo --js", "otpedit show demo --json "},
	{"otpedit status demo:b", "otpedit status demo:blank "},
	{"otpedit status demo:stm32mp25,pe", "otpedit status demo:stm32mp25,peer="},
	{"otpedit preview two", "otpedit preview two\\ words.plan "},
	{"otpedit write demo value=pem:ke", "otpedit write demo value=pem:key.pem "},
	{"otpedit --theme gru", "otpedit --theme gruvbox "},
};

/* A shell that a person types into. */
static void type_into(struct fixture *f, const char *const argv[], const char *begin)
{
	struct terminal_options options = {.columns = 120, .folder = f->home.folder};
	char line[1024], folder[512];
	if (access(argv[0], X_OK) != 0)
		skip();
	run_write_text(&f->home, "two words.plan", "x");
	run_write_text(&f->home, "key.pem", "x");
	snprintf(folder, sizeof folder, "%.*s",
		(int)(strrchr(OTPEDIT_PROGRAM, '/') - OTPEDIT_PROGRAM), OTPEDIT_PROGRAM);
	f->terminal = terminal_start(&options, argv);
	snprintf(line, sizeof line, "export PATH=%s:$PATH\r", folder);
	terminal_send(f->terminal, line);
	terminal_send(f->terminal, begin);
	terminal_send(f->terminal, "clear; echo it be''gins\r");
	terminal_expect(f->terminal, "it begins");
	terminal_expect(f->terminal, "ready>");
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		terminal_send(f->terminal, lines[i].typed);
		terminal_expect(f->terminal, lines[i].typed);
		/* One after the other: what comes in one piece may be taken for a paste. */
		terminal_send(f->terminal, "\t");
		snprintf(line, sizeof line, "%.*s", (int)strlen(lines[i].becomes) - 1,
			lines[i].becomes);
		terminal_expect(f->terminal, line);
		terminal_send(f->terminal, "#");
		snprintf(line, sizeof line, "%s#", lines[i].becomes);
		terminal_expect(f->terminal, line);
		terminal_control(f->terminal, 'u');
		terminal_expect_gone(f->terminal, "otpedit ");
	}
}

static void test_bash(void **state)
{
	const char *const argv[] = {"/bin/bash", "--norc", "-i", NULL};
	type_into(*state, argv, "PS1='ready> '; . " SCRIPTS "/otpedit.bash\r");
}

static void test_zsh(void **state)
{
	const char *const argv[] = {"/usr/bin/zsh", "-f", "-i", NULL};
	type_into(*state, argv,
		"PS1='ready> '; fpath=(" SCRIPTS
		" $fpath); autoload -U compinit; compinit -u -D\r");
}

static void test_fish(void **state)
{
	const char *const argv[] = {"/usr/bin/fish", "--no-config", "-i", NULL};
	type_into(*state, argv,
		"function fish_prompt; echo -n 'ready> '; end; source " SCRIPTS "/otpedit.fish\r");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_every_command, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_leaves_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bash, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_zsh, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fish, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
