#include "ui/commands/ceremony.h"

#include "ui/screen/confirm_dialog.h"
#include "ui/screen/phrase.h"
#include "ui/screen/remark_groups.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define ASK_STOP_MS 100 /* how often it is looked whether a signal came */
#define ESCAPE_MS   50  /* what follows ESC within this time belongs to it */

enum key {
	KEY_ESCAPE = -1, /* alone, ^C, ^D, or the terminal is gone */
	KEY_ENTER = -2,
	KEY_ERASE = -3,
	KEY_PASTE_BEGINS = -4,
	KEY_PASTE_ENDS = -5,
	KEY_OTHER = -6 /* arrows and the like: no meaning here */
};

struct keyboard {
	const struct environment *env;
	struct termios before;
};

bool ceremony_is_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
}

static long long now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static enum status take_terminal(
	struct keyboard *keyboard, const struct environment *env, struct errbuf *err)
{
	keyboard->env = env;
	if (tcgetattr(STDIN_FILENO, &keyboard->before) != 0)
		return errbuf_set(
			err, ERR_CANCELLED, "the terminal cannot be asked: %s", strerror(errno));
	struct termios raw = keyboard->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
	raw.c_iflag &= ~(tcflag_t)(IXON);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	/* Stopped here, the terminal would be left without echo. */
	raw.c_cc[VSUSP] = _POSIX_VDISABLE;
	/* TCSAFLUSH: what was typed before the question does not answer it. */
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) != 0)
		return errbuf_set(
			err, ERR_CANCELLED, "the terminal cannot be asked: %s", strerror(errno));
	fputs("\033[?2004h", env->messages); /* pastes come marked, where the terminal can */
	fflush(env->messages);
	return OK;
}

static void give_terminal_back(struct keyboard *keyboard)
{
	fputs("\033[?2004l", keyboard->env->messages);
	fflush(keyboard->env->messages);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &keyboard->before);
}

/* One byte; -1: nothing within the time, -2: stopped or the terminal is gone. 0: no limit. */
static int read_byte(const struct keyboard *keyboard, int limit_ms)
{
	long long end = now_ms() + limit_ms;
	while (!*keyboard->env->stop) {
		struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
		int n = poll(&ready, 1, limit_ms ? limit_ms : ASK_STOP_MS);
		if (n < 0 && errno != EINTR)
			return -2;
		if (n > 0) {
			unsigned char byte;
			ssize_t got = read(STDIN_FILENO, &byte, 1);
			if (got == 1)
				return byte;
			if (got == 0 || errno != EINTR)
				return -2;
		}
		if (limit_ms && now_ms() >= end)
			return -1;
	}
	return -2;
}

/* What follows an ESC: a control sequence is read to its end. */
static int read_sequence(const struct keyboard *keyboard)
{
	int byte = read_byte(keyboard, ESCAPE_MS);
	if (byte < 0)
		return KEY_ESCAPE;
	if (byte != '[' && byte != 'O')
		return KEY_OTHER;
	char text[16] = "";
	for (size_t i = 0; i + 1 < sizeof text; i++) {
		byte = read_byte(keyboard, ESCAPE_MS);
		if (byte < 0)
			return byte == -2 ? KEY_ESCAPE : KEY_OTHER;
		text[i] = (char)byte;
		if (byte >= 0x40 && byte <= 0x7E)
			break;
	}
	return strcmp(text, "200~") == 0   ? KEY_PASTE_BEGINS
	       : strcmp(text, "201~") == 0 ? KEY_PASTE_ENDS
					   : KEY_OTHER;
}

/* A character, or an enum key. */
static int read_key(const struct keyboard *keyboard)
{
	int byte = read_byte(keyboard, 0);
	switch (byte) {
	case -2:
	case 0x03:
	case 0x04: return KEY_ESCAPE;
	case 0x1B: return read_sequence(keyboard);
	case '\r':
	case '\n': return KEY_ENTER;
	case 0x08:
	case 0x7F: return KEY_ERASE;
	default: return byte;
	}
}

/* --- questions ----------------------------------------------------------------------------------
 */

static enum status cancelled(struct errbuf *err)
{
	return errbuf_set(err, ERR_CANCELLED, "not confirmed: nothing was burnt");
}

static enum status ask_warning(const struct keyboard *keyboard, const struct remark_group *group,
	size_t index, struct errbuf *err)
{
	FILE *out = keyboard->env->messages;
	char wanted = confirm_warning_key(index);
	if (wanted == '\0')
		return errbuf_set(err, ERR_REFUSED,
			"there are more warnings than can be acknowledged: make several plans of"
			" this one; nothing was burnt");
	fprintf(out, "\nWARNING (%s): %s\nPress %c once you have understood this, Esc to stop: ",
		group->first->rule, group->text, wanted);
	fflush(out);
	for (bool pasting = false;;) {
		int key = read_key(keyboard);
		if (key == KEY_ESCAPE)
			return cancelled(err);
		if (key == KEY_PASTE_BEGINS || key == KEY_PASTE_ENDS)
			pasting = key == KEY_PASTE_BEGINS;
		bool same = key == wanted || (wanted >= 'A' && key == wanted + 'a' - 'A');
		if (same && !pasting) {
			fprintf(out, "%c\n", wanted);
			return OK;
		}
	}
}

static enum status ask_warnings(const struct keyboard *keyboard, const struct plan *plan,
	bool *acknowledged, struct errbuf *err)
{
	struct remark_groups groups;
	size_t asked = 0;
	enum status status = remark_groups_make(&groups, &plan->remarks, plan->chip)
				     ? OK
				     : errbuf_set(err, ERR_MEMORY, "out of memory for remarks");
	for (size_t g = 0; status == OK && g < groups.count; g++) {
		if (groups.items[g].first->severity != SEVERITY_WARNING)
			continue;
		status = ask_warning(keyboard, &groups.items[g], asked++, err);
		for (size_t i = 0; status == OK && i < groups.remark_count; i++)
			acknowledged[i] = acknowledged[i] || groups.of_remark[i] == g;
	}
	remark_groups_free(&groups);
	return status;
}

/* Rewrites the line with what has been typed so far. */
static void show_typed(const struct keyboard *keyboard, const struct phrase *phrase)
{
	fprintf(keyboard->env->messages, "\r\033[K> %s%s", phrase->text,
		phrase->dropped ? "   (pasted text is not taken: type it)" : "");
	if (phrase->dropped)
		fprintf(keyboard->env->messages, "\r\033[%zuC", phrase->length + 2);
	fflush(keyboard->env->messages);
}

/* ERR_CANCELLED without a text. */
static enum status ask_phrase(const struct keyboard *keyboard, struct phrase *phrase,
	const char *question, const char *wanted)
{
	fprintf(keyboard->env->messages, "\n%s  %s\n", question, wanted);
	for (;;) {
		show_typed(keyboard, phrase);
		int key = read_key(keyboard);
		switch (key) {
		case KEY_ESCAPE: fputs("\n", keyboard->env->messages); return ERR_CANCELLED;
		case KEY_ENTER:
			if (!phrase_enter(phrase, wanted, now_ms()))
				break;
			fputs("\n", keyboard->env->messages);
			return OK;
		case KEY_ERASE: phrase_erase(phrase, now_ms()); break;
		case KEY_PASTE_BEGINS:
		case KEY_PASTE_ENDS: phrase_paste(phrase, key == KEY_PASTE_BEGINS, now_ms()); break;
		case KEY_OTHER: break;
		default: phrase_type(phrase, (uint32_t)key, now_ms()); break;
		}
	}
}

enum status ceremony_confirm(struct confirmation *out, const struct environment *env,
	const struct plan *plan, const struct arming *arming, struct errbuf *err)
{
	char wanted[CONFIRM_PHRASE_MAX];
	struct phrase phrase = {0};
	struct keyboard keyboard;
	confirm_phrase(wanted, plan);
	bool *acknowledged = calloc(plan->remarks.count + 1, sizeof *acknowledged);
	if (!acknowledged)
		return errbuf_set(err, ERR_MEMORY, "out of memory: nothing was burnt");
	enum status status = take_terminal(&keyboard, env, err);
	if (status == OK) {
		status = ask_warnings(&keyboard, plan, acknowledged, err);
		if (status == OK)
			status = ask_phrase(&keyboard, &phrase,
				"To burn this, type the following by hand and press Enter (Esc to "
				"stop):\n",
				wanted);
		if (status == ERR_CANCELLED)
			status = cancelled(err);
		give_terminal_back(&keyboard);
	}
	if (status == OK)
		status = confirm_typed(out, plan, phrase.text, acknowledged, arming, err);
	free(acknowledged);
	return status;
}

enum status ceremony_words(
	const struct environment *env, const char *question, const char *words, struct errbuf *err)
{
	struct phrase phrase = {0};
	struct keyboard keyboard;
	enum status status = take_terminal(&keyboard, env, err);
	if (status != OK)
		return status;
	status = ask_phrase(&keyboard, &phrase, question, words);
	give_terminal_back(&keyboard);
	return status;
}
