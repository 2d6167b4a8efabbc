/*
 * What the model asks of any board, and of any way to find one. No code.
 *
 * Calls block until they are done or their deadline is over. A device belongs to whoever opened it
 * and is used from one thread at a time.
 */
#ifndef OTPEDIT_SRC_DEVICE_H
#define OTPEDIT_SRC_DEVICE_H

#include "src/errbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who answers at the other end; what each does with a request is a row in src/peer.h. */
enum peer { PEER_UNKNOWN, PEER_UBOOT, PEER_PRGFW };

/* Simulated boards have journals and locks of their own, and no plan for one fits the other. */
/* SOURCE_FILE: an image on disk; plans on it can be looked at, never burnt. */
enum source_class { SOURCE_REAL, SOURCE_SIMULATED, SOURCE_FILE };

struct device_info {
	char source[256];   /* as the user would type it: "demo", "dfu:serial=…" */
	char link[64];      /* for people: "usb 1-5.4", "built in" */
	char port[128];     /* names the physical way in; what is locked first */
	char serial[64];    /* "" when the link gives none */
	char product[160];  /* the board's own words, made printable */
	char peer_text[64]; /* name and version of the peer for people: "U-Boot stm32prog" */
	enum peer peer;
	enum source_class source_class;
	uint32_t device_id; /* 0x500 for MP15; 0 when not told */
	bool otp_offered; /* false: the peer shows no OTP partition (closed device, wrong stage …)
			   */
	char without_otp[280]; /* why it offers none, as far as can be told, and what to do; else ""
				*/
	size_t partition_size; /* bytes as announced; 0 when not told */
	bool is_checked;       /* the link itself finds what was damaged on the way, as USB with its
				* checksums does; a serial line has none */
	bool complaint_resets; /* asking for the board's error text resets it: only ever after a
				* burn
				*/
	bool fresh_power;      /* true only when the link knows that the board was powered up after
				  this program opened it, so that nothing staged earlier can be left */
};

/* What a blocking call may report and ask while it works. Every member may be NULL. */
struct job {
	void (*progress)(const char *stage, size_t done, size_t total, void *payload);
	bool (*cancelled)(void *payload); /* not asked while burning */
	void *payload;
};

struct device;

struct device_ops {
	/* Chip id, serial, peer and version, link, partition size. Sends nothing that could arm,
	 * burn or change anything. */
	enum status (*identify)(
		struct device *, struct device_info *out, const struct job *, struct errbuf *);
	/* Reads the whole partition once, freshly from the fuses. *len is what came. */
	enum status (*read)(struct device *, uint8_t *partition, size_t cap, size_t *len,
		const struct job *, struct errbuf *);
	/* Reversible: the request reaches the board's RAM and no further. */
	enum status (*stage)(struct device *, const uint8_t *request, size_t len,
		const struct job *, struct errbuf *);
	/* Takes back what stage() put into the board's RAM, in the way recorded as harmless.
	 * A failure means: power-cycle the board before anything else talks to it. */
	enum status (*unstage)(struct device *, const struct job *, struct errbuf *);
	/* The point of no return. Never repeats itself. ERR_UNCERTAIN once the trigger may have
	 * been seen by the board; any other failure promises that it was not sent. OK says only
	 * that the board answered: results come from a re-read. */
	enum status (*burn)(struct device *, const struct job *, struct errbuf *);
	/* The board's own error text, "" for none. Asked only where src/peer.h says it is harmless
	 * before a burn; after a burn, last, as it may reset the board. NULL: the peer has none. */
	enum status (*complaint)(
		struct device *, char *text, size_t cap, const struct job *, struct errbuf *);
	/* Power-cycles the board. NULL: the person is asked to, and its return awaited. */
	enum status (*restart)(struct device *, const struct job *, struct errbuf *);
	/* Releases everything. Called exactly once, if and only if open succeeded. */
	void (*close)(struct device *);
};

/* The first member of every kind of device. */
struct device {
	const struct device_ops *ops;
};

/* What the user's options say about opening. */
struct source_options {
	bool fresh;               /* --fresh: a simulated board starts over from its image */
	const char *state_folder; /* where simulated boards keep their fuses; see src/store.h */
	const char *trace_path;   /* --trace: every exchange is appended to this file; NULL: none */
	/*
	 * Asked once it is known which real board an opening leads to, before anything is sent to
	 * it but requests for descriptors: `about` tells source, link, port, serial, product, peer
	 * and class. Anything but OK ends the opening with it. NULL: nobody has to be asked.
	 */
	enum status (*admit)(const struct device_info *about, void *payload, struct errbuf *err);
	void *payload;
	/* Told in one line what is about to be sent to whatever is there, where nothing but sending
	 * shows who that is. NULL: nobody is told. */
	void (*tell)(const char *text, void *listener);
	void *listener;
	const struct job *job; /* watches the opening, and may stop it; NULL: nobody does */
};

#define FOUND_BOARDS_MAX 64

/* What may be a board, as far as it tells without being disturbed. */
struct found_board {
	char source[256];  /* what opens it, and it alone: "dfu:serial=…" */
	char link[16];     /* "usb" */
	char path[32];     /* "1-5.4" */
	char serial[64];   /* "" when it gives none */
	char product[160]; /* its own words, made printable */
	char stage[64];    /* who answers: "ROM code", "U-Boot stm32prog"; "": could not be told */
	enum peer peer;    /* the same for programs; PEER_UNKNOWN: no service for OTP */
	bool offers_otp;
	bool is_blind; /* only of find(): its link stays when its board loses power, and tells
			  nothing of it */
	char remark[ERRBUF_CAPACITY]; /* why its OTP cannot be reached, and what to do; else "" */
};

#define FOUND_PORTS_MAX 64

/* A serial port. Whether a board is behind it is not known before something is sent. */
struct found_port {
	char source[160];      /* what opens it: "uart:/dev/ttyUSB0" */
	char name[128];        /* "/dev/ttyUSB0" */
	char description[160]; /* what the adapter calls itself; "" when not told */
	char usb[16];          /* vendor and product, "0403:6001"; "" for no USB adapter */
	char serial[64];       /* the adapter's serial number, not a board's; "" when not told */
	char holders[160];     /* the programs that have it open, as far as this user may know */
};

struct found_ports {
	size_t count;
	struct found_port port[FOUND_PORTS_MAX];
};

struct found_boards {
	size_t count;
	struct found_board boards[FOUND_BOARDS_MAX];
};

/* Tells when boards may have come or gone. The first member of every kind of watch. */
struct source_watch {
	const struct source_watch_ops *ops;
};

struct source_watch_ops {
	/* Whether something was plugged in or out since it was asked last. Never waits, sends
	 * nothing. */
	bool (*changed)(struct source_watch *);
	/* Called exactly once. */
	void (*close)(struct source_watch *);
};

/* Who asked for a board to be served. */
struct serve_host {
	void (*ready)(const char *path, void *payload);
	bool (*stop)(void *payload);
	/* The next line of what is ordered of the board meanwhile; false: none now. NULL: nobody
	 * orders anything. */
	bool (*order)(char *line, size_t capacity, void *payload);
	/* What became of it: NULL where it was done. */
	void (*ordered)(const char *complaint, void *payload);
	void *payload;
};

struct probe_report;
struct probe_host;
struct loader;

/* A way to find and open boards. The table of these is put together in main.c. */
struct source_ops {
	const char *name; /* what a source of this kind starts with: "demo" */
	const char *help; /* one line for --help */
	bool names_file;  /* behind "NAME:" stands a file's name, up to a comma */
	/* Whether `text` is of this kind; only looks at the text. */
	bool (*claims)(const char *text);
	/* Opens the board exclusively. *out is the caller's, to be ended with ops->close(). */
	enum status (*open)(struct device **out, const char *text, const struct source_options *,
		struct errbuf *);
	/*
	 * Every candidate there is now, boards or not, without a request that could disturb one.
	 * What cannot be looked at is listed, too, with a remark. NULL: nothing is to be found.
	 */
	enum status (*list)(struct found_boards *out, struct errbuf *err);
	/*
	 * Every port that a board may be behind, without opening one: that moves modem lines, which
	 * may be wired to a board's reset. NULL: this kind has none.
	 */
	enum status (*ports)(struct found_ports *out, struct errbuf *err);
	/*
	 * The board that open() would take for `text`, by what list() goes by and as it tells it.
	 * NULL: no board of this kind is a person's to power-cycle.
	 */
	enum status (*find)(struct found_board *out, const char *text, struct errbuf *err);
	/* NULL: nothing comes or goes. The caller closes it. */
	enum status (*watch)(struct source_watch **out, struct errbuf *);
	/*
	 * Lets other programs talk to a simulated board over its serial line, at the speed of a
	 * real one: host->ready is told the path to open, and host->stop is asked often. Returns
	 * once that is true, or when it fails. NULL: a real board.
	 */
	enum status (*serve)(const char *text, const struct source_options *,
		const struct serve_host *host, struct errbuf *);
	/* Finds out what is at the end of a serial line, see src/probe.h. NULL: it has none. */
	enum status (*probe)(struct probe_report *out, const char *text,
		const struct source_options *, const struct probe_host *host, struct errbuf *);
	/*
	 * Offers what may be typed where `typed` stands, whole sources each. What it begins with
	 * does not matter: the listener chooses. Opens nothing, sends nothing, fails at nothing.
	 * NULL: nothing is offered.
	 */
	void (*complete)(const char *typed, void (*offer)(const char *source, void *listener),
		void *listener);
	/* Opens a board that is still in its ROM code or in TF-A, exclusively, to bring it up: see
	 * src/loader.h. *out is the caller's, to be ended with ops->close(). NULL: not this way. */
	enum status (*open_loader)(struct loader **out, const char *text,
		const struct source_options *, struct errbuf *);
};

#endif
