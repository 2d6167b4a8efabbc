/* What becomes of a theme's colours on a terminal that has few of them, or none. */
#include "src/errbuf.h"
#include "ui/screen/theme.h"

#include <math.h>
#include <ncurses.h>

#define RGB_COLORS (1 << 24)

/* What xterm shows for the sixteen, to find the nearest one. */
static const int sixteen[] = {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD,
	0xE5E5E5, 0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF};

/* --- reading --- */

static double luminance(int color)
{
	static const double weights[] = {0.2126, 0.7152, 0.0722}; /* red, green, blue: WCAG 2 */
	int rgb = color & THEME_RGB ? color & 0xFFFFFF : sixteen[color];
	double sum = 0;
	for (int i = 0; i < 3; i++) {
		double part = (rgb >> (16 - 8 * i) & 0xFF) / 255.0;
		sum += weights[i] *
		       (part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
	}
	return sum;
}

double theme_contrast(const struct style *style)
{
	if (style->foreground == THEME_DEFAULT_COLOR || style->background == THEME_DEFAULT_COLOR)
		return 0;
	double a = luminance(style->foreground), b = luminance(style->background);
	return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

/* --- standing out --- */

/* What has to look different from what. */
static const struct {
	enum role role, other;
} apart[] = {{ROLE_DANGER, ROLE_TEXT}, {ROLE_FOREVER, ROLE_TEXT}, {ROLE_WARNING, ROLE_TEXT},
	{ROLE_ARMED, ROLE_TEXT}, {ROLE_ARMED, ROLE_HEADER}, {ROLE_STAGED, ROLE_TEXT},
	{ROLE_SELECTED, ROLE_TEXT}, {ROLE_CHANGED, ROLE_TEXT}};
#define APART_COUNT (sizeof apart / sizeof apart[0])

static bool same_look(const struct style *a, const struct style *b)
{
	return a->bold == b->bold && a->dim == b->dim && a->underline == b->underline &&
	       a->reverse == b->reverse && a->foreground == b->foreground &&
	       a->background == b->background;
}

bool theme_is_lost(const struct theme *theme, enum role role, enum role *other)
{
	for (size_t i = 0; i < APART_COUNT; i++)
		if (apart[i].role == role &&
			same_look(&theme->styles[role], &theme->styles[apart[i].other])) {
			*other = apart[i].other;
			return true;
		}
	return false;
}

/* Attributes that every terminal has, one after another until it is no longer lost. */
static void bring_out(struct theme *theme, enum role role)
{
	struct style *style = &theme->styles[role];
	enum role other;
	if (theme_is_lost(theme, role, &other))
		style->reverse = !style->reverse;
	if (theme_is_lost(theme, role, &other))
		style->bold = !style->bold;
	if (theme_is_lost(theme, role, &other))
		style->underline = !style->underline;
}

/* --- fewer colours --- */

static int distance(int a, int b)
{
	int sum = 0;
	for (int shift = 0; shift <= 16; shift += 8) {
		int difference = (a >> shift & 0xFF) - (b >> shift & 0xFF);
		sum += difference * difference;
	}
	return sum;
}

static int nearest(int rgb, const int *palette, int count)
{
	int best = 0;
	for (int i = 1; i < count; i++)
		if (distance(rgb, palette[i]) < distance(rgb, palette[best]))
			best = i;
	return best;
}

/* Of the 6x6x6 cube and the 24 greys above the sixteen. */
static int nearest_256(int rgb)
{
	int palette[240];
	static const int levels[] = {0, 95, 135, 175, 215, 255};
	for (int i = 0; i < 216; i++)
		palette[i] = levels[i / 36] << 16 | levels[i / 6 % 6] << 8 | levels[i % 6];
	for (int i = 0; i < 24; i++)
		palette[216 + i] = (8 + 10 * i) * 0x010101;
	return 16 + nearest(rgb, palette, 240);
}

/* Eight colours have no greys: one of their hues would be the nearest, and mean something. */
static int nearest_8(int rgb)
{
	int least = 255, most = 0, sum = 0;
	for (int shift = 0; shift <= 16; shift += 8) {
		int part = rgb >> shift & 0xFF;
		least = part < least ? part : least;
		most = part > most ? part : most;
		sum += part;
	}
	if (most - least < 40)
		return sum < 3 * 0x60 ? 0 : 7;
	return nearest(rgb, sixteen, 8);
}

/* Where numbers are RGB, the lowest ones are a palette's all the same: 8 of them, or up to 256. The
 * least of green more is no such number, and not seen. */
static int direct(int color)
{
	if (!(color & THEME_RGB))
		return color < 8 ? color : sixteen[color];
	int rgb = color & 0xFFFFFF;
	return rgb < 256 ? rgb | 0x100 : rgb;
}

int theme_reduce(int color, int count)
{
	if (color == THEME_DEFAULT_COLOR || count < 8)
		return THEME_DEFAULT_COLOR;
	if (count >= RGB_COLORS)
		return direct(color);
	if (color & THEME_RGB) {
		int rgb = color & 0xFFFFFF;
		if (count >= 256)
			return nearest_256(rgb);
		return count >= 16 ? nearest(rgb, sixteen, 16) : nearest_8(rgb);
	}
	/* The dark grey of sixteen would vanish as black. */
	if (count < 16 && color == 8)
		return 7;
	return count < 16 && color > 8 ? color - 8 : color;
}

/* Two colours that became one: black or white, whichever can be read. */
static void part_colors(struct style *style, int background)
{
	if (style->foreground != style->background || style->foreground == THEME_DEFAULT_COLOR)
		return;
	style->foreground = luminance(background) > 0.18 ? 0 : 7;
	if (style->foreground == style->background)
		style->foreground = 7 - style->foreground;
}

void theme_reduce_all(struct theme *theme, int count)
{
	bool bar = !same_look(&theme->styles[ROLE_HEADER], &theme->styles[ROLE_TEXT]);
	for (int role = 0; role < ROLE_COUNT; role++) {
		struct style *style = &theme->styles[role];
		int background = style->background;
		style->foreground = theme_reduce(style->foreground, count);
		style->background = theme_reduce(style->background, count);
		if (background != THEME_DEFAULT_COLOR)
			part_colors(style, background);
		/* Bold black is dark grey on terminals that have no other way to show it. */
		if (count < 16 && style->foreground == 0)
			style->bold = false;
	}
	if (bar && same_look(&theme->styles[ROLE_HEADER], &theme->styles[ROLE_TEXT]))
		theme->styles[ROLE_HEADER].reverse = true;
	for (int role = 0; role < ROLE_COUNT; role++)
		bring_out(theme, (enum role)role);
}

/* --- curses --- */

/* Roles in the same colours share a pair: between two pairs colours are sent anew, even the same.
 */
static int pair_of(const struct theme *theme, int role)
{
	const struct style *style = &theme->styles[role];
	for (int other = 0; other < role; other++)
		if (theme->styles[other].foreground == style->foreground &&
			theme->styles[other].background == style->background)
			return other + 1;
	return role + 1;
}

void theme_apply(struct theme *theme, int colors)
{
	struct theme shown = *theme;
	theme_reduce_all(&shown, colors);
	for (int role = 0; role < ROLE_COUNT; role++) {
		const struct style *style = &shown.styles[role];
		attr_t attributes = (style->bold ? A_BOLD : 0) | (style->dim ? A_DIM : 0) |
				    (style->underline ? A_UNDERLINE : 0) |
				    (style->reverse ? A_REVERSE : 0);
		bool plain = style->foreground == THEME_DEFAULT_COLOR &&
			     style->background == THEME_DEFAULT_COLOR;
		/* A pair for each role: 16 of them, and every terminal with colours has 64. */
		if (!plain && init_extended_pair(pair_of(&shown, role), style->foreground,
				      style->background) == OK)
			attributes |= (attr_t)COLOR_PAIR(pair_of(&shown, role));
		theme->attributes[role] = attributes;
	}
}

unsigned theme_blank(const struct theme *theme)
{
	return ' ' | (theme->attributes[ROLE_TEXT] & (unsigned)A_COLOR);
}
