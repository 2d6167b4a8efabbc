/*
 * Options to one command, or to the screen. The only file that knows everybody.
 */
#include "src/wipe.h"
#include "transport/source.h"
#include "ui/commands/help.h"
#include "ui/commands/invocation.h"
#include "ui/commands/talk.h"
#include "ui/screen/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void on_signal(int signal_number)
{
	(void)signal_number;
	stop = 1;
}

/*
 * Nothing dies by a signal: a burn is followed to its outcome, all else asks `stop`. Blocking calls
 * are interrupted (no SA_RESTART). What the parent had ignored stays so.
 */
static void take_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		struct sigaction old, action = {.sa_handler = on_signal};
		sigemptyset(&action.sa_mask);
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, NULL);
	/* A limit on file sizes makes writing fail, which is dealt with, and does not end us
	 * half-way. */
	sigaction(SIGXFSZ, &ignore, NULL);
}

/*
 * A stream that the parent closed must not become the journal: its number is taken here. Standard
 * output is opened for reading, so that writing to it fails and is noticed.
 */
static void keep_streams(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
			(void)!open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY);
}

static bool is_source(const char *text, void *payload)
{
	const struct environment *env = payload;
	for (size_t i = 0; env->session.sources[i]; i++)
		if (env->session.sources[i]->claims(text))
			return true;
	/* Something that looks like a path is taken as one: then it is said that it is missing. */
	return strpbrk(text, "/.:") || store_exists(text);
}

static void find_folders(struct environment *env)
{
	struct errbuf ignored = {0};
	if (store_state_folder(env->state_folder, &ignored) == OK)
		env->session.source.state_folder = env->state_folder;
	else
		env->state_folder[0] = '\0';
	if (store_config_folder(env->config_folder, &ignored) != OK)
		env->config_folder[0] = '\0';
}

static enum status take_options(
	struct environment *env, const struct invocation *invocation, struct errbuf *err)
{
	/* Help is for whoever has to mend the file, too; a Tab is not the place to complain. */
	bool needs_none = invocation->given[OPTION_HELP] || invocation->given[OPTION_VERSION] ||
			  (invocation->command && invocation->command->run == command_complete);
	enum status status = settings_load(&env->settings, env->config_folder, err);
	if (status != OK && !needs_none)
		return status;
	errbuf_clear(err);
	env->session.chip = invocation->value[OPTION_CHIP];
	if (env->config_folder[0])
		snprintf(env->overlay_folder, sizeof env->overlay_folder, "%s/chips",
			env->config_folder);
	env->session.overlays = env->overlay_folder[0] ? env->overlay_folder : NULL;
	env->session.read_only = invocation->given[OPTION_READ_ONLY] || env->settings.read_only;
	env->session.source.fresh = invocation->given[OPTION_FRESH];
	env->session.source.trace_path = invocation->value[OPTION_TRACE];
	env->reveal = invocation->given[OPTION_REVEAL];
	env->theme = invocation->value[OPTION_THEME];
	if (!invocation->given[OPTION_COLOR])
		return OK;
	static const char *const names[] = {"auto", "always", "never"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], invocation->value[OPTION_COLOR]) == 0) {
			env->color = (enum color_choice)i;
			return OK;
		}
	return errbuf_set(err, ERR_USAGE, "'--color %s': expected auto, always or never",
		invocation->value[OPTION_COLOR]);
}

static int run_screen(const struct environment *env, const struct invocation *invocation)
{
	const char *source = invocation->operand_count > 0 ? invocation->operands[0] : NULL;
	bool is_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	if (!source && is_terminal && env->settings.source[0])
		source = env->settings.source;
	if (!source && !is_terminal) {
		talk_say(env,
			"name a board or a saved image ('otpedit demo' is the built-in board), or a"
			" command: 'otpedit --help' lists them");
		return EXIT_USAGE;
	}
	if (!is_terminal) {
		talk_say(env,
			"the screen needs a terminal: 'otpedit show %s' prints the words instead",
			source);
		return EXIT_USAGE;
	}
	return screen_run(env, source);
}

static void tell(const char *text, void *listener)
{
	const struct environment *env = listener;
	talk_say(env, "%s", text);
}

static int run_command(struct environment *env, const struct invocation *invocation)
{
	env->session.source.tell = tell;
	env->session.source.listener = env;
	return (int)invocation->command->run(env, invocation);
}

static int run(struct environment *env, const struct invocation *invocation)
{
	if (invocation->given[OPTION_HELP]) {
		help_print(env->out, invocation->command, env->session.sources);
		return (int)talk_end(env, EXIT_DONE, false);
	}
	if (invocation->given[OPTION_VERSION]) {
		fprintf(env->out, "otpedit %s\n", OTPEDIT_VERSION);
		return (int)talk_end(env, EXIT_DONE, false);
	}
	return invocation->command ? run_command(env, invocation) : run_screen(env, invocation);
}

/*
 * Memory holds keys at times: it goes into no core file, as far as the system heeds this. The limit
 * does not bind a program that core files are piped to (core(5)); the filter does: it leaves out
 * every page that is ours alone. Nor is this process hidden from others of its user, as
 * PR_SET_DUMPABLE would have it: they name it where it holds a port.
 */
static void keep_memory_to_oneself(void)
{
	const struct rlimit none = {0, 0};
	(void)setrlimit(RLIMIT_CORE, &none);
	int filter = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
	if (filter < 0)
		return;
	(void)!write(filter, "0", 1);
	close(filter);
}

/* Files, traces and themes are opened by names that users give: nobody's rights but theirs. */
static bool has_borrowed_rights(void)
{
	return getuid() != geteuid() || getgid() != getegid();
}

int main(int argc, char *argv[])
{
	static struct environment env;
	keep_streams();
	keep_memory_to_oneself();
	wipe_freed();
	/* Files and folders of ours are for us: neither for others, nor kept from ourselves. */
	(void)umask(S_IRWXG | S_IRWXO);
	setlocale(LC_CTYPE, "");
	take_signals();
	env.out = stdout;
	env.messages = stderr;
	env.stop = &stop;
	env.session.sources = source_table;
	if (has_borrowed_rights()) {
		talk_say(&env,
			"this program is installed setuid or setgid, which it does not need and "
			"is not made for: take that away ('chmod ug-s'); nothing was burnt");
		return EXIT_REFUSED;
	}
	find_folders(&env);

	struct invocation invocation;
	struct errbuf err = {0};
	enum status status = invocation_parse(&invocation, argc, argv, is_source, &env, &err);
	if (status == OK)
		status = take_options(&env, &invocation, &err);
	int result = status == OK ? run(&env, &invocation) : (int)talk_fail(&env, status, &err);
	invocation_free(&invocation);
	return result;
}
