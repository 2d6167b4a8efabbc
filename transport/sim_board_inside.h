/* The inside of a simulated board, for sim_board*.c and sim_boot*.c alone. */
#ifndef OTPEDIT_TRANSPORT_SIM_BOARD_INSIDE_H
#define OTPEDIT_TRANSPORT_SIM_BOARD_INSIDE_H

#include "transport/sim_board.h"
#include "transport/sim_boot.h"

/* Layout of the partition: version, global state, then value and status of each word. */
enum { SIM_OFFSET_VERSION = 0, SIM_OFFSET_STATE = 4, SIM_OFFSET_WORDS = 8, SIM_WORD_BYTES = 8 };

#define SIM_MP1_SIZE   776u
#define SIM_MP1_PADDED 1024u

/* Status bits. */
#define SIM_UNREADABLE   0x00000001u
#define SIM_RESERVED     0x03FFFFFEu
#define SIM_LOCK_ERROR   0x04000000u
#define SIM_STICKY_PROG  0x08000000u
#define SIM_STICKY_WRITE 0x10000000u
#define SIM_STICKY_READ  0x20000000u
#define SIM_STICKY       0x38000000u
#define SIM_PERMANENT    0x40000000u
#define SIM_REQUEST      0x80000000u
#define SIM_HIDDEN       0x3C000000u /* what OP-TEE on MP2 says of a hidden word */

/* What is the same for every board of a family. */
struct sim_silicon {
	const char *name;
	unsigned words;
	unsigned once_from; /* the first word that takes one write */
	/* MP2: upper words, which HIDEUP hides; those that read as zero; those never read. */
	unsigned upper_from, zero_from, unreadable_from;
	unsigned uboot_words;
	bool is_mp2;
	bool has_prgfw;
	unsigned unique_id; /* its first word */
	/* What U-Boot says of it, of the newest revision. */
	uint32_t device_id, revision_id;
	const char *revision;
};

const struct sim_silicon *sim_silicon(enum sim_family family);

/* What the part number says; `words` is value and status of word 0 and what follows. */
enum sim_family sim_family_of_part(bool is_mp2, const uint8_t *words);

struct sim_word {
	/* What is fused. */
	uint32_t fuses;
	bool spoilt;
	bool locked;
	/* What the last boot saw of it. */
	uint32_t shadow;
	bool shadow_spoilt;
	bool shadow_locked;
	/* What the starting image says of every boot. */
	uint32_t shown; /* status bits 26 to 29 */
	bool hidden;    /* boot code empties its shadow copy */
	/* Since the last boot. */
	uint32_t sticky;   /* locks that a request set */
	bool copy_lost;    /* OP-TEE on MP2: its copy is 0 after a failed programming */
	bool claimed_lock; /* OP-TEE on MP2: shown as locked, whatever the fuse is */
	/* The rig's. */
	enum sim_word_fault fault;
	unsigned pulses;
};

#define SIM_BOOT_PHASES 4u

/* What arrived of one phase of booting. */
struct sim_received_phase {
	uint8_t *bytes; /* to be freed */
	size_t length, capacity;
	unsigned accepted;
};

struct sim_boot {
	bool is_serial; /* the boot pins */
	enum sim_boot_stage stage;
	unsigned count;
	bool kept_the_bus;
	struct sim_boot_options options;
	uint8_t phase;
	uint32_t address;
	size_t room;      /* for the phase */
	bool is_begun;    /* something of the phase has arrived */
	bool is_complete; /* the stage has all it asked for, and waits to start it */
	uint8_t loaded;   /* the phase that was complete last */
	uint32_t version; /* of the first stage that runs */
	enum sim_boot_verdict verdict;
	char error[64];
	struct sim_received_phase received[SIM_BOOT_PHASES];
};

struct sim_board {
	enum sim_family family;
	const struct sim_silicon *silicon;
	enum sim_service service;
	enum sim_monitor monitor;
	struct sim_word words[SIM_BOARD_MAX_WORDS];
	uint32_t origin; /* checksum of the starting image */
	bool born_closed;
	bool upper_hidden;
	bool powered;
	bool dead;
	unsigned boot_count;
	enum sim_locks locks;
	struct sim_faults faults;
	unsigned reads_to_wait; /* until `late` is carried out; 0: nothing waits */
	uint8_t late[SIM_BOARD_PARTITION_MAX];
	void (*changed)(struct sim_board *, void *payload);
	void *payload;
	/* STM32PRGFW-UTIL's variables. */
	bool last_access_failed;
	uint32_t last_value;
	struct sim_boot boot;
};

uint32_t sim_load(const uint8_t *bytes);
void sim_store(uint8_t *bytes, uint32_t value);
size_t sim_word_offset(unsigned word);

/* Whether the bytes are what a board of the family answers, and under which service. */
enum status sim_board_check_image(
	enum sim_family family, const uint8_t *bytes, size_t length, struct errbuf *err);

/* Gives a board that is all zeros the fuses of a checked image. */
void sim_board_take_image(struct sim_board *board, const uint8_t *bytes);

/* How many words an image of this version has. */
unsigned sim_board_image_words(const struct sim_silicon *silicon, const uint8_t *bytes);

/* CRC-32 as in IEEE 802.3. */
uint32_t sim_board_checksum(const void *bytes, size_t length);

/* --- silicon */

/* The sticky locks of a word, 27 to 29, and 26 where the starting image has it. */
uint32_t sim_word_flags(const struct sim_word *word);

/* MP2: an upper word that HIDEUP hides. */
bool sim_board_hides(const struct sim_board *board, unsigned index);

/* What the fuses give: false where they cannot be read; *out is 0 then. */
bool sim_sense(const struct sim_board *board, unsigned index, uint32_t *out);

/* Whether a lock shows by now. */
bool sim_lock_shows(const struct sim_board *board, const struct sim_word *word);

/* One pulse at the fuses of a value. False: PROGFAIL. */
bool sim_program(struct sim_board *board, unsigned index, uint32_t value);

/* One pulse at the lock's fuse. False: it failed. */
bool sim_lock(struct sim_board *board, unsigned index);

/* A word whose fault is that power fails: it just did. */
bool sim_cuts_power(struct sim_board *board, unsigned index);

/* --- services: the words of a request, and a read */

bool sim_board_optee_write(struct sim_board *board, const uint8_t *request);
void sim_board_optee_read(const struct sim_board *board, uint8_t *out);
void sim_board_prgfw_write(struct sim_board *board, const uint8_t *request);
void sim_board_prgfw_read(struct sim_board *board, uint8_t *out);

/* --- booting */

/* The board has just booted. */
void sim_boot_restart(struct sim_board *board);

/* Gives back what arrived. */
void sim_boot_forget(struct sim_board *board);

/* Whether a complete image is started. */
enum sim_boot_verdict sim_boot_judge_fsbl(
	const struct sim_board *board, const uint8_t *bytes, size_t length);
enum sim_boot_verdict sim_boot_judge_fip(const uint8_t *bytes, size_t length);

/* Of an accepted first stage. */
uint32_t sim_boot_image_version(const uint8_t *bytes);
bool sim_boot_is_prgfw(const uint8_t *bytes, size_t length);

#endif
