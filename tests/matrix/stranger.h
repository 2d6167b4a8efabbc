/*
 * Somebody else at the same board, with another tool: sends what burns whatever request lies in
 * the memory of the board's service.
 */
#ifndef OTPEDIT_TESTS_MATRIX_STRANGER_H
#define OTPEDIT_TESTS_MATRIX_STRANGER_H

#include "tests/matrix/bench.h"

/* On the board that is plugged in, past the program; an open session is of no use afterwards. */
void stranger_triggers(struct bench *bench);

#endif
