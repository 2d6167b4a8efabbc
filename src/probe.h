/*
 * What is at the other end of a serial line: found out by listening, and where the person allows it
 * by asking in ways that change nothing on whatever is there.
 */
#ifndef OTPEDIT_SRC_PROBE_H
#define OTPEDIT_SRC_PROBE_H

#include "src/device.h"
#include "src/errbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum probe_end {
	PROBE_SILENCE,      /* nothing was heard */
	PROBE_NOISE,        /* bytes, but no text and no protocol that is known */
	PROBE_BOOT_BYTE,    /* only what a bootloader says unasked */
	PROBE_ECHO,         /* what is sent comes back: the wires are joined */
	PROBE_ROM,          /* the ROM code of an STM32MP */
	PROBE_TFA,          /* TF-A's BL2, loading the next stage */
	PROBE_UBOOT,        /* U-Boot's stm32prog */
	PROBE_PRGFW,        /* STM32PRGFW-UTIL */
	PROBE_MCU,          /* the bootloader of an STM32 microcontroller */
	PROBE_OTHER_BOOT,   /* the bootloader protocol, from somebody unknown */
	PROBE_SMP,          /* MCUboot's serial recovery, or another SMP server */
	PROBE_BOOT_LOG,     /* TF-A, OP-TEE or U-Boot tells what it does */
	PROBE_BOOT_FAILURE, /* one of them tells that it cannot go on */
	PROBE_AUTOBOOT,     /* U-Boot counts down */
	PROBE_UBOOT_PROMPT, /* U-Boot waits for commands */
	PROBE_LINUX_LOG,    /* the kernel's messages */
	PROBE_LOGIN,        /* a login prompt */
	PROBE_SHELL,        /* a shell's prompt */
	PROBE_MCU_SHELL,    /* that of an operating system for microcontrollers */
	PROBE_TEXT          /* text that is none of these */
};
#define PROBE_ENDS 20

struct probe_row {
	const char *name;  /* for programs: "uboot-prompt" */
	const char *title; /* who it is, for people */
	const char *can;   /* what it can do for the OTP */
	const char *next;  /* what to do now */
};
extern const struct probe_row probe_rows[PROBE_ENDS];

#define PROBE_STEPS_MAX 6

/* One thing that was done, and what was heard of it. */
struct probe_step {
	char did[200];
	char heard[80];
};

struct probe_report {
	enum probe_end end;
	bool has_sent;                /* anything at all */
	bool offers_otp;              /* it reads and burns OTP */
	uint32_t device_id;           /* 0: not told */
	char port[128];               /* "/dev/ttyUSB0" */
	char adapter[160];            /* what it calls itself; "" when not told */
	char detail[ERRBUF_CAPACITY]; /* what it told of itself beyond who it is; "" */
	char said[320]; /* the end of what was heard, printable; bytes as hex digits */
	size_t heard;   /* bytes in all */
	size_t step_count;
	struct probe_step steps[PROBE_STEPS_MAX];
};

/* Who asks for a probe. */
struct probe_host {
	bool may_send; /* else it only listens */
	/* Told what will be sent and why, before it is. */
	void (*tell)(const char *text, void *payload);
	bool (*stop)(void *payload);
	void *payload;
};

/*
 * Probes what `text` leads to, by the source of these that knows it; their table ends with NULL.
 * Where something may be sent, the port is locked and asked for as by a session: ERR_REFUSED while
 * a commit over it has no known end. ERR_USAGE where it is no serial line. `state_folder` may be
 * NULL.
 */
enum status probe_run(struct probe_report *out, const struct source_ops *const *sources,
	const char *text, const struct source_options *options, const struct probe_host *host,
	struct errbuf *err);

#endif
