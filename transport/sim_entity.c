/* DFU entities as U-Boot's dfu.c and stm32prog.c keep them. */
#include "transport/sim_entity.h"

#include <stdio.h>
#include <string.h>

#define LAYOUT_SIZE   ((size_t)256 * 1024)
#define LOAD_ADDRESS  0xC2000000u
#define NO_ADDRESS    0xFFFFFFFFu
#define PHASE_LAYOUT  0x00u
#define PHASE_RESET   0xFFu
#define PHASE_RESTART 0x1FFu /* PHASE_RESET whose text was fetched; shows as FF, too */
#define MEDIUM_ERROR  (-5)

void sim_entity_name(const struct sim_program *program, const struct sim_entity *entity, char *out,
	size_t capacity)
{
	switch (entity->kind) {
	case SIM_ENTITY_LAYOUT: snprintf(out, capacity, "@FlashLayout/0x00/1*256Ke"); break;
	case SIM_ENTITY_PHASE: snprintf(out, capacity, "@virtual/0xf1/1*512Be"); break;
	case SIM_ENTITY_OTP: snprintf(out, capacity, "@OTP/0xf2/1*%zuBe", program->otp_size); break;
	case SIM_ENTITY_PMIC: snprintf(out, capacity, "@PMIC/0xf4/1*8Be"); break;
	}
}

struct sim_entity *sim_entity_of(struct sim_uboot *uboot, unsigned alternate)
{
	return alternate < uboot->entity_count ? &uboot->entities[alternate] : NULL;
}

static void begin(struct sim_entity *entity)
{
	if (!entity->begun) {
		entity->begun = true;
		entity->next_block = 0;
		entity->offset = 0;
		entity->buffered = 0;
	}
}

static void clean(struct sim_entity *entity)
{
	entity->begun = false;
	entity->next_block = 0;
	entity->offset = 0;
	entity->buffered = 0;
}

void sim_program_note_error(struct sim_program *program, const char *what)
{
	if (program->phase != PHASE_RESET) {
		snprintf(program->error, sizeof program->error, "%s", what);
		program->phase = PHASE_RESET;
	}
}

static uint8_t *append_address(uint8_t *at, uint32_t address)
{
	for (unsigned i = 0; i < 4; i++) {
		*at++ = (uint8_t)(address >> (8 * i));
	}
	return at;
}

/* phase, address, offset; then the text of the error, or "a layout was loaded": not so. */
static int read_phase(struct sim_program *program, uint8_t *out)
{
	uint8_t *at = out;

	*at++ = (uint8_t)(program->phase & 0xFF);
	at = append_address(at, program->phase == PHASE_LAYOUT ? LOAD_ADDRESS : NO_ADDRESS);
	at = append_address(at, 0);
	if (program->phase == PHASE_LAYOUT) {
		*at++ = 0;
	} else {
		memcpy(at, program->error, strlen(program->error));
		at += strlen(program->error);
		program->phase = PHASE_RESTART;
	}
	return (int)(at - out);
}

/* The partition in RAM serves reading, too: a read overwrites what was staged. */
static int read_otp(struct sim_program *program, struct sim_board *board, uint8_t *out)
{
	if (!sim_board_otp_read(board, program->otp)) {
		sim_program_note_error(program, "OTP read issue -5");
		return MEDIUM_ERROR;
	}
	program->has_otp = true;
	memcpy(out, program->otp, program->otp_size);
	return (int)program->otp_size;
}

static int read_layout(struct sim_entity *entity, uint8_t *out, size_t size)
{
	size_t left = LAYOUT_SIZE - entity->offset;
	size_t length = left < size ? left : size;

	memset(out, 0, length);
	entity->offset += length;
	return (int)length;
}

static int read_medium(struct sim_program *program, struct sim_board *board,
	struct sim_entity *entity, uint8_t *out, size_t size)
{
	switch (entity->kind) {
	case SIM_ENTITY_LAYOUT: return read_layout(entity, out, size);
	case SIM_ENTITY_PHASE: return read_phase(program, out);
	case SIM_ENTITY_OTP: return read_otp(program, board, out);
	case SIM_ENTITY_PMIC: break;
	}
	return MEDIUM_ERROR;
}

int sim_entity_read(struct sim_program *program, struct sim_board *board, struct sim_entity *entity,
	uint8_t *out, size_t size, uint16_t block)
{
	int length;

	begin(entity);
	if (entity->next_block != block) {
		return -1;
	}
	entity->next_block++;
	length = read_medium(program, board, entity, out, size);
	if (length < 0) {
		return -1; /* and the entity stays begun: a wedge */
	}
	if ((size_t)length < size) {
		clean(entity);
	}
	return length;
}

/* Hands what is buffered to the program; more than the partition holds is dropped. */
static void drain(struct sim_program *program, struct sim_entity *entity)
{
	size_t room = program->otp_size - entity->offset;
	size_t length = entity->buffered < room ? entity->buffered : room;

	if (entity->buffered == 0) {
		return;
	}
	if (entity->offset == 0) {
		memset(program->otp, 0, sizeof program->otp);
	}
	memcpy(program->otp + entity->offset, entity->buffer, length);
	program->has_otp = true;
	entity->offset += length;
	entity->buffered = 0;
}

bool sim_entity_write(struct sim_program *program, struct sim_entity *entity, const uint8_t *bytes,
	size_t length, uint16_t block)
{
	begin(entity);
	if (entity->next_block != block) {
		clean(entity);
		return false;
	}
	entity->next_block++;
	for (size_t i = 0; i < length && entity->buffered + i < sizeof entity->buffer; i++) {
		entity->buffer[entity->buffered + i] = bytes[i];
	}
	entity->buffered += length;
	if (length == 0) {
		drain(program, entity);
	}
	return true;
}

void sim_entity_flush(
	struct sim_program *program, struct sim_board *board, struct sim_entity *entity)
{
	drain(program, entity);
	if (!program->has_otp) {
		sim_program_note_error(program, "start OTP without data");
	} else if (!sim_board_otp_write(board, program->otp, program->otp_size)) {
		sim_program_note_error(program, "OTP write issue -5");
	}
	program->has_otp = false;
	clean(entity);
}
