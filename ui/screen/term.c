#include "ui/screen/term.h"

#include <ncurses.h>

#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

/* Signal handlers can reach nothing else; set while the screen is up and never shared between
 * threads. */
static struct termios before_us;
static int pipe_ends[2] = {-1, -1};
static struct sigaction curses_winch, saved_tstp;
static char restore[256]; /* bytes that give the terminal back, made before anything goes wrong */
static size_t restore_length;

static const int asking[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
static const int fatal[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
static struct sigaction saved_asking[4], saved_fatal[5];

static void tell(int number)
{
	char byte = (char)number;
	ssize_t ignored = write(pipe_ends[1], &byte, 1);
	(void)ignored;
}

static void on_asking(int number)
{
	tell(number);
}

/* Chains to curses' own handler: its flag makes the next key read notice the new size. */
static void on_winch(int number)
{
	if (curses_winch.sa_handler != SIG_DFL && curses_winch.sa_handler != SIG_IGN)
		curses_winch.sa_handler(number);
	tell(number);
}

/* Only what a signal handler may do: the terminal first, then the way the program was going to end.
 */
static void on_fatal(int number)
{
	ssize_t ignored = write(STDOUT_FILENO, restore, restore_length);
	(void)ignored;
	tcsetattr(STDIN_FILENO, TCSANOW, &before_us);
	struct sigaction plain;
	memset(&plain, 0, sizeof plain);
	plain.sa_handler = SIG_DFL;
	sigaction(number, &plain, NULL);
	raise(number);
}

static void catch (int number, void (*handler)(int), struct sigaction *saved)
{
	struct sigaction action;
	memset(&action, 0, sizeof action);
	action.sa_handler = handler;
	sigemptyset(&action.sa_mask);
	action.sa_flags = SA_RESTART;
	sigaction(number, &action, saved);
}

static void take_signals(void)
{
	for (size_t i = 0; i < sizeof asking / sizeof asking[0]; i++)
		catch (asking[i], on_asking, &saved_asking[i]);
	for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
		catch (fatal[i], on_fatal, &saved_fatal[i]);
	sigaction(SIGWINCH, NULL, &curses_winch);
	catch (SIGWINCH, on_winch, &curses_winch);
	/* In place of curses' own handler, which draws, at whatever moment. */
	catch (SIGTSTP, on_asking, NULL);
}

static void give_signals_back(void)
{
	for (size_t i = 0; i < sizeof asking / sizeof asking[0]; i++)
		sigaction(asking[i], &saved_asking[i], NULL);
	for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
		sigaction(fatal[i], &saved_fatal[i], NULL);
	sigaction(SIGWINCH, &curses_winch, NULL);
	/* Not to curses: it would take the terminal again after the end. */
	sigaction(SIGTSTP, &saved_tstp, NULL);
}

static bool make_pipe(void)
{
	if (pipe(pipe_ends) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		fcntl(pipe_ends[i], F_SETFL, O_NONBLOCK);
		fcntl(pipe_ends[i], F_SETFD, FD_CLOEXEC);
	}
	return true;
}

static int usable_colors(enum color_choice color)
{
	const char *no_color = getenv("NO_COLOR");
	bool wanted = color == COLOR_ALWAYS ||
		      (color == COLOR_AUTO && !(no_color && no_color[0] != '\0'));
	if (!wanted || !has_colors())
		return 0;
	start_color();
	use_default_colors();
	return COLORS;
}

static void prepare_restore(void)
{
	/* The strings that end what curses and we begin: keypad mode, attributes, alternate screen,
	 * cursor. */
	static const char *const names[] = {"rmkx", "sgr0", "rmcup", "cnorm"};
	restore_length = (size_t)snprintf(restore, sizeof restore, "\033[?2004l%s",
		has_mouse() ? "\033[?1006l\033[?1000l" : "");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *text = tigetstr((char *)(uintptr_t)names[i]);
		size_t length = text && text != (const char *)-1 ? strlen(text) : 0;
		if (length > 0 && restore_length + length < sizeof restore) {
			memcpy(restore + restore_length, text, length);
			restore_length += length;
		}
	}
}

enum status term_open(struct term *out, enum color_choice color, struct errbuf *err)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return errbuf_set(err, ERR_USAGE,
			"the screen needs a terminal for input and output: use a command such as "
			"'show' instead");
	setlocale(LC_CTYPE, "");
	tcgetattr(STDIN_FILENO, &before_us);
	if (!make_pipe())
		return errbuf_set(err, ERR_MEMORY, "no pipe for signals");
	sigaction(SIGTSTP, NULL, &saved_tstp);
	SCREEN *screen = newterm(NULL, stdout, stdin);
	if (!screen) {
		const char *kind = getenv("TERM");
		return errbuf_set(err, ERR_USAGE,
			"the terminal's kind '%s' is not known: set TERM, for example to xterm",
			kind ? kind : "");
	}
	/* A terminal that cannot move its cursor would stay blank, and the keys would count. */
	const char *move = tigetstr((char *)(uintptr_t) "cup");
	if (!move || move == (const char *)-1) {
		endwin();
		delscreen(screen);
		close(pipe_ends[0]);
		close(pipe_ends[1]);
		return errbuf_set(err, ERR_USAGE,
			"this kind of terminal cannot move its cursor: set TERM, for example to "
			"xterm");
	}
	set_escdelay(25);
	raw(); /* ^C and ^Z come as keys: what they may do depends on whether something is burning
		*/
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	mouseinterval(0); /* a click is told when the button goes down */
	term_take_mouse(true);
	define_key("\033[200~", KEY_PASTE_BEGIN);
	define_key("\033[201~", KEY_PASTE_END);
	prepare_restore();
	take_signals();
	term_mark_pastes(true);
	*out = (struct term){.colors = usable_colors(color),
		.ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
		.signal_pipe = pipe_ends[0]};
	return OK;
}

void term_close(void)
{
	term_mark_pastes(false);
	endwin();
	give_signals_back();
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

void term_take_mouse(bool on)
{
	mmask_t wanted = BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED | BUTTON_CTRL;
	mousemask(on ? wanted : 0, NULL);
}

/* What the mouse did, as a key; 0: nothing that means something here. */
static int mouse_code(const MEVENT *event)
{
	if (event->bstate & BUTTON4_PRESSED)
		return KEY_WHEEL_UP;
	if (event->bstate & BUTTON5_PRESSED)
		return KEY_WHEEL_DOWN;
	if (!(event->bstate & BUTTON1_PRESSED))
		return 0;
	return event->bstate & BUTTON_CTRL ? KEY_CLICK_MORE : KEY_CLICK;
}

static bool take_mouse(struct key *key)
{
	MEVENT event;
	if (getmouse(&event) == ERR)
		return false;
	key->code = mouse_code(&event);
	key->row = event.y;
	key->column = event.x;
	return key->code != 0;
}

static bool next_key(struct key *out)
{
	wint_t code;
	int kind = wget_wch(stdscr, &code);
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	long long now_ms = (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	if (kind == ERR)
		return false;
	*out = kind == KEY_CODE_YES ? (struct key){.code = (int)code, .now_ms = now_ms}
				    : (struct key){.character = (uint32_t)code, .now_ms = now_ms};
	return true;
}

/*
 * "Esc [" or "Esc O" in one go begins a sequence that this terminal's description does not know: an
 * arrow key, where TERM is set wrongly. Taken as letters it would be commands that nobody gave: it
 * is dropped whole. Any other key that follows an Esc at once is a key of its own.
 */
static bool drop_sequence(void)
{
	struct key key;
	if (!next_key(&key))
		return false;
	if (key.code != 0 || (key.character != '[' && key.character != 'O')) {
		if (key.code != 0)
			ungetch(key.code);
		else
			unget_wch((wchar_t)key.character);
		return false;
	}
	while (next_key(&key))
		if (key.code != 0 || (key.character >= 0x40 && key.character <= 0x7E))
			break;
	return true;
}

bool term_key(struct key *out)
{
	while (next_key(out))
		if (out->code == KEY_MOUSE
				? take_mouse(out)
				: out->code != 0 || out->character != 27 || !drop_sequence())
			return true;
	return false;
}

int term_signal(const struct term *term)
{
	char byte;
	return read(term->signal_pipe, &byte, 1) == 1 ? byte : 0;
}

void term_suspend(void)
{
	struct sigaction plain, ours;
	memset(&plain, 0, sizeof plain);
	plain.sa_handler = SIG_DFL;
	term_mark_pastes(false);
	/* The next drawing takes the terminal again. Curses' own handler would remember the modes
	 * it finds then as the shell's, though they may be ours when it is asked twice. */
	endwin();
	sigaction(SIGTSTP, &plain, &ours);
	raise(SIGTSTP);
	sigaction(SIGTSTP, &ours, NULL);
	/* First of all: under the shell's modes a ^C would throw away what is just being written.
	 */
	reset_prog_mode();
	term_mark_pastes(true);
}

void term_mark_pastes(bool on)
{
	fputs(on ? "\033[?2004h" : "\033[?2004l", stdout);
	fflush(stdout);
}
