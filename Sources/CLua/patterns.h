#ifndef CLUA_PATTERNS_H
#define CLUA_PATTERNS_H

#include "internal.h"

enum {
  CAPTURES_MAX = 32,
  CAPTURE_OPEN = -1,      // lengths of captures that are not closed yet
  CAPTURE_POSITION = -2,  // and of those that are positions
};

// One search for a pattern. Every step is counted, and paid for in batches, so that no pattern outlives the time limit.
typedef struct Matcher {
  lua_State *L;
  const char *text, *text_end;
  const char *pattern, *pattern_end;  // behind the anchor
  bool anchored;
  int depth;                          // of the recursion in the C stack
  int count;                          // of captures
  uint32_t steps;                     // not paid for yet
  struct {
    const char *start;
    ptrdiff_t length;
  } captures[CAPTURES_MAX];
} Matcher;

// `may_anchor`: whether a leading ^ anchors.
void clua_matcher_begin(Matcher *matcher, lua_State *L, const char *text, size_t length, const char *pattern, size_t pattern_length,
                        bool may_anchor);

// The first match at or behind `*start` whose end is not `not_at`: sets `*start` and answers its end, or NULL. May raise.
const char *clua_search(Matcher *matcher, const char **start, const char *not_at);

// Pushes one capture; number 0 of a pattern without captures is the whole match. May raise.
void clua_push_capture(Matcher *matcher, int index, const char *start, const char *end);
// Pushes all captures, and for a pattern without any the whole match if `whole`.
int clua_push_captures(Matcher *matcher, const char *start, const char *end, bool whole);

// Pays for work that is not a step of the matcher.
void clua_matcher_spend(Matcher *matcher, size_t steps);

int clua_string_find(lua_State *L);
int clua_string_match(lua_State *L);
int clua_string_gmatch(lua_State *L);
int clua_string_gsub(lua_State *L);
int clua_string_format(lua_State *L);

// A position argument, where negative ones count from the end: 1...length + 1, or more.
size_t clua_string_start(lua_Integer position, size_t length);
// The same for an end position: 0...length.
size_t clua_string_end(lua_Integer position, size_t length);

#endif
