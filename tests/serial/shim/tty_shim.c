/*
 * Preloaded into a program that uses serial ports, so that a pseudo-terminal does for one: its
 * driver clears parity, data bits and stop bits, after which tcsetattr() says EINVAL, and it has no
 * modem lines. What is set is kept beside it here, and given back. umockdev gives it a port's name.
 * TTY_SHIM_STUBBORN=speed, or =parity, makes it the driver of a port that has no more than 9600
 * baud, or no parity, and says yes to all.
 */
#define _GNU_SOURCE /* RTLD_NEXT, O_PATH, syscall() */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#define KEPT      (PARENB | PARODD | CSIZE | CSTOPB)
#define PORTS     1024
#define FIRST_PTS 136
#define LAST_PTS  143

static struct {
	bool is_set;
	tcflag_t bits;
} kept[PORTS];

/* A port's number; negative where the file is none. */
static int port_of(int file)
{
	struct stat about;
	bool is_pty = file >= 0 && fstat(file, &about) == 0 && S_ISCHR(about.st_mode) &&
		      major(about.st_rdev) >= FIRST_PTS && major(about.st_rdev) <= LAST_PTS;
	return is_pty ? (int)(minor(about.st_rdev) % PORTS) : -1;
}

static bool is_pty(int file)
{
	return port_of(file) >= 0;
}

static bool is_stubborn(const char *about)
{
	const char *set = getenv("TTY_SHIM_STUBBORN");
	return set && strcmp(set, about) == 0;
}

int tcsetattr(int file, int when, const struct termios *wanted)
{
	int (*real)(int, int, const struct termios *) =
		(int (*)(int, int, const struct termios *))dlsym(RTLD_NEXT, "tcsetattr");
	struct termios settings = *wanted;
	int port = port_of(file);
	if (port < 0)
		return real(file, when, wanted);
	kept[port].is_set = true;
	kept[port].bits = wanted->c_cflag & KEPT;
	if (is_stubborn("parity"))
		kept[port].bits &= ~(tcflag_t)(PARENB | PARODD);
	if (is_stubborn("speed"))
		cfsetspeed(&settings, B9600);
	settings.c_cflag = (settings.c_cflag & ~(tcflag_t)KEPT) | CS8;
	return real(file, when, &settings);
}

int tcgetattr(int file, struct termios *settings)
{
	int (*real)(int, struct termios *) =
		(int (*)(int, struct termios *))dlsym(RTLD_NEXT, "tcgetattr");
	int result = real(file, settings), port = port_of(file);
	if (result == 0 && port >= 0 && kept[port].is_set)
		settings->c_cflag = (settings->c_cflag & ~(tcflag_t)KEPT) | kept[port].bits;
	return result;
}

int ioctl(int file, unsigned long request, ...)
{
	int (*real)(int, unsigned long, void *) =
		(int (*)(int, unsigned long, void *))dlsym(RTLD_NEXT, "ioctl");
	va_list arguments;
	va_start(arguments, request);
	void *argument = va_arg(arguments, void *);
	va_end(arguments);
	if (is_pty(file) && request == TIOCMGET) {
		*(int *)argument = TIOCM_CTS | TIOCM_DSR;
		return 0;
	}
	if (is_pty(file) && (request == TIOCMBIS || request == TIOCMBIC || request == TIOCMSET))
		return 0;
	/* umockdev would say that its device does not know it. */
	return is_pty(file) ? (int)syscall(SYS_ioctl, file, request, argument)
			    : real(file, request, argument);
}

/* Ports have their own name, as device nodes do: that a link leads to the pseudo-terminal from here
 * is nobody's business, and more than umockdev bears. */
char *realpath(const char *path, char *resolved)
{
	char *(*real)(const char *, char *) =
		(char *(*)(const char *, char *))dlsym(RTLD_NEXT, "realpath");
	if (strncmp(path, "/dev/tty", 8) != 0 || access(path, F_OK) != 0)
		return real(path, resolved);
	return resolved ? strcpy(resolved, path) : strdup(path);
}

/* umockdev makes up a number for the device: programs that hold it open show another. */
int stat(const char *path, struct stat *about)
{
	int (*real)(const char *, struct stat *) =
		(int (*)(const char *, struct stat *))dlsym(RTLD_NEXT, "stat");
	const char *folder = getenv("UMOCKDEV_DIR");
	char inside[256];
	if (strncmp(path, "/dev/tty", 8) != 0 || !folder)
		return real(path, about);
	snprintf(inside, sizeof inside, "%s%s", folder, path);
	int file = open(inside, O_PATH | O_CLOEXEC), result = file < 0 ? -1 : fstat(file, about);
	if (file >= 0)
		close(file);
	return result;
}
