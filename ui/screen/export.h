/*
 * What the screen shows, as a text file: for a ticket, a mail, a diary.
 */
#ifndef OTPEDIT_UI_SCREEN_EXPORT_H
#define OTPEDIT_UI_SCREEN_EXPORT_H

#include "ui/screen/app.h"

/*
 * All of the view that is shown, also what is scrolled out of sight, to a new file "otpedit-N.txt"
 * in the folder the program was started in; none is written over. Secret words are masked, even
 * where the screen reveals them: a file lives longer than a session. Where masking is not possible
 * nothing is written. What came of it is the app's message.
 */
void export_view(struct app *app);

#endif
