#include "tests/support/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

/* Longer than the gap a program may take for a paste, shorter than anybody types. */
#define KEY_PAUSE_MS    15
#define ENTER_PAUSE_MS  60
#define MAX_ENVIRONMENT 32

struct terminal {
	VTerm *vterm;
	VTermScreen *screen;
	int master;
	int slave; /* kept open to see how the line discipline stands, and whether keys were taken
		    */
	pid_t child;
	bool ended;
	int exit_status;
	unsigned columns, rows, deadline_ms;
	struct terminal_state state;
	char row[TERMINAL_MAX_COLUMNS * 4 + 1];
};

static long long now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What the emulator says back: keys, and answers to the program's questions. */
static void send_bytes(const char *bytes, size_t length, void *payload)
{
	struct terminal *terminal = payload;
	while (length > 0) {
		ssize_t n = write(terminal->master, bytes, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* the child is gone; waiting for it will say so */
		bytes += n;
		length -= (size_t)n;
	}
}

static int on_property(VTermProp property, VTermValue *value, void *payload)
{
	struct terminal *terminal = payload;
	if (property == VTERM_PROP_ALTSCREEN)
		terminal->state.alternate_screen = value->boolean != 0;
	else if (property == VTERM_PROP_CURSORVISIBLE)
		terminal->state.cursor_visible = value->boolean != 0;
	else if (property == VTERM_PROP_MOUSE)
		terminal->state.mouse = value->number != VTERM_PROP_MOUSE_NONE;
	return 1;
}

static int on_cursor(VTermPos to, VTermPos from, int visible, void *payload)
{
	struct terminal *terminal = payload;
	(void)from;
	(void)visible;
	terminal->state.cursor_row = (unsigned)to.row;
	terminal->state.cursor_column = (unsigned)to.col;
	return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property, .movecursor = on_cursor};

static void notice_end(struct terminal *terminal)
{
	int status;
	if (terminal->ended || waitpid(terminal->child, &status, WNOHANG) != terminal->child)
		return;
	terminal->ended = true;
	terminal->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Takes in what the program has written, waiting at most so long for something to come. */
static bool pump(struct terminal *terminal, int wait_ms)
{
	char bytes[16384];
	struct pollfd ready = {.fd = terminal->master, .events = POLLIN};
	if (poll(&ready, 1, wait_ms) <= 0 || !(ready.revents & POLLIN))
		return false;
	ssize_t n = read(terminal->master, bytes, sizeof bytes);
	if (n <= 0)
		return false;
	vterm_input_write(terminal->vterm, bytes, (size_t)n);
	vterm_screen_flush_damage(terminal->screen);
	return true;
}

static void pump_all(struct terminal *terminal)
{
	while (pump(terminal, 0))
		;
}

static void become_program(
	int slave, const struct terminal_options *options, const char *const argv[])
{
	char storage[8][512];
	const char *environment[MAX_ENVIRONMENT + 1];
	size_t count = 0, stored = 0;
	static const char *const kept[] = {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"};
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
		const char *value = getenv(kept[i]);
		if (!value)
			continue;
		snprintf(storage[stored], sizeof storage[0], "%s=%s", kept[i], value);
		environment[count++] = storage[stored++];
	}
	static const char *const below[][2] = {
		{"HOME", ""}, {"XDG_STATE_HOME", "/state"}, {"XDG_CONFIG_HOME", "/config"}};
	for (size_t i = 0; i < sizeof below / sizeof below[0]; i++) {
		snprintf(storage[stored], sizeof storage[0], "%s=%s%s", below[i][0],
			options->folder, below[i][1]);
		environment[count++] = storage[stored++];
	}
	snprintf(storage[stored], sizeof storage[0], "TERM=%s",
		options->term ? options->term : "xterm-256color");
	environment[count++] = storage[stored++];
	environment[count++] = "LC_ALL=C.UTF-8";
	for (size_t i = 0; options->extra && options->extra[i] && count < MAX_ENVIRONMENT; i++) {
		/* A name given again replaces what stands above. */
		size_t name = strcspn(options->extra[i], "=") + 1, at = 0;
		while (at < count && strncmp(environment[at], options->extra[i], name) != 0)
			at++;
		environment[at] = options->extra[i];
		count += at == count;
	}
	environment[count] = NULL;
	/* What the program saves in its folder is gone with the test's. */
	if (login_tty(slave) != 0 || chdir(options->folder) != 0)
		_exit(126);
	execve(argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)environment);
	_exit(127);
}

struct terminal *terminal_start(const struct terminal_options *options, const char *const argv[])
{
	assert_non_null(options->folder);
	struct terminal *terminal = calloc(1, sizeof *terminal);
	assert_non_null(terminal);
	terminal->columns = options->columns ? options->columns : 80;
	terminal->rows = options->rows ? options->rows : 24;
	terminal->deadline_ms = options->deadline_ms ? options->deadline_ms : TERMINAL_DEADLINE_MS;
	assert_true(terminal->columns <= TERMINAL_MAX_COLUMNS);
	struct winsize size = {.ws_row = (unsigned short)terminal->rows,
		.ws_col = (unsigned short)terminal->columns};
	assert_int_equal(openpty(&terminal->master, &terminal->slave, NULL, NULL, &size), 0);
	fcntl(terminal->master, F_SETFD, FD_CLOEXEC);

	terminal->vterm = vterm_new((int)terminal->rows, (int)terminal->columns);
	vterm_set_utf8(terminal->vterm, 1);
	vterm_output_set_callback(terminal->vterm, send_bytes, terminal);
	terminal->screen = vterm_obtain_screen(terminal->vterm);
	vterm_screen_enable_altscreen(terminal->screen, 1);
	vterm_screen_set_callbacks(terminal->screen, &callbacks, terminal);
	terminal->state.cursor_visible = true;
	vterm_screen_reset(terminal->screen, 1);

	terminal->child = fork();
	assert_true(terminal->child >= 0);
	if (terminal->child == 0)
		become_program(terminal->slave, options, argv);
	return terminal;
}

void terminal_free(struct terminal *terminal)
{
	if (!terminal)
		return;
	notice_end(terminal);
	if (!terminal->ended) {
		kill(terminal->child, SIGKILL);
		waitpid(terminal->child, NULL, 0);
	}
	if (terminal->master >= 0)
		close(terminal->master);
	close(terminal->slave);
	vterm_free(terminal->vterm);
	free(terminal);
}

static size_t put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
	for (size_t i = length - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (c & 0x3F));
		c >>= 6;
	}
	out[0] = (char)(lead[length] | c);
	return length;
}

const char *terminal_row(struct terminal *terminal, unsigned row)
{
	size_t used = 0, last = 0;
	for (unsigned column = 0; column < terminal->columns; column++) {
		VTermScreenCell cell = {0};
		VTermPos position = {.row = (int)row, .col = (int)column};
		vterm_screen_get_cell(terminal->screen, position, &cell);
		if (cell.chars[0] == UINT32_MAX)
			continue; /* the right half of a wide character */
		uint32_t c = cell.chars[0] ? cell.chars[0] : ' ';
		used += put_utf8(terminal->row + used, c);
		if (c != ' ')
			last = used;
	}
	terminal->row[last] = '\0';
	return terminal->row;
}

int terminal_find(struct terminal *terminal, const char *text)
{
	pump_all(terminal);
	for (unsigned row = 0; row < terminal->rows; row++)
		if (strstr(terminal_row(terminal, row), text))
			return (int)row;
	return -1;
}

bool terminal_shows(struct terminal *terminal, const char *text)
{
	return terminal_find(terminal, text) >= 0;
}

void terminal_dump(struct terminal *terminal)
{
	fprintf(stderr, "--- %u x %u, cursor %u,%u %s%s\n", terminal->columns, terminal->rows,
		terminal->state.cursor_row, terminal->state.cursor_column,
		terminal->state.alternate_screen ? "alternate screen" : "normal screen",
		terminal->ended ? ", program ended" : "");
	for (unsigned row = 0; row < terminal->rows; row++)
		fprintf(stderr, "|%s\n", terminal_row(terminal, row));
	fprintf(stderr, "---\n");
}

static bool holds(struct terminal *terminal, int row, const char *text, bool present)
{
	pump_all(terminal);
	bool found = row < 0 ? terminal_shows(terminal, text)
			     : strstr(terminal_row(terminal, (unsigned)row), text) != NULL;
	return found == present;
}

void terminal_expect_at(struct terminal *terminal, int row, const char *text, bool present,
	const char *file, int line)
{
	long long deadline = now_ms() + terminal->deadline_ms;
	while (!holds(terminal, row, text, present)) {
		bool came = pump(terminal, 20);
		notice_end(terminal);
		if (!came && (terminal->ended || now_ms() > deadline)) {
			/* What was written just before the end may still be on its way. */
			pump_all(terminal);
			if (holds(terminal, row, text, present))
				return;
			fprintf(stderr, "waited for '%s' to be %s\n", text,
				present ? "shown" : "gone");
			terminal_dump(terminal);
			_fail(file, line);
		}
	}
}

static void rest(struct terminal *terminal, long long pause_ms)
{
	long long resume = now_ms() + pause_ms;
	for (long long left = pause_ms; left > 0; left = resume - now_ms())
		pump(terminal, (int)left);
}

/* Waits until the program has taken every key, then pauses as fingers do. */
static void settle(struct terminal *terminal)
{
	long long deadline = now_ms() + terminal->deadline_ms;
	int waiting = 1;
	while (now_ms() < deadline && !terminal->ended) {
		if (ioctl(terminal->slave, FIONREAD, &waiting) != 0 || waiting == 0)
			break;
		pump(terminal, 1);
		notice_end(terminal);
	}
	rest(terminal, KEY_PAUSE_MS);
}

void terminal_key(struct terminal *terminal, enum terminal_key key)
{
	static const VTermKey keys[] = {
		[TERMINAL_ENTER] = VTERM_KEY_ENTER,
		[TERMINAL_ESCAPE] = VTERM_KEY_ESCAPE,
		[TERMINAL_TAB] = VTERM_KEY_TAB,
		[TERMINAL_BACKSPACE] = VTERM_KEY_BACKSPACE,
		[TERMINAL_UP] = VTERM_KEY_UP,
		[TERMINAL_DOWN] = VTERM_KEY_DOWN,
		[TERMINAL_LEFT] = VTERM_KEY_LEFT,
		[TERMINAL_RIGHT] = VTERM_KEY_RIGHT,
		[TERMINAL_HOME] = VTERM_KEY_HOME,
		[TERMINAL_END] = VTERM_KEY_END,
		[TERMINAL_PAGE_UP] = VTERM_KEY_PAGEUP,
		[TERMINAL_PAGE_DOWN] = VTERM_KEY_PAGEDOWN,
		[TERMINAL_F1] = VTERM_KEY_FUNCTION_0 + 1,
	};
	/* On a busy computer what was typed may only now be told from a paste. */
	if (key == TERMINAL_ENTER)
		rest(terminal, ENTER_PAUSE_MS);
	vterm_keyboard_key(terminal->vterm, keys[key], VTERM_MOD_NONE);
	settle(terminal);
}

void terminal_control(struct terminal *terminal, char letter)
{
	char byte = (char)(letter & 0x1F);
	send_bytes(&byte, 1, terminal);
	settle(terminal);
}

void terminal_type(struct terminal *terminal, const char *text)
{
	for (; *text; text++) {
		vterm_keyboard_unichar(terminal->vterm, (unsigned char)*text, VTERM_MOD_NONE);
		settle(terminal);
	}
}

void terminal_paste(struct terminal *terminal, const char *text)
{
	vterm_keyboard_start_paste(terminal->vterm);
	send_bytes(text, strlen(text), terminal);
	vterm_keyboard_end_paste(terminal->vterm);
	settle(terminal);
}

void terminal_send(struct terminal *terminal, const char *bytes)
{
	send_bytes(bytes, strlen(bytes), terminal);
	settle(terminal);
}

void terminal_flood(struct terminal *terminal, const char *bytes, size_t length)
{
	long long deadline = now_ms() + terminal->deadline_ms;
	int flags = fcntl(terminal->master, F_GETFL);
	fcntl(terminal->master, F_SETFL, flags | O_NONBLOCK);
	while (length > 0 && !terminal->ended) {
		ssize_t n = write(terminal->master, bytes, length);
		if (n > 0) {
			bytes += n;
			length -= (size_t)n;
			deadline = now_ms() + terminal->deadline_ms;
		} else if (now_ms() > deadline) {
			terminal_dump(terminal);
			fail_msg("the program takes no keys");
		}
		pump(terminal, n > 0 ? 0 : 5);
		notice_end(terminal);
	}
	fcntl(terminal->master, F_SETFL, flags);
}

void terminal_click(struct terminal *terminal, unsigned row, unsigned column)
{
	vterm_mouse_move(terminal->vterm, (int)row, (int)column, VTERM_MOD_NONE);
	vterm_mouse_button(terminal->vterm, 1, true, VTERM_MOD_NONE);
	vterm_mouse_button(terminal->vterm, 1, false, VTERM_MOD_NONE);
	settle(terminal);
}

void terminal_resize(struct terminal *terminal, unsigned columns, unsigned rows)
{
	assert_true(columns <= TERMINAL_MAX_COLUMNS);
	pump_all(terminal);
	terminal->columns = columns;
	terminal->rows = rows;
	vterm_set_size(terminal->vterm, (int)rows, (int)columns);
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
	assert_int_equal(ioctl(terminal->master, TIOCSWINSZ, &size), 0);
}

static int palette_index(const VTermColor *color)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(color) || VTERM_COLOR_IS_DEFAULT_BG(color))
		return -1;
	if (VTERM_COLOR_IS_INDEXED(color))
		return color->indexed.idx;
	return TERMINAL_RGB | color->rgb.red << 16 | color->rgb.green << 8 | color->rgb.blue;
}

struct terminal_cell terminal_cell(struct terminal *terminal, unsigned row, unsigned column)
{
	pump_all(terminal);
	VTermScreenCell cell = {0};
	VTermPos position = {.row = (int)row, .col = (int)column};
	vterm_screen_get_cell(terminal->screen, position, &cell);
	return (struct terminal_cell){
		.character = cell.chars[0] ? cell.chars[0] : ' ',
		.bold = cell.attrs.bold,
		.underlined = cell.attrs.underline != 0,
		.reverse = cell.attrs.reverse,
		.foreground = palette_index(&cell.fg),
		.background = palette_index(&cell.bg),
	};
}

/* The emulator tells the paste mode only by what it sends for a paste; into a buffer, then. */
static void note_marker(const char *bytes, size_t length, void *payload)
{
	(void)bytes;
	*(bool *)payload = length > 0;
}

struct terminal_state terminal_state(struct terminal *terminal)
{
	pump_all(terminal);
	bool marked = false;
	vterm_output_set_callback(terminal->vterm, note_marker, &marked);
	vterm_keyboard_start_paste(terminal->vterm);
	vterm_output_set_callback(terminal->vterm, send_bytes, terminal);
	terminal->state.bracketed_paste = marked;
	struct termios modes;
	bool told = tcgetattr(terminal->slave, &modes) == 0;
	terminal->state.canonical = told && (modes.c_lflag & ICANON);
	terminal->state.echo = told && (modes.c_lflag & ECHO);
	return terminal->state;
}

pid_t terminal_process(const struct terminal *terminal)
{
	return terminal->child;
}

void terminal_signal(struct terminal *terminal, int signal_number)
{
	notice_end(terminal);
	assert_true(terminal->ended || kill(terminal->child, signal_number) == 0);
}

bool terminal_has_ended(struct terminal *terminal)
{
	notice_end(terminal);
	return terminal->ended;
}

bool terminal_ends_within(struct terminal *terminal, unsigned milliseconds)
{
	for (long long deadline = now_ms() + milliseconds;
		!terminal_has_ended(terminal) && now_ms() < deadline;)
		pump(terminal, 5);
	return terminal->ended;
}

void terminal_hang_up(struct terminal *terminal)
{
	pump_all(terminal);
	close(terminal->master);
	terminal->master = -1; /* polled, it says nothing for ever */
}

int terminal_wait_exit(struct terminal *terminal)
{
	long long deadline = now_ms() + terminal->deadline_ms;
	for (notice_end(terminal); !terminal->ended; notice_end(terminal)) {
		if (now_ms() > deadline) {
			terminal_dump(terminal);
			fail_msg("the program did not end");
		}
		pump(terminal, 5);
	}
	pump_all(terminal);
	return terminal->exit_status;
}
