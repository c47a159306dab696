// The matcher of Lua patterns. It backtracks as the manual says, but counts its steps.
#include "patterns.h"

#include <ctype.h>
#include <string.h>

enum {
  STEPS_PER_CHARGE = 256,
  BYTES_PER_STEP = 16,  // of plain scanning
  DEPTH_MAX = 200,      // as in liblua, so that a pattern is "too complex" in the same cases
};

static const char *match(Matcher *matcher, const char *at, const char *pattern);

void clua_matcher_spend(Matcher *matcher, size_t steps) {
  if (steps < STEPS_PER_CHARGE && (matcher->steps += (uint32_t)steps) < STEPS_PER_CHARGE) return;
  clua_charge(matcher->L, matcher->steps + steps);
  matcher->steps = 0;
}

static inline unsigned byte_of(const char *at) { return (unsigned char)*at; }

// Is `byte` in the class that %`letter` names?
static bool in_class(unsigned byte, unsigned letter) {
  int is;
  switch (letter | 0x20) {
    case 'a': is = isalpha((int)byte); break;
    case 'c': is = iscntrl((int)byte); break;
    case 'd': is = isdigit((int)byte); break;
    case 'g': is = isgraph((int)byte); break;
    case 'l': is = islower((int)byte); break;
    case 'p': is = ispunct((int)byte); break;
    case 's': is = isspace((int)byte); break;
    case 'u': is = isupper((int)byte); break;
    case 'w': is = isalnum((int)byte); break;
    case 'z': is = byte == 0; break;  // of Lua 5.1, still understood
    case 'x': is = isxdigit((int)byte); break;
    default: return byte == letter;
  }
  return (is != 0) != (isupper((int)letter) != 0);
}

// Is `byte` in the set between `open` (at its bracket) and `close` (at its bracket)?
static bool in_set(unsigned byte, const char *open, const char *close) {
  const char *at = open + 1;
  bool inverted = *at == '^';
  if (inverted) at++;
  while (at < close) {
    if (*at == '%') {
      if (in_class(byte, byte_of(at + 1))) return !inverted;
      at += 2;
    } else if (at[1] == '-' && at + 2 < close) {
      if (byte_of(at) <= byte && byte <= byte_of(at + 2)) return !inverted;
      at += 3;
    } else {
      if (byte_of(at) == byte) return !inverted;
      at++;
    }
  }
  return inverted;
}

// Behind the single-character item at `item`.
static const char *item_end(Matcher *matcher, const char *item) {
  const char *end = matcher->pattern_end, *at = item + 1;
  if (*item == '%') {
    if (at == end) luaL_error(matcher->L, "malformed pattern (ends with '%%')");
    return at + 1;
  }
  if (*item != '[') return at;
  if (*at == '^') at++;
  // The first character may be a bracket that means itself.
  for (bool first = true; first || *at != ']'; first = false) {
    if (at >= end) luaL_error(matcher->L, "malformed pattern (missing ']')");
    at += *at == '%' && at + 1 < end ? 2 : 1;
  }
  return at + 1;
}

// Does the byte at `at` fit the item between `item` and `end`?
static inline bool fits(const Matcher *matcher, const char *at, const char *item, const char *end) {
  if (at >= matcher->text_end) return false;
  switch (*item) {
    case '.': return true;
    case '%': return in_class(byte_of(at), byte_of(item + 1));
    case '[': return in_set(byte_of(at), item, end - 1);
    default: return *item == *at;
  }
}

// As many as fit, then fewer until the rest matches.
static const char *match_most(Matcher *matcher, const char *at, const char *item, const char *end) {
  const char *last = at;
  while (fits(matcher, last, item, end)) last++;
  clua_matcher_spend(matcher, (size_t)(last - at));
  if (end + 1 == matcher->pattern_end) return last;
  for (; last >= at; last--) {
    const char *result = match(matcher, last, end + 1);
    if (result != NULL) return result;
  }
  return NULL;
}

// As few as the rest allows.
static const char *match_least(Matcher *matcher, const char *at, const char *item, const char *end) {
  for (;;) {
    const char *result = match(matcher, at, end + 1);
    if (result != NULL) return result;
    if (!fits(matcher, at, item, end)) return NULL;
    at++;
  }
}

static const char *match_open(Matcher *matcher, const char *at, const char *rest, ptrdiff_t kind) {
  if (matcher->count >= CAPTURES_MAX) luaL_error(matcher->L, "too many captures");
  int index = matcher->count++;
  matcher->captures[index].start = at;
  matcher->captures[index].length = kind;
  const char *result = match(matcher, at, rest);
  if (result == NULL) matcher->count--;
  return result;
}

static const char *match_close(Matcher *matcher, const char *at, const char *rest) {
  int index = matcher->count - 1;
  while (index >= 0 && matcher->captures[index].length != CAPTURE_OPEN) index--;
  if (index < 0) luaL_error(matcher->L, "invalid pattern capture");
  matcher->captures[index].length = at - matcher->captures[index].start;
  const char *result = match(matcher, at, rest);
  if (result == NULL) matcher->captures[index].length = CAPTURE_OPEN;
  return result;
}

// %bxy, with x at `pair`: behind the balanced run, or NULL.
static const char *balanced(Matcher *matcher, const char *at, const char *pair) {
  if (pair + 1 >= matcher->pattern_end) luaL_error(matcher->L, "malformed pattern (missing arguments to '%%b')");
  if (at >= matcher->text_end || *at != pair[0]) return NULL;
  size_t depth = 1;
  for (const char *next = at + 1; next < matcher->text_end; next++) {
    if (*next == pair[1]) {
      if (--depth == 0) {
        clua_matcher_spend(matcher, (size_t)(next - at));
        return next + 1;
      }
    } else if (*next == pair[0]) {
      depth++;
    }
  }
  clua_matcher_spend(matcher, (size_t)(matcher->text_end - at));
  return NULL;
}

// %f[set], with the bracket at `set`: is this where the set begins?
static bool at_frontier(const Matcher *matcher, const char *at, const char *set, const char *set_end) {
  unsigned before = at == matcher->text ? 0 : byte_of(at - 1);
  unsigned here = at == matcher->text_end ? 0 : byte_of(at);
  return !in_set(before, set, set_end - 1) && in_set(here, set, set_end - 1);
}

// %1 to %9: behind the repeated capture, or NULL.
static const char *repeated(Matcher *matcher, const char *at, unsigned digit) {
  int index = (int)digit - '1';
  if (index < 0 || index >= matcher->count || matcher->captures[index].length == CAPTURE_OPEN) {
    luaL_error(matcher->L, "invalid capture index %%%d", index + 1);
  }
  ptrdiff_t length = matcher->captures[index].length;
  if (length < 0 || matcher->text_end - at < length) return NULL;
  clua_matcher_spend(matcher, (size_t)length / BYTES_PER_STEP);
  return memcmp(matcher->captures[index].start, at, (size_t)length) == 0 ? at + length : NULL;
}

// Items that begin with % and are more than one character's class. True when it was one: then `*at` is behind it, or NULL.
static bool match_special(Matcher *matcher, const char **at, const char **pattern) {
  const char *item = *pattern;
  switch (item[1]) {
    case 'b':
      *at = balanced(matcher, *at, item + 2);
      *pattern = item + 4;
      return true;
    case 'f':
      if (item[2] != '[') luaL_error(matcher->L, "missing '[' after '%%f' in pattern");
      *pattern = item_end(matcher, item + 2);
      if (!at_frontier(matcher, *at, item + 2, *pattern)) *at = NULL;
      return true;
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
      *at = repeated(matcher, *at, byte_of(item + 1));
      *pattern = item + 2;
      return true;
    default: return false;
  }
}

// Matches the pattern from `pattern` on at `at`, item by item; only what may have to come back recurses.
static const char *match_items(Matcher *matcher, const char *at, const char *pattern) {
  while (at != NULL && pattern != matcher->pattern_end) {
    clua_matcher_spend(matcher, 1);
    if (*pattern == '(') {
      if (pattern[1] == ')') return match_open(matcher, at, pattern + 2, CAPTURE_POSITION);
      return match_open(matcher, at, pattern + 1, CAPTURE_OPEN);
    }
    if (*pattern == ')') return match_close(matcher, at, pattern + 1);
    if (*pattern == '$' && pattern + 1 == matcher->pattern_end) return at == matcher->text_end ? at : NULL;
    if (*pattern == '%' && match_special(matcher, &at, &pattern)) continue;
    const char *end = item_end(matcher, pattern);
    char suffix = end < matcher->pattern_end ? *end : 0;
    if (suffix == '*') return match_most(matcher, at, pattern, end);
    if (suffix == '-') return match_least(matcher, at, pattern, end);
    bool fit = fits(matcher, at, pattern, end);
    if (suffix == '+') return fit ? match_most(matcher, at + 1, pattern, end) : NULL;
    if (suffix == '?') {
      const char *result = fit ? match(matcher, at + 1, end + 1) : NULL;
      if (result != NULL) return result;
      pattern = end + 1;
    } else {
      at = fit ? at + 1 : NULL;
      pattern = end;
    }
  }
  return at;
}

static const char *match(Matcher *matcher, const char *at, const char *pattern) {
  if (matcher->depth++ == DEPTH_MAX) luaL_error(matcher->L, "pattern too complex");
  const char *result = match_items(matcher, at, pattern);
  matcher->depth--;
  return result;
}

void clua_matcher_begin(Matcher *matcher, lua_State *L, const char *text, size_t length, const char *pattern, size_t pattern_length,
                        bool may_anchor) {
  matcher->L = L;
  matcher->text = text;
  matcher->text_end = text + length;
  matcher->anchored = may_anchor && pattern_length > 0 && *pattern == '^';
  matcher->pattern = pattern + matcher->anchored;
  matcher->pattern_end = pattern + pattern_length;
  matcher->count = 0;
  matcher->steps = 0;
}

// The byte that every match starts with, or -1 when the pattern does not begin with one.
static int first_byte(const Matcher *matcher) {
  const char *pattern = matcher->pattern;
  if (pattern == matcher->pattern_end || memchr("^$*+?.([%-)", *pattern, 11) != NULL) return -1;
  return pattern[1] == '*' || pattern[1] == '?' || pattern[1] == '-' ? -1 : (int)byte_of(pattern);
}

const char *clua_search(Matcher *matcher, const char **start, const char *not_at) {
  const char *at = *start;
  int first = matcher->anchored ? -1 : first_byte(matcher);
  for (; at <= matcher->text_end; at++) {
    if (first >= 0) {
      const char *found = at < matcher->text_end ? memchr(at, first, (size_t)(matcher->text_end - at)) : NULL;
      clua_matcher_spend(matcher, (size_t)((found != NULL ? found : matcher->text_end) - at) / BYTES_PER_STEP);
      if (found == NULL) return NULL;
      at = found;
    }
    matcher->count = matcher->depth = 0;
    const char *end = match(matcher, at, matcher->pattern);
    if (end != NULL && end != not_at) {
      *start = at;
      return end;
    }
    if (matcher->anchored) return NULL;
  }
  return NULL;
}

void clua_push_capture(Matcher *matcher, int index, const char *start, const char *end) {
  lua_State *L = matcher->L;
  if (index >= matcher->count) {
    if (index != 0) luaL_error(L, "invalid capture index %%%d", index + 1);
    lua_pushlstring(L, start, (size_t)(end - start));
    return;
  }
  ptrdiff_t length = matcher->captures[index].length;
  if (length == CAPTURE_OPEN) luaL_error(L, "unfinished capture");
  if (length == CAPTURE_POSITION) lua_pushinteger(L, matcher->captures[index].start - matcher->text + 1);
  else lua_pushlstring(L, matcher->captures[index].start, (size_t)length);
}

int clua_push_captures(Matcher *matcher, const char *start, const char *end, bool whole) {
  int count = matcher->count == 0 && whole ? 1 : matcher->count;
  luaL_checkstack(matcher->L, count, "too many captures");
  for (int i = 0; i < count; i++) clua_push_capture(matcher, i, start, end);
  return count;
}
